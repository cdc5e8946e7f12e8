"""The advisory part of a decision: whatever happens here, the binding part stands and is recorded."""

from __future__ import annotations

import time
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
from scoring.opinion import Opinion, Unavailable, opinion_written
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
    asked: Sequence[Asked],
    *,
    standing: Promotion | Suspension | Unavailable | None,
    cards: Sequence[CardSays],
    vector: Vector = read_vector,
) -> list[dict[str, Any]]:
    """The advisory parts of decisions of one day as data, contributions written already. Never raises, never waits longer than allowed.

    standing: which model was promoted, that opinions are suspended, or why that is not known. cards: what the card says of each.

    The moment's transaction is afterwards as it was before, unless the database itself went away.
    """
    if isinstance(standing, Suspension):
        return [advisory_of(standing) for _ in asked]
    began = time.perf_counter()
    found = [_written(it) for it in _opinions(moment, challengers, asked, standing, cards, vector)]
    seconds = time.perf_counter() - began
    for _ in asked:
        OPINION_SECONDS.observe(seconds)
    return found


def _opinions(
    moment: Moment,
    challengers: Challengers,
    asked: Sequence[Asked],
    standing: Promotion | Unavailable | None,
    cards: Sequence[CardSays],
    vector: Vector,
) -> Sequence[Opinion | Unavailable]:
    deadline = Deadline(challengers.timeout_ms)
    try:
        if standing is None or isinstance(standing, Unavailable):
            raise NoOpinion(standing.reason if standing else "no_model")
        loaded = challengers.ready(standing, known_at=moment.known_at, deadline=deadline)
        rows = [_row(moment, loaded, one, vector=vector, within_ms=challengers.timeout_ms) for one in asked]
        good = [place for place, row in enumerate(rows) if not isinstance(row, Unavailable)]
        found: list[Opinion | Unavailable] = [
            it if isinstance(it, Unavailable) else Unavailable("failed") for it in rows
        ]
        if good:
            if len(asked) > 1:  # what one of them waited for is not taken from the others
                deadline = Deadline(challengers.timeout_ms)
            matrix = np.concatenate([rows[place] for place in good])
            said = challengers.ask(
                loaded, matrix, on=asked[0].on, cards=[cards[place] for place in good], deadline=deadline
            )
            for place, one in zip(good, said, strict=True):
                found[place] = one
        return found
    except NoOpinion as none:
        return [Unavailable(none.reason) for _ in asked]
    except Exception:
        return [Unavailable("failed") for _ in asked]


def _written(opinion: Opinion | Unavailable) -> dict[str, Any]:
    try:
        return opinion_written(opinion)
    except (TypeError, ValueError):  # of names that cannot be written
        return opinion_written(Unavailable("failed"))


def warm(promotion: Promotion | None, challengers: Challengers, *, known_at: datetime, within_ms: int) -> bool:
    """Load the promoted model before the first decision; whether it is ready."""
    if promotion is None:
        return False
    try:
        challengers.ready(promotion, known_at=known_at, deadline=Deadline(within_ms))
    except NoOpinion:
        return False
    return True


def _row(moment: Moment, loaded: Loaded, asked: Asked, *, vector: Vector, within_ms: int) -> Matrix | Unavailable:
    """The features of what is asked, (1, n_features), or why there are none."""
    try:
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
                return Unavailable("vector_failed")
        if row.shape != (1, len(loaded.challenger.about.features)) or row.dtype != np.float64:
            return Unavailable("vector_failed")
    except Exception:
        return Unavailable("failed")
    return row
