"""The points table beside the model: one list of every indicator by heading, with what the card and the model make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.challenger.sentences import CLEAR
from serving.console.audit.data_shown import Data, Datum
from serving.console.audit.model_shown import ModelShown
from serving.console.audit.rule_words import rule_words


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator. band, points, best: None where the card does not score it. pushes: its features' contributions, log-odds.

    agrees: whether card and model see it alike; None where one of them says nothing clear.
    """

    label: Text
    datum: Datum
    band: Text | None
    points: int | None
    best: int | None
    pushes: float | None
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Block:
    """A heading: points after its caps, what was added and deducted before them, the caps, and the sum of contributions."""

    label: Text
    total: int
    added: int
    deducted: int
    most_added: int
    most_deducted: int
    pushes: float | None
    rows: list[Row]

    @property
    def capped(self) -> bool:
        """Whether a cap took something away."""
        return self.added > self.most_added or -self.deducted > self.most_deducted


def blocks_of(binding: dict[str, Any], policy: Policy, data: Data, model: ModelShown | None) -> list[Block]:
    """Every heading with its indicators, in the policy's order."""
    lines = {row[0]: row for row in binding["points"]["by_indicator"]}
    rules = rule_words(policy)
    rows: dict[str, list[Row]] = {one.id: [] for one in policy.headings}
    for one in policy.indicators:
        line = lines.get(one.id, [])
        scored = len(line) > 2
        points = int(line[3]) if scored else None
        pushes = model.by_indicator.get(one.id) if model else None
        unknown = scored and line[2] in ("missing", "stale")
        rows[one.heading].append(
            Row(
                label=one.label,
                datum=data.of(one),
                band=rules.band(one, line[2]) if scored and not unknown else None,
                points=points,
                best=int(line[4]) if scored else None,
                pushes=pushes,
                agrees=_agrees(points, pushes),
            )
        )
    found = []
    for heading in policy.headings:
        total, added, deducted = binding["points"]["by_heading"][heading.id]
        found.append(
            Block(
                label=heading.label,
                total=total,
                added=added,
                deducted=deducted,
                most_added=heading.most_added,
                most_deducted=heading.most_deducted,
                pushes=model.by_heading.get(heading.id) if model else None,
                rows=rows[heading.id],
            )
        )
    return found


def disagreements(blocks: list[Block]) -> list[Row]:
    """The indicators that card and model see in opposite ways, the model's strongest first."""
    found = [row for block in blocks for row in block.rows if row.agrees is False]
    return sorted(found, key=lambda row: -abs(row.pushes or 0))


def _agrees(points: int | None, pushes: float | None) -> bool | None:
    """Points above 0 speak for the household, contributions above 0 against it; below :data:`CLEAR` the model says nothing."""
    if not points or pushes is None or abs(pushes) < CLEAR:
        return None
    return (points > 0) == (pushes < 0)
