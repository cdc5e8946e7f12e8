"""The shape of an approved policy: frozen, typed, nothing left as text that is a number.

Points are whole numbers, money is ``Decimal`` in yuan (``_cny``), shares and rates are ``Decimal``
between 0 and 1, times are whole days or months and say which.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from scoring.policy.elements import Cite, Indicator, Refresh, Source, Test, Text
from scoring.policy.lending import AreaRules, OutcomeRules, Terms

Action = Literal["withhold", "ask", "value"]
GRADE_NONE = "none"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the credit file with the caps on what its items may add or deduct."""

    id: str
    label: Text
    most_added: int
    most_deducted: int
    cite: Cite


@dataclass(frozen=True, slots=True)
class Band:
    """One row of the points table: codes from ``at_least`` up to the next band."""

    at_least: int
    points: int
    says: str


@dataclass(frozen=True, slots=True)
class Improve:
    """How a household can better an item: effort per band, and days until it counts.

    to: the categories that it may move to, where not every better one is open to it.
    """

    effort: int
    wait_days: int
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An indicator's rows of the points table and what *missing* and *stale* do.

    ``if_missing`` and ``if_stale`` are points, or 'withhold', 'ask', 'value' (stale only).
    """

    indicator: str
    bands: tuple[Band, ...]
    if_missing: int | Action
    if_stale: int | Action
    reason: str
    improve: Improve | None
    cite: Cite


@dataclass(frozen=True, slots=True)
class Veto:
    """A rule that fixes the outcome whatever the score."""

    id: str
    kind: Literal["public_security", "dishonesty", "arrears", "idleness", "other"]
    test: Test
    observation_months: int
    if_missing: Action
    if_stale: Action
    reason: str
    remedy: Text
    cite: Cite


@dataclass(frozen=True, slots=True)
class GradeBand:
    """A grade: scores from ``at_least`` up to the next grade, and its unsecured limit.

    cite: of the limit. cut_assumed: ``at_least`` is our assumption, whatever the limit's source.
    """

    id: str
    at_least: int
    limit_cny: Decimal
    cite: Cite
    cut_assumed: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    """What must be known before any grade: a share of the scored items, and every gate item."""

    known_percent: int
    gate: tuple[tuple[Test | None, str, str], ...]
    """(test that must hold, or None for 'must be known'; indicator; reason)"""
    fresh_days: Mapping[Refresh, int]
    cite: Cite


@dataclass(frozen=True, slots=True)
class Reason:
    """A stated cause, in both languages, with the article that it rests on."""

    id: str
    text: Text
    cite: Cite


@dataclass(frozen=True, slots=True)
class TrialLimit:
    """What a draft promises of its own trial: no more than this of one measure, as a count, a share (0-1) or yuan."""

    id: str
    measure: str
    unit: Literal["count", "share", "yuan"]
    at_most: Decimal
    label: Text


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """One approved, dated set of rules of one county; equal to another when the hashes are."""

    id: str
    county: Text
    title: Text
    effective_from: date
    effective_to: date | None
    documents: Mapping[str, str]
    units: Mapping[str, Text]
    words: Mapping[str, Text]
    sources: tuple[Source, ...]
    headings: tuple[Heading, ...]
    indicators: tuple[Indicator, ...]
    base_points: int
    items: tuple[Item, ...]
    vetoes: tuple[Veto, ...]
    grades: tuple[GradeBand, ...]
    completeness: Completeness
    areas: AreaRules
    outcomes: OutcomeRules
    terms: Terms
    reasons: Mapping[str, Reason]
    sha256: str
    trial: tuple[TrialLimit, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and other.sha256 == self.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)
