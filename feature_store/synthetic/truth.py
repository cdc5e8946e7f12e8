"""What is true in the invented county: every household's values, and how they change by the quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from feature_store.synthetic.arrays import Ints, Longs, Random
from feature_store.synthetic.consistency import CompiledRule, make_consistent
from feature_store.synthetic.poverty import PovertyPath
from feature_store.synthetic.profiles import Profile
from feature_store.synthetic.settings import Settings
from feature_store.synthetic.traits import Traits
from scoring.credit_file import MISSING, NONE, OPEN

REMEMBERED_DAYS = 5 * 365
"""An ended episode is no longer reported after five years."""
QUARTER_DAYS = 91


@dataclass(frozen=True, slots=True)
class Truth:
    """The county's state; ``advance`` changes the arrays in place.

    values: codes, shape (n_indicators, n_households), in the order of ``profiles``; MISSING where
    the source does not know. ends: day ordinal on which an open episode will end, by position.
    """

    random: Random
    profiles: Sequence[Profile]
    traits: Traits
    poverty: PovertyPath
    rules: Sequence[CompiledRule]
    settings: Settings
    values: Ints
    ends: dict[int, Ints]
    clears: frozenset[str]

    def begin(self, on: date) -> None:
        """Draw every value as it stands on the first day."""
        everybody = np.arange(self.values.shape[1])
        for position, profile in enumerate(self.profiles):
            if profile.way == "episode":
                self.ends[position] = np.zeros(everybody.size, dtype=np.int32)
                self._past_episodes(position, on)
            elif profile.way == "status":
                self.values[position] = self.poverty.codes(profile.indicator, on=on)
            else:
                self._draw(position, everybody)
        make_consistent(self.values, self.rules)

    def advance(self, on: date, *, spring: bool) -> None:
        """Let a quarter pass: some cells of the sources due are drawn anew, episodes begin and end."""
        n = self.values.shape[1]
        for position, profile in enumerate(self.profiles):
            if profile.way == "episode":
                self._new_episodes(position, on)
                continue
            if profile.way == "status":
                self.values[position] = self.poverty.codes(profile.indicator, on=on)
                continue
            yearly = profile.indicator.refresh == "year"
            if yearly and not spring:
                continue
            if profile.each_year and spring:
                row = self.values[position]
                row[:] = np.where(row == MISSING, row, np.minimum(row + profile.each_year, profile.indicator.high))
            if not profile.each_year:
                share = self.settings.change.year if yearly else self.settings.change.quarter
                self._draw(position, np.flatnonzero(self.random.random(n, dtype=np.float32) < share))
        make_consistent(self.values, self.rules)

    def _draw(self, position: int, rows: Longs) -> None:
        profile = self.profiles[position]
        codes = profile.code_of(self.traits.z(self.random, profile.loads, rows=rows))
        codes[self._unknown(profile, rows)] = MISSING
        self.values[position, rows] = codes

    def _unknown(self, profile: Profile, rows: Longs) -> Longs:
        """Positions in ``rows`` whose cell is empty: more often for elusive households; never on clearing lists."""
        source = profile.indicator.source
        if source in self.clears:
            return np.zeros(0, dtype=np.int64)
        share = self.settings.sources[source].empty if profile.missing is None else profile.missing
        return np.flatnonzero(self.random.random(rows.size, dtype=np.float32) < share * self.traits.elusive[rows])

    def _past_episodes(self, position: int, on: date) -> None:
        """Episodes of the last five years: some still open, the others ended on a day in that time."""
        profile = self.profiles[position]
        everybody = np.arange(self.values.shape[1])
        has = np.flatnonzero(profile.code_of(self.traits.z(self.random, profile.loads, rows=everybody)) == OPEN)
        still, years = profile.episode
        ended = on.toordinal() - self.random.integers(1, REMEMBERED_DAYS, has.size)
        is_open = self.random.random(has.size) < still
        self.values[position, has] = np.where(is_open, OPEN, ended)
        self.ends[position][has] = on.toordinal() + 1 + self.random.exponential(365 * years, has.size).astype(np.int32)
        self.values[position, self._unknown(profile, everybody)] = MISSING

    def _new_episodes(self, position: int, on: date) -> None:
        """End what ends by ``on``, forget what is old, begin new episodes in the quarter before ``on``."""
        row, ends, today, profile = self.values[position], self.ends[position], on.toordinal(), self.profiles[position]
        over = (row == OPEN) & (ends <= today)
        row[over] = ends[over]
        row[(row > NONE) & (row < today - REMEMBERED_DAYS)] = NONE
        rows = np.flatnonzero(self.random.random(row.size, dtype=np.float32) < self.settings.change.episode_quarter)
        struck = profile.code_of(self.traits.z(self.random, profile.loads, rows=rows)) == OPEN
        new = rows[struck & (row[rows] != OPEN)]
        began = today - self.random.integers(0, QUARTER_DAYS, new.size)
        end = began + 1 + self.random.exponential(365 * profile.episode[1], new.size).astype(np.int64)
        row[new] = np.where(end <= today, end, OPEN)
        ends[new] = end


def empty_truth(
    random: Random,
    profiles: Sequence[Profile],
    *,
    traits: Traits,
    poverty: PovertyPath,
    rules: Sequence[CompiledRule],
    settings: Settings,
    clears: frozenset[str],
) -> Truth:
    """A county before its first day: call ``begin`` next."""
    values = np.zeros((len(profiles), traits.poor.size), dtype=np.int32)
    return Truth(random, profiles, traits, poverty, rules, settings, values, {}, clears)
