"""What is different between two policies, in words that a person can sign (Chinese and English).

Everything is matched by id, never by position: a row that only moved is a change of order, a row with
another id is one removed and one added. Values that are the same number (1.0 and 1.00) are the same.
One walk finds the differences and can make a policy that has some of them and not the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from scoring.policy.differ.nodes import fields_of, is_text, labels_of, nested, parsed, rows_of
from scoring.policy.differ.saying import Saying
from scoring.policy.differ.words import BY_NUMBER
from scoring.policy.elements import Text
from scoring.policy.load import FILES
from scoring.policy.numbers import row_names
from scoring.policy.tree import Node

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the file, what happened, and the sentence in both languages.

    plain: the sentence for people who know no ids. place: keys and rows from the outside in; the last one is the
    key of a changed value, or the row that is only in one policy. old, new: the one scalar that differs as written, '' for
    anything else. row: the row that only one of the two policies has. gone: the later policy does not state the key at all.
    """

    file: str
    kind: Kind
    text: Text
    plain: Text
    place: tuple[str, ...]
    old: str = ""
    new: str = ""
    row: Node | None = None
    gone: bool = False


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Every difference of meaning between two policies' texts, in file order; layout and comments are none.

    Raises:
        PolicyFaults: where a text is not YAML.
    """
    return list(Comparison(before, after).changes)


class Comparison:
    """Two policies' texts side by side: their differences, and every policy that lies between the two."""

    def __init__(self, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        """Compare.

        Raises:
            PolicyFaults: where a text is not YAML.
        """
        self._old, self._new = parsed(before), parsed(after)
        labels = {**labels_of(self._old), **labels_of(self._new)}
        self._saying = Saying(labels), Saying(labels, plain=True)
        self._same: set[tuple[int, int]] = set()
        walk = self._walk(())
        self.changes: tuple[Change, ...] = tuple(walk.found)

    def merged(self, chosen: Collection[int]) -> dict[str, Node]:
        """The policy before with the chosen changes (positions in ``changes``) and no others, file name to tree.

        Raises:
            PolicyFaults: where an indicator is chosen without its heading.
        """
        trees = self._walk(chosen).trees
        return {**trees, "indicators": nested(trees["indicators"])}

    def _walk(self, chosen: Collection[int]) -> _Walk:
        walk = _Walk(self._saying, frozenset(chosen), self._same)
        walk.trees = {name: walk.mappings((), (), self._old[name], self._new[name]) for name in FILES}
        return walk


_Path = tuple[tuple[Text, Text], ...]


class _Walk:
    """One walk over two trees: notes the differences, and returns the old tree with the chosen ones."""

    def __init__(self, saying: tuple[Saying, Saying], chosen: frozenset[int], same: set[tuple[int, int]]) -> None:
        self.found: list[Change] = []
        self.trees: dict[str, Node] = {}
        self._saying, self._chosen, self._same = saying, chosen, same

    def mappings(self, path: _Path, place: tuple[str, ...], old: Node, new: Node) -> Node:
        """Differences between two mappings, key by key."""
        pair = (id(old), id(new))
        if pair in self._same:
            return old
        begun, before, after = len(self.found), fields_of(old), fields_of(new)
        made: dict[str, Node] = {}
        for key in dict.fromkeys([*before, *after]):
            node = self._values(path, (*place, key), before.get(key), after.get(key), new.file)
            if node is not None:
                made[key] = node
        if len(self.found) == begun:
            self._same.add(pair)
            return old
        return Node(old.file, old.line, made, old.column)

    def _values(
        self, path: _Path, place: tuple[str, ...], old: Node | None, new: Node | None, file: str
    ) -> Node | None:
        """Differences under one key."""
        key = place[-1]
        if rows_of(old) is not None or rows_of(new) is not None:
            listed = self._lists(path, place, rows_of(old) or [], rows_of(new) or [], file)
            return listed if listed.value or (old is not None and new is not None) else None
        if key in ("when", "only") or any(_whole(node) for node in (old, new)):
            if _same(self._saying[0].say(old, key), self._saying[0].say(new, key)):
                return old
            text, plain = (one.changed(_side(path, n), key, old, new) for n, one in enumerate(self._saying))
            took = self._note(Change(file, "changed", text, plain, place, *_scalars(old, new), gone=new is None))
            return new if took else old
        empty = Node(file, 1, {})
        field = self._saying[0].field(key), self._saying[1].field(key)
        made = self.mappings((*path, field), place, old or empty, new or empty)
        return made if made.value or (old is not None and new is not None) else None

    def _lists(self, path: _Path, place: tuple[str, ...], old: list[Node], new: list[Node], file: str) -> Node:
        """Differences between two lists of rows, matched by what names them."""
        key = place[-1]
        before = dict(zip(row_names(key, old), old, strict=True))
        after = dict(zip(row_names(key, new), new, strict=True))
        gone, come = [name for name in before if name not in after], [name for name in after if name not in before]
        paired = dict(zip(gone, come, strict=True)) if key in BY_NUMBER and len(gone) == len(come) else {}
        made: dict[str, Node] = {}
        for name, row in before.items():
            within = (*path, self._row(key, row))
            if name in after or name in paired:
                made[name] = self.mappings(within, (*place, name), row, after[paired.get(name, name)])
            elif not self._one_sided("removed", within, (*place, name), row):
                made[name] = row
        order = [*made]
        added = [name for name in come if name not in paired.values()]
        called = {new_name: old_name for old_name, new_name in paired.items()}
        wanted = [called.get(name, name) for name in after]
        for name in added:
            if self._one_sided("added", (*path, self._row(key, after[name])), (*place, name), after[name]):
                made[name] = after[name]
                _insert(order, name, wanted)
        kept = [name for name in after if name in before]
        if kept != [name for name in before if name in after]:
            text, plain = (one.reordered(_side(path, n), key) for n, one in enumerate(self._saying))
            if self._note(Change(file, "changed", text, plain, (*place, "order"))):
                order = _reordered(order, wanted)
        return Node(file, 1, [made[name] for name in order])

    def _one_sided(self, kind: Kind, path: _Path, place: tuple[str, ...], row: Node) -> bool:
        text, plain = (one.one_sided(kind, _side(path, n), row) for n, one in enumerate(self._saying))
        return self._note(Change(row.file, kind, text, plain, place, row=row))

    def _row(self, key: str, row: Node) -> tuple[Text, Text]:
        return self._saying[0].row(key, row), self._saying[1].row(key, row)

    def _note(self, change: Change) -> bool:
        """Note a change; whether it is one of the chosen."""
        self.found.append(change)
        return len(self.found) - 1 in self._chosen


def _side(path: _Path, number: int) -> tuple[Text, ...]:
    return tuple(one[number] for one in path)


def _insert(order: list[str], name: str, wanted: list[str]) -> None:
    """Put a name behind the nearest one that stands before it where it comes from."""
    above = [one for one in wanted[: wanted.index(name)] if one in order]
    order.insert(order.index(above[-1]) + 1 if above else 0, name)


def _reordered(order: list[str], wanted: list[str]) -> list[str]:
    """The names in the wanted order; those that it does not have stay behind the one they followed."""
    found = [name for name in wanted if name in order]
    for name in (name for name in order if name not in wanted):
        _insert(found, name, order)
    return found


def _scalars(old: Node | None, new: Node | None) -> tuple[str, str]:
    """The one scalar that differs, as written; '' and '' where it is not one alone."""
    if old is None or new is None:
        return "", ""
    if isinstance(old.value, str) and isinstance(new.value, str):
        return old.value, new.value
    before, after = fields_of(old), fields_of(new)
    if not before or before.keys() != after.keys():
        return "", ""
    found = [pair for key in before if (pair := _scalars(before[key], after[key]))[0] != pair[1]]
    return found[0] if len(found) == 1 else ("", "")


def _whole(node: Node | None) -> bool:
    """Whether a value is compared and shown as one."""
    return node is not None and (not isinstance(node.value, dict) or is_text(node))


def _same(was: Text, now: Text) -> bool:
    try:
        return was == now or (was.zh == was.en and now.zh == now.en and Decimal(was.en) == Decimal(now.en))
    except InvalidOperation:
        return False
