"""How a key, a row and a value of a policy file are said to people (Chinese and English)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from scoring.policy.differ.nodes import fields_of, is_text
from scoring.policy.differ.words import ACTIONS, BY_NUMBER, FIELDS, OPERATORS, PLAIN, ROWS
from scoring.policy.elements import Text
from scoring.policy.numbers import row_id
from scoring.policy.tree import Node

OF_WORDS = ("is", "in", "to", "categories", "clear")
"""The keys whose values are categories."""
_SHARES = (
    "rate",
    "subsidy_share",
    "bad_ratio_over",
    "stopped_villages_at_least",
    "graded_at_least",
    "credit_villages_at_least",
)
_Path = tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """The wordings of ids and categories of two policies.

    plain: a row is called by its label alone, without its id, and a share is written as a percentage.
    """

    labels: Mapping[str, Text]
    plain: bool = False

    def field(self, key: str) -> Text:
        """A key in words; a free key (a category, a document) by its own wording or as written."""
        if key in ROWS:
            return Text(*(pattern.replace(" {}", "").replace("{} ", "") for pattern in ROWS[key]))
        if self.plain and key in PLAIN:
            return Text(*PLAIN[key])
        return Text(*FIELDS[key]) if key in FIELDS else self.word(key)

    def row(self, key: str, row: Node) -> Text:
        """A row by its kind, its id and what the policy calls it."""
        zh, en = ROWS.get(key, (f"{key} {{}}", f"{key} {{}}"))
        name = row_id(row)
        label = None if key in (*BY_NUMBER, "grades", "reasons") else self.labels.get(name)
        if label and self.plain:
            return Text(zh.format(f"“{label.zh}”"), en.format(f"'{label.en}'"))
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
            if self.plain and key in _SHARES:
                return _percent(node.value)
            if self.plain and key in ("if_missing", "if_stale") and node.value in ACTIONS:
                return Text(*ACTIONS[node.value])
            return self.word(node.value) if key in OF_WORDS else Text(node.value, node.value)
        if isinstance(node.value, list):
            words = [self.say(inner, key) for inner in node.value]
            return Text(
                "、".join(word.zh for word in words),
                (", " if key == "categories" else " or ").join(w.en for w in words),
            )
        if is_text(node):
            return Text(*(str(node.value[language].value) for language in ("zh", "en")))
        if "when" in node.value and "indicator" in node.value:
            name, test = self.say(node.value["indicator"]), self.say(node.value["when"], "when")
            label = self.labels.get(name.en, name)
            return Text(f"{label.zh} {test.zh}", f"{label.en}: {test.en}")
        parts = [self._part(inner, name) for name, inner in node.value.items()]
        return Text("、".join(part.zh for part in parts), " and ".join(part.en for part in parts))

    def changed(self, path: _Path, key: str, old: Node | None, new: Node | None) -> Text:
        """The sentence of one changed value."""
        was, now, place = self.say(old, key), self.say(new, key), joined((*path, self.field(key)))
        if self.plain:
            return Text(f"{place.zh},由{was.zh}改为{now.zh}", f"{place.en}: from {was.en} to {now.en}")
        return Text(f"{place.zh}:{was.zh} → {now.zh}", f"{place.en}: {was.en} → {now.en}")

    def one_sided(self, kind: str, path: _Path, row: Node) -> Text:
        """The sentence of a row that only one of the two policies has."""
        place = joined(path)
        told = {key: node for key, node in fields_of(row).items() if key in ("points", "rate", "value")}
        shown = [
            (self.field(key), self.say(node, key if self.plain else ""))
            for key, node in told.items()
            if isinstance(node.value, str)
        ]
        zh = "".join(f",{field.zh} {said.zh}" for field, said in shown)
        en = "".join(f", {field.en} {said.en}" for field, said in shown)
        verb = "新增" if kind == "added" else "删除"
        return Text(f"{verb}{place.zh}{zh}", f"{kind}: {place.en}{en}")

    def reordered(self, path: _Path, key: str) -> Text:
        """The sentence of rows in another order."""
        place = joined((*path, self.field(key)))
        return Text(f"{place.zh}:顺序改变", f"{place.en}: the order changed")

    def _part(self, node: Node, key: str) -> Text:
        said = self.say(node, key)
        if key == "active":
            return Text(*OPERATORS[key])
        zh, en = OPERATORS[key] if key in OPERATORS else ("", "") if key in OF_WORDS else FIELDS.get(key, (key, key))
        return Text(f"{zh} {said.zh}".strip(), f"{en} {said.en}".strip())


def joined(path: _Path) -> Text:
    """A place in a policy file, from the outside in."""
    return Text(",".join(one.zh for one in path), ", ".join(one.en for one in path))


def _percent(written: str) -> Text:
    """A share as a percentage, with no more decimals than it needs."""
    try:
        value = f"{(Decimal(written) * 100).normalize():f}%"
    except ArithmeticError:
        value = written
    return Text(value, value)
