"""Calls decided together: read at once, the model asked once, recorded in one transaction with one commit.

Each call has its own outcome. Two calls on one household, or with one key, are decided one after the other; a call that would
wait for others, or whatever a group as a whole fails of, is decided alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from serving.county.area_states import AreaStates
from serving.decisions.record import Attempt, decide_at
from serving.decisions.request import Call
from serving.ledger.entries import Entry
from serving.telemetry.metrics import count_decision
from serving.turns import PATIENCE_SECONDS, TooBusy
from serving.wiring import Parts

MOST = 32
"""Most calls of one transaction: the log and their households are held while it lasts."""
Outcome = Entry | Exception
"""A decision that is committed, or why there is none."""


def decide_many(calls: Sequence[Call], parts: Parts, areas: AreaStates) -> list[Outcome]:
    """Decide calls in their order. Never raises for what is one call's own; see :func:`serving.decisions.decide.decide`."""
    outcomes: dict[int, Outcome] = {}
    for places in in_groups(calls):
        until = time.monotonic() + PATIENCE_SECONDS
        together = decide_together([calls[place] for place in places], parts, areas)
        for place, outcome in zip(places, together, strict=True):
            if outcome is None:
                outcome = TooBusy() if time.monotonic() > until else decide_alone(calls[place], parts, areas)
            outcomes[place] = outcome
    return [outcomes[place] for place in range(len(calls))]


def in_groups(calls: Sequence[Call]) -> Iterator[list[int]]:
    """Places of calls that may be decided together, group after group; of two that meet the first comes first."""
    waiting = list(range(len(calls)))
    while waiting:
        taken, meets, later = list[int](), set[tuple[str, str]](), list[int]()
        for place in waiting:
            alone = calls[place].alone
            # One that must wait also keeps those back that meet it, so that their order stays.
            (later if len(taken) == MOST or not meets.isdisjoint(alone) else taken).append(place)
            meets |= alone
        yield taken
        waiting = later


def decide_together(calls: Sequence[Call], parts: Parts, areas: AreaStates) -> list[Outcome | None]:
    """The outcomes of one transaction of calls of which no two meet; None for one of several that is to be decided alone."""
    attempt = Attempt(calls)
    try:
        with parts.turns.taken(), parts.store.moment(parts.clock.now) as moment:
            decide_at(moment, attempt, parts, areas)
    except Exception as error:
        # A commit that was asked for may have come through: nobody is decided on twice. Nor is anybody asked to wait twice.
        final = attempt.complete or len(calls) == 1 or isinstance(error, TooBusy)
        return [error if final else None for _ in calls]
    for one in attempt.recorded:
        count_decision(*one)
    return attempt.outcomes


def decide_alone(call: Call, parts: Parts, areas: AreaStates) -> Outcome:
    """The outcome of a transaction of its own."""
    (outcome,) = decide_together([call], parts, areas)
    assert outcome is not None
    return outcome
