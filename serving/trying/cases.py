"""Cases that analysts write: a household's values, a day, and what must be decided (``cases/*.yaml`` in a policy's folder).

They test the rules and are no rules: the folder's hash does not cover them, so cases can be added to an approved policy.
A case with an ``owner`` is a bank's golden case: a draft that moves it names the bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from scoring.assess import Assessment, assess
from scoring.credit_file import CreditFile
from scoring.errors import CreditFileInvalid, Fault, PolicyFaults
from scoring.policy.fields import Fields, unique
from scoring.policy.schema import Policy
from scoring.policy.tree import Node, parse
from scoring.terms import Request
from scoring.validate import credit_file_of

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


@dataclass(frozen=True, slots=True)
class Judged:
    """A case under a policy. found: what was decided of what it expects. cannot: why it cannot be read there, or ''."""

    case: Case
    found: Mapping[str, str | tuple[str, ...]]
    cannot: str = ""

    @property
    def holds(self) -> bool:
        """Whether everything expected was decided."""
        return not self.cannot and dict(self.found) == dict(self.case.expect)


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


def judge_case(case: Case, policy: Policy) -> Judged:
    """Assess a case under a policy."""
    try:
        file = credit_file_of(case.values, policy, on=case.on, household_id="case")
    except CreditFileInvalid as refused:
        return Judged(case, {}, "; ".join(str(it) for it in refused.problems))
    found = _said(assess(_dated(file, case), policy, on=case.on, request=case.request))
    return Judged(case, {key: found[key] for key in case.expect})


def changed_cases(home: Path, in_force: Policy, draft: Policy) -> dict[str, Any]:
    """The cases of the policy in force that the draft moves, and the banks whose golden cases are among them.

    Raises:
        PolicyFaults: where a case is faulty.
    """
    cases = read_cases(home)
    moved = []
    for case in cases:
        before, after = judge_case(case, in_force), judge_case(case, draft)
        if (before.found, before.cannot) != (after.found, after.cannot):
            moved.append(
                {
                    "name": case.name,
                    "owner": case.owner or None,
                    "before": _plain(before.found),
                    "after": _plain(after.found),
                    "cannot": after.cannot or None,
                }
            )
    owners = sorted({str(it["owner"]) for it in moved if it["owner"]})
    return {"cases": len(cases), "moved": moved, "banks_whose_golden_cases_move": owners}


def _plain(found: Mapping[str, str | tuple[str, ...]]) -> dict[str, Any]:
    return {key: list(it) if isinstance(it, tuple) else it for key, it in found.items()}


def _said(one: Assessment) -> dict[str, str | tuple[str, ...]]:
    settled, offer = one.settled, one.terms.offer
    return {
        "status": settled.status,
        "grade": settled.grade.id if settled.grade else "none",
        "without_vetoes": settled.without_vetoes.id if settled.without_vetoes else "none",
        "score": str(one.points.score),
        "limit_cny": str(settled.grade.limit_cny) if settled.grade else "none",
        "vetoes": tuple(it.veto.id for it in one.vetoes if it.state == "fired"),
        "reasons": tuple(it.reason.id for it in one.reasons),
        "blocks": tuple(one.terms.blocks),
        "offer": offer.product.id if offer else "none",
        "offer_limit_cny": str(offer.limit_cny) if offer else "none",
        "rate": str(offer.rate) if offer else "none",
    }


def _dated(file: CreditFile, case: Case) -> CreditFile:
    sources = dict(file.sources)
    for name in {*case.observed, *case.valid_until} & sources.keys():
        observed_on, valid_until = case.observed.get(name, case.on), case.valid_until.get(name)
        sources[name] = replace(sources[name], observed_on=observed_on, valid_until=valid_until)
    return replace(file, sources=sources)


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
