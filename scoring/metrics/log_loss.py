"""Log-loss: mean negative log-likelihood of what happened, in nats."""

from __future__ import annotations

import numpy as np

from scoring.metrics.arrays import FloatArray, divided, weighed


def log_loss(chance: FloatArray, bad: FloatArray, *, weights: FloatArray | None = None) -> FloatArray:
    """0 is perfect; a PD of 0 or 1 that proves wrong would be infinite and may not be given."""
    weight = weighed(weights, len(bad))
    return divided(weight @ -np.where(bad > 0, np.log(chance), np.log1p(-chance)), weight.sum(axis=-1))
