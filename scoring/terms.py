"""Terms: what may be lent to a graded household, at which rate, and what stands in the way.

A limit is not a loan: the subsidised household loan is at most 50 000 yuan and 36 months even at
AAA+ (cbrc2017_42). An area stop lowers terms to nothing and leaves the grade as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.areas import AreaState
from scoring.credit_file import STALE
from scoring.policy.compiled import Compiled
from scoring.policy.elements import Test
from scoring.policy.lending import Product
from scoring.policy.schema import GradeBand


@dataclass(frozen=True, slots=True)
class Request:
    """What a household asks for. amount in yuan, term in whole months."""

    purpose: str
    amount_cny: Decimal
    term_months: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A product open to the household: its most (yuan), longest term (months), rate, subsidy (0–1)."""

    product: Product
    limit_cny: Decimal
    max_term_months: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class TermsOffered:
    """The terms that stand. blocks: reason ids, empty where new credit may be paid out.

    offer: the product that fits the request (the first open one where nothing was requested).
    offers: every product open to the household.
    """

    offer: Offer | None
    offers: tuple[Offer, ...]
    blocks: tuple[str, ...]


def offer_terms(
    table: Compiled, codes: Sequence[int], grade: GradeBand | None, *, area: AreaState | None, request: Request | None
) -> TermsOffered:
    """Terms for one household from its codes, grade, area and (where there is one) request."""
    policy = table.policy
    blocks: list[str] = []
    if grade is None:
        blocks.append("no_grade")
    if area is not None and area.village.stopped:
        blocks.append("village_stopped")
    if area is not None and area.township.stopped:
        blocks.append("township_stopped")
    for test, reason in policy.terms.conditions:
        code = codes[table.positions[test.indicator]]
        if code <= STALE:
            blocks.append("condition_unknown")
        elif not test.holds(code):
            blocks.append(reason)
    limit = grade.limit_cny if grade else Decimal(0)
    months = request.term_months if request else None
    offers = tuple(
        _offer(product, limit, months) for product in policy.terms.products if _open_to(table, codes, product.only)
    )
    fitting = offers[0] if offers and grade else None
    if request is not None:
        fitting = next((offer for offer in offers if _fits(offer, request)), None)
        blocks += _request_blocks(table, offers, request, graded=grade is not None)
    return TermsOffered(None if blocks else fitting, offers if grade else (), tuple(dict.fromkeys(blocks)))


def _open_to(table: Compiled, codes: Sequence[int], only: Test | None) -> bool:
    if only is None:
        return True
    code = codes[table.positions[only.indicator]]
    return code > STALE and only.holds(code)


def _offer(product: Product, limit_cny: Decimal, term_months: int | None) -> Offer:
    rates = product.rates
    rate = next(
        (one.rate for one in rates if term_months is not None and term_months <= one.up_to_months), rates[-1].rate
    )
    cap = limit_cny if product.cap_cny is None else min(limit_cny, product.cap_cny)
    return Offer(product, cap, rates[-1].up_to_months, rate)


def _fits(offer: Offer, request: Request) -> bool:
    return request.amount_cny <= offer.limit_cny and request.term_months <= offer.max_term_months


def _allowed(table: Compiled, request: Request) -> bool:
    return any(purpose.id == request.purpose and purpose.allowed for purpose in table.policy.terms.purposes)


def _request_blocks(table: Compiled, offers: tuple[Offer, ...], request: Request, *, graded: bool) -> list[str]:
    blocks = [] if _allowed(table, request) else ["purpose_refused"]
    if graded and not any(request.amount_cny <= offer.limit_cny for offer in offers):
        blocks.append("amount_over_limit")
    if not any(request.term_months <= offer.max_term_months for offer in offers):
        blocks.append("term_too_long")
    if graded and not blocks and not any(_fits(offer, request) for offer in offers):
        blocks.append("amount_over_limit")
    return blocks
