"""Reading one mapping of a policy file key by key; whatever is wrong is noted, with its line.

A reader that meets a fault notes it and returns a harmless placeholder, so that one pass finds
every fault. Nothing built from placeholders leaves the loader: it raises if any fault was noted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal

from scoring.errors import Fault
from scoring.policy.elements import Cite, Text
from scoring.policy.tree import Node

_INTEGER = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}(\.\d{1,8})?")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_+]{0,59}")


class Fields:
    """A mapping under reading: ``name`` says what it is, for messages."""

    def __init__(self, node: Node, name: str, faults: list[Fault]) -> None:
        self.node, self.name, self.faults = node, name, faults
        self._seen: set[str] = set()
        if not isinstance(node.value, dict):
            self.fault("is not a mapping of keys", "Write it as 'key: value' lines")
        self._map = node.value if isinstance(node.value, dict) else {}

    def fault(self, what: str, mend: str, node: Node | None = None) -> None:
        """Note a fault at a node (this mapping's own line by default)."""
        at = node or self.node
        self.faults.append(Fault(at.file, at.line, f"{self.name} {what}", mend))

    def has(self, key: str) -> bool:
        """Whether the key is written at all."""
        return key in self._map

    def get(self, key: str) -> Node | None:
        """The key's node; None, with a fault noted, where it is not written."""
        self._seen.add(key)
        if key not in self._map:
            self.fault(f"has no '{key}'", f"State '{key}'")
            return None
        return self._map[key]

    def scalar(self, key: str) -> str | None:
        """The key's words; None, with a fault noted, where it has none."""
        node = self.get(key)
        if node is None:
            return None
        if not isinstance(node.value, str) or not node.value.strip():
            self.fault(f"has a '{key}' that is not one value", f"Give '{key}' one value", node)
            return None
        return node.value.strip()

    def text(self, key: str) -> str:
        return self.scalar(key) or ""

    def identifier(self, key: str) -> str:
        """A name made of ASCII letters, digits and underscores."""
        value = self.scalar(key) or ""
        if value and not _ID.fullmatch(value):
            self.fault(
                f"has '{key}: {value}', not a plain name", "Use ASCII letters, digits and underscores", self._map[key]
            )
        return value

    def choice(self, key: str, options: Collection[str], kind: str = "") -> str:
        """One of a closed list of words."""
        value = self.scalar(key)
        if value is not None and value not in options:
            listed = ", ".join(sorted(options)) if len(options) <= 20 else f"the ids of {kind or key}"
            self.fault(f"has '{key}: {value}', which does not exist", f"Use one of: {listed}", self._map[key])
        return value or ""

    def integer(self, key: str, low: int = -(2**31) + 2, high: int = 2**31 - 2) -> int:
        value = self.scalar(key)
        return low if value is None else self.integer_of(self._map[key], key, low, high)

    def integer_of(self, node: Node, key: str, low: int, high: int) -> int:
        """A node read as a whole number between two bounds (both allowed)."""
        if not isinstance(node.value, str) or not _INTEGER.fullmatch(node.value):
            self.fault(f"has a '{key}' that is not a whole number", f"Write '{key}' as digits, without decimals", node)
            return low
        number = int(node.value)
        if not low <= number <= high:
            self.fault(f"has '{key}: {number}', outside {low} to {high}", f"Choose a value from {low} to {high}", node)
        return number

    def decimal(self, key: str, low: str = "0", high: str = "999999999999") -> Decimal:
        """A decimal number between two bounds (both allowed)."""
        value = self.scalar(key)
        if value is None:
            return Decimal(low)
        if not _DECIMAL.fullmatch(value):
            self.fault(f"has a '{key}' that is not a number", f"Write '{key}' as digits with a point", self._map[key])
            return Decimal(low)
        number = Decimal(value)
        if not Decimal(low) <= number <= Decimal(high):
            self.fault(
                f"has '{key}: {number}', outside {low} to {high}",
                f"Choose a value from {low} to {high}",
                self._map[key],
            )
        return number

    def flag(self, key: str, default: bool = False) -> bool:
        """``true`` or ``false``; the default where the key is not written."""
        if not self.has(key):
            self._seen.add(key)
            return default
        return self.choice(key, ("true", "false")) == "true"

    def bilingual(self, key: str) -> Text:
        """A wording that must be complete in both languages."""
        node = self.get(key)
        if node is None:
            return Text("", "")
        inner = Fields(node, f"{self.name}, {key},", self.faults)
        text = Text(inner.text("zh"), inner.text("en"))
        inner.done()
        return text

    def cite(self, documents: Collection[str]) -> Cite:
        """``source: DOCUMENT §ARTICLE`` and ``assumed``; the document must be listed in about.yaml."""
        source = self.text("source")
        if source and source.split(" ")[0] not in documents:
            self.fault(
                f"cites '{source}', a document that about.yaml does not list",
                "List the document in about.yaml or correct its id",
                self._map["source"],
            )
        return Cite(source, self.flag("assumed"))

    def rows(self, key: str) -> Iterator[Node]:
        """The items of a list; a fault where it is not one, or is empty."""
        node = self.get(key)
        if node is None:
            return
        if not isinstance(node.value, list) or not node.value:
            self.fault(f"has a '{key}' that is not a list with items", f"Write '{key}' as '- ' lines", node)
            return
        yield from node.value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of plain words."""
        found: list[str] = []
        for node in self.rows(key):
            if isinstance(node.value, str) and node.value:
                found.append(node.value)
            else:
                self.fault(f"has an entry in '{key}' that is not one word", "Write plain words", node)
        return tuple(found)

    def mapping(self, key: str) -> dict[str, Node]:
        """A mapping of free keys."""
        node = self.get(key)
        if node is not None and isinstance(node.value, dict):
            return node.value
        if node is not None:
            self.fault(f"has a '{key}' that is not a mapping", "Write it as 'key: value' lines", node)
        return {}

    def done(self) -> None:
        """Note every key that nothing reads."""
        for key in self._map.keys() - self._seen:
            self.fault(f"has an unknown key '{key}'", "Remove it or correct its spelling", self._map[key])


def unique(ids: list[tuple[str, Node]], kind: str, faults: list[Fault]) -> None:
    """Note every id that stands twice."""
    seen: set[str] = set()
    for value, node in ids:
        if value and value in seen:
            faults.append(Fault(node.file, node.line, f"the {kind} '{value}' stands twice", "Give each its own id"))
        seen.add(value)
