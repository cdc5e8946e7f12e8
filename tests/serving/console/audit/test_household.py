"""The auditor's page of a household: every figure is the record's, what people typed is text, and nobody else opens it."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from feature_store.adapters import retention
from serving.access.callers import Caller, Forbidden
from serving.access.roles import Role
from serving.county.area_states import AreaStates
from serving.rights.case_file import case_file
from tests.serving.console.audit_pages import HOUSEHOLD, advised_decision
from tests.serving.console.pages import person, send
from tests.serving.console.site import Site
from tests.serving.served import ask, header_of, numbers_of

REASON = "<b>复查</b> & 核对"


@pytest.fixture
def auditor(site: Site) -> Iterator[httpx.Client]:
    with person(site, Role.AUDITOR, language="en") as client:
        yield client


def _path(site: Site, place: int = HOUSEHOLD) -> str:
    return f"/console/audit/households/{site.served.ids()[place]}"


def _recorded(site: Site) -> dict[str, Any]:
    answer = site.served.client.get(
        f"/v1/decisions/{advised_decision(site)}", headers=header_of(site.served.parts, Role.AUDITOR)
    )
    found: dict[str, Any] = answer.json()
    return found


def _words(page: str) -> str:
    """The page as it is read: tags gone, spaces single."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def _rows(page: str, section: str) -> list[list[str]]:
    """The cells of every row of the tables in a section."""
    part = re.search(rf'<section aria-labelledby="{section}".*?</section>', page, re.DOTALL)
    assert part
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", part[0], re.DOTALL)
    return [[_words(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def test_every_figure_is_the_records(auditor: httpx.Client, site: Site) -> None:
    recorded = _recorded(site)
    binding, advisory = recorded["binding"], recorded["advisory"]
    page = auditor.get(_path(site), params={"decision": recorded["decision_id"]}).text
    words = _words(page)
    assert f"Score {binding['score']}" in words
    assert binding["policy"]["id"] in words
    assert binding["policy"]["sha256"][:16] in words
    policy = site.served.parts.policies.by_sha256(binding["policy"]["sha256"])
    assert policy is not None

    lines = [row for row in _rows(page, "table") if len(row) == 6 and row[0] != "Indicator"]
    assert len(lines) == len(policy.indicators) == 144
    by_label = {row[0]: row for row in lines}
    for row in binding["points"]["by_indicator"]:
        indicator = next(it for it in policy.indicators if it.id == row[0])
        shown = by_label[indicator.label.en]
        if len(row) > 2:
            assert shown[3] == " / ".join(f"{it:+d}" if it else "0" for it in row[3:5])
        else:
            assert shown[2:4] == ["not scored", ""]
        assert bool(row[1]) or "missing" in shown[1] or "too old" in shown[1]
        read = recorded["read"].get(indicator.source)
        assert read is None or shown[4].endswith(read[0])

    vetoes = _rows(page, "vetoes")[1:]
    assert len(vetoes) == len(binding["vetoes"]["checked"])
    assert [it[0] for it in vetoes].count("Clear") == list(binding["vetoes"]["checked"].values()).count("clear")
    assert all("§" in it[5] for it in vetoes)

    pushes = math.fsum(float(it[2]) for it in advisory["by_feature"])
    base, log_odds = float(advisory["base_value"]), float(advisory["log_odds"])
    assert f"{base:+.6f} + {len(advisory['by_feature'])} contributions {pushes:+.6f} = {log_odds:+.6f}" in words
    assert "Yes, added up here anew" in words
    headings = {row[0]: row for row in _rows(page, "headings")[1:]}
    for heading in policy.headings:
        total, added, deducted = binding["points"]["by_heading"][heading.id]
        row = headings[heading.label.en]
        assert [row[1], row[2]] == [f"{it:+d}" if it else "0" for it in (added, deducted)]
        assert row[4] == (f"{total:+d}" if total else "0")
    shown = math.fsum(float(row[5]) for row in headings.values() if row[5] != "–")
    assert shown == pytest.approx(pushes, abs=0.005 * len(headings))


def test_where_card_and_model_differ_is_flagged_and_nowhere_else(auditor: httpx.Client, site: Site) -> None:
    page = auditor.get(_path(site), params={"decision": advised_decision(site)}).text
    for row in _rows(page, "table"):
        if len(row) < 6 or row[0] == "Indicator":
            continue
        points = int(row[3].split("/")[0]) if row[3] else 0
        pushes = float(row[5].split()[0]) if row[5] else 0.0
        if abs(abs(pushes) - 0.15) > 0.01:
            opposite = points * pushes > 0 and abs(pushes) > 0.15
            assert ("differ" in row[5]) == opposite, row[0]


def test_replayed_now_and_its_place_in_the_log(auditor: httpx.Client, site: Site) -> None:
    decision = advised_decision(site)
    page = auditor.get(_path(site), params={"decision": decision, "replay": "now"})
    assert "Identical:" in page.text
    assert f"/console/decisions/{decision}/proof" in page.text
    assert auditor.get(f"/console/decisions/{decision}/proof").status_code == 200
    receipt = _recorded(site)["receipt"]
    assert receipt["leaf_hash"] in page.text


def test_the_state_of_today_asks_no_model(auditor: httpx.Client, site: Site) -> None:
    page = auditor.get(_path(site), params={"at": "today"})
    assert page.status_code == 200
    words = _words(page.text)
    assert "nobody recorded" in words
    assert "The state of today holds no opinion" in words
    assert "Replay it now" not in words
    assert "Does it add up?" not in words


def test_a_decision_whose_content_was_erased_keeps_its_place(auditor: httpx.Client, site: Site) -> None:
    household = site.served.ids()[220]
    answer = site.served.client.post("/v1/decisions", json=ask(household)).json()
    with site.served.parts.store.writing() as connection:
        retention.erase_contents(connection, [answer["receipt"]["log_index"]])
    page = auditor.get(f"/console/audit/households/{household}", params={"replay": "now"})
    assert page.status_code == 200
    words = _words(page.text)
    assert "was erased after its time" in words
    assert "It cannot be replayed." in words
    assert answer["receipt"]["leaf_hash"] in page.text
    assert "erased" in [cell for row in _rows(page.text, "history") for cell in row]


def test_another_households_decision_is_not_there(auditor: httpx.Client, site: Site) -> None:
    answer = auditor.get(_path(site, HOUSEHOLD + 1), params={"decision": advised_decision(site)})
    assert answer.status_code == 404
    assert auditor.get("/console/audit/households/411299999999-0001").status_code == 404


@pytest.mark.parametrize("role", [it for it in Role if it not in (Role.AUDITOR, Role.BANK)])
def test_only_auditors_open_it(role: Role, site: Site) -> None:
    with person(site, role) as client:
        for path in ("/console/audit", _path(site), "/console/audit/reviews/new"):
            assert client.get(path).status_code == 403
        assert "/console/audit" not in client.get("/console/").text
        for reason in ("x", ""):
            denied = send(client, f"{_path(site)}/unmasking", reason=reason)
            assert denied.status_code == 403, "also for who may see numbers elsewhere"


def test_the_whole_story_is_for_who_sees_every_bank(site: Site) -> None:
    parts = site.served.parts
    for role in (Role.CLERK, Role.COUNTY, Role.ANALYST):
        with pytest.raises(Forbidden):
            case_file(site.served.ids()[HOUSEHOLD], parts, AreaStates(), caller=Caller("somebody", "bank-a", role))


def test_the_number_is_masked_until_its_reason_is_in_the_log(auditor: httpx.Client, site: Site) -> None:
    number = numbers_of(site.served)[site.served.ids()[HOUSEHOLD]]
    path = _path(site)
    assert number not in auditor.get(path).text
    without = send(auditor, f"{path}/unmasking", seen_on=path, reason=" ")
    assert without.status_code == 422
    assert 'id="reason-fault"' in without.text
    assert number not in without.text
    shown = send(auditor, f"{path}/unmasking", seen_on=path, reason=REASON)
    assert shown.status_code == 200
    assert number in shown.text
    assert shown.headers["cache-control"] == "no-store"
    page = auditor.get(path).text
    assert number not in page
    assert html.escape(REASON) in page
    assert REASON not in page
    with site.served.parts.store.engine.connect() as connection:
        content = connection.exec_driver_sql(
            "SELECT content FROM log_contents JOIN log_entries USING (index) WHERE kind = 'unmasked' ORDER BY index DESC LIMIT 1"
        ).scalar_one()
    said = json.loads(bytes(content))
    assert (said["reason"], said["household_id"]) == (REASON, site.served.ids()[HOUSEHOLD])


def test_searched_by_number_and_by_id_number(auditor: httpx.Client, site: Site) -> None:
    household = site.served.ids()[HOUSEHOLD]
    for typed in (household, numbers_of(site.served)[household]):
        answer = send(auditor, "/console/audit", seen_on="/console/audit", number=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, _path(site))
    wrong = send(auditor, "/console/audit", seen_on="/console/audit", number="<script>")
    assert wrong.status_code == 422
    assert "<script>" not in wrong.text.replace('<script src="', "")


def test_the_page_is_small(site: Site) -> None:
    with person(site, Role.AUDITOR) as client:
        page = client.get(_path(site), params={"decision": advised_decision(site)})
    assert page.headers["content-encoding"] == "gzip"
    assert page.num_bytes_downloaded < 25_000
