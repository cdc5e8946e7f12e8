"""Which number is too much: the limits of ``limits.yaml``, read whole or refused with every fault."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from scoring.errors import Fault, PolicyFaults
from scoring.policy.elements import Text
from scoring.policy.fields import Fields
from scoring.policy.tree import Node, parse

FILE = Path(__file__).with_name("limits.yaml")
Measure = Literal["above", "surely_below", "rise", "fall", "move"]
"""*above*: the value itself. *surely_below*: the upper end of its interval. *rise*, *fall*, *move*: value less reference, upwards, downwards, either way."""
MOST_PERIODS = 2


class LimitsFaults(PolicyFaults):
    """The limits were refused; ``faults`` holds every reason, in file order."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What is too much of one figure about one kind of thing.

    amber, red: from where on, by ``measure``; red None where the figure is never red. sure: the greatest adjusted chance at which a difference counts; None
    where the value decides alone. at_least: rows that a figure needs. periods: in a row before red. suspends: whether red may suspend
    the opinion. meaning, blind, act: what it means, what it cannot see, what to do. assumed: the project's proposal.
    """

    id: str
    kind: str
    measure: Measure
    amber: float
    red: float | None
    sure: float | None
    at_least: int
    periods: int
    suspends: bool
    label: Text
    meaning: Text
    blind: Text
    act: Text
    assumed: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit, by figure id and kind; labels of figures without one. sha256: of the file."""

    of: Mapping[tuple[str, str], Limit]
    labels: Mapping[str, Text]
    sha256: str

    def find(self, figure_id: str, kind: str) -> Limit | None:
        """The limit of a figure; None where it is only shown."""
        return self.of.get((figure_id, kind))

    def label(self, figure_id: str) -> Text:
        """What a figure is called."""
        return self.labels[figure_id]


@cache
def load_limits() -> Limits:
    """The limits that come with the product."""
    return read_limits(FILE.name, FILE.read_text(encoding="utf-8"))


def read_limits(file: str, text: str) -> Limits:
    """The limits that a text states.

    Raises:
        LimitsFaults: with every fault found.
    """
    root, faults = parse(file, text)
    if faults:
        raise LimitsFaults(faults)
    fields = Fields(root, "the limits", faults)
    labels = {name: _label(name, node, faults) for name, node in fields.mapping("figures").items()}
    rows = [(node, one) for node in fields.rows("limits") for one in _limits(node, labels, faults)]
    fields.done()
    found: dict[tuple[str, str], Limit] = {}
    for node, one in rows:
        if one.id and (one.id, one.kind) in found:
            faults.append(
                Fault(node.file, node.line, f"the limit of '{one.id}' about '{one.kind}' stands twice", "Keep one")
            )
        found[one.id, one.kind] = one
    if faults:
        raise LimitsFaults(faults)
    return Limits(found, labels, hashlib.sha256(text.encode()).hexdigest())


def _label(name: str, node: Node, faults: list[Fault]) -> Text:
    fields = Fields(node, f"the figure '{name}'", faults)
    text = Text(fields.text("zh"), fields.text("en"))
    fields.done()
    return text


def _limits(node: Node, labels: Mapping[str, Text], faults: list[Fault]) -> Sequence[Limit]:
    """The limit of each kind that a row names."""
    fields = Fields(node, "a limit", faults)
    name = fields.text("figure")
    fields.name = f"the limit of '{name}'"
    if name and name not in labels:
        fields.fault("is of a figure that 'figures' does not name", "Name it there in both languages")
    kinds = fields.words("about")
    amber = float(fields.decimal("amber", "-1000", "1000"))
    red = float(fields.decimal("red", "-1000", "1000")) if fields.has("red") else None
    measure = cast(Measure, fields.choice("measure", get_args(Measure)))
    if red is not None and (red > amber if measure == "surely_below" else red < amber):
        fields.fault("has a red limit that is reached before the amber one", "Turn them round")
    sure = float(fields.decimal("sure", "0", "0.2")) if fields.has("sure") else None
    common = {
        "at_least": fields.integer("at_least", 1, 1_000_000),
        "periods": fields.integer("periods", 1, MOST_PERIODS),
        "suspends": fields.flag("suspends"),
        "meaning": fields.bilingual("meaning"),
        "blind": fields.bilingual("blind"),
        "act": fields.bilingual("act"),
        "assumed": fields.flag("assumed"),
    }
    fields.done()
    label = labels.get(name, Text("", ""))
    return [Limit(name, kind, measure, amber, red, sure, label=label, **common) for kind in kinds]  # type: ignore[arg-type]
