"""``cases/*.yaml`` of a policy's folder, read with every fault of every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from scoring.errors import Fault, PolicyFaults
from scoring.policy.fields import Fields, unique
from scoring.policy.tree import Node, parse
from scoring.terms import Request

FOLDER = "cases"
SAID = (
    "status",
    "grade",
    "without_vetoes",
    "score",
    "limit_cny",
    "vetoes",
    "reasons",
    "blocks",
    "offer",
    "offer_limit_cny",
    "rate",
)
"""What a case may expect; only what it names is compared."""
_KEYS = ("household", "values", "observed", "valid_until", "request", "owner")


@dataclass(frozen=True, slots=True)
class Case:
    """One case. values: indicator to value as written. expect: key to value as written, lists as tuples."""

    name: str
    file: str
    line: int
    on: date
    owner: str
    values: Mapping[str, str]
    observed: Mapping[str, date]
    valid_until: Mapping[str, date]
    request: Request | None
    expect: Mapping[str, str | tuple[str, ...]]


def read_cases(folder: Path) -> tuple[Case, ...]:
    """Every case in a policy folder's ``cases``, in order of file and place; none where there is no such folder.

    Raises:
        PolicyFaults: with every fault of every file.
    """
    faults: list[Fault] = []
    roots = [_root(path, faults) for path in sorted((folder / FOLDER).glob("*.yaml"))]
    households = _households(roots, faults)
    cases: list[tuple[Case, Node]] = []
    for root in roots:
        if root.has("cases"):
            cases += [(_case(row, households, faults), row) for row in root.rows("cases")]
        root.done()
    unique([(case.name, row) for case, row in cases], "case", faults)
    if faults:
        raise PolicyFaults(faults)
    return tuple(case for case, _ in cases)


def _root(path: Path, faults: list[Fault]) -> Fields:
    name = f"{FOLDER}/{path.name}"
    try:
        node, broken = parse(name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        node, broken = Node(name, 1, {}), [Fault(name, 1, "the file cannot be read as UTF-8 text", "Save it as UTF-8")]
    faults += broken
    return Fields(node, "the file", [] if broken else faults)


def _households(roots: list[Fields], faults: list[Fault]) -> dict[str, dict[str, str]]:
    """Named households of all files, each with the values of the one that it is like taken first."""
    rows: dict[str, Node] = {}
    for root in roots:
        if root.has("households"):
            rows |= root.mapping("households")
    found: dict[str, dict[str, str]] = {}
    for name, row in rows.items():  # a household may only be like one that stands above it
        fields = Fields(row, f"household '{name}'", faults)
        like = fields.choice("like", [*found]) if fields.has("like") else ""
        found[name] = {**found.get(like, {}), **_written(fields, "values")}
        fields.done()
    return found


def _written(fields: Fields, key: str) -> dict[str, str]:
    """A mapping of names to values as written."""
    found = {}
    for name, node in fields.mapping(key).items():
        if isinstance(node.value, str):
            found[name] = node.value
        else:
            fields.fault(f"has a '{name}' that is not one value", f"Give '{name}' one value", node)
    return found


def _case(row: Node, households: Mapping[str, dict[str, str]], faults: list[Fault]) -> Case:
    fields = Fields(row, "a case", faults)
    name = fields.text("name")
    fields.name = f"the case '{name}'"
    has = {key: fields.has(key) for key in _KEYS}
    household = fields.choice("household", households, "households") if has["household"] else ""
    values = {**households.get(household, {}), **(_written(fields, "values") if has["values"] else {})}
    dates = {key: _days(fields, key) if has[key] else {} for key in ("observed", "valid_until")}
    case = Case(
        name=name,
        file=row.file,
        line=row.line,
        on=_day(fields, "on", fields.text("on")),
        owner=fields.text("owner") if has["owner"] else "",
        values=values,
        observed=dates["observed"],
        valid_until=dates["valid_until"],
        request=_request(fields, faults) if has["request"] else None,
        expect=_expected(fields),
    )
    if not values:
        fields.fault("has no values", "Name a household or give values")
    fields.done()
    return case


def _expected(fields: Fields) -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {}
    for key, node in fields.mapping("expect").items():
        if key not in SAID:
            fields.fault(f"expects '{key}', which is nothing that is decided", f"Use one of: {', '.join(SAID)}", node)
        elif isinstance(node.value, list):
            found[key] = tuple(str(it.value) for it in node.value)
        elif isinstance(node.value, str):
            found[key] = node.value
    return found


def _days(fields: Fields, key: str) -> dict[str, date]:
    return {name: _day(fields, key, written) for name, written in _written(fields, key).items()}


def _day(fields: Fields, key: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        fields.fault(f"has a day under '{key}' that is none", "Write it as YYYY-MM-DD")
        return date.min


def _request(fields: Fields, faults: list[Fault]) -> Request | None:
    node = fields.get("request")
    if node is None:
        return None
    inner = Fields(node, f"{fields.name}, request,", faults)
    request = Request(inner.text("purpose"), Decimal(inner.decimal("amount_cny")), inner.integer("term_months", 1, 360))
    inner.done()
    return request
