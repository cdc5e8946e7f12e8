"""The registered poor of 2017 and how they are lifted: everybody registered is lifted by the end of 2020."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from feature_store.synthetic.arrays import Flags, Floats, Ints, Random
from feature_store.synthetic.settings import PovertySettings
from scoring.policy.elements import Indicator


@dataclass(frozen=True, slots=True)
class PovertyPath:
    """turn: each household's place among the lifted (0–1), shape (n,). poor: registered at first.

    slips: those who count as 'marginal' once lifted, or (never registered) from the first lifting on.
    """

    poor: Flags
    turn: Floats
    slips: Flags
    settings: PovertySettings

    def codes(self, indicator: Indicator, *, on: date) -> Ints:
        """Codes of ``poverty_status`` on a day, shape (n,)."""
        word = {word: code for code, word in enumerate(indicator.categories)}
        lifted = self.turn < _share_lifted(self.settings, on)
        status = np.where(self.poor, np.where(lifted, word["lifted"], word["registered"]), word["none"])
        status[self.slips & lifted] = word["marginal"]
        return status.astype(np.int32)


def draw_path(random: Random, poor: Flags, *, settings: PovertySettings) -> PovertyPath:
    """Who is lifted when, and who stays at risk."""
    turn = random.random(poor.size, dtype=np.float32)
    chance = np.where(poor, settings.marginal_of_lifted, settings.marginal_of_others)
    return PovertyPath(poor, turn, random.random(poor.size) < chance, settings)


def _share_lifted(settings: PovertySettings, on: date) -> float:
    """Share of registered households lifted by a day (0–1): the last step reached."""
    return max((share for day, share in settings.lifted_by.items() if day <= on), default=0.0)
