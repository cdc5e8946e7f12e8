"""about.yaml: whose policy it is, from when to when, which documents it cites, units and words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scoring.errors import Fault
from scoring.policy.elements import Text
from scoring.policy.fields import Fields
from scoring.policy.tree import Node


@dataclass(frozen=True, slots=True)
class About:
    """The head of a policy folder."""

    id: str
    county: Text
    title: Text
    effective_from: date
    effective_to: date | None
    documents: dict[str, str]
    units: dict[str, Text]
    words: dict[str, Text]


def read_about(node: Node, faults: list[Fault]) -> About:
    """Read about.yaml, noting every fault."""
    fields = Fields(node, "about", faults)
    name, county, title = fields.identifier("id"), fields.bilingual("county"), fields.bilingual("title")
    start = _date(fields, "effective_from") or date.min
    end = _date(fields, "effective_to") if fields.has("effective_to") else None
    if end is not None and end < start:
        fields.fault("ends before it begins", "Put effective_to on or after effective_from", fields.get("effective_to"))
    documents = {key: _plain(fields, key, value) for key, value in fields.mapping("documents").items()}
    units, words = _labels(fields, "units"), _labels(fields, "words")
    fields.done()
    return About(name, county, title, start, end, documents, units, words)


def _date(fields: Fields, key: str) -> date | None:
    written = fields.scalar(key)
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        fields.fault(f"has '{key}: {written}', not a date", "Write it as YYYY-MM-DD", fields.get(key))
        return None


def _plain(fields: Fields, key: str, node: Node) -> str:
    if isinstance(node.value, str) and node.value:
        return node.value
    fields.fault(f"describes the document '{key}' with something other than text", "Write its title", node)
    return ""


def _labels(fields: Fields, key: str) -> dict[str, Text]:
    inner = fields.get(key)
    if inner is None:
        return {}
    labels = Fields(inner, f"about, {key},", fields.faults)
    return {name: labels.bilingual(name) for name in fields.mapping(key)}
