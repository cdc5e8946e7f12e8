"""Terms: which offer fits, at which rate, and what is told when none does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from scoring.assess import assess
from scoring.policy.in_force import Policies
from scoring.policy.lending import Rate
from scoring.policy.schema import Policy
from scoring.terms import Request, TermsOffered
from tests.scoring.households import file_of

ON = date(2017, 6, 30)


def terms(policy: Policy, request: Request | None, household: str = "strong", **values: str) -> TermsOffered:
    return assess(file_of(policy, ON, household=household, values=values), policy, on=ON, request=request).terms


@pytest.fixture(scope="module")
def short_subsidy(lushi: Policies) -> Policy:
    """The policy of 2017 with a subsidised loan of at most 12 months."""
    policy = lushi.policies[0]
    first, *others = policy.terms.products
    shorter = replace(first, rates=(Rate(12, Decimal("0.0435")),))
    return replace(policy, terms=replace(policy.terms, products=(shorter, *others)), sha256="short")


def test_without_a_request_the_first_open_product_is_shown_at_its_longest_rate(lushi: Policies) -> None:
    shown = terms(lushi.policies[0], None, poverty_status="registered").offer
    assert shown is not None
    assert (shown.product.id, shown.rate, shown.max_term_months) == ("subsidised_household_loan", Decimal("0.0475"), 36)


def test_a_longer_term_than_the_subsidised_loan_allows_falls_to_the_next_product(short_subsidy: Policy) -> None:
    offer = terms(short_subsidy, Request("planting", Decimal(50000), 13), poverty_status="registered").offer
    assert offer is not None
    assert offer.product.id == "grade_credit"


def test_where_amount_and_term_fit_only_different_products_nothing_fits(short_subsidy: Policy) -> None:
    subsidy_only = replace(short_subsidy.terms.products[1], cap_cny=Decimal(10000))
    products = (short_subsidy.terms.products[0], subsidy_only)
    policy = replace(short_subsidy, terms=replace(short_subsidy.terms, products=products), sha256="split")
    answer = terms(policy, Request("planting", Decimal(50000), 13), poverty_status="registered")
    assert (answer.offer, answer.blocks) == (None, ("amount_over_limit",))


def test_a_block_takes_the_offer_away_but_still_lists_what_is_open(lushi: Policies) -> None:
    answer = terms(lushi.policies[0], None, borrower_age="66")
    assert answer.offer is None
    assert [offer.product.id for offer in answer.offers] == ["grade_credit"]


def test_each_block_is_told_once(lushi: Policies) -> None:
    answer = terms(lushi.policies[0], None, borrower_age="", written_application="")
    assert answer.blocks == ("no_grade", "condition_unknown")


def test_the_offer_never_exceeds_the_grade_s_limit(policy: Policy) -> None:
    for household in ("plain", "registered", "steady", "strong"):
        one = assess(file_of(policy, ON, household=household), policy, on=ON)
        assert one.settled.grade is not None
        assert all(offer.limit_cny <= one.settled.grade.limit_cny for offer in one.terms.offers)
