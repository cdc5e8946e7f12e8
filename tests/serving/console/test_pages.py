"""Every page in both languages, light and dark, wide and narrow, as a browser sees it: whole, quiet, accessible, at home."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.serving.console.looked_at import PAGES
from tests.serving.console.looks import Looked
from tests.serving.console.site import LOCALES, Site

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
VIEWS = [(scheme, width) for scheme in ("light", "dark") for width in (1280, 390)]
_SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def county(one: Looked, request: pytest.FixtureRequest) -> Site:
    """The county of the page."""
    found: Site = request.getfixturevalue(one.county)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("one", PAGES, ids=lambda it: it.name)
def test_page(one: Looked, language: str, county: Site, browser: Browser) -> None:
    with county.browsing(browser, one.role, language=language) as watched:
        page = watched.page
        for scheme, width in VIEWS:
            view = f"{scheme}, {width}"
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert watched.open(one.path(county)) == one.status, view
            assert page.get_attribute("html", "lang") == {"zh": "zh-CN", "en": "en"}[language]
            assert page.locator("h1").count() == 1, view
            assert not page.evaluate(_SIDEWAYS), f"{view}: scrolls sideways"
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
            assert found.violations_count == 0, f"{view}: {found.generate_report()}"
        assert not watched.elsewhere
        expected = [it for it in watched.messages if not (one.status >= 400 and "Failed to load resource" in it)]
        assert expected == []


A4_PIXELS = 703
"""Of a sheet's width between its margins, at 96 pixels an inch."""
_CUT = """() => [...document.querySelectorAll("table, svg, pre")].filter(
    it => it.getClientRects().length && it.getBoundingClientRect().right > document.documentElement.clientWidth + 1
).map(it => it.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("one", PAGES, ids=lambda it: it.name)
def test_nothing_is_cut_on_paper(one: Looked, county: Site, browser: Browser) -> None:
    with county.browsing(browser, one.role, viewport={"width": A4_PIXELS, "height": 1000}) as watched:
        watched.page.emulate_media(media="print")
        watched.open(one.path(county))
        assert watched.page.evaluate(_CUT) == []


@pytest.mark.parametrize("one", PAGES, ids=lambda it: it.name)
def test_without_script(one: Looked, county: Site, browser: Browser) -> None:
    with county.browsing(browser, one.role, java_script_enabled=False) as watched:
        assert watched.open(one.path(county)) == one.status
        assert watched.page.locator("main").inner_text().strip()


@pytest.mark.parametrize("one", PAGES, ids=lambda it: it.name)
def test_keyboard_reaches_the_content(one: Looked, county: Site, browser: Browser) -> None:
    with county.browsing(browser, one.role) as watched:
        page = watched.page
        watched.open(one.path(county))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("one", PAGES, ids=lambda it: it.name)
def test_no_english_on_a_chinese_page(one: Looked, county: Site, browser: Browser) -> None:
    """Words of two letters or more in what is read, but proper names, codes and what people typed (marked translate=no)."""
    with county.browsing(browser, one.role) as watched:
        watched.open(one.path(county))
        found = watched.page.evaluate(
            """() => {
              const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              const found = [];
              for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const element = node.parentElement;
                if (element.closest("[lang=en],[translate=no],code,script,.code,.name")) continue;
                found.push(...(node.textContent.match(/[A-Za-z]{2,}/g) || []));
              }
              return found;
            }"""
        )
        assert set(found) <= PROPER, one.name


PROPER = {
    "AA",
    "AAA",
    "AUC",
    "KS",
    "PD",
    "PSI",
    "SHAP",
    "LightGBM",
    "CSV",
    "PDF",
    "JSON",
    "ID",
    "A4",
    "CBPE",
    "Gini",
    "ROC",
    "Brier",
    "Kendall",
    "Wilson",
}
"""Proper names and the field's own abbreviations."""
assert set(LOCALES) == {"zh", "en"}
