"""What a challenger is trained on: one matrix of features with outcomes, whatever it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from scoring.metrics.arrays import FloatArray, IntArray
from scoring.policy.elements import Text
from training.arrays import DateArray, TextArray

Monotone = Literal[-1, 0, 1]
Dtype = Literal["number", "category"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the matrix.

    monotone: direction in which risk may move as the value rises (0: any).
    special: what the column does with special codes: ``{"codes": [..]}`` were taken out of a number,
    ``{"of": name, "code": c}`` is 1 where the number held the code, ``{"levels": [..]}`` names categories.
    known: ``after`` for a value that exists only once the outcome does; it trips the leakage alarm.
    """

    name: str
    label: Text
    dtype: Dtype = "number"
    monotone: Monotone = 0
    unit: str = ""
    special: Mapping[str, object] = field(default_factory=dict)
    known: Literal["before", "after"] = "before"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with known outcomes.

    name: of the model, plain letters. matrix: float64 (n, f), NaN missing. target: 1.0 bad, 0.0 good (n,).
    ids: of rows. groups: rows of one household or customer share a number and never stand on both sides of
    a split. dates: observation points (n,), or None. segments: labels (n,) by which results are also shown;
    ``protected`` names those that fairness is judged by. binding: the binding score, higher is safer, or None.
    source: what the rows came from (file, hash, feature set, policy ...), as words for the record.
    definition: what bad means, in words. granted_only: whether only granted loans are among the rows.
    synthetic: whether the rows are invented, as far as who made the table knows. words: how ids among segments,
    categories and units are called; an id without words is shown as it is. Neither counts in the hash.
    """

    name: str
    matrix: FloatArray
    features: tuple[Feature, ...]
    target: FloatArray
    ids: TextArray
    groups: IntArray
    dates: DateArray | None = None
    segments: Mapping[str, TextArray] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    binding: FloatArray | None = None
    source: Mapping[str, str] = field(default_factory=dict)
    definition: Text = field(default_factory=lambda: Text("", ""))
    granted_only: bool = True
    synthetic: bool = False
    words: Mapping[str, Text] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: IntArray) -> Table:
        """The table of some rows, in their order."""
        return replace(
            self,
            matrix=self.matrix[rows],
            target=self.target[rows],
            ids=self.ids[rows],
            groups=self.groups[rows],
            dates=None if self.dates is None else self.dates[rows],
            segments={name: labels[rows] for name, labels in self.segments.items()},
            binding=None if self.binding is None else self.binding[rows],
        )

    def sha256(self) -> str:
        """Hash of everything a model could depend on: names, matrix, outcomes, groups, dates, binding score."""
        hashed = hashlib.sha256(repr([(it.name, it.dtype, it.monotone) for it in self.features]).encode())
        for part in (self.matrix, self.target, self.groups, self.dates, self.binding):
            hashed.update(b"-" if part is None else np.ascontiguousarray(part).tobytes())
        return hashed.hexdigest()
