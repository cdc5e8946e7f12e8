"""What a run of the pipeline gives: the model, every figure, the verdict; nothing written yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.metrics.arrays import FloatArray
from training.compare import Verdict
from training.explain import Explained
from training.gate import Gate
from training.judged import Judged
from training.plan import Plan
from training.table import Table


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained challenger.

    table: rows it was given. plan, seed: how. model_text, model_sha256: LightGBM's text and its hash.
    about: content of ``challenger.json``. figures: every number, by name; the same on every run of the same
    inputs. verdicts: by rival. data_sha256: of the table. seconds: by step; the only numbers that vary.
    parts: segment to labels of its parts as shown, in order. parameters: of the booster kept.
    """

    table: Table
    plan: Plan
    seed: int
    model_text: str
    model_sha256: str
    about: Mapping[str, object]
    figures: Mapping[str, float]
    verdicts: Mapping[str, Verdict]
    gate: Gate
    parts: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, float]
    data_sha256: str
    judged: Judged
    explained: Explained
    seconds: Mapping[str, float]

    @property
    def contributions(self) -> FloatArray:
        """Contributions in calibrated log-odds of the explained rows (n, f)."""
        return self.explained.contributions
