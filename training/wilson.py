"""The interval of a share by Wilson (1927): right for few rows and for shares near 0."""

from __future__ import annotations

import math

_Z = 1.959963984540054
"""The normal quantile of a 95 % interval."""


def wilson(bads: float, rows: float) -> tuple[float, float]:
    """Low and high end of the 95 % interval of ``bads / rows``; (0, 1) without rows."""
    if rows <= 0:
        return 0.0, 1.0
    share, spread = bads / rows, _Z * _Z / rows
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * math.sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)
