"""What no file states and everything depends on: a household's latent traits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from feature_store.synthetic.arrays import Flags, Floats, Longs, Random
from feature_store.synthetic.places import Places
from feature_store.synthetic.settings import PovertySettings, TraitSettings

TRAITS = ("wealth", "diligence", "discipline", "civic", "family")
"""Means; effort at work; habit of keeping to terms; public spirit; family situation. All standard normal."""


@dataclass(frozen=True, slots=True)
class Traits:
    """values: shape (5, n_households), in the order of TRAITS. poor: registered poor at the end of 2016.

    elusive: factor on a household's share of empty cells, mean 1.
    """

    values: Floats
    poor: Flags
    elusive: Floats
    settings: TraitSettings

    def z(self, random: Random, loads: Mapping[str, float], *, rows: Longs | slice) -> Floats:
        """Standard normal values that depend on the traits as ``loads`` says, for these rows.

        The noise fills the variance up to 1. 'poor' shifts registered households and is not part of it.
        """
        weights = {trait: loads[trait] for trait in TRAITS if trait in loads}
        poor = self.poor[rows]
        noise = sqrt(1 - explained(weights, shared=self.settings.shared))
        z = random.standard_normal(poor.size, dtype=np.float32) * np.float32(noise)
        for trait, weight in weights.items():
            z += np.float32(weight) * self.values[TRAITS.index(trait)][rows]
        if shift := loads.get("poor", 0.0):
            z[poor] += np.float32(shift)
        return z


def explained(weights: Mapping[str, float], *, shared: float) -> float:
    """Share of an indicator's variance that these loads explain; must stay below 1."""
    own = sum(weight**2 for weight in weights.values())
    return own + shared * (sum(weights.values()) ** 2 - own)


def draw_traits(random: Random, places: Places, *, settings: TraitSettings, poverty: PovertySettings) -> Traits:
    """Traits of every household: a shared part, the township's, the village's and its own."""
    n = places.village_of.size
    own_share = 1 - settings.township - settings.village
    shared = _nested(random, places, settings, own_share)
    values = np.empty((len(TRAITS), n), dtype=np.float32)
    for row in values:
        row[:] = sqrt(settings.shared) * shared + sqrt(1 - settings.shared) * _nested(
            random, places, settings, own_share
        )
        row -= row.mean()  # so that a seed's lucky townships do not move the county's shares
        row /= max(float(row.std()), 0.5)
    need = -poverty.wealth * values[0] + sqrt(1 - poverty.wealth**2) * random.standard_normal(n, dtype=np.float32)
    poor = np.zeros(n, dtype=np.bool_)
    poor[np.argsort(-need, kind="stable")[: round(poverty.registered * n)]] = True
    elusive = np.exp(0.6 * random.standard_normal(n, dtype=np.float32) - 0.18).astype(np.float32)
    return Traits(values, poor, elusive, settings)


def _nested(random: Random, places: Places, settings: TraitSettings, own_share: float) -> Floats:
    """Standard normal values with the settings' shares of variance between townships and villages."""
    township = random.standard_normal(len(places.township_codes), dtype=np.float32)
    village = random.standard_normal(len(places.village_codes), dtype=np.float32)
    by_village = sqrt(settings.township) * township[places.township_of] + sqrt(settings.village) * village
    own = random.standard_normal(places.village_of.size, dtype=np.float32)
    together: Floats = (by_village[places.village_of] + sqrt(own_share) * own).astype(np.float32)
    return together
