"""Replay of an opinion: the recorded one against what the same model says of the same facts now."""

from __future__ import annotations

import math
from typing import Any, Literal

from feature_store.adapters.store import Moment
from scoring.errors import LushiError
from scoring.opinion import Opinion, opinion_data, shift_of
from serving.challenger.advise import Asked, Vector, read_vector
from serving.challenger.load import Challenger, ChallengerUnusable
from serving.challenger.opinion import CardSays, opine
from serving.challenger.standing import Challengers
from serving.challenger.versions import RegistryUnavailable

SAME = 1e-12
"""Most by which a number may differ: one model on another processor sums in another order."""


class NotAtHand(LushiError):
    """An opinion cannot be repeated, because its model or features cannot be had; ``kind`` says in a word why."""

    def __init__(self, kind: Literal["model_gone", "model_corrupt", "model_loading", "features_unknown"], what: str):
        self.kind = kind
        super().__init__(what)


def opinion_differences(
    recorded: dict[str, Any] | None,
    moment: Moment,
    challengers: Challengers,
    *,
    asked: Asked,
    card: CardSays,
    vector: Vector = read_vector,
) -> list[str]:
    """What differs between a recorded opinion and its replay, in words and without values.

    moment: as the decision knew it. Empty also where no opinion was given, since there is nothing to repeat.

    Raises:
        NotAtHand: where the model cannot be had.
    """
    if recorded is None or recorded.get("status") != "given":
        return []
    challenger = recorded_model(recorded, challengers)
    row = vector(moment, asked, challenger.feature_set)
    again = opinion_data(opine(challenger, row, on=asked.on, card=card, shift=shift_of(recorded["shift"])))
    return [
        f"the opinion's '{key}' differs"
        for key in sorted(recorded.keys() | again.keys())
        if not _same(recorded.get(key), again.get(key))
    ]


def recorded_model(recorded: dict[str, Any], challengers: Challengers) -> Challenger:
    """The model that gave a recorded opinion, by its hash; raises :class:`NotAtHand`."""
    try:
        return challengers.by_sha256(recorded["model"]["sha256"], recorded["model"]["version"])
    except RegistryUnavailable:
        what = "the model that gave the opinion is gone from the registry, so the opinion cannot be repeated"
        raise NotAtHand("model_gone", what) from None
    except ChallengerUnusable as refused:
        raise _unusable(refused, "the model that gave the opinion") from None


def model_of(version: str, challengers: Challengers) -> Challenger:
    """Another model, by the version that the registry gives it.

    Raises:
        NoSuchVersion: where there is none.
        NotAtHand: where it cannot be had.
    """
    try:
        return challengers.by_version(version)
    except RegistryUnavailable:
        raise NotAtHand("model_gone", "the registry of models cannot be read, so no model of it can be asked") from None
    except ChallengerUnusable as refused:
        raise _unusable(refused, "that version of the model") from None


def pd_again(challenger: Challenger, moment: Moment, asked: Asked, card: CardSays) -> float | None:
    """The PD (0-1) that a model gives; None where its numbers are unsound. Raises :class:`NotAtHand`."""
    try:
        row = read_vector(moment, asked, challenger.feature_set)
    except (LushiError, LookupError, ValueError, StopIteration):
        what = "the model looks at features that cannot be built under this policy"
        raise NotAtHand("features_unknown", what) from None
    found = opine(challenger, row, on=asked.on, card=card)
    return found.pd if isinstance(found, Opinion) else None


def same_number(one: float | None, other: float | None) -> bool:
    """Whether two numbers, or their absence, are the same as far as processors agree."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=SAME, abs_tol=SAME)


def _unusable(refused: ChallengerUnusable, which: str) -> NotAtHand:
    if refused.reason == "loading":
        return NotAtHand("model_loading", "the model is still being read; ask again in a moment")
    return NotAtHand("model_corrupt", f"{which} is no longer intact ({refused.reason})")


def _same(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return _close(one, other)
    return one == other


def _close(one: str, other: str) -> bool:
    try:
        return same_number(float(one), float(other))
    except ValueError:
        return False
