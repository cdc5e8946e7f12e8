"""Replay of an opinion: the recorded one against what the same model says of the same facts now."""

from __future__ import annotations

import math
from typing import Any

from feature_store.adapters.store import Moment
from scoring.opinion import opinion_data, shift_of
from serving.challenger.advise import Asked, Vector, read_vector
from serving.challenger.load import ChallengerUnusable
from serving.challenger.opinion import CardSays, opine
from serving.challenger.standing import Challengers
from serving.challenger.versions import RegistryUnavailable

SAME = 1e-12
"""Most by which a number may differ: one model on another processor sums in another order."""


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
    """
    if recorded is None or recorded.get("status") != "given":
        return []
    try:
        challenger = challengers.by_sha256(recorded["model"]["sha256"], recorded["model"]["version"])
    except RegistryUnavailable:
        return ["the model that gave the opinion is gone from the registry, so the opinion cannot be repeated"]
    except ChallengerUnusable as refused:
        return [f"the model that gave the opinion is no longer intact ({refused.reason})"]
    row = vector(moment, asked, challenger.feature_set)
    again = opinion_data(opine(challenger, row, on=asked.on, card=card, shift=shift_of(recorded["shift"])))
    return [
        f"the opinion's '{key}' differs"
        for key in sorted(recorded.keys() | again.keys())
        if not _same(recorded.get(key), again.get(key))
    ]


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
        return math.isclose(float(one), float(other), rel_tol=SAME, abs_tol=SAME)
    except ValueError:
        return False
