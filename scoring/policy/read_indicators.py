"""indicators.yaml: what may be collected about a household, from whom, how often."""

from __future__ import annotations

from decimal import Decimal
from typing import cast, get_args

from scoring.credit_file import NONE, OPEN
from scoring.errors import Fault
from scoring.policy.elements import Indicator, Kind, Refresh, Source, Text
from scoring.policy.fields import Fields, unique
from scoring.policy.forbidden import never_collected
from scoring.policy.read_about import About
from scoring.policy.tree import Node

RESERVED = ("areas", "households", "loans", "loan_months")
"""Names of the files that every county has besides its sources'."""
SENSITIVITIES = ("plain", "personal", "sensitive")


def read_indicators(
    node: Node, about: About, faults: list[Fault]
) -> tuple[tuple[Source, ...], list[tuple[str, Text, Node]], dict[str, Indicator]]:
    """The sources, the headings (id, label, line) and the indicators by id, in file order."""
    fields = Fields(node, "the indicator list", faults)
    rows = list(fields.rows("sources"))
    sources = [_source(row, faults) for row in rows]
    unique([(source.id, row) for source, row in zip(sources, rows, strict=True)], "source", faults)
    headings: list[tuple[str, Text, Node]] = []
    found: list[tuple[Indicator, Node]] = []
    for row in fields.rows("headings"):
        heading = Fields(row, "a heading", faults)
        name, label = heading.identifier("id"), heading.bilingual("label")
        heading.name = f"heading '{name}'"
        headings.append((name, label, row))
        found += [(_indicator(item, name, sources, about, faults), item) for item in heading.rows("indicators")]
        heading.done()
    fields.done()
    unique([(name, row) for name, _, row in headings], "heading", faults)
    unique([(indicator.id, row) for indicator, row in found], "indicator", faults)
    unique([(indicator.column, row) for indicator, row in found], "column", faults)
    return tuple(sources), headings, {indicator.id: indicator for indicator, _ in found}


def _source(node: Node, faults: list[Fault]) -> Source:
    fields = Fields(node, "a source", faults)
    source = Source(fields.identifier("id"), fields.bilingual("label"), fields.flag("complete_list_clears"))
    if source.id in RESERVED:
        fields.fault(f"takes the name '{source.id}' of a built-in file", "Give the source another id")
    fields.done()
    return source


def _indicator(node: Node, heading: str, sources: list[Source], about: About, faults: list[Fault]) -> Indicator:
    fields = Fields(node, "an indicator", faults)
    name = fields.identifier("id")
    fields.name = f"indicator '{name}'"
    label = fields.bilingual("label")
    kind = cast(Kind, fields.choice("type", get_args(Kind)) or "count")
    unit = fields.choice("unit", about.units, "units in about.yaml")
    decimals = min(max(fields.integer("decimals", 0, 4), 0), 4) if kind == "number" else 0
    categories = fields.words("categories") if kind == "category" else ()
    for word in categories:
        if word not in about.words:
            fields.fault(f"has the category '{word}' without a wording", "Word it in about.yaml under 'words'")
    if len(set(categories)) != len(categories):
        fields.fault("has a category that stands twice", "Name each category once")
    low, high = _range(fields, kind, decimals, len(categories))
    by_id = {source.id: source for source in sources}
    source = fields.choice("from", by_id, "sources")
    indicator = Indicator(
        id=name,
        heading=heading,
        label=label,
        kind=kind,
        unit=unit,
        low=low,
        high=high,
        decimals=decimals,
        categories=categories,
        clear=_clear(fields, categories, needed=kind == "category" and source in by_id and by_id[source].clear),
        source=source,
        refresh=cast(Refresh, fields.choice("refresh", get_args(Refresh)) or "year"),
        sensitivity=fields.choice("sensitivity", SENSITIVITIES) or "plain",  # type: ignore[arg-type]
        consent=fields.flag("separate_consent"),
        subjective=fields.flag("assessed"),
        risk=None
        if (risk := fields.choice("model_risk", ("up", "down", "any", "not_used"))) in ("not_used", "")
        else risk,  # type: ignore[arg-type]
        column=fields.identifier("column") if fields.has("column") else name,
        cite=fields.cite(about.documents),
    )
    if law := never_collected(f"{name} {label.zh} {label.en}"):
        fields.fault(f"collects what {law} forbids to collect", "Remove the indicator")
    fields.done()
    return indicator


def _range(fields: Fields, kind: Kind, decimals: int, categories: int) -> tuple[int, int]:
    if kind == "boolean":
        return 0, 1
    if kind == "category":
        return 0, max(categories - 1, 0)
    if kind == "episode":
        return NONE, OPEN
    node = fields.get("range")
    if node is None:
        return 0, 1
    inner = Fields(node, f"{fields.name}, range,", fields.faults)
    bounds = [inner.decimal(key, "-100000000") for key in ("from", "to")]
    inner.done()
    scaled = [Decimal(bound).scaleb(decimals) for bound in bounds]
    if any(value != int(value) or abs(value) > 2**31 - 3 for value in scaled):
        fields.fault(
            "has a range that its decimals cannot hold", "Use bounds with no more decimals than 'decimals'", node
        )
        return 0, 1
    if scaled[0] >= scaled[1]:
        fields.fault("has a range that holds no two values", "Put 'from' below 'to'", node)
        return 0, 1
    return int(scaled[0]), int(scaled[1])


def _clear(fields: Fields, categories: tuple[str, ...], needed: bool) -> int:
    if not needed:
        return 0
    word = fields.choice("clear", categories, "categories")
    return categories.index(word) if word in categories else 0
