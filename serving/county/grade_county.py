"""Grade everyone: the register of a quarter, movement against the last one, shares by area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feature_store.adapters import register_counts, registers
from feature_store.adapters.registers import Run
from feature_store.adapters.store import county
from feature_store.quarter import quarter_of
from scoring.areas import TOWNSHIP_DIGITS, credit_township, credit_village
from scoring.batch import STATUSES, assess_columns
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy
from serving.county.village_counts import village_counts
from serving.wiring import Parts

GRADED = STATUSES.index("graded")


@dataclass(frozen=True, slots=True)
class AreaShare:
    """A village or township in the register: households, how many graded, and whether it is honoured."""

    code: str
    name_zh: str
    name_en: str
    households: int
    graded: int
    credit_area: bool
    credit_villages: int = 0
    villages: int = 0


@dataclass(frozen=True, slots=True)
class Register:
    """A quarter's register. Arrays (n_rows,): status and grade are indices, -1 for none or unknown."""

    run_no: int
    quarter: str
    on: date
    policy: Policy
    previous_quarter: str | None
    household_ids: NDArray[Any]
    villages: NDArray[Any]
    status: NDArray[Any]
    grade: NDArray[Any]
    score: NDArray[Any]
    previous_status: NDArray[Any]
    previous_grade: NDArray[Any]
    village_shares: tuple[AreaShare, ...]
    township_shares: tuple[AreaShare, ...]


def grade_county(
    parts: Parts, on: date, progress: Callable[[str], None] = lambda _: None, *, known_at: datetime | None = None
) -> Register:
    """Grade every household on a day and write the register; the whole run or nothing.

    known_at: a time of the past from which to look; None for now.

    Raises:
        PolicyNotInForce, StoreUnavailable.
    """
    policy = parts.policies.in_force(on)
    quarter = str(quarter_of(on))
    now = parts.store.now(parts.clock.now)
    known_at = now if known_at is None else min(known_at, now)
    with parts.store.looking(known_at) as moment:
        progress("reading filings")
        found = county(moment.connection, on=on, known_at=moment.known_at, policy=policy)
        progress("grading")
        columns = assess_columns(compiled(policy), found.codes, found.observed, found.valid_until, on=on)
        last = registers.last_run(moment.connection, before_quarter=quarter)
        nobody = np.full(len(found.household_no), -1, np.int16)
        before = registers.standing(moment.connection, last, found.household_no) if last else (nobody, nobody)
        before = (before[0], _grades_now(before[1], parts, last, policy))
        names = registers.villages_of(moment.connection)
        villages, townships = area_shares(policy, found.villages, columns.status == GRADED, names)
        progress("writing the register")
        run_no = registers.write_run(
            moment.connection,
            on=on,
            quarter=quarter,
            policy_id=policy.id,
            policy_sha256=policy.sha256,
            known_at=moment.known_at,
            recorded_at=now,
            summary=_summary(policy, columns.status, columns.grade, villages, townships),
        )
        registers.write_rows(
            moment.connection,
            run_no,
            household_no=found.household_no,
            villages=found.villages,
            status=columns.status,
            grade=columns.grade,
            score=columns.score,
            previous=before,
        )
        register_counts.write_counts(moment.connection, run_no, village_counts(found, columns, policy))
    return Register(
        run_no=run_no,
        quarter=quarter,
        on=on,
        policy=policy,
        previous_quarter=last.quarter if last else None,
        household_ids=found.household_ids,
        villages=found.villages,
        status=columns.status,
        grade=columns.grade,
        score=columns.score,
        previous_status=before[0],
        previous_grade=before[1],
        village_shares=villages,
        township_shares=townships,
    )


def _grades_now(grade: NDArray[Any], parts: Parts, last: Run | None, policy: Policy) -> NDArray[Any]:
    """Positions of the grades of an earlier run among this policy's grades; -1 where it has no such grade."""
    old = next((one for one in parts.policies.policies if last and one.id == last.policy_id), policy)
    names = [one.id for one in policy.grades]
    now = [names.index(one.id) if one.id in names else -1 for one in old.grades]
    return np.asarray(np.array([*now, -1], np.int16)[grade])


def area_shares(
    policy: Policy, villages: NDArray[Any], graded: NDArray[np.bool_], names: dict[str, tuple[str, str]]
) -> tuple[tuple[AreaShare, ...], tuple[AreaShare, ...]]:
    """Every village and township with its share of graded households. villages, graded: (n_rows,)."""
    codes, where = np.unique(villages, return_inverse=True)
    total, with_grade = np.bincount(where, minlength=len(codes)), np.bincount(where[graded], minlength=len(codes))
    counts = {str(code): (int(n), int(g)) for code, n, g in zip(codes, total, with_grade, strict=True)}
    of_village = []
    for code in sorted({*counts, *(code for code in names if len(code) > TOWNSHIP_DIGITS)}):
        n, g = counts.get(code, (0, 0))
        of_village.append(AreaShare(code, *names.get(code, (code, code)), n, g, credit_village(g, n, policy.areas)))
    of_township = []
    for code in sorted({village.code[:TOWNSHIP_DIGITS] for village in of_village}):
        within = [village for village in of_village if village.code.startswith(code)]
        honoured = sum(village.credit_area for village in within)
        of_township.append(
            AreaShare(
                code,
                *names.get(code, (code, code)),
                sum(village.households for village in within),
                sum(village.graded for village in within),
                credit_township(honoured, len(within), policy.areas),
                honoured,
                len(within),
            )
        )
    return tuple(of_village), tuple(of_township)


def _summary(
    policy: Policy,
    status: NDArray[Any],
    grade: NDArray[Any],
    villages: tuple[AreaShare, ...],
    townships: tuple[AreaShare, ...],
) -> dict[str, Any]:
    return {
        "households": len(status),
        "status": {name: int((status == number).sum()) for number, name in enumerate(STATUSES)},
        "grade": {one.id: int((grade == number).sum()) for number, one in enumerate(policy.grades)},
        "credit_villages": sum(one.credit_area for one in villages),
        "villages": len(villages),
        "credit_townships": sum(one.credit_area for one in townships),
        "townships": len(townships),
    }
