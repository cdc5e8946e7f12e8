"""Calls decided together: each has its own outcome, the same as it would have alone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa

from feature_store.adapters import closing_tables, idempotency
from feature_store.adapters.connect import StoreUnavailable
from scoring.terms import Request
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.consents.check import ConsentInvalid
from serving.county.area_states import AreaStates
from serving.county.purposes import UnknownPurpose
from serving.decisions import group, record
from serving.decisions.closing import OpenElsewhere
from serving.decisions.gather import Gathered
from serving.decisions.group import decide_many, in_groups
from serving.decisions.request import Call, DecisionRequest, KeyInUse, KeyReused
from serving.ledger import postgres as ledger
from serving.ledger.entries import Entry
from serving.ledger.verify import verify
from serving.replay.again import replay
from tests.fakes import models
from tests.serving.advised import SET, Advised
from tests.serving.served import Served, consent_of

AREAS = AreaStates()


@pytest.fixture(scope="module")
def own(make_county: Callable[..., Served]) -> Served:
    """A county of these tests' own, with a challenger that advises."""
    served = make_county()
    Advised(served).stand(models.artefact(SET))
    return served


@pytest.fixture
def fresh(own: Served) -> Iterator[str]:
    """Ids of households on which nobody decided yet."""
    with own.parts.store.engine.connect() as connection:
        query = (
            "SELECT household_id FROM households h WHERE NOT EXISTS"
            " (SELECT FROM decisions d WHERE d.household_no = h.household_no) ORDER BY 1"
        )
        found = list(connection.exec_driver_sql(query).scalars())
    return iter(found)


def _call(household_id: str, *, tenant: str = "bank-a", key: str | None = None, **changes: Any) -> Call:
    loan = Request(changes.get("purpose", "livestock"), Decimal(changes.get("amount", 30000)), 24)
    reference = changes.get("reference", consent_of(household_id, tenant))
    caller = Caller(f"{tenant}-core", tenant, Role.BANK)
    return Call(DecisionRequest(household_id, loan, reference), caller, key)


def _offered(own: Served, fresh: Iterator[str]) -> str:
    """A household to which the loan of :func:`_call` is offered; nothing is left open."""
    with own.parts.store.engine.connect() as connection:
        for household_id in fresh:
            (entry,) = decide_many([_call(household_id)], own.parts, AREAS)
            assert isinstance(entry, Entry)
            if closing_tables.offered(connection, entry.decision_id):
                _close(own, entry)
                return household_id
    raise AssertionError("nobody is offered anything")


def _close(own: Served, entry: Entry) -> None:
    with own.parts.store.engine.begin() as connection:
        at = own.clock.moment
        assert closing_tables.close(connection, entry.decision_id, cause="withdrawn_by_bank", recorded_at=at, by="test")


def _size(own: Served) -> int:
    with own.parts.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one())


def _entries(outcomes: Sequence[Entry | Exception]) -> list[Entry]:
    assert all(isinstance(it, Entry) for it in outcomes), outcomes
    return [it for it in outcomes if isinstance(it, Entry)]


def _holds(own: Served) -> None:
    with own.parts.store.looking(own.clock.now()) as moment:
        assert verify(moment.connection, own.parts.signer).faults == []


def test_those_that_meet_come_one_after_the_other_and_the_rest_together() -> None:
    calls = [_call("a"), _call("b"), _call("a"), _call("c", key="k"), _call("a"), _call("d", key="k"), _call("d")]
    assert list(in_groups(calls)) == [[0, 1, 3], [2, 5], [4, 6]]
    many = [_call(str(it)) for it in range(2 * group.MOST + 1)]
    assert [len(it) for it in in_groups(many)] == [group.MOST, group.MOST, 1]
    assert list(in_groups([])) == []


def test_a_group_is_recorded_in_its_order_and_each_is_what_it_is_alone(own: Served, fresh: Iterator[str]) -> None:
    calls = [_call(next(fresh), key=str(uuid4())) for _ in range(12)]
    together = _entries(decide_many(calls, own.parts, AREAS))
    assert [it.entry_no for it in together] == list(range(together[0].entry_no, together[0].entry_no + 12))
    alone = [_entries(decide_many([_call(it.request.household_id)], own.parts, AREAS))[0] for it in calls]
    for mine, theirs in zip(together, alone, strict=True):
        one, other = json.loads(mine.content or b""), json.loads(theirs.content or b"")
        assert one["advisory"]["status"] == "given"
        one["advisory"].pop("shift"), other["advisory"].pop("shift")  # of the scores before it
        for name in ("binding", "read", "consent", "marks", "rights", "advisory"):
            assert one[name] == other[name]
        assert mine.intact
        assert replay(mine.decision_id, own.parts).differences == ()
    again = decide_many(calls, own.parts, AREAS)
    assert [it.content for it in _entries(again)] == [it.content for it in together]
    _holds(own)


def test_what_is_wrong_with_one_call_is_its_own(
    own: Served, fresh: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [next(fresh) for _ in range(6)]
    poisoned, real = ids[3], record.assess

    def assess(file: Any, *rest: Any, **named: Any) -> Any:
        if file.household_id == poisoned:
            raise ZeroDivisionError
        return real(file, *rest, **named)

    monkeypatch.setattr(record, "assess", assess)
    changes: list[dict[str, Any]] = [{}, {"purpose": "gambling"}, {"reference": "none"}, {}, {}]
    calls = [_call(one, **change) for one, change in zip(ids, changes, strict=False)] + [_call("411299999999-0001")]
    before = _size(own)
    outcomes = decide_many(calls, own.parts, AREAS)
    kinds = [type(it) for it in outcomes]
    assert kinds == [Entry, UnknownPurpose, ConsentInvalid, ZeroDivisionError, Entry, ConsentInvalid]
    assert _size(own) == before + 2


def test_a_key_twice_in_one_call_of_many_is_one_decision(own: Served, fresh: Iterator[str]) -> None:
    household_id, key = next(fresh), str(uuid4())
    calls = [
        _call(household_id, key=key),
        _call(next(fresh)),
        _call(household_id, key=key),
        _call(household_id, key=key, amount=1),
    ]
    before = _size(own)
    first, _, same, reused = decide_many(calls, own.parts, AREAS)
    assert isinstance(first, Entry)
    assert isinstance(same, Entry)
    assert (first.decision_id, first.content) == (same.decision_id, same.content)
    assert isinstance(reused, KeyReused)
    assert _size(own) == before + 2


def test_a_key_that_is_held_elsewhere_costs_only_its_own_call(own: Served, fresh: Iterator[str]) -> None:
    key = str(uuid4())
    calls = [_call(next(fresh), key=key), _call(next(fresh), key=str(uuid4()))]
    with own.parts.store.engine.begin() as connection:
        assert idempotency.claim(connection, "bank-a", key)
        waiting, other = decide_many(calls, own.parts, AREAS)
    assert isinstance(waiting, KeyInUse)
    assert isinstance(other, Entry)


def test_one_household_twice_is_decided_twice_in_order(own: Served, fresh: Iterator[str]) -> None:
    household_id = next(fresh)
    first, second = _entries(decide_many([_call(household_id), _call(household_id, amount=20000)], own.parts, AREAS))
    assert second.entry_no == first.entry_no + 1
    assert [json.loads(it.content or b"")["request"]["amount_cny"] for it in (first, second)] == [
        "30000.00",
        "20000.00",
    ]


def test_of_two_banks_that_ask_at_once_the_second_sees_what_the_first_was_told(
    own: Served, fresh: Iterator[str]
) -> None:
    household_id = _offered(own, fresh)
    calls = [_call(household_id), _call(next(fresh)), _call(household_id, tenant="bank-b")]
    first, _, second = decide_many(calls, own.parts, AREAS)
    assert isinstance(first, Entry)
    assert isinstance(second, OpenElsewhere)
    _close(own, first)
    assert isinstance(decide_many([calls[2]], own.parts, AREAS)[0], Entry)


def _only_of_several(monkeypatch: pytest.MonkeyPatch, act: Callable[[Any], None]) -> list[int]:
    """Do something before decisions of several calls are appended; gives how many were to be appended each time."""
    sizes: list[int] = []
    real = ledger.append

    def append(moment: Any, decided: Any, *rest: Any, **named: Any) -> Any:
        sizes.append(len(decided))
        if len(decided) > 1:
            act(moment)
        return real(moment, decided, *rest, **named)

    monkeypatch.setattr(record.ledger, "append", append)
    return sizes


def _fails(_: Any) -> None:
    raise RuntimeError("the group")


def _broken(moment: Any) -> None:
    moment.connection.exec_driver_sql("SELECT no_such_column FROM decisions")


def _killed(moment: Any) -> None:
    """The database ends the session."""
    ending = sa.create_engine(moment.connection.engine.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    pid = moment.connection.connection.driver_connection.info.backend_pid
    with ending.connect() as other:
        other.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (pid,))


@pytest.mark.parametrize("act", [_fails, _broken, _killed])
def test_where_the_group_fails_each_is_decided_alone_and_once(
    own: Served, fresh: Iterator[str], monkeypatch: pytest.MonkeyPatch, act: Callable[[Any], None]
) -> None:
    calls = [_call(next(fresh), key=str(uuid4())) for _ in range(4)]
    sizes, before = _only_of_several(monkeypatch, act), _size(own)
    entries = _entries(decide_many(calls, own.parts, AREAS))
    assert sizes == [4, 1, 1, 1, 1]
    assert _size(own) == before + 4
    assert [it.content for it in _entries(decide_many(calls, own.parts, AREAS))] == [it.content for it in entries]
    _holds(own)


def test_a_commit_of_which_nobody_knows_whether_it_came_through_is_not_done_again(
    own: Served, fresh: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [_call(next(fresh), key=str(uuid4())) for _ in range(3)]
    real, before = psycopg.Connection.commit, _size(own)

    def commit(connection: Any) -> None:
        real(connection)
        raise psycopg.OperationalError("the answer was lost")

    monkeypatch.setattr(psycopg.Connection, "commit", commit)
    outcomes = decide_many(calls, own.parts, AREAS)
    monkeypatch.undo()
    assert [type(it) for it in outcomes] == [StoreUnavailable] * 3
    assert _size(own) == before + 3
    assert len(_entries(decide_many(calls, own.parts, AREAS))) == 3
    assert _size(own) == before + 3


def test_a_household_that_is_held_elsewhere_makes_nobody_else_wait(own: Served, fresh: Iterator[str]) -> None:
    held, free = next(fresh), [next(fresh) for _ in range(3)]
    gathered = Gathered(own.parts, AREAS)
    hold = sa.text("SELECT pg_advisory_xact_lock(:space, household_no) FROM households WHERE household_id = :id")
    with own.parts.store.engine.connect() as connection:
        connection.execute(hold, {"space": closing_tables.SPACE, "id": held})
        futures = [gathered.put(_call(it)) for it in (held, *free)]
        assert [isinstance(it.result(4), Entry) for it in futures[1:]] == [True] * 3
        assert not futures[0].done()
        connection.rollback()
    assert isinstance(futures[0].result(10), Entry)


def test_one_connection_alone_is_not_delayed_for_others_that_might_come(own: Served, fresh: Iterator[str]) -> None:
    gathered, ids = Gathered(own.parts, AREAS), [next(fresh) for _ in range(20)]
    direct, through = [], []
    for number, household_id in enumerate(ids):
        began = time.perf_counter()
        if number % 2:
            decide_many([_call(household_id)], own.parts, AREAS)
            direct.append(time.perf_counter() - began)
        else:
            assert isinstance(gathered.put(_call(household_id)).result(30), Entry)
            through.append(time.perf_counter() - began)
    assert min(through) < min(direct) + 0.02


def test_many_callers_at_once_are_decided_in_groups_each_exactly_once(
    own: Served, fresh: Iterator[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, lock = _only_of_several(monkeypatch, lambda _: None), threading.Lock()
    gathered, ids, before = Gathered(own.parts, AREAS), [next(fresh) for _ in range(40)], _size(own)
    found: list[Entry] = []

    def caller(household_id: str) -> None:
        entry = gathered.put(_call(household_id)).result(60)
        with lock:
            found.append(entry)

    with ThreadPoolExecutor(8) as callers:
        list(callers.map(caller, ids))
    assert _size(own) == before + 40 == before + sum(sizes)
    assert len({it.entry_no for it in found}) == 40
    assert len(sizes) < 40, "some were decided together"
    _holds(own)
