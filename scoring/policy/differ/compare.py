"""What is different between two policies, in words that a person can sign (Chinese and English).

Everything is matched by id, never by position: a row that only moved is a change of order, a row with
another id is one removed and one added. Values that are the same number (1.0 and 1.00) are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from scoring.errors import Fault, PolicyFaults
from scoring.policy.differ.words import BY_NUMBER, FIELDS, OPERATORS, ROWS
from scoring.policy.elements import Text
from scoring.policy.load import FILES
from scoring.policy.numbers import row_id, row_names
from scoring.policy.tree import Node, parse


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the file, what happened, and the sentence in both languages."""

    file: str
    kind: Literal["added", "removed", "changed"]
    text: Text


_Path = tuple[Text, ...]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Every difference of meaning between two policies' texts, in file order; layout and comments are none.

    Raises:
        PolicyFaults: where a text is not YAML.
    """
    old, new = _parsed(before), _parsed(after)
    comparison = _Comparison({**_labels(old), **_labels(new)})
    return [change for name in FILES for change in comparison.mappings((), old[name], new[name])]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The wordings of ids and categories while two trees are compared."""

    labels: Mapping[str, Text]

    def mappings(self, path: _Path, old: Node, new: Node) -> Iterator[Change]:
        """Differences between two mappings, key by key."""
        before, after = _map(old), _map(new)
        for key in dict.fromkeys([*before, *after]):
            yield from self.values(path, key, before.get(key), after.get(key), new.file)

    def values(self, path: _Path, key: str, old: Node | None, new: Node | None, file: str) -> Iterator[Change]:
        """Differences under one key."""
        if _rows(old) is not None or _rows(new) is not None:
            yield from self.lists(path, key, _rows(old) or [], _rows(new) or [], file)
        elif key in ("when", "only") or any(_whole(node) for node in (old, new)):
            was, now = self.say(old, key), self.say(new, key)
            if not _same(was, now):
                text = _joined((*path, self.field(key)))
                yield Change(file, "changed", Text(f"{text.zh}:{was.zh} → {now.zh}", f"{text.en}: {was.en} → {now.en}"))
        else:
            empty = Node(file, 1, {})
            yield from self.mappings((*path, self.field(key)), old or empty, new or empty)

    def lists(self, path: _Path, key: str, old: list[Node], new: list[Node], file: str) -> Iterator[Change]:
        """Differences between two lists of rows, matched by what names them."""
        before, after = (
            dict(zip(row_names(key, old), old, strict=True)),
            dict(zip(row_names(key, new), new, strict=True)),
        )
        gone, come = [name for name in before if name not in after], [name for name in after if name not in before]
        paired = dict(zip(gone, come, strict=True)) if key in BY_NUMBER and len(gone) == len(come) else {}
        for name, row in before.items():
            if name in after or name in paired:
                yield from self.mappings(
                    (*path, self.row(key, row)), row, after[name if name in after else paired[name]]
                )
            else:
                yield self._one_sided("removed", (*path, self.row(key, row)), row)
        for name in come:
            if name not in paired.values():
                yield self._one_sided("added", (*path, self.row(key, after[name])), after[name])
        kept = [name for name in after if name in before]
        if kept != [name for name in before if name in after]:
            place = _joined((*path, self.field(key)))
            yield Change(file, "changed", Text(f"{place.zh}:顺序改变", f"{place.en}: the order changed"))

    def _one_sided(self, kind: Literal["added", "removed"], path: _Path, row: Node) -> Change:
        place = _joined(path)
        told = {key: node for key, node in _map(row).items() if key in ("points", "rate", "value")}
        shown = [(self.field(key), self.say(node)) for key, node in told.items() if isinstance(node.value, str)]
        zh = "".join(f",{field.zh} {said.zh}" for field, said in shown)
        en = "".join(f", {field.en} {said.en}" for field, said in shown)
        verb = "新增" if kind == "added" else "删除"
        return Change(row.file, kind, Text(f"{verb}{place.zh}{zh}", f"{kind}: {place.en}{en}"))

    def field(self, key: str) -> Text:
        """A key in words; a free key (a category, a document) by its own wording or as written."""
        if key in ROWS:
            return Text(*(pattern.replace(" {}", "").replace("{} ", "") for pattern in ROWS[key]))
        return Text(*FIELDS[key]) if key in FIELDS else self.word(key)

    def row(self, key: str, row: Node) -> Text:
        """A row by its kind, its id and what the policy calls it."""
        zh, en = ROWS.get(key, (f"{key} {{}}", f"{key} {{}}"))
        name = row_id(row)
        label = None if key in (*BY_NUMBER, "grades", "reasons") else self.labels.get(name)
        return Text(
            zh.format(f"{name}({label.zh})" if label else name), en.format(f"{name} ({label.en})" if label else name)
        )

    def word(self, written: str) -> Text:
        """A category, or yes and no, in words; anything else as written."""
        if written in ("yes", "no"):
            return Text("是" if written == "yes" else "否", written)
        return self.labels.get(f"word {written}", Text(written, written))

    def say(self, node: Node | None, key: str = "") -> Text:
        """The value of a key in words."""
        if node is None:
            return Text("未写明", "not stated")
        if isinstance(node.value, str):
            return self.word(node.value) if key in _OF_WORDS else Text(node.value, node.value)
        if isinstance(node.value, list):
            words = [self.say(inner, key) for inner in node.value]
            return Text(
                "、".join(word.zh for word in words),
                (", " if key == "categories" else " or ").join(w.en for w in words),
            )
        if _is_text(node):
            return Text(*(str(node.value[language].value) for language in ("zh", "en")))
        if "when" in node.value and "indicator" in node.value:
            name, test = self.say(node.value["indicator"]), self.say(node.value["when"], "when")
            label = self.labels.get(name.en, name)
            return Text(f"{label.zh} {test.zh}", f"{label.en}: {test.en}")
        parts = [self._part(inner, name) for name, inner in node.value.items()]
        return Text("、".join(part.zh for part in parts), " and ".join(part.en for part in parts))

    def _part(self, node: Node, key: str) -> Text:
        said = self.say(node, key)
        if key == "active":
            return Text(*OPERATORS[key])
        zh, en = OPERATORS[key] if key in OPERATORS else ("", "") if key in _OF_WORDS else FIELDS.get(key, (key, key))
        return Text(f"{zh} {said.zh}".strip(), f"{en} {said.en}".strip())


_OF_WORDS = ("is", "in", "to", "categories", "clear")
"""The keys whose values are categories."""


def _parsed(texts: Mapping[str, str]) -> dict[str, Node]:
    nodes, faults = dict[str, Node](), list[Fault]()
    for name in FILES:
        file = f"{name}.yaml"
        node, broken = parse(file, texts.get(file, ""))
        nodes[name], faults = _flat(node) if name == "indicators" else node, faults + broken
    if faults:
        raise PolicyFaults(faults)
    return nodes


def _flat(root: Node) -> Node:
    """indicators.yaml with its indicators beside the headings, each naming its own."""
    headings, indicators = [], []
    for heading in _rows(_map(root).get("headings")) or []:
        fields = dict(_map(heading))
        for row in _rows(fields.pop("indicators", None)) or []:
            name = fields.get("id", Node(root.file, heading.line, ""))
            indicators.append(Node(row.file, row.line, {**_map(row), "heading": name}))
        headings.append(Node(heading.file, heading.line, dict(fields)))
    flat = {**_map(root), "headings": Node(root.file, root.line, list(headings))}
    return Node(root.file, root.line, {**flat, "indicators": Node(root.file, root.line, list(indicators))})


def _labels(nodes: Mapping[str, Node]) -> dict[str, Text]:
    """What the policy calls its ids, and ('word NAME') its categories."""
    found: dict[str, Text] = {}
    waiting = [*nodes.values()]
    while waiting:
        node = waiting.pop()
        fields = _map(node)
        name, label = fields.get("id"), fields.get("label")
        if name is not None and label is not None and _is_text(label) and isinstance(name.value, str):
            found[name.value] = _Comparison({}).say(label)
        waiting += fields.values() if fields else node.value if isinstance(node.value, list) else []
    for word, text in _map(_map(nodes["about"]).get("words")).items():
        if _is_text(text):
            found[f"word {word}"] = _Comparison({}).say(text)
    return found


def _map(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _rows(node: Node | None) -> list[Node] | None:
    """The rows of a list of mappings; None for anything else, a list of plain words included."""
    if node is None or not isinstance(node.value, list) or not any(isinstance(row.value, dict) for row in node.value):
        return None
    return node.value


def _is_text(node: Node | None) -> bool:
    return _map(node).keys() == {"zh", "en"}


def _whole(node: Node | None) -> bool:
    """Whether a value is compared and shown as one."""
    return node is not None and (not isinstance(node.value, dict) or _is_text(node))


def _joined(path: _Path) -> Text:
    return Text(",".join(one.zh for one in path), ", ".join(one.en for one in path))


def _same(was: Text, now: Text) -> bool:
    try:
        return was == now or (was.zh == was.en and now.zh == now.en and Decimal(was.en) == Decimal(now.en))
    except InvalidOperation:
        return False
