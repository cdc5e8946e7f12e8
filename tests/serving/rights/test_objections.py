"""Objections: they mark what they are about, wait at most 20 days, and end once, with a written answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import typer
from starlette.testclient import TestClient
from typer.testing import CliRunner

from scoring.canonical import canonical
from serving.access.roles import Role
from serving.commands import objection
from serving.ledger.verify import verify
from serving.replay.again import replay
from tests.serving.served import NOW, Served, ask, consent_of, give_consents
from verify.check import leaf_of

WORDS = "我家没有打架,请更正。\nIt was my neighbour."


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose households object."""
    return make_county()


@pytest.fixture(scope="module")
def county(own: Served) -> TestClient:
    """A person of the county who answers objections."""
    return own.as_caller(Role.COUNTY, name="Qian", area="411299")


def _body(household: str, **changes: Any) -> dict[str, Any]:
    return {"household_id": household, "about": "datum", "indicator": "fighting", "statement": WORDS, **changes}


def _file(own: Served, household: str, client: TestClient | None = None, **changes: Any) -> dict[str, Any]:
    answer = (client or own.client).post("/v1/objections", json=_body(household, **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _decide(own: Served, household: str) -> dict[str, Any]:
    found: dict[str, Any] = own.client.post("/v1/decisions", json=ask(household)).json()
    return found


def _resolve(county: TestClient, objection_id: str, outcome: str) -> Any:
    return county.post(f"/v1/objections/{objection_id}/outcome", json={"outcome": outcome, "answer": "已核实"})


def test_an_objection_marks_the_datum_in_view_and_decision_but_never_inside_binding(
    own: Served, county: TestClient
) -> None:
    household = own.ids()[0]
    before = _decide(own, household)
    assert before["marks"] == []
    filed = _file(own, household)
    mark = {"indicator": "fighting", "objection_id": filed["objection_id"], "since": filed["recorded_at"]}
    after = _decide(own, household)
    assert after["marks"] == [mark | {"state": "open"}]
    assert canonical(after["binding"]) == canonical(before["binding"])
    assert own.client.get(f"/v1/households/{household}").json()["marks"] == after["marks"]
    assert replay(UUID(after["decision_id"]), own.parts).identical
    assert _resolve(county, filed["objection_id"], "recorded_unconfirmed").status_code == 200
    assert _decide(own, household)["marks"] == [mark | {"state": "recorded_unconfirmed"}]
    for outcome in ("corrected", "mark_removed"):
        other = _file(own, household, indicator="late_1_30")
        assert len(_decide(own, household)["marks"]) == 2
        _resolve(county, other["objection_id"], outcome)
        assert len(_decide(own, household)["marks"]) == 1


def test_an_objection_marks_the_decision_beside_its_receipt(own: Served, county: TestClient) -> None:
    household = own.ids()[2]
    decided = _decide(own, household)
    address = f"/v1/decisions/{decided['decision_id']}"
    assert "afterwards" not in own.client.get(address).json()
    filed = _file(own, household, about="decision", indicator=None, decision_id=decided["decision_id"])
    now = own.client.get(address).json()
    (mark,) = now["afterwards"]["marks"]
    assert (mark["objection_id"], mark["state"], mark["about"]) == (filed["objection_id"], "open", "decision")
    assert {name: now[name] for name in now if name != "afterwards"} == decided
    assert leaf_of(now) == leaf_of(decided), "what came after is no part of what was recorded"
    _resolve(county, filed["objection_id"], "mark_removed")
    assert own.client.get(address).json() == decided


def test_an_objection_ends_once_with_a_written_answer(own: Served, county: TestClient) -> None:
    filed = _file(own, own.ids()[3], about="human_review", indicator=None)
    address = f"/v1/objections/{filed['objection_id']}"
    assert (filed["state"], filed["due_on"], filed["overdue"]) == ("open", "2017-05-10", False)
    for body in ({"outcome": "corrected"}, {"outcome": "corrected", "answer": " "}, {"outcome": "x", "answer": "y"}):
        assert county.post(f"{address}/outcome", json=body).status_code == 422
    ended = _resolve(county, filed["objection_id"], "corrected")
    assert (ended.json()["state"], ended.json()["answered_by"], ended.json()["answer"]) == (
        "corrected",
        "Qian",
        "已核实",
    )
    again = _resolve(county, filed["objection_id"], "mark_removed")
    assert (again.status_code, again.json()["type"]) == (409, "urn:lushi:problem:objection-resolved")
    assert own.client.get(address).json() == ended.json()
    assert own.client.post(f"{address}/outcome", json={"outcome": "corrected", "answer": "a"}).status_code == 403


def test_what_waits_longer_than_twenty_days_is_shown_as_overdue(own: Served, county: TestClient) -> None:
    filed = _file(own, own.ids()[4])
    address = f"/v1/objections/{filed['objection_id']}"
    app = typer.Typer()
    objection.register(app, lambda: own.parts)
    run = CliRunner(env={"COLUMNS": "250"})
    command = ["objection", "list", "--overdue"]
    try:
        own.clock.moment = NOW + timedelta(days=20)
        assert own.client.get(address).json()["overdue"] is False, "the twentieth day is in time"
        assert filed["objection_id"] not in run.invoke(app, command).output
        own.clock.moment = NOW + timedelta(days=21)
        assert own.client.get(address).json()["overdue"] is True
        listed = run.invoke(app, command).output
        assert filed["objection_id"] in listed
        assert "逾期" in listed
        assert WORDS[:5] not in listed
        _resolve(county, filed["objection_id"], "corrected")
        assert filed["objection_id"] not in run.invoke(app, command).output
        assert filed["objection_id"] in run.invoke(app, ["objection", "list", "--all"]).output
    finally:
        own.clock.moment = NOW + timedelta(days=21)


def test_who_may_file_and_see(own: Served, county: TestClient) -> None:
    household = own.ids()[5]
    village = household.split("-")[0]
    elsewhere = next(one for one in own.ids() if not one.startswith(village))
    person = own.as_caller(Role.VILLAGE, name="Zhao", area=village)
    mine, theirs = _file(own, household, person), _file(own, elsewhere)
    assert (mine["tenant"], theirs["tenant"]) == (None, "bank-a")
    hidden = person.get(f"/v1/objections/{theirs['objection_id']}")
    missing = person.get(f"/v1/objections/{uuid4()}")
    assert (hidden.status_code, hidden.json()) == (404, missing.json())
    assert person.post("/v1/objections", json=_body(elsewhere)).status_code == 404
    assert own.client.get(f"/v1/objections/{mine['objection_id']}").status_code == 404, "a bank sees its own alone"
    auditor = own.as_caller(Role.AUDITOR)
    for one in (mine, theirs):
        assert auditor.get(f"/v1/objections/{one['objection_id']}").status_code == 200
        assert county.get(f"/v1/objections/{one['objection_id']}").status_code == 200

    def listed(client: TestClient) -> set[str]:
        found = client.get(f"/v1/objections?state=all&household_id={elsewhere}").json()["objections"]
        assert all("statement" not in it for it in found)
        return {it["objection_id"] for it in found}

    assert theirs["objection_id"] in listed(own.client) & listed(auditor) & listed(county)
    assert listed(person) == listed(own.as_caller(Role.VILLAGE)) == set()
    assert mine["objection_id"] in {it["objection_id"] for it in person.get("/v1/objections").json()["objections"]}
    bank_b = own.key(tenant="bank-b")
    assert own.client.get("/v1/objections?state=all", headers=bank_b).json() == {"objections": [], "next": None}
    own.client.post(f"/v1/consents/{consent_of(elsewhere)}/withdrawal", json={})
    assert own.client.get(f"/v1/objections/{theirs['objection_id']}").status_code == 404
    assert listed(own.client) == set(), "without the household's consent a bank sees nothing of it"
    assert own.client.post("/v1/objections", json=_body(elsewhere)).status_code == 404


def test_pages_follow_each_other_without_gaps(own: Served, county: TestClient) -> None:
    filed = [_file(own, own.ids()[6])["objection_id"] for _ in range(5)]
    found: list[str] = []
    after = -1
    while after is not None:
        page = county.get(f"/v1/objections?household_id={own.ids()[6]}&limit=2&after={after}").json()
        assert len(page["objections"]) <= 2
        found += [it["objection_id"] for it in page["objections"]]
        after = page["next"]
    assert found == filed
    for wrong in ("limit=0", "limit=101", "after=x", "state=none", "household_id=../x"):
        assert county.get(f"/v1/objections?{wrong}").status_code == 422, wrong


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"indicator": None}, "body.indicator"),
        ({"indicator": "no_such_item"}, "body.indicator"),
        ({"about": "human_review"}, "body.indicator"),
        ({"about": "decision", "indicator": None}, "body.decision_id"),
        ({"statement": ""}, "body.statement"),
        ({"statement": "x" * 2001}, "body.statement"),
        ({"statement": "a\x00b"}, "body.statement"),
        ({"statement": " \n\u3000"}, "body.statement"),
        ({"about": "weather"}, "body.about"),
        ({"decision_id": "1"}, "body.decision_id"),
    ],
)
def test_an_objection_that_says_too_little_or_too_much_is_refused(
    own: Served, changes: dict[str, Any], where: str
) -> None:
    sent = json.dumps(_body(own.ids()[7], **changes)).encode()
    answer = own.client.post("/v1/objections", content=sent, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert [it["where"] for it in answer.json()["errors"]] == [where]


def test_only_a_households_own_decision_can_be_objected_to(own: Served) -> None:
    give_consents(own.parts, own.ids()[8], own.ids()[9], tenants=["bank-h"])
    bank_h = own.key(tenant="bank-h")
    theirs = own.client.post("/v1/decisions", json=ask(own.ids()[8], tenant="bank-h"), headers=bank_h).json()
    body = _body(own.ids()[8], about="decision", indicator=None, decision_id=theirs["decision_id"])
    missing = own.client.post("/v1/objections", json=body | {"decision_id": str(uuid4())})
    for household, header in ((own.ids()[8], None), (own.ids()[9], bank_h)):
        hidden = own.client.post("/v1/objections", json=body | {"household_id": household}, headers=header)
        assert (hidden.status_code, hidden.json()) == (404, missing.json())
    assert own.client.post("/v1/objections", json=body, headers=bank_h).status_code == 201


def test_what_was_said_stands_in_the_logs_content_alone_and_can_be_erased(own: Served) -> None:
    filed = _file(own, own.ids()[10], statement="只有日志内容里有这句话")
    with own.parts.store.engine.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        holding = [
            name
            for name in tables
            if connection.execute(
                sa.text(f"SELECT count(*) FROM {name} t WHERE t::text LIKE '%只有日志内容里有这句话%'")
            ).scalar_one()
        ]
        assert holding == []
        kept = (
            "SELECT index FROM log_contents WHERE position(convert_to('只有日志内容里有这句话', 'UTF8') in content) > 0"
        )
        (index,) = connection.execute(sa.text(kept)).scalars()
        connection.execute(sa.text("DELETE FROM log_contents WHERE index = :index"), {"index": index})
    left = own.client.get(f"/v1/objections/{filed['objection_id']}").json()
    assert (left["statement"], left["state"]) == (None, "open")
    with own.parts.store.looking(own.clock.now()) as moment:
        found = verify(moment.connection, own.parts.signer)
    assert (found.faults, found.erased) == ([], 1)
    assert found.kinds["objection_filed"] > found.kinds["objection_resolved"] > 0


def test_an_outcome_below_the_best_states_the_persons_rights(own: Served) -> None:
    seen = set()
    for household in own.ids()[11:120]:
        decided = _decide(own, household)
        best = decided["binding"]["grade"] == "AAA+" and not decided["binding"]["terms"]["blocks"]
        assert (decided["rights"] is None) == best
        seen.add(best)
        if not best:
            assert [it["id"] for it in decided["rights"]] == ["explanation", "human_review", "report", "objection"]
            assert all(it["zh"] and it["en"] for it in decided["rights"])
            view = own.client.get(f"/v1/households/{household}").json()
            assert view["rights"] in (None, decided["rights"])
    assert False in seen
