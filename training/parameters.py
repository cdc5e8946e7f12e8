"""How the challenger is fitted: regularised, constrained, deterministic; and the bounded search around it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Parameters:
    """LightGBM's parameters that we state.

    No class weights: they would double PDs and ruin the Brier score. One thread: two gain a third on an idle
    machine of two cores and lose a hundredfold on a busy one (measured: 0.5 s became 99 s), for they wait by spinning.
    """

    learning_rate: float = 0.03
    num_leaves: int = 15
    min_child_samples: int = 100
    lambda_l2: float = 10.0
    feature_fraction: float = 0.7
    bagging_fraction: float = 0.8
    most_rounds: int = 1500
    patience: int = 60
    threads: int = 1

    def as_dict(self) -> dict[str, float]:
        """As name and number, for the record."""
        return asdict(self)


PARAMETERS = Parameters()


def scaled(base: Parameters, n_rows: int) -> Parameters:
    """The same for few rows: a leaf may hold 2 % of them, at least 10, where 100 rows would forbid any tree."""
    return replace(base, min_child_samples=min(base.min_child_samples, max(10, n_rows // 50)))


def candidates(base: Parameters, count: int, *, seed: int) -> tuple[Parameters, ...]:
    """The base and ``count`` variations of it, drawn from ranges in which the model stays regularised."""
    rng = np.random.default_rng(seed)
    drawn = [
        replace(
            base,
            num_leaves=int(rng.choice((4, 7, 11, 15, 23))),
            min_child_samples=int(base.min_child_samples * rng.choice((0.5, 1, 2))),
            lambda_l2=float(rng.choice((3, 10, 30, 100))),
            feature_fraction=float(rng.choice((0.5, 0.7, 0.9))),
        )
        for _ in range(count)
    ]
    return (base, *drawn)
