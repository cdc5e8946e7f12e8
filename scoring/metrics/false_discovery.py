"""False discovery control: p-values of many tests adjusted so that, of those below 5 %, about 5 % are chance.

With 144 features, seven fall below 0.05 in a quiet month. Benjamini and Hochberg (1995), "Controlling the false
discovery rate", hold if tests are independent or move together; Benjamini and Yekutieli (2001), "The control of the
false discovery rate in multiple testing under dependency", under any dependence, for a factor of sum 1/i.
"""

from __future__ import annotations

import numpy as np

from scoring.metrics.arrays import FloatArray


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Adjusted p-values, (n,) to (n,), never below the given ones. NaN stays NaN and is no test."""
    return _adjusted(p_values, harmonic=False)


def benjamini_yekutieli(p_values: FloatArray) -> FloatArray:
    """The same under any dependence."""
    return _adjusted(p_values, harmonic=True)


def _adjusted(p_values: FloatArray, *, harmonic: bool) -> FloatArray:
    tests = np.flatnonzero(~np.isnan(p_values))
    order = tests[np.argsort(p_values[tests], kind="stable")]
    place = np.arange(1, len(order) + 1)
    factor = float((1 / place).sum()) if harmonic else 1.0
    raised = p_values[order] * len(order) * factor / place
    found = np.full(len(p_values), np.nan)
    found[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return found
