"""The interval of a share by Wilson (1927): right for few rows and for shares near 0.

Wilson (1927), "Probable inference, the law of succession, and statistical inference": with share p of n
rows, (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).
"""

from __future__ import annotations

import math

from scoring.metrics.estimate import Estimate, Z


def wilson(bads: float, rows: float) -> tuple[float, float]:
    """Low and high end of the 95 % interval of ``bads / rows``; (0, 1) without rows."""
    if rows <= 0:
        return 0.0, 1.0
    share, spread = bads / rows, Z * Z / rows
    middle = (share + spread / 2) / (1 + spread)
    reach = Z * math.sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def share_of(bads: float, rows: float) -> Estimate:
    """``bads / rows`` with its Wilson interval; NaN, 0 and 1 without rows."""
    low, high = wilson(bads, rows)
    return Estimate(bads / rows if rows > 0 else float("nan"), low, high)
