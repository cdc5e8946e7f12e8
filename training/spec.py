"""The spec of a flat table: what is what in it, and how it is to be judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from scoring.policy.elements import Text
from training.table import Dtype, Monotone


@dataclass(frozen=True, slots=True)
class Folds:
    """Cross-validation: every row is judged once by a model that never saw its group."""

    folds: int
    seed: int


@dataclass(frozen=True, slots=True)
class TrainBefore:
    """Out of time: rows dated before the day train, the others judge."""

    on: date


Judged = Folds | TrainBefore


@dataclass(frozen=True, slots=True)
class Column:
    """One feature column of the file. special: numbers that are codes, not amounts."""

    name: str
    dtype: Dtype
    monotone: Monotone
    special: tuple[float, ...]
    label: Text
    unit: str
    known: Literal["before", "after"]

    def flag(self, code: float) -> str:
        """Name of the 0/1 feature that says where the number held a code."""
        return f"{self.name}={code:.15g}"


@dataclass(frozen=True, slots=True)
class Spec:
    """A spec as read. Columns of the file that no part of it names are a fault, not a guess.

    binding: column of the score that binds today (higher is safer), or ''. accept_rate: 0-1, at which swap
    sets and fairness are looked at. synthetic: whether the rows are invented. sha256: of the file's bytes.
    """

    name: str
    target: str
    id: str
    group: str
    date: str
    split: Judged
    columns: tuple[Column, ...]
    exclude: tuple[str, ...]
    segments: tuple[str, ...]
    protected: tuple[str, ...]
    binding: str
    accept_rate: float
    definition: Text
    synthetic: bool
    sha256: str
