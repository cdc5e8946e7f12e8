"""The subject's own report: complete, recorded, counted, in the person's own area, and printable."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from serving.access.roles import Role
from serving.ledger.verify import verify
from tests.serving.served import NOW, Served, ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = "<script>alert(1)</script><img src=http://elsewhere.example/x onerror=alert(2)> & \"'"


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose households ask for their reports."""
    return make_county()


@pytest.fixture(scope="module")
def person(own: Served) -> TestClient:
    """Somebody of the county's service network who issues reports."""
    return own.as_caller(Role.COUNTY, name="Qian", area="411299")


def _report(person: TestClient, household: str) -> dict[str, Any]:
    answer = person.post(f"/v1/households/{household}/reports", json={})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _page(person: TestClient, household: str) -> Any:
    accept = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    return person.post(f"/v1/households/{household}/reports", json={}, headers=accept)


def test_a_report_holds_every_datum_with_its_origin_and_who_asked(own: Served, person: TestClient) -> None:
    household = own.ids()[0]
    decided = own.client.post("/v1/decisions", json=ask(household)).json()
    body = {"household_id": household, "about": "datum", "indicator": "late_1_30", "statement": "已还清"}
    filed = own.client.post("/v1/objections", json=body).json()
    clerk = own.key(Role.CLERK, "bank-a")
    override = {"outcome": "decline", "why": "moved away", "expires_on": "2017-05-01"}
    own.client.post(f"/v1/decisions/{decided['decision_id']}/overrides", json=override, headers=clerk)
    report = _report(person, household)
    values = {row[0]: row[1] for row in decided["binding"]["points"]["by_indicator"]}
    held = {row["indicator"]: row for row in report["data"]}
    assert {name for name, value in values.items() if value != ""} <= held.keys()
    assert len(held) + len(report["not_held"]) == 144
    for name, row in held.items():
        assert not row["usable"] or row["value"] == values[name]
        read = decided["read"][row["source"]["id"]]
        assert (row["observed_on"], row["valid_until"]) == (read[0], read[3])
        assert row["observed_on"] <= row["recorded_on"] <= NOW.date().isoformat()
        assert all((row["label"]["zh"], row["label"]["en"], row["value_in_words"]["zh"], row["value_in_words"]["en"]))
    assert [mark["objection_id"] for mark in held["late_1_30"]["marks"]] == [filed["objection_id"]]
    with own.parts.store.engine.connect() as connection:
        query = "SELECT evidence_id FROM filings JOIN households USING (household_no) WHERE household_id = :id AND evidence_id IS NOT NULL"
        evidence = set(connection.execute(sa.text(query), {"id": household}).scalars())
    assert {row["evidence_id"] for row in report["data"]} - {None} == evidence
    (asked,) = report["decisions"]
    assert (asked["tenant"], asked["decision_id"]) == ("bank-a", decided["decision_id"])
    purposes = {it.id: it.label.zh for it in own.parts.policies.in_force(NOW.date()).terms.purposes}
    assert (asked["use"]["zh"], asked["purpose_label"]["zh"]) == ("贷款审批", purposes["livestock"])
    assert asked["status"] == decided["binding"]["status"]
    assert {one["tenant"] for one in report["consents"]} == {"bank-a", "bank-b"}
    assert [one["statement"] for one in report["objections"]] == ["已还清"]
    assert [one["why"] for one in report["overrides"]] == ["moved away"]
    assert report["state"]["grade"] == decided["binding"]["grade"]
    assert [it["id"] for it in report["rights"]] == ["objection", "human_review", "withdrawal", "deletion"]
    assert report["synthetic"]["zh"].startswith("合成数据")


def test_reports_are_counted_by_calendar_year_and_two_are_free(own: Served, person: TestClient) -> None:
    household = own.ids()[1]
    found = [_report(person, household) for _ in range(3)]
    assert [(it["number_in_year"], it["free"]) for it in found] == [(1, True), (2, True), (3, False)]
    assert _report(person, own.ids()[2])["number_in_year"] == 1
    try:
        own.clock.moment = NOW + timedelta(days=280)
        assert (_report(person, household)["year"], _report(person, household)["free"]) == (2018, True)
    finally:
        own.clock.moment = NOW + timedelta(days=280)
    query = (
        "SELECT content FROM log_entries JOIN log_contents USING (index) WHERE kind = 'report_issued' ORDER BY index"
    )
    with own.parts.store.engine.connect() as connection:
        entries = [json.loads(bytes(it)) for it in connection.execute(sa.text(query)).scalars()]
    said = [it for it in entries if it["household_id"] == household and it["year"] == 2017]
    assert [(it["report_id"], it["number_in_year"], it["free"], it["issued_by"]) for it in said] == [
        (it["report_id"], it["number_in_year"], it["free"], "Qian") for it in found
    ]
    with own.parts.store.looking(own.clock.now()) as moment:
        assert verify(moment.connection, own.parts.signer).faults == []


def test_reports_at_once_get_different_numbers(own: Served, person: TestClient) -> None:
    household = own.ids()[3]
    with ThreadPoolExecutor(6) as callers:
        found = list(callers.map(lambda _: _report(person, household)["number_in_year"], range(12)))
    assert sorted(found) == list(range(1, 13))


def test_a_report_is_issued_in_the_households_area_alone(own: Served, person: TestClient) -> None:
    household = own.ids()[4]
    village = household.split("-")[0]
    near, far = own.as_caller(Role.VILLAGE, area=village), own.as_caller(Role.TOWNSHIP, area="411299999")
    assert near.post(f"/v1/households/{household}/reports", json={}).status_code == 201
    hidden = far.post(f"/v1/households/{household}/reports", json={})
    missing = person.post("/v1/households/411299999999-0001/reports", json={})
    assert (hidden.status_code, hidden.json()) == (404, missing.json())
    assert own.client.post(f"/v1/households/{household}/reports", json={}).status_code == 403, "no bank"


def test_of_an_erased_decision_the_report_says_so(own: Served, person: TestClient) -> None:
    household = own.ids()[5]
    decided = own.client.post("/v1/decisions", json=ask(household)).json()
    with own.parts.store.engine.begin() as connection:
        index = {"index": decided["receipt"]["log_index"]}
        connection.execute(sa.text("DELETE FROM log_contents WHERE index = :index"), index)
    (asked,) = _report(person, household)["decisions"]
    assert (asked["erased"], asked["tenant"], "grade" in asked) == (True, "bank-a", False)
    assert "内容已删除" in _page(person, household).text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("text/html, application/json", "text/html; charset=utf-8"),
        ("application/json, text/html", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_the_page_is_given_to_who_asks_for_a_page(own: Served, person: TestClient, accept: str, kind: str) -> None:
    answer = person.post(f"/v1/households/{own.ids()[6]}/reports", json={}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (201, kind)
    assert answer.headers["cache-control"] == "no-store"


def _hostile(own: Served) -> str:
    """A household whose own words and whose clerk's are an attack."""
    household = own.ids()[7]
    decided = own.client.post("/v1/decisions", json=ask(household)).json()["decision_id"]
    body = {"household_id": household, "about": "human_review", "statement": HOSTILE}
    assert own.client.post("/v1/objections", json=body).status_code == 201
    day = (own.clock.now() + timedelta(days=10)).date().isoformat()
    override = {"outcome": "decline", "why": HOSTILE, "expires_on": day}
    header = own.key(Role.CLERK, "bank-a")
    assert own.client.post(f"/v1/decisions/{decided}/overrides", json=override, headers=header).status_code == 201
    return household


def test_words_on_the_page_stay_words(own: Served, person: TestClient) -> None:
    answer = _page(person, _hostile(own))
    assert answer.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    for sign in ("<script", "<img", "src=", "href=", "url(", "@import", "http-equiv"):
        assert sign not in answer.text.replace("&lt;img src=http", ""), sign
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_page_prints_on_paper_and_asks_for_nothing(
    own: Served, person: TestClient, browser: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(_page(person, own.ids()[7]).text, encoding="utf-8")
    for width in (1280, 390):
        context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
        page = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda it, asked=asked: asked.append(it.url))
        page.on("console", lambda it, said=said: said.append(it.text))
        page.on("pageerror", lambda it, said=said: said.append(str(it)))
        page.on("dialog", lambda it, said=said: said.append(it.message))
        page.goto(path.as_uri())
        assert asked == [path.as_uri()]
        assert said == []
        wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= room
        assert page.evaluate("document.querySelector('td').clientWidth") > 60, "no column of single letters"
        shown = page.inner_text("body")
        for words in ("本人信用报告", "合成数据", "Synthetic data", "持有的数据", "Who asked", "您的权利", "异议"):
            assert words in shown
        assert page.locator("h2").count() == 8
        if width == 1280:
            page.emulate_media(media="print")
            printed = page.pdf(format="A4", prefer_css_page_size=True)
            assert printed.startswith(b"%PDF")
            assert len(printed) > 20_000
        context.close()
