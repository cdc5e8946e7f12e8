"""Loan books and people drawn by chance, for the watch over columns: quiet ones, and with a planted cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from scoring.metrics.vintage import NEVER
from scoring.policy.elements import Text
from serving.monitoring.frame import AGES, Feature, Loans, People, Period

TOWNSHIPS = 19
FEATURES = ("income", "land", "debts")


def book(
    seed: int,
    *,
    per_quarter: int,
    hit: tuple[int, ...] = (),
    from_quarter: int = 99,
    add: float = 0.0,
    middle: float = -2.7,
    turned: float | None = None,
) -> Loans:
    """Sixteen quarters of loans seen to their end; loans of the townships ``hit`` fail more often from a quarter on.

    middle: the log-odds that the PDs lie around. turned: from the quarter on the order of the PDs is turned round for everybody, and so much added to the log-odds.

    A loan that fails is 30 days late in its fifth or eighth month, as where instalments fall due every three.
    """
    random, n = np.random.default_rng(seed), 16 * per_quarter
    quarter = np.repeat(np.arange(16), per_quarter)
    township = random.integers(0, TOWNSHIPS, n)
    odds = middle + random.normal(0, 0.6, n)
    pd = 1 / (1 + np.exp(-odds))
    real = odds + np.where(np.isin(township, hit) & (quarter >= from_quarter), add, 0.0)
    if turned is not None:
        real = np.where(quarter >= from_quarter, 2 * middle - odds + turned, real)
    fails = random.random(n) < 1 / (1 + np.exp(-real))
    early = fails & (random.random(n) < 0.4)
    every = np.ones(n, np.bool_)
    poor = random.random(n) < 0.3
    return Loans(
        vintage=np.array([f"{2016 + it // 4}Q{it % 4 + 1}" for it in quarter.tolist()]),
        pd=pd,
        score=100 - 10 * odds + random.normal(0, 5, n),
        grade=np.where(pd < 0.05, "AA", "A"),
        bad=fails.astype(np.float64),
        unseen=every,
        new=quarter == 15,
        reached=dict.fromkeys(AGES, every),
        late={3: np.zeros(n, np.bool_), 6: early, 9: fails},
        months_seen=np.full(n, 60),
        first_late=np.select([early, fails], [5, 8], NEVER),
        segments={
            "township": np.char.add("T", township.astype(str)),
            "bank": random.integers(0, 3, n).astype(str),
            "registered_poor": np.where(poor, "yes", "no"),
        },
    )


def people(seed: int, n: int = 4000) -> People:
    """Households with three features, a score and a PD that follow them."""
    random = np.random.default_rng(seed)
    matrix = np.column_stack([random.lognormal(9, 0.5, n), random.gamma(2, 3, n), random.poisson(1, n).astype(float)])
    matrix[random.random(n) < 0.05, 1] = np.nan
    odds = -2.7 - 0.5 * (np.log(matrix[:, 0]) - 9) + 0.3 * matrix[:, 2]
    score = np.round(100 - 8 * odds + random.normal(0, 4, n))
    status = np.where(score > 110, "graded", "below_a")
    return People(
        score=score,
        pd=1 / (1 + np.exp(-odds)),
        matrix=matrix,
        status=status,
        grade=np.where(status == "graded", np.where(score > 125, "AA", "A"), ""),
        segments={"township": np.char.add("T", random.integers(0, 4, n).astype(str))},
        missing={"village": np.isnan(matrix).mean(axis=1)},
        stale={"village": np.zeros(n)},
        points={"land": np.where(np.nan_to_num(matrix[:, 1]) > 5, 3, 0).astype(np.int16)},
        vetoes={"dishonest": random.random(n) < 0.02},
    )


def known_by(loans: Loans, quarter: int) -> Loans:
    """The book as it stands when a quarter (0 to 15) has ended: younger loans and their fates are not there yet."""
    number = np.array([4 * (int(it[:4]) - 2016) + int(it[5]) - 1 for it in loans.vintage.tolist()])
    lent = number <= quarter
    reached = {age: number <= quarter - age // 3 for age in AGES}
    late = {age: flags & reached[age] for age, flags in loans.late.items()}
    return only(
        replace(
            loans,
            bad=np.where(number <= quarter - 4, loans.bad, np.nan),
            new=number == quarter,
            reached=reached,
            late=late,
            months_seen=3 * (quarter - number),
        ),
        lent,
    )


def only(loans: Loans, rows: np.typing.NDArray[np.bool_]) -> Loans:
    """Some of the loans."""
    inside: dict[str, Any] = {
        name: getattr(loans, name)[rows]
        for name in ("vintage", "pd", "score", "grade", "bad", "unseen", "new", "months_seen", "first_late")
    }
    for name in ("reached", "late", "segments"):
        inside[name] = {key: value[rows] for key, value in getattr(loans, name).items()}
    return replace(loans, **inside)


def period(name: str, *, loans: Loans | None = None, now: People | None = None, then: People | None = None) -> Period:
    """A period; people of one draw on either side where none are given."""
    features = [Feature(it, Text(f"特征{it}", it)) for it in FEATURES]
    return Period(name, now or people(1), then or people(2), features, loans=loans)
