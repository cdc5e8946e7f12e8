"""Generated households for the benchmarks: codes drawn from the policy's own bands, mostly good."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from scoring.credit_file import NONE, CreditFile, Reported
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy

ON = date(2017, 6, 30)


def draw(policy: Policy, rows: int, seed: int = 1) -> NDArray[np.int32]:
    """Codes (n_indicators, n_rows): for each item a band, the better ones likelier, and a code inside it."""
    rng = np.random.default_rng(seed)
    codes = np.zeros((len(policy.indicators), rows), np.int32)
    items = {item.position: item for item in compiled(policy).items}
    for position, indicator in enumerate(policy.indicators):
        if position in items:
            bands = sorted(items[position].item.bands, key=lambda band: -band.points)
            pick = np.minimum(rng.geometric(0.7, rows) - 1, len(bands) - 1)
            codes[position] = np.array([band.at_least for band in bands])[pick]
        elif indicator.kind == "episode":
            codes[position] = NONE
        else:
            codes[position] = {"borrower_age": 40, "query_consent": 1}.get(indicator.id, max(indicator.low, 0))
    return codes


def files(policy: Policy, codes: NDArray[np.int32]) -> list[CreditFile]:
    """The same households one by one."""
    sources = {source.id: Reported(ON) for source in policy.sources}
    ids = [indicator.id for indicator in policy.indicators]
    return [
        CreditFile(f"bench-{row}", "411299101201", dict(zip(ids, map(int, column), strict=True)), sources)
        for row, column in enumerate(codes.T)
    ]
