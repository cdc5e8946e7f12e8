"""Whoever has never seen the console does a day's work in at most four clicks, in a real browser, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from serving.access.roles import Role
from tests.serving.console.site import Site

MOST = 4


class Clicks:
    """A page whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, name: str | re.Pattern[str]) -> None:
        """Click the link or button of that name."""
        self.count += 1
        found = self.page.get_by_role("link", name=name, exact=isinstance(name, str))
        (found if found.count() else self.page.get_by_role("button", name=name)).first.click()


@pytest.fixture
def clicks(site: Site, browser: Browser) -> Iterator[Clicks]:
    with site.browsing(browser, Role.CLERK) as watched:
        watched.open("/console/")
        yield Clicks(watched.page)
        assert watched.messages == watched.elsewhere == []


def _graded(site: Site, grade: str, *, offered: bool = False) -> str:
    for household in site.served.ids()[160:]:
        state = site.served.client.get(f"/v1/households/{household}").json()["state"]
        if state["grade"] == grade and (state["terms"]["offered"] or not offered):
            return household
    raise AssertionError(f"no household has the grade {grade}")


def test_find_a_household_and_say_why_it_is_not_aaa(clicks: Clicks, site: Site) -> None:
    household = _graded(site, "AA")
    clicks.on("农户")
    clicks.page.get_by_label("农户编号或身份证号码").fill(household)
    clicks.on("查找")
    expect(clicks.page.get_by_role("heading", name="为什么等级没有更高")).to_be_visible()
    expect(clicks.page.get_by_role("heading", name="如何达到AAA级")).to_be_visible()
    wanted = site.served.client.get(f"/v1/households/{household}").json()["state"]["reasons"]
    for reason in wanted:
        expect(clicks.page.get_by_text(reason["zh"]).first).to_be_visible()
    assert clicks.count <= MOST


def test_record_a_decision_before_disbursement_and_prove_that_it_is_in_the_log(clicks: Clicks, site: Site) -> None:
    household = _graded(site, "AAA", offered=True)
    clicks.on("农户")
    clicks.page.get_by_label("农户编号或身份证号码").fill(household)
    clicks.on("查找")
    clicks.page.get_by_label("贷款用途").select_option("livestock")
    clicks.page.get_by_label("贷款金额(元)").fill("30000")
    clicks.page.get_by_label("期限(月)").fill("24")
    clicks.on("登记决定")
    expect(clicks.page.get_by_role("heading", name="放款前决定")).to_be_visible()
    expect(clicks.page.locator(".verdict.good")).to_have_text("可以")
    assert clicks.count <= MOST
    recorded, clicks.count = clicks.page.url.split("#")[0].rpartition("/")[2], 0
    clicks.on("证明已写入存证日志")
    clicks.page.get_by_label(re.compile("存证日志公钥")).fill(site.served.parts.signer.public)
    clicks.on("在本机验证")
    expect(clicks.page.locator("#holds")).to_be_visible()
    assert clicks.count <= MOST
    assert site.served.client.get(f"/v1/decisions/{recorded}").json()["household_id"] == household


def test_a_decision_is_recorded_without_any_script(site: Site, browser: Browser) -> None:
    household = site.served.ids()[150]
    with site.browsing(browser, Role.CLERK, java_script_enabled=False) as watched:
        watched.open(f"/console/households/{household}")
        watched.page.get_by_label("贷款用途").select_option("livestock")
        watched.page.get_by_label("贷款金额(元)").fill("30000")
        watched.page.get_by_label("期限(月)").fill("24")
        watched.page.get_by_role("button", name="登记决定").click()
        expect(watched.page.get_by_role("heading", name="回执")).to_be_visible()


def test_the_pages_print_to_a4(site: Site, browser: Browser) -> None:
    with site.browsing(browser, Role.CLERK) as watched:
        watched.open(f"/console/households/{site.served.ids()[0]}")
        watched.page.emulate_media(media="print")
        watched.page.set_viewport_size({"width": 700, "height": 990})  # of A4 without its margins
        assert not watched.page.evaluate(
            "() => [...document.querySelectorAll('main *')].some((it) => it.getBoundingClientRect().right > 701)"
        )
        expect(watched.page.get_by_role("button", name="登记决定")).to_be_hidden()
        assert watched.page.pdf(format="A4").startswith(b"%PDF")
