"""What a model says beside the binding grade: its opinion, or why there is none.

Pure data. Nothing in the binding path imports this file, so no opinion can move a grade, a limit
or a veto. Log-odds are natural logarithms of PD / (1 - PD). In recorded form every number is the
text of its shortest exact decimal (``repr``), since canonical bytes hold no floats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from scoring.canonical import Written, canonical
from scoring.policy.elements import Text

Reason = Literal[
    "no_model",
    "loading",
    "model_missing",
    "model_corrupt",
    "wrong_hash",
    "unknown_feature_set",
    "vector_failed",
    "time_out",
    "busy",
    "not_finite",
    "not_additive",
    "failed",
]
"""Why there is no opinion.

no_model: none was promoted. loading: the promoted one is being read. model_missing: the registry
does not hold it or is away. model_corrupt: its files cannot be used. wrong_hash: they are not the promoted ones.
unknown_feature_set: it was trained on features that this service does not build. vector_failed:
the household's features could not be built. time_out, busy: this or an earlier opinion takes too
long. not_finite, not_additive: its numbers do not hold together. failed: anything else.
"""
NOTE = {
    "zh": "模型意见仅供参考,不改变等级、额度和一票否决",
    "en": "The model's opinion advises only: it changes no grade, limit or veto",
}
COLUMNS = ["feature", "value", "contribution"]


@dataclass(frozen=True, slots=True)
class Unavailable:
    """There is no opinion, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Model:
    """Which model spoke. created_at: ISO time at which it was trained."""

    version: str
    sha256: str
    created_at: str
    feature_set: str
    feature_set_sha256: str


@dataclass(frozen=True, slots=True)
class Contribution:
    """One feature's share of the log-odds. value: NaN where it is missing."""

    feature: str
    value: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A main contribution in words."""

    feature: str
    direction: Literal["raises", "lowers"]
    text: Text


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether card and model see the household alike.

    band: tenth of the PDs held out at training, 1 the safest. usual_pd: mean PD of held-out loans of the
    grade, None where training states none. agrees: None where the card says nothing
    about default risk (a veto, or a grade withheld).
    """

    band: int
    bands: int
    status: str
    grade: str | None
    usual_pd: float | None
    agrees: bool | None
    text: Text


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something that makes the opinion less sure. features: those that it is about."""

    id: Literal["outside_support", "shifted_inputs", "old_model"]
    features: tuple[str, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Shift:
    """Population stability index of the last ``opinions`` scores against those at training."""

    psi: float
    opinions: int


@dataclass(frozen=True, slots=True)
class Opinion:
    """A model's opinion on one household and loan.

    pd: calibrated probability of default within the performance window, 0-1. interval: 95 % interval
    of the rate realised by held-out loans in its band. log_odds = base_value + sum of the
    contributions, in feature order; additivity_error: how far that sum lies from the model's own margin.
    """

    model: Model
    pd: float
    interval: tuple[float, float]
    log_odds: float
    base_value: float
    features: tuple[str, ...]
    values: tuple[float, ...]
    log_odds_by_feature: tuple[float, ...]
    additivity_error: float
    main: tuple[Sentence, ...]
    agreement: Agreement
    caveats: tuple[Caveat, ...]
    shift: Shift | None

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """Every feature's contribution, in feature order."""
        return tuple(map(Contribution, self.features, self.values, self.log_odds_by_feature))


def opinion_data(opinion: Opinion | Unavailable) -> dict[str, Any]:
    """An opinion as it is recorded and answered: text and whole numbers only."""
    return _data(
        opinion, lambda it: [[one.feature, number_text(one.value), repr(one.log_odds)] for one in it.contributions]
    )


def opinion_written(opinion: Opinion | Unavailable) -> dict[str, Any]:
    """The same, its contributions written already: joined it is the canonical JSON of :func:`opinion_data`, for less work.

    Raises:
        ValueError: where a feature's name cannot be written.
    """
    return _data(opinion, _contributions_written)


def _contributions_written(opinion: Opinion) -> Written:
    names = _names_written(opinion.features)
    # Numbers as text hold nothing that JSON writes otherwise.
    rows = zip(names, map(_kept_text, opinion.values), map(repr, opinion.log_odds_by_feature), strict=True)
    written = ",".join([f'[{name},"{value}","{log_odds}"]' for name, value, log_odds in rows])
    return Written(f"[{written}]".encode())


@lru_cache(maxsize=16)
def _names_written(features: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(canonical(name).decode() for name in features)


def _data(opinion: Opinion | Unavailable, by_feature: Callable[[Opinion], Any]) -> dict[str, Any]:
    if isinstance(opinion, Unavailable):
        return {"status": "unavailable", "reason": opinion.reason}
    model, agreement = opinion.model, opinion.agreement
    return {
        "status": "given",
        "note": NOTE,
        "model": {
            "version": model.version,
            "sha256": model.sha256,
            "created_at": model.created_at,
            "feature_set": model.feature_set,
            "feature_set_sha256": model.feature_set_sha256,
        },
        "pd": repr(opinion.pd),
        "pd_interval": {"low": repr(opinion.interval[0]), "high": repr(opinion.interval[1])},
        "log_odds": repr(opinion.log_odds),
        "base_value": repr(opinion.base_value),
        "columns": COLUMNS,
        "by_feature": by_feature(opinion),
        "additivity_error": repr(opinion.additivity_error),
        "main": [{"feature": it.feature, "direction": it.direction, **_text(it.text)} for it in opinion.main],
        "agreement": {
            "band": agreement.band,
            "bands": agreement.bands,
            "status": agreement.status,
            "grade": agreement.grade,
            "usual_pd": None if agreement.usual_pd is None else repr(agreement.usual_pd),
            "agrees": agreement.agrees,
            **_text(agreement.text),
        },
        "caveats": [{"id": it.id, "features": list(it.features), **_text(it.text)} for it in opinion.caveats],
        "shift": {"psi": repr(opinion.shift.psi), "opinions": opinion.shift.opinions} if opinion.shift else None,
    }


def shift_of(data: dict[str, Any] | None) -> Shift | None:
    """The shift that :func:`opinion_data` wrote, for replay."""
    return None if data is None else Shift(float(data["psi"]), data["opinions"])


def number_text(value: float) -> str:
    """A feature's value as text; '' for a missing one."""
    return "" if math.isnan(value) else repr(value)


_kept_text = lru_cache(maxsize=4096)(number_text)
"""Many values are small whole numbers, and come again."""


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
