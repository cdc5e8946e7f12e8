"""Reviews in the console: drawn with every fault beside its field, noted one after another, signed, exported and printed."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser

from feature_store.filing import civil_day
from serving.access.roles import Role
from serving.ledger import postgres as ledger
from tests.serving.console.audit_pages import EVIL, advised_decision, review_of
from tests.serving.console.pages import person, send
from tests.serving.console.site import Site

NEW = "/console/audit/reviews/new"
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def auditor(site: Site) -> Iterator[httpx.Client]:
    with person(site, Role.AUDITOR, language="en") as client:
        yield client


def _form(site: Site, **changes: str) -> dict[str, str]:
    advised_decision(site)
    today = civil_day(site.served.parts.clock.now()).isoformat()
    usual = {"title": "抽查", "stratified_by": "bank", "first_day": today, "last_day": today, "per_stratum": "2"}
    return usual | {"seed": "77", "tenant": "", "area_code": ""} | changes


def _draw(client: httpx.Client, site: Site, **changes: str) -> str:
    answer = send(client, "/console/audit/reviews", seen_on=NEW, **_form(site, **changes))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_every_fault_beside_its_field_and_what_was_typed_kept(auditor: httpx.Client, site: Site) -> None:
    typed = _form(site, title='"><b>', per_stratum="many", first_day="yesterday", area_code="41<")
    answer = send(auditor, "/console/audit/reviews", seen_on=NEW, **typed)
    assert answer.status_code == 422
    for field in ("per_stratum", "first_day"):
        assert f'id="{field}-fault"' in answer.text
    assert 'value="&#34;&gt;&lt;b&gt;"' in answer.text
    nothing = send(auditor, "/console/audit/reviews", seen_on=NEW, **_form(site, tenant="bank-z"))
    assert nothing.status_code == 422
    assert "No decision was recorded then" in nothing.text


def test_a_fresh_seed_each_time(auditor: httpx.Client) -> None:
    seeds = {re.search(r'name="seed"[^>]* value="(\d{8})"', auditor.get(NEW).text)[1] for _ in range(3)}  # type: ignore[index]
    assert len(seeds) == 3


def test_noted_one_after_another_then_signed(auditor: httpx.Client, site: Site) -> None:
    review = _draw(auditor, site)
    page = auditor.get(review).text
    assert "It can be signed when" in page
    places = [int(it) for it in re.findall(r'id="item-(\d+)"', page)]
    item = f"{review}/items/1"
    for typed, field in (({"finding": "", "note": EVIL}, "finding"), ({"finding": "wrong", "note": ""}, "note")):
        wrong = send(auditor, item, seen_on=item, **typed)
        assert wrong.status_code == 422
        assert f'id="{field}-fault"' in wrong.text
        assert html.escape(typed["note"]) in wrong.text
    for place in places:
        answer = send(auditor, f"{review}/items/{place}", seen_on=item, finding="question", note=f"{FORMULA} {place}")
        following = f"{review}/items/{place + 1}" if place < places[-1] else review
        assert (answer.status_code, answer.headers["location"]) == (303, following)
    empty = send(auditor, f"{review}/signing", seen_on=review, conclusion=" ")
    assert empty.status_code == 422
    assert send(auditor, f"{review}/signing", seen_on=review, conclusion="无异常").status_code == 303
    assert "无异常" in auditor.get(review).text
    late = send(auditor, item, finding="in_order", note="")
    assert late.status_code == 409
    printed = auditor.get(f"{review}/print").text
    assert printed.count("<tr>") == len(places) + 1
    assert "Signed:" in printed


def test_the_table_as_csv_holds_no_formula(auditor: httpx.Client, site: Site) -> None:
    review = _draw(auditor, site)
    send(auditor, f"{review}/items/1", seen_on=review, finding="wrong", note=FORMULA)
    answer = auditor.get(f"{review}/sample.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["No.", "Stratum", "Household", "Decision", "Bank"]
    assert rows[1][7:9] == ["Wrong", "'" + FORMULA]
    assert len(rows) - 1 == len(re.findall(r'id="item-\d+"', auditor.get(review).text))
    with site.served.parts.store.looking(site.served.parts.clock.now()) as moment:
        for row in rows[1:]:
            entry = ledger.find(moment, _uuid(row[3]))
            assert entry is not None
            assert (entry.tenant, str(entry.entry_no)) == (row[4], row[6])
    assert "(" not in rows[1][5]


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


def test_what_people_typed_is_text(auditor: httpx.Client, site: Site) -> None:
    review = f"/console/audit/reviews/{review_of(site)}"
    for path in ("/console/audit", review, f"{review}/items/1", f"{review}/print"):
        page = auditor.get(path).text
        assert "<script>alert" not in page
        assert html.escape(EVIL) in page
    assert "the same decisions" in auditor.get(review, params={"again": "yes"}).text


def test_a_review_that_is_not_there(auditor: httpx.Client, site: Site) -> None:
    none = "/console/audit/reviews/00000000-0000-4000-8000-000000000000"
    for path in (none, f"{none}/items/1", f"{none}/print", f"{none}/sample.csv"):
        assert auditor.get(path).status_code == 404
    assert auditor.get(f"/console/audit/reviews/{review_of(site)}/items/499").status_code == 404


@pytest.mark.parametrize("role", [Role.CLERK, Role.COUNTY, Role.ANALYST, Role.ADMINISTRATOR])
def test_nobody_else_draws_notes_or_signs(role: Role, site: Site) -> None:
    review = f"/console/audit/reviews/{review_of(site)}"
    with person(site, role) as client:
        assert send(client, "/console/audit/reviews", **_form(site)).status_code == 403
        assert send(client, f"{review}/items/1", finding="wrong", note="x").status_code == 403
        assert send(client, f"{review}/signing", conclusion="x").status_code == 403
        assert client.get(f"{review}/sample.csv").status_code == 403


def test_from_the_start_to_a_households_replay_in_four_clicks(site: Site, browser: Browser) -> None:
    advised_decision(site)
    with site.browsing(browser, Role.AUDITOR) as watched:
        page = watched.page
        watched.open("/console/")
        page.locator("main").get_by_role("link", name="审计").click()
        page.get_by_label("农户编号或身份证号码").fill(site.served.ids()[2])
        page.get_by_role("button", name="查找").click()
        page.get_by_role("link", name="现在重放").click()
        assert "完全一致" in page.get_by_role("status").inner_text()
        assert not watched.elsewhere
        assert watched.messages == []


def test_the_household_prints_on_two_sheets_of_a4(site: Site, browser: Browser) -> None:
    path = f"/console/audit/households/{site.served.ids()[2]}?decision={advised_decision(site)}&replay=now"
    with site.browsing(browser, Role.AUDITOR) as watched:
        watched.open(path)
        sheets = watched.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 2
