"""What must hold of everything recorded: each invariant finds what is planted against it, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import typer
from prometheus_client import CollectorRegistry
from typer.testing import CliRunner

from scoring.canonical import canonical
from serving.commands import invariants as command
from serving.decisions.closing import OPEN_DAYS
from serving.ledger.commitment import body_of, commitment
from serving.operations.background import Invariants, Task, turn_of
from serving.operations.invariants import COMMITTED, HEAD, NAMES, ONE_BANK, Found, check
from serving.telemetry.metrics import REGISTRY
from tests.serving.served import NOW, Served, ask

POINTS, GRADE, VETO = "points_sum_to_the_score", "grade_is_its_band", "veto_means_no_grade"


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county with a decision on forty households, and a checkpoint over them."""
    found = make_county()
    for household in found.ids()[:40]:
        assert found.client.post("/v1/decisions", json=ask(household)).status_code == 201
    assert found.client.get("/v1/log/checkpoint").status_code == 200
    return found


@contextmanager
def _past_the_triggers(served: Served) -> Iterator[sa.Connection]:
    with served.parts.store.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield connection


def _of(served: Served, status: str) -> tuple[int, dict[str, Any]]:
    """A decision of a status: its index in the log, and its content."""
    query = "SELECT index, content FROM log_contents JOIN decisions ON entry_no = index ORDER BY 1"
    with served.parts.store.engine.connect() as connection:
        for index, content in connection.exec_driver_sql(query):
            said = json.loads(bytes(content))
            if said["binding"]["status"] == status:
                return index, said
    raise AssertionError(f"no decision is {status}")


def _merged(said: Any, changes: Mapping[str, Any]) -> Any:
    return {
        **said,
        **{key: _merged(said[key], value) if isinstance(value, dict) else value for key, value in changes.items()},
    }


@contextmanager
def _rewritten(served: Served, index: int, content: bytes, *, committed: bool = False) -> Iterator[None]:
    """A decision's content, and where asked for its commitment, written over; restored afterwards."""
    with _past_the_triggers(served) as connection:
        query = "SELECT c.salt, c.content, e.body, e.recorded_at FROM log_contents c JOIN log_entries e USING (index) WHERE index = %s"
        salt, before, body, at = connection.exec_driver_sql(query, (index,)).one()
    new = body_of("decision", at, commitment(content, bytes(salt))) if committed else bytes(body)
    for now_content, now_body in ((content, new), (bytes(before), bytes(body))):
        with _past_the_triggers(served) as connection:
            connection.exec_driver_sql("UPDATE log_contents SET content = %s WHERE index = %s", (now_content, index))
            connection.exec_driver_sql("UPDATE log_entries SET body = %s WHERE index = %s", (now_body, index))
        if now_content == content:
            yield


def _broken(found: Found) -> set[str]:
    assert {one.invariant for one in found.violations} == set(found.counts)
    return set(found.counts)


def test_everything_holds_of_what_the_service_records(own: Served) -> None:
    found = check(own.parts)
    assert (found.violations, found.decisions) == ([], 40)
    assert set(found.checks) == set(NAMES)
    assert found.checks[POINTS] == found.checks[GRADE] == found.checks[VETO] == found.checks[COMMITTED] == 40
    again = check(own.parts, start=found.next)
    assert (again.decisions, again.next) == (0, found.next)


@pytest.mark.parametrize(
    ("status", "changes", "invariant"),
    [
        ("graded", {"score": 999}, {POINTS, GRADE}),
        ("graded", {"points": {"base": 101}}, {POINTS}),
        ("graded", {"points": {"by_indicator": []}}, {POINTS}),
        ("withheld", {"score": 100}, {POINTS}),
        ("graded", {"grade": "AAA+", "score": None}, {POINTS, GRADE}),
        ("graded", {"grade": None}, {GRADE}),
        ("graded", {"grade": "B"}, {GRADE}),
        ("graded", {"status": "below_a"}, {GRADE}),
        ("vetoed", {"grade": "AAA"}, {GRADE, VETO}),
        ("vetoed", {"limit_cny": "10.00"}, {VETO}),
        ("vetoed", {"terms": {"offered": True}}, {VETO}),
        ("vetoed", {"vetoes": {"fired": []}}, {VETO}),
        ("graded", {"vetoes": {"fired": [{"id": "x"}]}}, {VETO}),
        ("graded", {"policy": {"sha256": "0" * 64}}, {POINTS, GRADE, VETO}),
        ("graded", {"points": None}, {POINTS}),
        ("graded", {"score": "many"}, {POINTS, GRADE}),
    ],
)
def test_a_planted_decision_is_found_even_where_its_commitment_was_made_to_fit(
    own: Served, status: str, changes: dict[str, Any], invariant: set[str]
) -> None:
    index, said = _of(own, status)
    content = canonical(_merged(said, {"binding": changes}))
    with _rewritten(own, index, content, committed=True):
        found = check(own.parts)
    assert _broken(found) == invariant | {HEAD}, found.violations
    of_decisions = {one.about for one in found.violations if one.invariant != HEAD}
    assert of_decisions == {said["decision_id"]}
    assert check(own.parts).violations == []


@pytest.mark.parametrize("content", [b"{}", b"[]", b"\xff", b"", b'{"binding": 3}'])
def test_a_content_that_is_no_decision_breaks_every_invariant_of_decisions(own: Served, content: bytes) -> None:
    index, _ = _of(own, "graded")
    with _rewritten(own, index, content):
        assert _broken(check(own.parts)) == {POINTS, GRADE, VETO, COMMITTED, HEAD}


def test_a_content_that_is_not_the_committed_one_is_found_and_an_erased_one_is_not(own: Served) -> None:
    index, said = _of(own, "graded")
    content = canonical(_merged(said, {"request": {"amount_cny": "1.00"}}))
    with _rewritten(own, index, content):
        assert _broken(check(own.parts)) == {COMMITTED, HEAD}
    with own.parts.store.engine.begin() as connection:
        row = connection.exec_driver_sql("SELECT * FROM log_contents WHERE index = %s", (index,)).one()
        connection.exec_driver_sql("DELETE FROM log_contents WHERE index = %s", (index,))
    found = check(own.parts)
    assert (found.violations, found.checks[COMMITTED], found.checks[GRADE]) == ([], 40, 39)
    with own.parts.store.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO log_contents VALUES (%s, %s, %s)", tuple(row))


@pytest.mark.parametrize(
    ("do", "undo", "says"),
    [
        ("UPDATE log_nodes SET position = -1 WHERE level = 0 AND position = 7",
         "UPDATE log_nodes SET position = 7 WHERE position = -1", "the leaf of entry 7 is missing or wrong"),
        ("UPDATE log_nodes SET position = 1000 WHERE level = 0 AND position = 41",
         "UPDATE log_nodes SET position = 41 WHERE position = 1000", "42 entries and 1001 leaves"),
        ("UPDATE log_entries SET index = 1000 WHERE index = 5",
         "UPDATE log_entries SET index = 5 WHERE index = 1000", "entry 999 is missing"),
        ("UPDATE log_entries SET kind = 'promotion' WHERE index = 5",
         "UPDATE log_entries SET kind = 'decision' WHERE index = 5", "table of decisions do not belong together"),
        ("UPDATE log_nodes SET level = 55 WHERE level = 5 AND position = 0",
         "UPDATE log_nodes SET level = 5 WHERE level = 55", "is not what this log and key sign"),
        ("UPDATE checkpoints SET note = replace(note, 'lushi-', 'other-')",
         "UPDATE checkpoints SET note = replace(note, 'other-', 'lushi-')", "is not what this log and key sign"),
    ],
)  # fmt: skip
def test_a_log_that_is_not_the_database_is_found(own: Served, do: str, undo: str, says: str) -> None:
    with _past_the_triggers(own) as connection:
        assert connection.exec_driver_sql(do).rowcount == 1
    try:
        found = check(own.parts, start=10**6)
    finally:
        with _past_the_triggers(own) as connection:
            connection.exec_driver_sql(undo)
    assert _broken(found) == {HEAD}
    assert any(says in one.what for one in found.violations), found.violations
    assert check(own.parts).violations == []


def test_a_household_that_is_open_at_two_banks_is_found_until_it_is_old(make_county: Callable[[], Served]) -> None:
    served = make_county()
    answers = (served.client.post("/v1/decisions", json=ask(one)).json() for one in served.ids())
    first = next(one for one in answers if one["binding"]["terms"]["offered"])
    with _past_the_triggers(served) as connection:  # no call can bring it about
        row = (
            "INSERT INTO decisions (entry_no, decision_id, household_no, recorded_at, tenant, offered, offered_until)"
            " SELECT (SELECT min(index) FROM log_entries e WHERE NOT EXISTS (SELECT FROM decisions WHERE entry_no = e.index)),"
            " gen_random_uuid(), household_no, recorded_at, 'bank-y', true, offered_until FROM decisions WHERE decision_id = :id"
        )
        connection.execute(sa.text(row), {"id": first["decision_id"]})
    said = [one for one in check(served.parts).violations if one.invariant == ONE_BANK]
    assert len(said) == 1
    assert first["decision_id"] in said[0].what
    assert first["household_id"] not in str(said)
    served.clock.moment = NOW + timedelta(days=OPEN_DAYS, hours=1)
    assert not any(one.invariant == ONE_BANK for one in check(served.parts).violations)


def _count(name: str, registry: CollectorRegistry = REGISTRY, **labels: str) -> float:
    return registry.get_sample_value(name, labels) or 0.0


def test_a_turn_counts_what_it_found_and_goes_on_from_there(own: Served) -> None:
    turning = Invariants(own.parts)
    task = Task("invariants", 1, turning.turn)
    checks = _count("lushi_invariant_checks_total", invariant=GRADE)
    violations = _count("lushi_invariant_violations_total", invariant=GRADE)
    done = _count("lushi_background_turns_total", task="invariants", outcome="done")
    index, said = _of(own, "graded")
    with _rewritten(own, index, canonical(_merged(said, {"binding": {"grade": "B"}}))):
        turn_of(own.parts, task)
        assert _count("lushi_invariant_violations_total", invariant=GRADE) == violations + 1
        turn_of(own.parts, task)
    assert _count("lushi_invariant_violations_total", invariant=GRADE) == violations + 1
    assert _count("lushi_invariant_checks_total", invariant=GRADE) == checks + 40
    assert _count("lushi_background_turns_total", task="invariants", outcome="done") == done + 2
    own.parts.let_go_of_lead()


def test_the_command_says_what_it_found_and_leaves_with_four_on_a_violation(own: Served) -> None:
    app = typer.Typer()
    command.register(app, lambda: own.parts)
    app.command("other")(lambda: None)
    good = CliRunner().invoke(app, ["invariants"])
    assert good.exit_code == 0, good.output
    assert "every invariant holds over 40 decisions" in good.output
    index, said = _of(own, "graded")
    with _rewritten(own, index, canonical(_merged(said, {"binding": {"grade": "B"}}))):
        bad = CliRunner().invoke(app, ["invariants"])
    assert bad.exit_code == command.BROKEN
    assert f"{GRADE}: {said['decision_id']}: its grade is not the band of its score" in bad.output
    assert said["household_id"] not in bad.output
