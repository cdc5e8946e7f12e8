"""A period as columns: the people, their loans, and what they are compared with. No database behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.policy.elements import Text

Texts = NDArray[Any]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
AGES = (3, 6, 9)
"""Months after disbursement at which loans of different vintages are compared."""
LATE_DAYS = 30


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Everybody of a period. score: of the card, higher is safer. status: graded and so on, or '' where there is no card.

    pd: NaN where no model stands. matrix: (n_rows, n_features). segments: kind to the part of each row. missing, stale: by
    source, the share of a row's indicators that nobody reported, or that are too old. points: by indicator, the points it gave.
    vetoes: by id, whom it hit.
    """

    score: Floats
    pd: Floats
    matrix: Floats
    status: Texts
    grade: Texts
    segments: Mapping[str, Texts] = field(default_factory=dict)
    missing: Mapping[str, Floats] = field(default_factory=dict)
    stale: Mapping[str, Floats] = field(default_factory=dict)
    points: Mapping[str, NDArray[np.int16]] = field(default_factory=dict)
    vetoes: Mapping[str, Flags] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True, slots=True, eq=False)
class Loans:
    """The loan book, one row a loan, in order of disbursement.

    vintage: as 2018Q3. pd, score, grade: as on the day of disbursement. bad: 1, 0, or NaN for a loan without an outcome.
    unseen: made after the newest loan that trained the model. reached, late: by age in months, whether the loan was seen up to that age, and whether it
    was ever late by then. months_seen: whole months for which each loan has been seen; first_late: the month of its life in which it was first
    late, ``vintage.NEVER`` where it was not; None where the table has no months. new: disbursed in the period. previous_pd: of the model that stood before.
    """

    vintage: Texts
    pd: Floats
    score: Floats
    grade: Texts
    bad: Floats
    unseen: Flags
    new: Flags
    reached: Mapping[int, Flags]
    late: Mapping[int, Flags]
    segments: Mapping[str, Texts] = field(default_factory=dict)
    previous_pd: Floats | None = None
    months_seen: Ints | None = None
    first_late: Ints | None = None

    def __len__(self) -> int:
        return len(self.vintage)

    @property
    def matured(self) -> Flags:
        """Loans with an outcome that the model did not train on, and with a PD."""
        return ~np.isnan(self.bad) & self.unseen & ~np.isnan(self.pd)


@dataclass(frozen=True, slots=True)
class Feature:
    """A column of the matrix. kind: *feature*; *area_feature*, of a village's loan book and so one value for many households;
    *calendar_feature*, which moves with the calendar and is only shown."""

    name: str
    label: Text
    kind: str = "feature"


@dataclass(frozen=True, slots=True)
class Share:
    """One share of rows: hits of n."""

    id: str
    label: Text
    hits: int
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Period:
    """All that is looked at. people, baseline: now and when the model was promoted. loans: None where the table has none.

    training_shares, training_edges: of the PD at training, by its inner edges; empty where unknown. binding: shares of the
    binding side, by figure id. outcomes: of a flat file, (bad, known) now and in its first period. labels: by kind and part, for people to read.
    """

    name: str
    people: People
    baseline: People
    features: Sequence[Feature]
    loans: Loans | None = None
    training_edges: Sequence[float] = ()
    training_shares: Sequence[float] = ()
    training_rows: int = 0
    promised: Mapping[str, float] = field(default_factory=dict)
    binding: Mapping[str, Sequence[Share]] = field(default_factory=dict)
    outcomes: tuple[tuple[int, int], tuple[int, int]] | None = None
    labels: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)

    def label(self, kind: str, part: str) -> Text:
        """What a part is called; its own id where it has no name."""
        return self.labels.get(kind, {}).get(part, Text(part, part))
