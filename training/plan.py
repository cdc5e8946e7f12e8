"""How a table is to be trained on and judged, wherever it came from."""

from __future__ import annotations

from dataclasses import dataclass

from training.limits import LIMITS, Limits
from training.parameters import PARAMETERS, Parameters
from training.spec import Judged


@dataclass(frozen=True, slots=True)
class Plan:
    """split: folds or a day. accept_rate: 0-1, for swap sets and fairness. search: candidates tried beside the base."""

    split: Judged
    accept_rate: float = 0.8
    search: int = 0
    parameters: Parameters = PARAMETERS
    limits: Limits = LIMITS
