"""What the page draws: vintage curves at equal age, calibration, and grade by band of PD; small cells are left out."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoring.metrics.calibration import reliability
from serving.monitoring.figure import SMALL, number
from serving.monitoring.frame import Loans, Period
from serving.monitoring.together import FIFTHS, bands


def drawn(period: Period) -> dict[str, Any]:
    """The series of each plot; an empty list where there is nothing to draw."""
    loans = period.loans
    return {
        "vintages": _vintages(loans) if loans is not None else [],
        "calibration": _calibration(loans) if loans is not None else [],
        "matrix": _matrix(period),
    }


def _vintages(loans: Loans) -> list[dict[str, Any]]:
    """By vintage: share ever late by each age that all of its loans have been seen through."""
    found = []
    for vintage in np.unique(loans.vintage).tolist():
        rows = loans.vintage == vintage
        n = int(rows.sum())
        if n < SMALL:
            continue
        points = [
            {"age": age, "share": number(float(loans.late[age][rows].mean()))}
            for age in loans.reached
            if loans.reached[age][rows].all()
        ]
        found.append({"vintage": vintage, "n": n, "points": points})
    return found


def _calibration(loans: Loans) -> list[dict[str, Any]]:
    """By tenth of PD of matured loans: rows, mean PD, realised share of bad."""
    rows = loans.matured
    if not rows.any():
        return []
    curve = reliability(loans.pd[rows], loans.bad[rows])
    return [
        {"n": int(n), "predicted": number(float(said)), "realised": number(float(real))}
        for n, said, real in zip(curve.rows, curve.predicted, curve.realised, strict=True)
        if n >= SMALL
    ]


def _matrix(period: Period) -> list[dict[str, Any]]:
    """Households by grade and fifth of PD, the safest first."""
    people = period.people
    if not len(people) or np.isnan(people.pd).any() or not (people.grade != "").any():
        return []
    fifth = bands(people.pd)
    found = []
    for grade in np.unique(people.grade[people.grade != ""]).tolist():
        cells = np.bincount(fifth[people.grade == grade], minlength=FIFTHS).tolist()
        found.append({"grade": grade, "households": [n if n >= SMALL else None for n in cells]})
    return found
