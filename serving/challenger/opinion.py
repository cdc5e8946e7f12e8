"""One household's opinion: probability, exact contributions, and what makes it less sure.

A pure function of the model, the vector, the day, what the card says and the shift of recent
scores, so that a replay gives the same opinion.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from feature_store.vector import Matrix
from scoring.opinion import Agreement, Caveat, Opinion, Sentence, Shift, Unavailable
from serving.challenger import sentences
from serving.challenger.load import Challenger

ADDITIVE = 1e-9
"""Most by which base value and contributions may miss the model's margin, in log-odds."""
MAIN = 5
"""Contributions told as sentences."""
OLD_MONTHS = 12
"""Age in months from which a model is called old: four quarters without retraining."""
SHIFTED = 0.25
"""Index from which scores are called shifted (Siddiqi, Credit Risk Scorecards)."""
RISKY, SAFE = 0.9, 0.5
"""Share of the bands above which a granted household is risky, and below which a refused one is safe."""
_CAUTION = 0.1
"""By how much a grade in the upper half lowers the first of them."""


@dataclass(frozen=True, slots=True)
class CardSays:
    """The card's outcome. upper: its grade lies in the upper half of the grades."""

    status: str
    grade: str | None
    upper: bool


def opine(
    challenger: Challenger, vector: Matrix, *, on: date, card: CardSays, shift: Shift | None = None
) -> Opinion | Unavailable:
    """Ask the model. vector: (1, n_features), NaN where missing. shift: of the scores before this one."""
    about, booster = challenger.about, challenger.booster
    contributions = np.asarray(booster.predict(vector, pred_contrib=True, num_threads=1), np.float64)[0]
    margin = float(np.asarray(booster.predict(vector, raw_score=True, num_threads=1))[0])
    if not np.isfinite(contributions).all():
        return Unavailable("not_finite")
    log_odds_by_feature = (about.slope * contributions[:-1]).tolist()
    base = about.intercept + about.slope * float(contributions[-1])
    log_odds = base + math.fsum(log_odds_by_feature)
    error = abs(log_odds - (about.intercept + about.slope * margin))
    if not math.isfinite(error):
        return Unavailable("not_finite")
    if error > ADDITIVE:
        return Unavailable("not_additive")
    pd = _sigmoid(log_odds)
    values = vector[0].tolist()
    band = bisect_left(about.pd_edges, pd)
    return Opinion(
        model=challenger.model,
        pd=pd,
        interval=(about.pd_low[band], about.pd_high[band]),
        log_odds=log_odds,
        base_value=base,
        features=about.features,
        values=tuple(values),
        log_odds_by_feature=tuple(log_odds_by_feature),
        additivity_error=error,
        main=_main(challenger, values, contributions[:-1], log_odds_by_feature),
        agreement=_agreement(band + 1, len(about.pd_low), card, about.usual_pd.get(card.grade or "")),
        caveats=_caveats(challenger, vector, on, shift),
        shift=shift,
    )


def _sigmoid(log_odds: float) -> float:
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1 + odds)


def _main(
    challenger: Challenger, values: list[float], contributions: NDArray[np.float64], log_odds: list[float]
) -> tuple[Sentence, ...]:
    """The largest contributions, the first feature first where two are equal."""
    about = challenger.about
    places = np.argsort(-np.abs(contributions), kind="stable")[:MAIN].tolist()
    return tuple(
        sentences.sentence(about.features[it], about.labels[it], value=values[it], log_odds=log_odds[it])
        for it in places
        if log_odds[it]
    )


def _agreement(band: int, bands: int, card: CardSays, usual_pd: float | None) -> Agreement:
    """The card grants what the model calls riskiest, or refuses what it calls safe: they disagree."""
    agrees: bool | None = None
    if card.status == "graded":
        agrees = band <= (RISKY - _CAUTION * card.upper) * bands
    elif card.status == "below_a":
        agrees = band > SAFE * bands
    text = sentences.agreement(agrees, card_is_milder=card.status == "graded")
    return Agreement(band, bands, card.status, card.grade, usual_pd, agrees, text)


def _caveats(challenger: Challenger, vector: Matrix, on: date, shift: Shift | None) -> tuple[Caveat, ...]:
    about, found = challenger.about, []
    row = vector[0]
    outside = np.flatnonzero((row < about.low) | (row > about.high)).tolist()
    if outside:
        text = sentences.outside_support([about.labels[place] for place in outside])
        found.append(Caveat("outside_support", tuple(about.features[place] for place in outside), text))
    if shift is not None and shift.psi > SHIFTED:
        found.append(Caveat("shifted_inputs", (), sentences.shifted_inputs(shift.psi, shift.opinions)))
    made = about.created_at
    months = (on.year - made.year) * 12 + on.month - made.month - (on.day < made.day)
    if months >= OLD_MONTHS:
        found.append(Caveat("old_model", (), sentences.old_model(months)))
    return tuple(found)
