"""Early signs: the share of loans ever 30 days late by the same age, newest vintages against earlier ones.

At equal age a young vintage can be compared with an old one long before either has an outcome. This sees a change in *why*
people default, which the distribution of PDs cannot show.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scoring.policy.elements import Text
from serving.monitoring.figure import About, Figure
from serving.monitoring.frame import Flags, Floats, Loans, Period, Texts
from serving.monitoring.population import compared, parts, together

NEWEST, LEFT_OUT, EARLIER = 2, 1, 8
"""So many newest vintages are compared with so many earlier ones; the vintages between them, where a change may have begun, are left out."""
KINDS = ("township", "bank", "purpose", "industry", "pd_fifth")
FIFTHS = {
    "1": Text("违约概率最低的五分之一", "the fifth of lowest PD"),
    "2": Text("违约概率第二低的五分之一", "the second fifth of PD"),
    "3": Text("违约概率居中的五分之一", "the middle fifth of PD"),
    "4": Text("违约概率第二高的五分之一", "the fourth fifth of PD"),
    "5": Text("违约概率最高的五分之一", "the fifth of highest PD"),
}


def figures(period: Period) -> list[Figure]:
    """Every early sign, whole and by part."""
    loans = period.loans
    if loans is None or not len(loans):
        return []
    found: list[Figure] = []
    for age in loans.reached:
        found += _at_age(period, loans, age)
    return found


def compared_vintages(loans: Loans, age: int) -> tuple[Flags, Flags]:
    """Loans of the newest vintages that were wholly seen up to an age, and of those they are compared with."""
    whole = [str(it) for it in np.unique(loans.vintage) if loans.reached[age][loans.vintage == it].all()]
    newest, earlier = whole[-NEWEST:], whole[: -NEWEST - LEFT_OUT][-EARLIER:]
    return np.isin(loans.vintage, newest), np.isin(loans.vintage, earlier)


def fifths(pd: Floats, of: Flags | None = None) -> Texts:
    """The fifth of the PD that each loan is in, 1 the safest; '' without a PD. of: the loans that make the fifths; None for all."""
    known = pd if of is None else pd[of]
    if np.isnan(known).all():
        return np.full(len(pd), "", "U1")
    edges = np.nanquantile(known, [0.2, 0.4, 0.6, 0.8])
    names = np.array(["1", "2", "3", "4", "5"])[np.searchsorted(edges, np.nan_to_num(pd))]
    return np.where(np.isnan(pd), "", names)


def _at_age(period: Period, loans: Loans, age: int) -> Iterator[Figure]:
    now, then = compared_vintages(loans, age)
    name, late = f"early.late30_{age}m", loans.late[age]
    yield compared(name, _counted(late, now), _counted(late, then), About())
    labels = {**loans.segments, "pd_fifth": fifths(loans.pd)}
    for kind in KINDS:
        if kind not in labels:
            continue
        column = labels[kind]
        fair = (
            loans.unseen if kind == "pd_fifth" else np.ones(len(loans), np.bool_)
        )  # a model knows its own loans too well
        rows = [
            compared(
                name,
                _counted(late, now & here & fair),
                _counted(late, then & here & fair),
                about(period, kind, part),
            )
            for part, here, _ in parts(column, column)
        ]
        yield from together(rows)


def about(period: Period, kind: str, part: str) -> About:
    """A part of the loans, as people call it."""
    return About(kind, part, FIFTHS[part] if kind == "pd_fifth" else period.label(kind, part))


def _counted(late: Flags, rows: Flags) -> tuple[int, int]:
    return int((late & rows).sum()), int(rows.sum())
