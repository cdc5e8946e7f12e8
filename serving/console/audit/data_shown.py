"""A datum as an audit shows it: its value in words, its source and date, and whether it is missing, too old, or in dispute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from scoring.policy.elements import Indicator, Text
from scoring.policy.schema import Policy
from serving.console.audit.subject import Subject
from serving.rights.held_data import in_words

Mark = Literal["missing", "stale", "old"]


@dataclass(frozen=True, slots=True)
class Datum:
    """One indicator's datum.

    value: None where there is none to use. source: who reports it. observed_on: when that was true; None where the source
    never reported. mark: missing: nobody reported it; stale: too old to be used; old: older than its period, and used
    all the same, as the policy has it. disputed: an objection to it was open or left its mark.
    """

    value: Text | None
    source: Text
    observed_on: date | None
    valid_until: date | None
    mark: Mark | None
    disputed: bool

    @property
    def marked(self) -> bool:
        """Whether there is something to tell beside the value."""
        return self.disputed or self.mark is not None


class Data:
    """The data of one outcome, by indicator."""

    def __init__(self, subject: Subject, policy: Policy) -> None:
        self._policy = policy
        self._on = date.fromisoformat(subject.binding["on"])
        rows = subject.binding["points"]["by_indicator"]
        self._values = {str(row[0]): str(row[1]) for row in rows}
        self._bands = {str(row[0]): str(row[2]) for row in rows if len(row) > 2}
        self._sources = {one.id: one.label for one in policy.sources}
        checked = subject.binding["vetoes"]["checked"]
        self._judged = {one.test.indicator: checked.get(one.id) for one in policy.vetoes}
        self._reported = {source: _days(said) for source, said in subject.read.items()}
        self._disputed = {one["indicator"] for one in subject.marks}

    def of(self, indicator: Indicator) -> Datum:
        """An indicator's datum."""
        value = self._values.get(indicator.id, "")
        observed, valid = self._reported.get(indicator.source, (None, None))
        valid = valid if indicator.subjective else None
        return Datum(
            value=in_words(indicator, value, self._policy) if value else None,
            source=self._sources[indicator.source],
            observed_on=observed,
            valid_until=valid,
            mark=self._mark(indicator, value, observed, valid),
            disputed=indicator.id in self._disputed,
        )

    def _mark(self, indicator: Indicator, value: str, observed: date | None, valid: date | None) -> Mark | None:
        days = self._policy.completeness.fresh_days[indicator.refresh]
        old = observed is not None and ((self._on - observed).days > days or (valid is not None and self._on > valid))
        if value:
            return "old" if old else None
        said = (self._bands.get(indicator.id), self._judged.get(indicator.id))
        if "stale" in said:
            return "stale"
        return "stale" if old and "missing" not in said else "missing"


def _days(said: list[Any]) -> tuple[date | None, date | None]:
    """When what a source reported was true, and until when it counts."""
    return date.fromisoformat(said[0]), date.fromisoformat(said[3]) if said[3] else None
