"""The households of a village, a page at a time, for whoever may look at them; each with the grade of the newest register."""

from __future__ import annotations

from dataclasses import dataclass

from feature_store.adapters import register_reads, registers
from feature_store.areas import DIGITS
from feature_store.filing import civil_day
from scoring.areas import TOWNSHIP_DIGITS
from scoring.batch import STATUSES
from scoring.policy.elements import Text
from scoring.policy.schema import GradeBand
from serving.access.callers import Caller
from serving.access.roles import OF_A_BANK
from serving.wiring import Parts

VILLAGE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Listed:
    """A household in a list. status: None where the register does not hold it; grade: None where it has none."""

    household_id: str
    status: str | None
    grade: GradeBand | None


@dataclass(frozen=True, slots=True)
class VillagePage:
    """A page of a village's households by id. quarter: of the register; None before the county was graded.

    more: whether others follow.
    """

    quarter: str | None
    households: list[Listed]
    more: bool


def village_page(village_code: str, parts: Parts, *, caller: Caller, after: str = "", most: int = 50) -> VillagePage:
    """The next households of a village after an id: for a bank those that consent to it, for the network those of its area.

    A village that is not there, or not for this caller, has none: nobody learns which.

    Raises:
        StoreUnavailable: where the database is away.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        run = register_reads.newest(moment.connection)
        quarter = run.quarter if run else None
        if not caller.covers(village_code):
            return VillagePage(quarter, [], False)
        policy = parts.policies.by_sha256(run.policy_sha256) if run else None
        found = register_reads.of_village(
            moment.connection,
            village_code,
            run=run,
            on=civil_day(moment.known_at),
            known_at=moment.known_at,
            tenant=caller.tenant if caller.role in OF_A_BANK else None,
            after=after,
            most=most + 1,
        )
    listed = [
        Listed(
            one.household_id,
            STATUSES[one.status] if one.status is not None else None,
            policy.grades[one.grade] if policy and one.grade is not None and one.grade >= 0 else None,
        )
        for one in found[:most]
    ]
    return VillagePage(quarter, listed, len(found) > most)


@dataclass(frozen=True, slots=True)
class Township:
    """A township with those of its villages that a caller may look at, by code."""

    name: Text
    villages: dict[str, Text]


def villages_seen(parts: Parts, *, caller: Caller) -> list[Township]:
    """The county's villages by township, as far as a caller may look.

    Raises:
        StoreUnavailable: where the database is away.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        named = {code: Text(*both) for code, both in registers.villages_of(moment.connection).items()}
    found: dict[str, dict[str, Text]] = {}
    for code, name in named.items():
        if len(code) == DIGITS["village"] and caller.covers(code):
            found.setdefault(code[:TOWNSHIP_DIGITS], {})[code] = name
    return [Township(named.get(code, Text(code, code)), villages) for code, villages in found.items()]
