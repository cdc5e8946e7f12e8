"""The lending side of a policy: loan classes and area controls, outcomes, terms.

Money is ``Decimal`` in yuan (``_cny``), shares and rates are ``Decimal`` between 0 and 1, times are
whole days or months and say which.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scoring.policy.elements import Cite, Test, Text


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
