"""One household's opinion: probability, exact contributions, and what makes it less sure.

A pure function of the model, the vector, the day, what the card says and the shift of recent
scores, so that a replay gives the same opinion.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from feature_store.vector import Matrix
from scoring.opinion import Agreement, Caveat, Opinion, Sentence, Shift, Unavailable
from serving.challenger import sentences
from serving.challenger.arithmetic import Numbers, Unsound, numbers, outside
from serving.challenger.load import Challenger

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
    try:
        found = numbers(challenger, vector)
    except Unsound as unsound:
        return Unavailable(unsound.reason)
    return told(challenger, vector, found, 0, on=on, card=card, shift=shift)


def told(
    challenger: Challenger, vector: Matrix, found: Numbers, row: int, *, on: date, card: CardSays, shift: Shift | None
) -> Opinion:
    """One row's opinion from the numbers of many. vector: the row, (1, n_features); row: its place in the numbers."""
    about = challenger.about
    values, log_odds_by_feature = vector[0].tolist(), found.contributions[row].tolist()
    pd, band = found.pd[row], found.band[row]
    return Opinion(
        model=challenger.model,
        pd=pd,
        interval=(about.pd_low[band], about.pd_high[band]),
        log_odds=found.log_odds[row],
        base_value=found.base[row],
        features=about.features,
        values=tuple(values),
        log_odds_by_feature=tuple(log_odds_by_feature),
        additivity_error=found.error[row],
        main=_main(challenger, values, found.raw[row], log_odds_by_feature),
        agreement=_agreement(band + 1, len(about.pd_low), card, about.usual_pd.get(card.grade or "")),
        caveats=_caveats(challenger, vector, on, shift),
        shift=shift,
    )


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


def agrees(band: int, bands: int, card: CardSays) -> bool | None:
    """Whether card and model agree: not where the card grants what the model calls riskiest, or refuses what it
    calls safe. None where the card says nothing about default risk. band: from 1, the safest.
    """
    if card.status == "graded":
        return band <= (RISKY - _CAUTION * card.upper) * bands
    return band > SAFE * bands if card.status == "below_a" else None


def _agreement(band: int, bands: int, card: CardSays, usual_pd: float | None) -> Agreement:
    said = agrees(band, bands, card)
    text = sentences.agreement(said, card_is_milder=card.status == "graded")
    return Agreement(band, bands, card.status, card.grade, usual_pd, said, text)


def _caveats(challenger: Challenger, vector: Matrix, on: date, shift: Shift | None) -> tuple[Caveat, ...]:
    about, found = challenger.about, []
    places = np.flatnonzero(outside(about, vector)[0]).tolist()
    if places:
        text = sentences.outside_support([about.labels[place] for place in places])
        found.append(Caveat("outside_support", tuple(about.features[place] for place in places), text))
    if shift is not None and shift.psi > SHIFTED:
        found.append(Caveat("shifted_inputs", (), sentences.shifted_inputs(shift.psi, shift.opinions)))
    made = about.created_at
    months = (on.year - made.year) * 12 + on.month - made.month - (on.day < made.day)
    if months >= OLD_MONTHS:
        found.append(Caveat("old_model", (), sentences.old_model(months)))
    return tuple(found)
