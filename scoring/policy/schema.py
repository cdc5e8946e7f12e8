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

Kind = Literal["boolean", "count", "number", "category", "episode"]
Refresh = Literal["any_time", "quarter", "year"]
Action = Literal["withhold", "ask", "value"]
GRADE_NONE = "none"


@dataclass(frozen=True, slots=True)
class Text:
    """A wording in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Cite:
    """Where a value comes from. ``assumed``: ours, because no source states it."""

    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A department that files about households.

    clear: a complete list that does not name a household means "nothing to report".
    """

    id: str
    label: Text
    clear: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    """One item of the credit file. ``low`` and ``high`` bound its codes, both inclusive.

    column: the name under which files carry it. risk: direction in which default risk may move
    as the value rises ('up', 'down', 'any'), or None where a model may not use it.
    subjective: assessed by people, so a filing needs evidence, two assessors and an expiry.
    """

    id: str
    heading: str
    label: Text
    kind: Kind
    unit: str
    low: int
    high: int
    decimals: int
    categories: tuple[str, ...]
    clear: int
    source: str
    refresh: Refresh
    sensitivity: Literal["plain", "personal", "sensitive"]
    consent: bool
    subjective: bool
    risk: Literal["up", "down", "any"] | None
    column: str
    cite: Cite


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
class Test:
    """A condition on one indicator's code, from the closed list of operators.

    active: an episode open or still inside its observation period. Otherwise the code must lie
    from ``low`` to ``high`` and, where ``codes`` is not empty, be one of them.
    """

    indicator: str
    active: bool
    low: int
    high: int
    codes: tuple[int, ...]
    says: str

    def holds(self, code: int) -> bool:
        """Whether a known code of a non-episode indicator meets the condition."""
        return self.low <= code <= self.high and (not self.codes or code in self.codes)


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
class LoanClass:
    """One of the five classes, by days past due."""

    id: str
    label: Text
    at_least_days: int
    bad: bool


@dataclass(frozen=True, slots=True)
class AreaRules:
    """Area controls: when a village or township is stopped, released, or honoured."""

    classes: tuple[LoanClass, ...]
    village_bad_ratio_over: Decimal
    township_stopped_at_least: Decimal
    release_month_ends: int
    release_sign_off: bool
    release_book_days: int
    few_loans: int
    """below so many loans an area's ratio is shown with a warning"""
    credit_village_at_least: Decimal
    credit_township_at_least: Decimal


@dataclass(frozen=True, slots=True)
class OutcomeRules:
    """How a loan's life is judged afterwards: good, bad, indeterminate, or too young to judge.

    window_months: months after disbursement that are looked at. bad_at_least_days,
    indeterminate_at_least_days: days past due at any month end of the window. missing_month_ends: so
    many may be unknown. repaid_early_is_good: a loan paid off needs no later month ends.
    """

    window_months: int
    bad_at_least_days: int
    indeterminate_at_least_days: int
    missing_month_ends: int
    repaid_early_is_good: bool
    cites: tuple[tuple[str, Cite], ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """Yearly rate (0–1) for terms up to so many months."""

    up_to_months: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """A loan on offer, to whom, and on which conditions. ``cap_cny`` None: the grade's limit."""

    id: str
    label: Text
    only: Test | None
    cap_cny: Decimal | None
    rates: tuple[Rate, ...]
    subsidy_share: Decimal
    cite: Cite


@dataclass(frozen=True, slots=True)
class Purpose:
    """A declared use of money, allowed or refused."""

    id: str
    label: Text
    allowed: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """Loan conditions: what a borrower must meet, what money may be used for, the products."""

    conditions: tuple[tuple[Test, str], ...]
    purposes: tuple[Purpose, ...]
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A stated cause, in both languages, with the article that it rests on."""

    id: str
    text: Text
    cite: Cite


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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and other.sha256 == self.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)
