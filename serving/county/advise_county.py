"""What the challenger says of every household of the county, as if each asked for the same loan.

Advisory like the opinion beside a decision, and the same to the last digit: features, arithmetic and
comparison with the card are those of one decision, only for all at once. Nothing is written to the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from feature_store.adapters import suspensions
from feature_store.adapters.people import People, registered
from feature_store.adapters.point_in_time import Moments, PointInTime, point_in_time
from feature_store.adapters.promotions import Promotion, standing
from feature_store.adapters.sorted_statements import micros_of
from feature_store.adapters.store import Moment
from feature_store.feature_set import FeatureSet
from feature_store.vector import LoanColumns, purpose_codes
from scoring.batch import STATUSES, Columns, assess_columns
from scoring.errors import LushiError
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy
from scoring.terms import Request
from serving.challenger.advise import card_says
from serving.challenger.load import Challenger
from serving.challenger.many import Progress, Said, ask_all
from serving.challenger.opinion import agrees
from serving.challenger.suspended import OpinionsSuspended
from serving.county.purposes import check_purpose
from serving.wiring import Parts

AGREE, DISAGREE, NOT_COMPARED = 1, 0, -1


class NoModel(LushiError):
    """No challenger advises, so there is no opinion on anybody."""

    def __init__(self) -> None:
        super().__init__("no model advises: see `lushi models`, then let one advise with `lushi promote VERSION`")


class FeaturesUnknown(LushiError):
    """The policy in force that day collects less than the model looks at."""

    def __init__(self, unknown: list[str], policy: Policy) -> None:
        super().__init__(
            f"the model looks at {', '.join(unknown)}, which the policy {policy.id} does not have; "
            "ask for a day on which a newer policy binds"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """The county's opinions and what they were asked of; one row a household, by household number.

    columns: the binding outcome. agreement: :data:`AGREE`, :data:`DISAGREE` or :data:`NOT_COMPARED`, int8 (n_rows,).
    """

    on: date
    known_at: datetime
    policy: Policy
    loan: Request
    challenger: Challenger
    people: People
    columns: Columns
    said: Said
    agreement: NDArray[np.int8]


def advise_county(parts: Parts, on: date, loan: Request, progress: Progress = lambda _: None) -> Opinions:
    """The opinion on every household registered on a day, as known now, were it to ask for this loan.

    Raises:
        NoModel, OpinionsSuspended, ChallengerUnusable, RegistryUnavailable: where there is no model to ask.
        UnknownPurpose, PolicyNotInForce, FeaturesUnknown, StoreUnavailable: where nothing can be asked.
        OpinionsUnsound: where one household's contributions are not finite or do not add up.
    """
    policy = parts.policies.in_force(on)
    check_purpose(loan.purpose, policy)
    known_at = parts.store.now(parts.clock.now)
    progress("loading the model")
    challenger = standing_challenger(parts, known_at)
    check_fits(challenger, policy)
    with parts.store.looking(known_at) as moment:
        progress("reading filings")
        people = registered(moment.connection, on=on, known_at=known_at)
        seen = as_known(moment, people, on=on, loan=loan, policy=policy, feature_set=challenger.feature_set)
    progress("grading")
    columns = assess_columns(compiled(policy), seen.codes, seen.observed, seen.valid_until, on=on)
    said = ask_all(challenger, seen.matrix, progress)
    agreement = _agreement(columns, said.band, len(challenger.about.pd_low), policy)
    return Opinions(on, known_at, policy, loan, challenger, people, columns, said, agreement)


def standing_challenger(parts: Parts, known_at: datetime) -> Challenger:
    """The promoted model, loaded and verified outside any transaction."""
    with parts.store.looking(known_at) as moment:
        promotion: Promotion | None = standing(moment.connection)
        suspension = suspensions.known(moment.connection, known_at)
    if promotion is None:
        raise NoModel
    if suspension is not None:
        raise OpinionsSuspended(suspension)
    return parts.challengers.verified(promotion.version, promotion.sha256, promotion.about_sha256)


def check_fits(challenger: Challenger, policy: Policy) -> None:
    """Refuse a model that looks at what the policy does not collect.

    Raises:
        FeaturesUnknown: with what is missing.
    """
    known = {it.id for it in policy.indicators} | {it.id for it in policy.sources}
    used = [it for it in challenger.feature_set.features if it.kind not in ("loan", "area")]
    if unknown := sorted({it.of for it in used} - known):
        raise FeaturesUnknown(unknown, policy)


def as_known(
    moment: Moment, people: People, *, on: date, loan: Request, policy: Policy, feature_set: FeatureSet
) -> PointInTime:
    """The features of these households on a day as known at the moment, and the codes that the card is judged by."""
    count = len(people.household_no)
    return point_in_time(
        moment.connection,
        Moments(
            household_no=people.household_no,
            on=np.full(count, on.toordinal(), np.int32),
            known_at=np.full(count, micros_of(moment.known_at), np.int64),
        ),
        loan=LoanColumns(
            amount_cny=np.full(count, float(loan.amount_cny)),
            term_months=np.full(count, float(loan.term_months)),
            purpose=np.repeat(purpose_codes(feature_set, [loan.purpose]), count),
        ),
        policy=policy,
        feature_set=feature_set,
    )


def _agreement(columns: Columns, band: NDArray[np.int16], bands: int, policy: Policy) -> NDArray[np.int8]:
    """The rule of one opinion, asked once for each outcome and band that there is."""
    grades = [*(it.id for it in policy.grades), None]  # the last one is for households without a grade, -1
    known = np.full((len(STATUSES), len(grades), bands), NOT_COMPARED, np.int8)
    for row, status in enumerate(STATUSES):
        for column, grade in enumerate(grades):
            card = card_says(status, grade, policy)
            for place in range(bands):
                said = agrees(place + 1, bands, card)
                known[row, column, place] = NOT_COMPARED if said is None else said
    found: NDArray[np.int8] = known[columns.status, columns.grade, band]
    return found
