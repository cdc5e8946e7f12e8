"""What each source files in a round: what it knows, what comes late, what is wrong and put right later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from feature_store.synthetic.arrays import Flags, Ints, Longs, Random
from feature_store.synthetic.rounds import Round, due
from feature_store.synthetic.scenarios import FiledOtherwise
from feature_store.synthetic.settings import Settings
from scoring.credit_file import MISSING
from scoring.policy.elements import Indicator, Source
from scoring.policy.schema import Policy


@dataclass(frozen=True, slots=True)
class Filed:
    """One source file: codes of shape (n_indicators of the source, n_rows) for these households.

    complete: the list covers the whole county and names only households with something to report.
    """

    source: Source
    name: str
    indicators: tuple[Indicator, ...]
    observed_on: date
    complete: bool
    households: Longs
    codes: Ints


@dataclass(slots=True)
class Desks:
    """The sources' desks: what they could not match, and what waits for the next round.

    unmatched: source to households it cannot match, shape (n_households,).
    waiting: late and corrected filings, to be recorded one round later.
    filed_otherwise: what a source files otherwise from a day on, telling nobody.
    """

    random: Random
    settings: Settings
    positions: dict[str, int]
    n_households: int
    full_rows: bool
    filed_otherwise: FiledOtherwise | None = None
    unmatched: dict[str, Flags] = field(default_factory=dict)
    waiting: list[Filed] = field(default_factory=list)

    def file(self, policy: Policy, values: Ints, at: Round, *, first: bool) -> Iterator[Filed]:
        """The round's files, main lists first, then what waited since the last round."""
        waited, self.waiting = self.waiting, []
        for source in policy.sources:
            if due(policy, source.id, spring=at.spring):
                yield self._main(policy, source, values, at, first)
        yield from waited

    def _main(self, policy: Policy, source: Source, values: Ints, at: Round, first: bool) -> Filed:
        indicators = tuple(item for item in policy.indicators if item.source == source.id)
        right = values[[self.positions[item.id] for item in indicators]]
        if self.filed_otherwise is not None and self.filed_otherwise.source == source.id:
            right = self.filed_otherwise.as_filed(indicators, right, at.observed_on)
        complete = source.clear and not self.full_rows
        base = Filed(source, source.id, indicators, at.observed_on, complete, np.zeros(0, np.int64), right)
        rows = self._rows(source)
        rows = self._without_late(base, rows, first)
        written = self._with_faults(base, right, rows)
        if self.full_rows:
            unmatched = self.unmatched.get(source.id, np.zeros(self.n_households, dtype=np.bool_))
            written = np.where(unmatched, np.int32(MISSING), written)
            rows = np.arange(self.n_households)
        elif complete:
            clear = np.array([item.clear for item in indicators], dtype=np.int32)
            rows = np.flatnonzero((written != clear[:, None]).any(axis=0))
        return Filed(source, source.id, indicators, at.observed_on, complete, rows, written[:, rows])

    def _rows(self, source: Source) -> Longs:
        """Households the source knows: all but those it cannot match."""
        gaps = self.settings.sources.get(source.id)
        if gaps is None or source.clear:
            return np.arange(self.n_households)
        before = self.unmatched.get(source.id)
        draws = self.random.random(self.n_households, dtype=np.float32)
        if before is None:
            lost = draws < gaps.unmatched
        else:
            anew = self.settings.change.matched_anew
            lost = np.where(before, draws >= anew, draws < gaps.unmatched * anew)
        self.unmatched[source.id] = lost
        return np.flatnonzero(~lost)

    def _without_late(self, base: Filed, rows: Longs, first: bool) -> Longs:
        rules = self.settings.filing
        if first or base.source.id not in rules.late_sources:
            return rows
        late = self.random.random(rows.size, dtype=np.float32) < rules.late
        self._wait(base, "late", base.codes, rows[late])
        return rows[~late]

    def _with_faults(self, base: Filed, right: Ints, rows: Longs) -> Ints:
        """The codes as written: some wrong or left out, their corrections put aside for the next round."""
        rules = self.settings.filing
        written = right
        if base.source.id in rules.wrong_sources and rows.size:
            wrong = rows[self.random.random(rows.size, dtype=np.float32) < rules.wrong]
            others = self.random.choice(rows, wrong.size)
            mixed = self.random.random((len(base.indicators), wrong.size)) < 0.25
            written = right.copy()
            written[:, wrong] = np.where(mixed, right[:, others], right[:, wrong])
            self._wait(base, "corrected", right, wrong[(written[:, wrong] != right[:, wrong]).any(axis=0)])
        if base.source.id in rules.omitting_sources:
            clear = np.array([item.clear for item in base.indicators], dtype=np.int32)[:, None]
            named = np.flatnonzero((right != clear).any(axis=0))
            omitted = named[self.random.random(named.size) < rules.omitted]
            written = right.copy()
            written[:, omitted] = clear
            self._wait(base, "corrected", right, omitted)
        return written

    def _wait(self, base: Filed, why: str, codes: Ints, rows: Longs) -> None:
        if rows.size:
            name = f"{base.name}_{why}"
            self.waiting.append(
                Filed(base.source, name, base.indicators, base.observed_on, False, rows, codes[:, rows])
            )
