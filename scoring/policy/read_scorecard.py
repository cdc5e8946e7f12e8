"""scorecard.yaml: the base, each heading's caps, and the points table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from scoring.errors import Fault
from scoring.policy.codes import read
from scoring.policy.elements import Indicator, Text
from scoring.policy.fields import Fields, unique
from scoring.policy.forbidden import never_scored
from scoring.policy.read_about import About
from scoring.policy.schema import Action, Band, Heading, Improve, Item
from scoring.policy.tree import Node

POINTS = 1000


def read_scorecard(
    node: Node,
    about: About,
    headings: list[tuple[str, Text, Node]],
    indicators: Mapping[str, Indicator],
    faults: list[Fault],
) -> tuple[int, tuple[Heading, ...], tuple[Item, ...]]:
    """Base points, headings with caps (in the order of the indicator list), items."""
    fields = Fields(node, "the scorecard", faults)
    base = fields.get("base")
    points = 0
    if base is not None:
        inner = Fields(base, "the base", faults)
        points = inner.integer("points", -POINTS, POINTS)
        inner.cite(about.documents)
        inner.done()
    capped: dict[str, Heading] = {}
    labels = {name: label for name, label, _ in headings}
    rows = list(fields.rows("caps"))
    for row in rows:
        heading = _cap(row, labels, about, faults)
        capped[heading.id] = heading
    unique([(_id(row, "heading"), row) for row in rows], "cap of heading", faults)
    for name, _, _ in headings:
        if name not in capped:
            faults.append(Fault(node.file, node.line, f"heading '{name}' has no caps", f"State the caps of '{name}'"))
    rows = list(fields.rows("items"))
    items = [item for row in rows if (item := _item(row, indicators, about, faults)) is not None]
    unique([(_id(row, "indicator"), row) for row in rows], "item", faults)
    fields.done()
    return points, tuple(capped[name] for name, _, _ in headings if name in capped), tuple(items)


def _id(row: Node, key: str) -> str:
    value = row.value.get(key) if isinstance(row.value, dict) else None
    return value.value if value is not None and isinstance(value.value, str) else ""


def _cap(node: Node, labels: Mapping[str, Text], about: About, faults: list[Fault]) -> Heading:
    fields = Fields(node, "a cap", faults)
    name = fields.choice("heading", labels, "headings in indicators.yaml")
    fields.name = f"the cap of '{name}'"
    heading = Heading(
        name,
        labels.get(name, Text("", "")),
        fields.integer("most_added", 0, POINTS),
        fields.integer("most_deducted", 0, POINTS),
        fields.cite(about.documents),
    )
    fields.done()
    return heading


def _item(node: Node, indicators: Mapping[str, Indicator], about: About, faults: list[Fault]) -> Item | None:
    fields = Fields(node, "an item", faults)
    name = fields.choice("indicator", indicators, "indicators in indicators.yaml")
    fields.name = f"item '{name}'"
    indicator = indicators.get(name)
    if indicator is None:
        return None
    if law := never_scored(f"{name} {indicator.label.zh} {indicator.label.en}"):
        fields.fault(f"scores what {law} forbids to score", "Remove the item; the indicator may stay as information")
    if indicator.kind == "episode":
        fields.fault("gives points to an episode", "Use a veto, or an indicator that counts")
        return None
    bands = _bands(fields, indicator) if indicator.kind in ("count", "number") else _named(fields, indicator)
    item = Item(
        name,
        bands,
        _missing(fields, "if_missing", bands, ("withhold", "ask")),
        _missing(fields, "if_stale", bands, ("withhold", "ask", "value")),
        fields.text("reason"),
        _improve(fields, indicator),
        fields.cite(about.documents),
    )
    fields.done()
    return item


def _bands(fields: Fields, indicator: Indicator) -> tuple[Band, ...]:
    found: list[Band] = []
    for row in fields.rows("bands"):
        inner = Fields(row, f"{fields.name}, a band,", fields.faults)
        written = inner.decimal("at_least", "-100000000")
        code = int(Decimal(written).scaleb(indicator.decimals))
        if read(indicator, str(written)) is None:
            inner.fault(
                f"begins at {written}, which the indicator cannot take", "Begin it inside the indicator's range"
            )
        elif found and code <= found[-1].at_least:
            inner.fault(f"begins at {written}, not above the band before it", "Order the bands from low to high")
        found.append(Band(code, inner.integer("points", -POINTS, POINTS), f">= {written}"))
        inner.done()
    if found and found[0].at_least != indicator.low:
        fields.fault(
            "has a first band that does not begin at the low end of the range",
            "Begin the first band at the range's 'from'",
        )
    return tuple(found)


def _named(fields: Fields, indicator: Indicator) -> tuple[Band, ...]:
    names = indicator.categories if indicator.kind == "category" else ("no", "yes")
    given = fields.mapping("points")
    for name in given.keys() - set(names):
        fields.fault(
            f"gives points to '{name}', which the indicator cannot be", f"Use only: {', '.join(names)}", given[name]
        )
    missing = [name for name in names if name not in given]
    if missing:
        fields.fault(f"gives no points to {', '.join(missing)}", "Give every value its points")
    return tuple(
        Band(code, fields.integer_of(given[name], f"points of {name}", -POINTS, POINTS), name)
        for code, name in enumerate(names)
        if name in given
    )


def _missing(fields: Fields, key: str, bands: tuple[Band, ...], words: tuple[str, ...]) -> int | Action:
    written = fields.scalar(key)
    if written is None or written in words:
        return cast(Action, written) if written else 0
    try:
        points = int(written)
    except ValueError:
        fields.fault(f"has '{key}: {written}'", f"Write points, or one of: {', '.join(words)}", fields.get(key))
        return 0
    worst, best = min((b.points for b in bands), default=0), max((b.points for b in bands), default=0)
    if not worst <= points <= best:
        fields.fault(
            f"gives '{key}' {points} points, outside its bands", f"Choose from {worst} to {best}", fields.get(key)
        )
    return points


def _improve(fields: Fields, indicator: Indicator) -> Improve | None:
    node = fields.get("improve")
    if node is None or node.value == "never":
        return None
    inner = Fields(node, f"{fields.name}, improve,", fields.faults)
    to = inner.words("to") if inner.has("to") else ()
    for word in to:
        if word not in indicator.categories:
            inner.fault(f"may move to '{word}', which the indicator cannot be", "Name categories of the indicator")
    improve = Improve(inner.integer("effort", 1, 100), inner.integer("wait_days", 0, 3660), to)
    inner.done()
    return improve
