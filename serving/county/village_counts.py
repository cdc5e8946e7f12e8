"""A graded county counted by village, status and grade: who has a file, who is on the poverty register."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from feature_store.adapters.read_county import County
from feature_store.adapters.register_counts import Count
from scoring.batch import Columns
from scoring.policy.schema import Policy

POVERTY = "poverty_status"
REGISTERED = ("registered", "lifted")
"""Who is on the poverty register: those still poor, and those lifted out of poverty, whom it goes on to name."""


def village_counts(county: County, columns: Columns, policy: Policy) -> list[Count]:
    """Households of each village, status and grade, in that order; ``poor`` is None where the policy collects no register."""
    villages, where = np.unique(county.villages, return_inverse=True)
    keys = np.stack([where, columns.status.astype(np.int64), columns.grade.astype(np.int64)])
    groups, group = np.unique(keys, axis=1, return_inverse=True)
    total = groups.shape[1]
    households = np.bincount(group, minlength=total)
    filed = np.bincount(group[(county.filing > 0).any(axis=0)], minlength=total)
    poor = on_poverty_register(county.codes, policy)
    of_them = None if poor is None else np.bincount(group[poor], minlength=total)
    return [
        Count(
            str(villages[village]),
            int(status),
            int(grade),
            int(households[number]),
            int(filed[number]),
            None if of_them is None else int(of_them[number]),
        )
        for number, (village, status, grade) in enumerate(groups.T.tolist())
    ]


def on_poverty_register(codes: NDArray[np.int32], policy: Policy) -> NDArray[np.bool_] | None:
    """Whom the poverty register names, (n_rows,); None where the policy does not collect it. codes: (n_indicators, n_rows)."""
    place = next((number for number, it in enumerate(policy.indicators) if it.id == POVERTY), None)
    if place is None:
        return None
    indicator = policy.indicators[place]
    named = [code for code, name in enumerate(indicator.categories, indicator.low) if name in REGISTERED]
    found: NDArray[Any] = np.isin(codes[place], named)
    return found
