"""The opinion suspended: every decision says so, no model is asked, and the binding part is the same to the byte."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

import serving.commands.model
import serving.commands.models
from feature_store.adapters import embedded, promotions
from feature_store.adapters.connect import StoreUnavailable
from scoring.canonical import canonical
from scoring.suspension import NOTE
from scoring.terms import Request
from serving.alarms.raise_alarms import raise_alarms
from serving.alarms.suspend import SuspensionRefused, resume, suspend, suspend_by_rule
from serving.challenger import advise as advising
from serving.challenger.suspended import WAS_SUSPENDED, OpinionsSuspended
from serving.county.advise_county import advise_county
from serving.county.area_states import AreaStates
from serving.ledger.commitment import commitment
from serving.replay.again import replay
from serving.replay.three_way import replay_otherwise
from serving.replay.words import Kind, Verdict
from tests.fakes.models import artefact
from tests.serving.advised import SET, Advised
from tests.serving.alarms.reports import red, report
from tests.serving.served import Served

TWO = {"by": "Wang Fang", "second": "Li Qiang", "why": "the early signs moved"}
MODEL = artefact(SET)


@pytest.fixture
def stands(advised: Advised) -> Iterator[Advised]:
    """A county whose model stands and whose opinions are given, before and after."""
    advised.stand(MODEL)
    yield advised
    with contextlib.suppress(SuspensionRefused):
        resume(advised.served.parts, **TWO)


def said(refused: pytest.ExceptionInfo[SuspensionRefused]) -> str:
    return " ".join(refused.value.reasons)


def test_decisions_say_it_and_their_binding_part_is_the_same_to_the_byte(
    stands: Advised, alone: dict[str, bytes]
) -> None:
    done = suspend(stands.served.parts, **TWO)
    for household_id, before in alone.items():
        binding, advisory = stands.binding(household_id)
        assert binding == before
        since = datetime.fromisoformat(advisory.pop("since"))
        assert (since.tzinfo, since >= stands.served.clock.now()) == (UTC, True)
        assert advisory == {"status": "suspended", "reason": "two_people", "log_index": done.log_index, "note": NOTE}
    resume(stands.served.parts, **TWO)
    for household_id, before in alone.items():
        binding, advisory = stands.binding(household_id)
        assert (binding, advisory["status"]) == (before, "given")


def test_the_model_is_not_asked_and_the_call_sends_no_statement_more(
    stands: Advised, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    sent = promotions.together.__globals__["_sent"]

    def counted(driver: Any, asked: Any, values: Any) -> Any:
        statements.append(asked.text)
        return sent(driver, asked, values)

    household_id = stands.served.ids()[0]
    stands.decide(household_id)
    monkeypatch.setitem(promotions.together.__globals__, "_sent", counted)
    stands.decide(household_id)
    given = len(statements)
    assert promotions.STANDING.text in statements
    suspend(stands.served.parts, **TWO)
    statements.clear()
    with monkeypatch.context() as unasked:
        for name in ("ask", "ready"):
            unasked.setattr(advising.Challengers, name, lambda *_, **__: 1 / 0)
        assert stands.decide(household_id)["advisory"]["status"] == "suspended"
    assert promotions.STANDING.text in statements
    assert len(statements) <= given
    assert not any("suspensions" in it for it in statements if it != promotions.STANDING.text)


def test_by_rule_it_says_red_alarm(stands: Advised) -> None:
    found = raise_alarms(stands.served.parts, report(red()), on=date(2017, 4, 20))
    assert found.suspended is not None
    advisory = stands.decide(stands.served.ids()[0])["advisory"]
    assert (advisory["reason"], advisory["log_index"]) == ("red_alarm", found.suspended)


def test_a_promotion_does_not_end_it(stands: Advised) -> None:
    suspend(stands.served.parts, **TWO)
    stands.stand(artefact(SET, seed=1))
    assert stands.decide(stands.served.ids()[0])["advisory"]["status"] == "suspended"


@pytest.mark.parametrize(
    ("people", "wanted"),
    [
        ({"second": "wang-FANG"}, "two different people"),
        ({"by": ""}, "two different people"),
        ({"why": " "}, "a cause"),
    ],
)
def test_suspending_and_resuming_need_two_different_people_and_a_cause(
    stands: Advised, people: dict[str, str], wanted: str
) -> None:
    parts = stands.served.parts
    with pytest.raises(SuspensionRefused) as refused:
        suspend(parts, **TWO | people)
    assert wanted in said(refused)
    suspend(parts, **TWO)
    with pytest.raises(SuspensionRefused) as refused:
        resume(parts, **TWO | people)
    assert wanted in said(refused)


def test_it_is_neither_suspended_twice_nor_resumed_twice(stands: Advised) -> None:
    parts = stands.served.parts
    with pytest.raises(SuspensionRefused, match="not suspended"):
        resume(parts, **TWO)
    suspend(parts, **TWO)
    with pytest.raises(SuspensionRefused, match="suspended already"):
        suspend(parts, **TWO)
    resume(parts, **TWO)
    with pytest.raises(SuspensionRefused, match="not suspended"):
        resume(parts, **TWO)


def test_where_many_suspend_and_resume_at_once_moves_alternate(stands: Advised) -> None:
    parts = stands.served.parts

    def move(number: int) -> bool:
        try:
            if number % 3 == 2:
                return suspend_by_rule(parts, ["0" * 16], "0" * 64) is not None
            (suspend, resume)[number % 3](parts, **TWO)
        except SuspensionRefused:
            return False
        return True

    with parts.store.engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM suspensions").scalar_one()
    with ThreadPoolExecutor(9) as people:
        done = sum(people.map(move, range(30)))
    with parts.store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT entry_no, kind, ends FROM suspensions ORDER BY 1").all()
    assert len(rows) == before + done
    assert [row.kind for row in rows] == ["opinion_suspended", "opinion_resumed"] * (len(rows) // 2) + (
        ["opinion_suspended"] * (len(rows) % 2)
    )
    assert all(row.ends == rows[place - 1].entry_no for place, row in enumerate(rows) if place % 2)


def test_decisions_meanwhile_say_what_stood_at_their_time_and_replay(stands: Advised) -> None:
    """Decisions and moves at once: whatever the order, each decision names what stood, as its replay finds it again."""
    parts, ids = stands.served.parts, stands.served.ids()
    assert stands.decide(ids[0])["advisory"]["status"] == "given", "the model is loaded before many ask at once"

    def call(number: int) -> UUID | None:
        if number % 5 == 0:
            with contextlib.suppress(SuspensionRefused):
                (suspend if number % 2 else resume)(parts, **TWO)
            return None
        return UUID(stands.decide(ids[number])["decision_id"])

    with ThreadPoolExecutor(6) as callers:
        decided = [it for it in callers.map(call, range(40)) if it is not None]
    statuses = {stands.served.client.get(f"/v1/decisions/{it}").json()["advisory"]["status"] for it in decided}
    assert statuses >= {"given", "suspended"}
    found = [replay(it, parts) for it in decided]
    assert [it.differences for it in found] == [()] * len(decided)


def test_a_suspended_decision_replays_to_the_byte_also_once_it_is_resumed(stands: Advised) -> None:
    parts = stands.served.parts
    suspend(parts, **TWO)
    decided = stands.decide(stands.served.ids()[0])
    for _ in range(2):
        found = replay(UUID(decided["decision_id"]), parts)
        assert (found.identical, found.stated) == (True, (WAS_SUSPENDED,))
        if _ == 0:
            resume(parts, **TWO)
    shown = stands.served.client.get(f"/v1/decisions/{decided['decision_id']}").json()
    assert shown["advisory"] == decided["advisory"]
    plain = replay_otherwise(UUID(decided["decision_id"]), parts, AreaStates())
    assert (plain.verdict, plain.why, plain.stated) == (Verdict.SAME, (), (WAS_SUSPENDED,))
    assert plain.recorded is not None
    assert plain.recorded.pd is None
    other = replay_otherwise(UUID(decided["decision_id"]), parts, AreaStates(), model="1")
    assert (other.verdict, other.stated) == (Verdict.CHANGED_BY_MODEL, (WAS_SUSPENDED,))
    assert other.again is not None
    assert other.again.pd is not None
    assert other.again.fields == plain.recorded.fields


def _forged(served: Served, decided: dict[str, Any], advisory: dict[str, Any]) -> UUID:
    """The decision with another advisory part, and an entry that commits to it, past the triggers."""
    index = decided["receipt"]["log_index"]
    with served.parts.store.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        both = "SELECT content, salt, body FROM log_contents JOIN log_entries USING (index) WHERE index = :index"
        row = connection.execute(sa.text(both), {"index": index}).one()
        content = canonical(json.loads(bytes(row.content)) | {"advisory": advisory})
        body = canonical(json.loads(bytes(row.body)) | {"commitment": commitment(content, bytes(row.salt))})
        values = {"index": index, "content": content, "body": body}
        connection.execute(sa.text("UPDATE log_contents SET content = :content WHERE index = :index"), values)
        connection.execute(sa.text("UPDATE log_entries SET body = :body WHERE index = :index"), values)
    return UUID(decided["decision_id"])


def test_replay_finds_what_a_decision_says_wrongly_of_the_suspension(stands: Advised) -> None:
    served, ids = stands.served, stands.served.ids()
    given = stands.decide(ids[0])
    suspend(served.parts, **TWO)
    suspended = [stands.decide(it) for it in ids[1:4]]
    cases = (
        (given, suspended[0]["advisory"], "at its time they were not"),
        (suspended[0], given["advisory"], "opinions were suspended at its time, and it holds one"),
        (suspended[1], suspended[1]["advisory"] | {"reason": "red_alarm"}, "the suspension's 'reason' differs"),
        (suspended[2], suspended[2]["advisory"] | {"log_index": 0}, "the suspension's 'log_index' differs"),
    )
    for decided, advisory, wanted in cases:
        found = replay(_forged(served, decided, advisory), served.parts)
        assert any(it.kind is Kind.SUSPENSION and wanted in it.what for it in found.found), wanted
        assert not found.cannot
    worded = suspended[2]["advisory"] | {"note": {"zh": "", "en": "another wording"}}
    assert replay(_forged(served, suspended[2], worded), served.parts).identical


def test_readiness_says_it_and_stays_ready(stands: Advised) -> None:
    done = suspend(stands.served.parts, **TWO)
    answer = stands.served.client.get("/readyz")
    assert answer.status_code == 200
    opinion = answer.json()["opinion"]
    assert opinion["ok"] is False
    assert "suspended since 2017-04-20T01:00:00" in opinion["detail"]
    assert f"(entry {done.log_index} of the log)" in opinion["detail"]


def test_nobody_is_asked_about_the_whole_county_either(stands: Advised) -> None:
    suspend(stands.served.parts, **TWO)
    with pytest.raises(OpinionsSuspended, match="lushi model resume"):
        advise_county(stands.served.parts, date(2017, 4, 20), Request("planting", Decimal(30_000), 24))


def test_the_commands_suspend_show_and_resume(stands: Advised) -> None:
    app = typer.Typer()
    for module in (serving.commands.model, serving.commands.models):
        module.register(app, lambda: stands.served.parts)
    people = ["--by", "Wang Fang", "--second", "Li Qiang", "--why", "drought"]

    def run(*words: str) -> str:
        found = CliRunner().invoke(app, words, env={"COLUMNS": "200"})
        assert found.exit_code == 0, found.output
        return found.output

    assert "grades go on as before" in run("model", "suspend", *people)
    assert "opinions are suspended since" in run("models")
    assert "given again" in run("model", "resume", *people)
    assert "suspended" not in run("models")


def test_with_the_database_gone_nothing_is_said_to_be_done(make_county: Callable[[], Served]) -> None:
    own = Advised(make_county())
    own.stand(MODEL)
    parts = own.served.parts
    embedded.stop(own.served.folder / "postgres")
    with pytest.raises(StoreUnavailable):
        suspend(parts, **TWO)
    with pytest.raises(StoreUnavailable):
        suspend_by_rule(parts, ["0" * 16], "0" * 64)
    with pytest.raises(StoreUnavailable):
        raise_alarms(parts, report(red()), on=date(2017, 4, 20))
    embedded.start(own.served.folder / "postgres")
    assert own.decide(own.served.ids()[0])["advisory"]["status"] == "given"
    suspend(parts, **TWO)
    embedded.stop(own.served.folder / "postgres")
    with pytest.raises(StoreUnavailable):
        resume(parts, **TWO)
    embedded.start(own.served.folder / "postgres")
    assert own.decide(own.served.ids()[0])["advisory"]["status"] == "suspended"
