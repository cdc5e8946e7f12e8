"""Calls decided together: each has its own outcome, the same as it would have alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from feature_store.adapters import idempotency
from serving.consents.check import ConsentInvalid
from serving.county.purposes import UnknownPurpose
from serving.decisions import group, record
from serving.decisions.closing import OpenElsewhere
from serving.decisions.group import decide_many, in_groups
from serving.decisions.request import KeyInUse, KeyReused
from serving.ledger.entries import Entry
from serving.replay.again import replay
from tests.serving.decisions.grouped import AREAS, call_of, close, entries_of, holds, log_size, offered
from tests.serving.served import Served


def test_those_that_meet_come_one_after_the_other_and_the_rest_together() -> None:
    calls = [
        call_of("a"),
        call_of("b"),
        call_of("a"),
        call_of("c", key="k"),
        call_of("a"),
        call_of("d", key="k"),
        call_of("d"),
    ]
    assert list(in_groups(calls)) == [[0, 1, 3], [2, 5], [4, 6]]
    many = [call_of(str(it)) for it in range(2 * group.MOST + 1)]
    assert [len(it) for it in in_groups(many)] == [group.MOST, group.MOST, 1]
    assert list(in_groups([])) == []


def test_a_group_is_recorded_in_its_order_and_each_is_what_it_is_alone(own: Served, fresh: Iterator[str]) -> None:
    calls = [call_of(next(fresh), key=str(uuid4())) for _ in range(12)]
    together = entries_of(decide_many(calls, own.parts, AREAS))
    assert [it.entry_no for it in together] == list(range(together[0].entry_no, together[0].entry_no + 12))
    alone = [entries_of(decide_many([call_of(it.request.household_id)], own.parts, AREAS))[0] for it in calls]
    for mine, theirs in zip(together, alone, strict=True):
        one, other = json.loads(mine.content or b""), json.loads(theirs.content or b"")
        assert one["advisory"]["status"] == "given"
        one["advisory"].pop("shift"), other["advisory"].pop("shift")  # of the scores before it
        for name in ("binding", "read", "consent", "marks", "rights", "advisory"):
            assert one[name] == other[name]
        assert mine.intact
        assert replay(mine.decision_id, own.parts).differences == ()
    again = decide_many(calls, own.parts, AREAS)
    assert [it.content for it in entries_of(again)] == [it.content for it in together]
    holds(own)


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
    calls = [call_of(one, **change) for one, change in zip(ids, changes, strict=False)] + [call_of("411299999999-0001")]
    before = log_size(own)
    outcomes = decide_many(calls, own.parts, AREAS)
    kinds = [type(it) for it in outcomes]
    assert kinds == [Entry, UnknownPurpose, ConsentInvalid, ZeroDivisionError, Entry, ConsentInvalid]
    assert log_size(own) == before + 2


def test_a_key_twice_in_one_call_of_many_is_one_decision(own: Served, fresh: Iterator[str]) -> None:
    household_id, key = next(fresh), str(uuid4())
    calls = [
        call_of(household_id, key=key),
        call_of(next(fresh)),
        call_of(household_id, key=key),
        call_of(household_id, key=key, amount=1),
    ]
    before = log_size(own)
    first, _, same, reused = decide_many(calls, own.parts, AREAS)
    assert isinstance(first, Entry)
    assert isinstance(same, Entry)
    assert (first.decision_id, first.content) == (same.decision_id, same.content)
    assert isinstance(reused, KeyReused)
    assert log_size(own) == before + 2


def test_a_key_that_is_held_elsewhere_costs_only_its_own_call(own: Served, fresh: Iterator[str]) -> None:
    key = str(uuid4())
    calls = [call_of(next(fresh), key=key), call_of(next(fresh), key=str(uuid4()))]
    with own.parts.store.engine.begin() as connection:
        assert idempotency.claim(connection, "bank-a", key)
        waiting, other = decide_many(calls, own.parts, AREAS)
    assert isinstance(waiting, KeyInUse)
    assert isinstance(other, Entry)


def test_one_household_twice_is_decided_twice_in_order(own: Served, fresh: Iterator[str]) -> None:
    household_id = next(fresh)
    first, second = entries_of(
        decide_many([call_of(household_id), call_of(household_id, amount=20000)], own.parts, AREAS)
    )
    assert second.entry_no == first.entry_no + 1
    assert [json.loads(it.content or b"")["request"]["amount_cny"] for it in (first, second)] == [
        "30000.00",
        "20000.00",
    ]


def test_of_two_banks_that_ask_at_once_the_second_sees_what_the_first_was_told(
    own: Served, fresh: Iterator[str]
) -> None:
    household_id = offered(own, fresh)
    calls = [call_of(household_id), call_of(next(fresh)), call_of(household_id, tenant="bank-b")]
    first, _, second = decide_many(calls, own.parts, AREAS)
    assert isinstance(first, Entry)
    assert isinstance(second, OpenElsewhere)
    close(own, first)
    assert isinstance(decide_many([calls[2]], own.parts, AREAS)[0], Entry)
