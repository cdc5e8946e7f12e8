"""The changes of a draft as steps that can be taken one by one, and the policies that lie between.

A changed number is a step. What only makes sense together (an added indicator with its points and its vetoes) is one step.
Wordings, sources and dates move nobody; they are taken along and not attributed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from scoring.canonical import sha256
from scoring.errors import PolicyFaults
from scoring.policy.differ import Change, Comparison
from scoring.policy.elements import Text
from scoring.policy.load import policy_from, sha256_of
from scoring.policy.schema import Policy

MOST_TOLD = 3
"""Changes of one step that are told in plain words; all of them stand in its full text."""
_WORDS = frozenset(
    {"label", "title", "county", "source", "assumed", "cut_assumed", "sensitivity", "model_risk", "remedy"}
)
_WORDS_TOO = frozenset({"reason", "unit", "column", "zh", "en"})
_DATES = frozenset({"id", "effective_from", "effective_to"})
_OWNERS = {
    "indicators": (("id", "indicator"), ("heading", "heading"), ("from", "source")),
    "headings": (("id", "heading"),),
    "sources": (("id", "source"),),
    "caps": (("heading", "heading"),),
    "items": (("indicator", "indicator"),),
    "vetoes": (("indicator", "indicator"),),
    "gate": (("indicator", "indicator"),),
    "conditions": (("indicator", "indicator"),),
}
"""Of rows that only one policy has: the keys that name an indicator, a heading or a source."""
_DEFINES = {"indicators": "indicator", "headings": "heading", "sources": "source"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step. changes: positions in the comparison. place: of the first one, from the outside in.

    number: whether it is one changed number, from old to new (both as written).
    """

    changes: tuple[int, ...]
    file: str
    place: tuple[str, ...]
    text: Text
    plain: Text
    old: str
    new: str
    number: bool


class Between:
    """The policies between the one in force and a draft."""

    def __init__(self, before: Policy, before_texts: Mapping[str, str], after_texts: Mapping[str, str]) -> None:
        """Compare.

        Raises:
            PolicyFaults: where a text is not YAML.
        """
        self._before, self._comparison = before, Comparison(before_texts, after_texts)
        self._after, changes = sha256_of(after_texts), self._comparison.changes
        binding = [n for n, it in enumerate(changes) if not _is_words(it)]
        self._words = frozenset(n for n, it in enumerate(changes) if _is_words(it) and _may_be_taken(it))
        self.wordings = len(changes) - len(binding)
        self.steps = tuple(_step(group, changes) for group in _groups(binding, changes))
        self._made: dict[frozenset[int], Policy | None] = {}

    def policy(self, steps: Iterable[int]) -> Policy | None:
        """The policy in force with these steps taken (positions in ``steps``); None where that is no policy."""
        chosen = frozenset(steps)
        if chosen not in self._made:
            self._made[chosen] = self._make(chosen)
        return self._made[chosen]

    def _make(self, chosen: Collection[int]) -> Policy | None:
        if not chosen:
            return self._before
        changes = self._words | {one for step in chosen for one in self.steps[step].changes}
        name = sha256(f"{self._before.sha256} with {sorted(changes)} towards {self._after}".encode())
        try:
            return policy_from(self._comparison.merged(changes), name)
        except PolicyFaults:
            return None


def in_order(between: Between) -> list[tuple[int, ...]]:
    """The steps one after another in the order of the files; those that are no policy before a later one go with it."""
    found: list[tuple[int, ...]] = []
    taken: list[int] = []
    waiting: list[int] = []
    for number in range(len(between.steps)):
        taken.append(number)
        waiting.append(number)
        if between.policy(taken) is not None:
            found.append(tuple(waiting))
            waiting = []
    return [*found, tuple(waiting)] if waiting else found


def _is_words(change: Change) -> bool:
    if change.file in ("about.yaml", "reasons.yaml"):
        return True
    return change.kind == "changed" and any(it in _WORDS or it in _WORDS_TOO for it in change.place[-2:])


def _may_be_taken(change: Change) -> bool:
    """Not a removal, since a rule that is still in force may lean on it, and not the policy's own name and dates."""
    return change.kind != "removed" and not change.gone and change.place[0] not in _DATES


def _groups(binding: list[int], changes: tuple[Change, ...]) -> list[tuple[int, ...]]:
    """Changes joined where one defines what the other's row is about."""
    names = {n: _names(changes[n]) for n in binding}
    defined = {name for n in binding for name in _defined(changes[n])}
    groups: list[tuple[set[int], set[tuple[str, str]]]] = []
    for number in binding:
        members, about = {number}, names[number] & defined
        apart = []
        for other in groups:
            if other[1] & about:
                members, about = members | other[0], about | other[1]
            else:
                apart.append(other)
        groups = [*apart, (members, about)]
    return sorted(tuple(sorted(members)) for members, _ in groups)


def _names(change: Change) -> set[tuple[str, str]]:
    if change.row is None or len(change.place) < 2 or not isinstance(change.row.value, dict):
        return set()
    fields = change.row.value
    return {(kind, str(fields[key].value)) for key, kind in _OWNERS.get(change.place[-2], ()) if key in fields}


def _defined(change: Change) -> set[tuple[str, str]]:
    kind = _DEFINES.get(change.place[-2]) if change.row is not None and len(change.place) > 1 else None
    return {name for name in _names(change) if name[0] == kind}


def _step(members: tuple[int, ...], changes: tuple[Change, ...]) -> Step:
    found = [changes[n] for n in members]
    one = found[0]
    text = Text(";".join(it.text.zh for it in found), "; ".join(it.text.en for it in found))
    plain = _first_of([it.plain for it in found])
    number = len(found) == 1 and _is_number(one.old) and _is_number(one.new)
    old, new = (one.old, one.new) if number else ("", "")
    return Step(members, one.file, one.place, text, plain, old, new, number)


def _first_of(texts: list[Text]) -> Text:
    """The first few changes of a step in words, and how many go with them."""
    told, more = texts[:MOST_TOLD], len(texts) - MOST_TOLD
    zh, en = ";".join(it.zh for it in told), "; ".join(it.en for it in told)
    return (
        Text(f"{zh};以及随之的{more}处修改", f"{en}; and {more} changes that go with them")
        if more > 0
        else Text(zh, en)
    )


def _is_number(written: str) -> bool:
    return written.removeprefix("-").removeprefix("+").replace(".", "", 1).isdecimal()
