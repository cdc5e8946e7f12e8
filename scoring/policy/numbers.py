"""Every number of a policy, named by ids, and one number replaced by another.

A number is a scalar that rules compute with or that the county promises. Labels, documents, articles,
dates, ids and yes/no answers are not numbers, even where they are written with digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scoring.errors import LushiError, PolicyFaults
from scoring.policy.tree import Node, parse

_NUMERIC = re.compile(r"[+-]?\d{1,15}(\.\d{1,8})?")
_PREFIX = re.compile(r"(?:[&!]\S*\s+)*")
_NO_NUMBERS_BELOW = frozenset(
    {
        *("id", "label", "title", "county", "effective_from", "effective_to", "documents", "units", "words"),
        *("source", "assumed", "reason", "remedy", "zh", "en", "indicator", "heading", "type", "unit", "from", "to"),
        *("categories", "clear", "column", "refresh", "sensitivity", "is", "in", "active", "kind", "subject"),
    }
)
NAMED_BY = ("id", "indicator", "heading", "at_least", "up_to_months")
"""The keys that can name a row of a list, in the order in which they are tried."""
_ROW = {
    "items": "item {}",
    "bands": "band >= {}",
    "caps": "caps of {}",
    "rates": "rate up to {} months",
    "indicators": "indicator {}",
    "vetoes": "veto {}",
    "grades": "grade {}",
    "gate": "gate item {}",
    "loan_classes": "loan class {}",
    "conditions": "condition on {}",
    "products": "product {}",
    "service": "promise {}",
    "reasons": "reason {}",
    "sources": "source {}",
    "headings": "heading {}",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric scalar as written.

    line counts from 1, column from 0 (characters), both of the scalar's first mark. path names it by
    ids, for example ``scorecard.yaml: item late_31_90, band >= 1, points``.
    """

    file: str
    line: int
    column: int
    path: str
    text: str


def numbers(texts: Mapping[str, str]) -> list[Number]:
    """Every number of a policy's texts (file name to content), in file order.

    Raises:
        PolicyFaults: where a text is not YAML.
    """
    found: dict[tuple[str, int, int], Number] = {}
    for file, text in texts.items():
        if file == "trial.yaml":  # limits of a trial: no rule computes with them
            continue
        root, faults = parse(file, text)
        if faults:
            raise PolicyFaults(faults)
        for names, node in _scalars(root, ()):
            # an alias (*name) reaches its anchor's scalar a second time: it is one number
            place = (file, node.line, node.column)
            path = f"{file}: {', '.join(names)}"
            found.setdefault(place, Number(file, node.line, node.column, path, str(node.value)))
    return list(found.values())


def with_number(texts: Mapping[str, str], number: Number, new_text: str) -> dict[str, str]:
    """The texts with exactly that scalar written anew; every other character stays.

    Raises:
        LushiError: where the number does not stand at its place (the texts changed since it was read).
    """
    lines = texts[number.file].splitlines(keepends=True)
    line = lines[number.line - 1] if number.line <= len(lines) else ""
    prefix = _PREFIX.match(line, number.column)
    start = prefix.end() if prefix else number.column
    if line[start : start + 1] in ("'", '"'):
        start += 1
    end = start + len(number.text)
    if line[start:end] != number.text or line[end : end + 1].isdigit():
        raise LushiError(
            f"{number.path} no longer stands at line {number.line}. Read the numbers again from these texts"
        )
    lines[number.line - 1] = line[:start] + new_text + line[end:]
    return {**texts, number.file: "".join(lines)}


def row_names(key: str, rows: list[Node]) -> list[str]:
    """The name of each row of a list, by its id; a second row with the same id is numbered."""
    pattern, seen, names = _ROW.get(key, f"{key} {{}}"), dict[str, int](), list[str]()
    for place, row in enumerate(rows, 1):
        name = pattern.format(row_id(row) or place)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def row_id(row: Node) -> str:
    """What names a row of a list: its id, indicator, heading or lower end; '' where nothing does."""
    if isinstance(row.value, str):
        return row.value
    if isinstance(row.value, dict):
        for key in NAMED_BY:
            node = row.value.get(key)
            if node is not None and isinstance(node.value, str):
                return node.value
    return ""


def _scalars(node: Node, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    if isinstance(node.value, str):
        if _NUMERIC.fullmatch(node.value):
            yield names, node
    elif isinstance(node.value, dict):
        # below these two the keys are category names or bounds, whatever they are called
        every = names[-1:] in (("points",), ("range",))
        for key, inner in node.value.items():
            if key in _NO_NUMBERS_BELOW and not every:
                continue
            if isinstance(inner.value, list):
                for name, row in zip(row_names(key, inner.value), inner.value, strict=True):
                    # headings only group indicators, whose ids are unique without them
                    yield from _scalars(row, names if key == "headings" else (*names, name))
            else:
                yield from _scalars(inner, (*names, key))
