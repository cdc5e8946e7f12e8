"""Credit files laid out as the columns that the county path takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from scoring.credit_file import MISSING, CreditFile
from scoring.policy.schema import Policy

Ints = npt.NDArray[np.int32]


def columns_of(policy: Policy, files: Sequence[CreditFile]) -> tuple[Ints, Ints, Ints]:
    """Codes (n_indicators, n_rows), and per source the day observed and the day of expiry (0: none)."""
    codes = [[file.codes.get(indicator.id, MISSING) for file in files] for indicator in policy.indicators]
    observed, until = [], []
    for source in policy.sources:
        reported = [file.sources.get(source.id) for file in files]
        observed.append([one.observed_on.toordinal() if one else 0 for one in reported])
        until.append([one.valid_until.toordinal() if one and one.valid_until else 0 for one in reported])
    return np.array(codes, dtype=np.int32), np.array(observed, dtype=np.int32), np.array(until, dtype=np.int32)
