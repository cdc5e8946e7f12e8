"""The card in a real browser, without network and without scripts: on a desk, on a phone, by night, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from training.model_card.write import write
from training.trained import Trained

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_CUT_OFF = """
[...document.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width).flatMap(svg => {
  const whole = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(text => {
    const it = text.getBoundingClientRect();
    return it.left < whole.left - 1 || it.right > whole.right + 1 || it.top < whole.top - 1 || it.bottom > whole.bottom + 1;
  }).map(text => text.textContent);
})
"""
_SQUEEZED = """
[...document.querySelectorAll('article td:not(.number), article th:not(.number)')].filter(cell => {
  const inside = cell.clientWidth - parseFloat(getComputedStyle(cell).paddingLeft) - parseFloat(getComputedStyle(cell).paddingRight);
  return cell.clientWidth && cell.textContent.length > 3 && inside < 40;
}).map(cell => cell.textContent)
"""


@pytest.fixture(scope="module")
def card(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the card of a run on data that are called synthetic."""
    folder = tmp_path_factory.mktemp("card")
    write(folder, replace(trained, table=replace(trained.table, synthetic=True)))
    return Path(folder / "card.html").as_uri()


class Opened:
    """A page with what it asked for and what it complained of."""

    def __init__(self, browser: Browser, card: str, *, width: int, dark: bool = False) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            offline=True,
            java_script_enabled=False,
        )
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda it: self.asked.append(it.url))
        self.page.on("console", lambda it: self.said.append(it.text))
        self.page.on("pageerror", lambda it: self.said.append(str(it)))
        self.page.goto(card)

    def choose(self, language: str) -> None:
        """Press the button of a language."""
        self.page.click(f"label[for={language}]")


@pytest.fixture(params=[(1280, False), (390, False), (390, True)], ids=["desk", "phone", "phone by night"])
def opened(request: pytest.FixtureRequest, browser: Browser, card: str) -> Iterator[Opened]:
    width, dark = request.param
    found = Opened(browser, card, width=width, dark=dark)
    yield found
    found.context.close()


def test_the_card_asks_for_nothing_and_complains_of_nothing(opened: Opened, card: str) -> None:
    opened.choose("en")
    assert [it for it in opened.asked if not it.startswith("data:")] == [card]
    assert opened.said == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_language_is_read_and_the_other_is_away(opened: Opened, language: str) -> None:
    other = "en" if language == "zh" else "zh"
    opened.choose(language)
    page = opened.page
    assert page.locator(f"article.{language} h1").is_visible()
    assert not page.locator(f"article.{other} h1").is_visible()
    shown = page.inner_text("article:visible")
    assert {"zh": "合成数据", "en": "Synthetic data"}[language] in shown
    assert {"zh": "不得用于", "en": "What it is not for"}[language] in shown
    assert page.locator("article:visible svg text:visible").count() > 50


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_does_not_scroll_sideways_and_tables_scroll_inside_themselves(opened: Opened, language: str) -> None:
    opened.choose(language)
    wide, room = opened.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room
    hidden = (
        "[...document.querySelectorAll('article .table')].filter(it => getComputedStyle(it).overflowX != 'auto').length"
    )
    assert opened.page.evaluate(hidden) == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_word_of_a_drawing_is_cut_off(opened: Opened, language: str) -> None:
    opened.choose(language)
    assert opened.page.evaluate(_CUT_OFF) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_words_of_a_table_are_squeezed_into_a_column_of_letters(opened: Opened, language: str) -> None:
    opened.choose(language)
    assert opened.page.evaluate(_SQUEEZED) == []


def test_words_of_drawings_are_light_by_night_and_dark_by_day(browser: Browser, card: str) -> None:
    light = []
    for dark in (False, True):
        opened = Opened(browser, card, width=1280, dark=dark)
        colour = opened.page.evaluate("getComputedStyle(document.querySelector('.zh svg text')).fill")
        paper = opened.page.evaluate("getComputedStyle(document.body).backgroundColor")
        light.append((_brightness(colour) > 128, _brightness(paper) > 128))
        opened.context.close()
    assert light == [(False, True), (True, False)]


def test_the_language_is_chosen_from_the_keyboard_too(browser: Browser, card: str) -> None:
    opened = Opened(browser, card, width=1280)
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("ArrowRight")
    assert opened.page.locator("article.en h1").is_visible()
    assert not opened.page.locator("article.zh h1").is_visible()
    opened.context.close()


def test_the_card_prints_in_the_language_that_was_chosen(browser: Browser, card: str, tmp_path: Path) -> None:
    opened = Opened(browser, card, width=1280)
    opened.choose("en")
    opened.page.emulate_media(media="print")
    assert opened.page.locator("article.en h1").is_visible()
    assert not opened.page.locator("article.zh h1").is_visible()
    assert not opened.page.locator("article.en nav").is_visible()
    assert len(opened.page.pdf(format="A4")) > 20_000
    opened.context.close()


def _brightness(colour: str) -> float:
    """Mean of red, green and blue of a computed colour, 0 to 255."""
    parts = [float(it) for it in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(parts) / 3
