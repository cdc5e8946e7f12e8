"""The advisory part of a decision: whatever happens here, the binding part stands and is recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from feature_store.adapters.attempt import attempt
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.store import Moment
from feature_store.adapters.suspensions import Suspension
from feature_store.feature_set import FeatureSet
from feature_store.vector import LoanAsked, Matrix, area_book, history_dates, vector_of
from scoring.areas import AreaState
from scoring.credit_file import CreditFile
from scoring.opinion import Opinion, Unavailable, opinion_data
from scoring.policy.schema import Policy
from scoring.terms import Request
from serving.challenger.opinion import CardSays
from serving.challenger.standing import Challengers, Loaded, NoOpinion
from serving.challenger.suspended import advisory_of
from serving.challenger.worker import Deadline
from serving.telemetry.metrics import OPINION_SECONDS


@dataclass(frozen=True, slots=True)
class Asked:
    """What an opinion is about: the household as known, its area and the loan that it asks for.

    past: its files on the days of its history, where they were read along with the first; None to read them.
    """

    file: CreditFile
    policy: Policy
    on: date
    area: AreaState | None
    loan: Request
    past: Sequence[CreditFile | None] | None = None


Vector = Callable[[Moment, Asked, FeatureSet], Matrix]
"""Builds the features of what is asked as known at a moment: (1, n_features), NaN where missing."""


def card_says(status: str, grade: str | None, policy: Policy) -> CardSays:
    """The card's outcome, as far as the model is compared with it."""
    ids = [one.id for one in policy.grades]
    return CardSays(status, grade, grade in ids[len(ids) // 2 :])


def read_vector(moment: Moment, asked: Asked, feature_set: FeatureSet) -> Matrix:
    """The features, from the household's files on the days of its history as known at the moment."""
    file, policy = asked.file, asked.policy
    past = asked.past
    if past is None:
        past = moment.credit_files(file.household_id, days=history_dates(asked.on), policy=policy)
    loan = LoanAsked(float(asked.loan.amount_cny), asked.loan.term_months, asked.loan.purpose)
    book = area_book(moment.village_book(file.village_code, on=asked.on, policy=policy))
    return vector_of(feature_set, policy, now=file, past=past, loan=loan, area=book, on=asked.on)


def advise(
    moment: Moment,
    challengers: Challengers,
    asked: Asked,
    *,
    standing: Promotion | Suspension | Unavailable | None,
    card: CardSays,
    vector: Vector = read_vector,
) -> dict[str, Any]:
    """The advisory part as data. Never raises, never waits longer than allowed.

    standing: which model was promoted, that opinions are suspended, or why that is not known.

    The moment's transaction is afterwards as it was before, unless the database itself went away.
    """
    if isinstance(standing, Suspension):
        return advisory_of(standing)
    deadline = Deadline(challengers.timeout_ms)
    try:
        with OPINION_SECONDS.time():
            if standing is None or isinstance(standing, Unavailable):
                raise NoOpinion(standing.reason if standing else "no_model")
            loaded = challengers.ready(standing, known_at=moment.known_at, deadline=deadline)
            row = _row(moment, loaded, asked, vector=vector, within_ms=challengers.timeout_ms)
            opinion: Opinion | Unavailable = challengers.ask(loaded, row, on=asked.on, card=card, deadline=deadline)
    except NoOpinion as none:
        opinion = Unavailable(none.reason)
    except Exception:
        opinion = Unavailable("failed")
    return opinion_data(opinion)


def warm(promotion: Promotion | None, challengers: Challengers, *, known_at: datetime, within_ms: int) -> bool:
    """Load the promoted model before the first decision; whether it is ready."""
    if promotion is None:
        return False
    try:
        challengers.ready(promotion, known_at=known_at, deadline=Deadline(within_ms))
    except NoOpinion:
        return False
    return True


def _row(moment: Moment, loaded: Loaded, asked: Asked, *, vector: Vector, within_ms: int) -> Matrix:
    """The features of what is asked, (1, n_features)."""
    at_hand = (
        vector is read_vector
        and asked.past is not None
        and moment.keeps_book(asked.file.village_code, on=asked.on, policy=asked.policy)
    )
    # What may ask the database must not harm the decision's transaction.
    with nullcontext() if at_hand else attempt(moment.connection, within_ms=within_ms):
        try:
            row = vector(moment, asked, loaded.challenger.feature_set)
        except Exception:
            raise NoOpinion("vector_failed") from None
    if row.shape != (1, len(loaded.challenger.about.features)) or row.dtype != np.float64:
        raise NoOpinion("vector_failed")
    return row
