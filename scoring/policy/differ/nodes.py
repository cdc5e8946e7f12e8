"""Policy trees as a comparison reads and writes them: indicators stand beside their headings, not below."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.errors import Fault, PolicyFaults
from scoring.policy.elements import Text
from scoring.policy.load import FILES
from scoring.policy.tree import Node, parse


def parsed(texts: Mapping[str, str]) -> dict[str, Node]:
    """Every file of a policy by its name, indicators beside their headings.

    Raises:
        PolicyFaults: where a text is not YAML.
    """
    nodes, faults = dict[str, Node](), list[Fault]()
    for name in FILES:
        file = f"{name}.yaml"
        node, broken = parse(file, texts.get(file, ""))
        nodes[name], faults = flat(node) if name == "indicators" else node, faults + broken
    if faults:
        raise PolicyFaults(faults)
    return nodes


def flat(root: Node) -> Node:
    """indicators.yaml with its indicators beside the headings, each naming its own."""
    headings, indicators = [], []
    for heading in rows_of(fields_of(root).get("headings")) or []:
        fields = dict(fields_of(heading))
        for row in rows_of(fields.pop("indicators", None)) or []:
            name = fields.get("id", Node(root.file, heading.line, ""))
            indicators.append(Node(row.file, row.line, {**fields_of(row), "heading": name}))
        headings.append(Node(heading.file, heading.line, dict(fields)))
    both = {
        "headings": Node(root.file, root.line, list(headings)),
        "indicators": Node(root.file, root.line, list(indicators)),
    }
    return Node(root.file, root.line, {**fields_of(root), **both})


def nested(root: Node) -> Node:
    """The tree that :func:`flat` was made of: each indicator below the heading that it names.

    Raises:
        PolicyFaults: where an indicator names a heading that is not there.
    """
    fields = dict(fields_of(root))
    below: dict[str, list[Node]] = {}
    for row in rows_of(fields.pop("indicators")) or []:
        inner = dict(fields_of(row))
        below.setdefault(str(inner.pop("heading").value), []).append(Node(row.file, row.line, inner))
    headings = []
    for heading in rows_of(fields["headings"]) or []:
        rows = below.pop(str(fields_of(heading)["id"].value), [])
        with_rows = {**fields_of(heading), "indicators": Node(root.file, heading.line, list(rows))}
        headings.append(Node(heading.file, heading.line, with_rows))
    if below:
        what = f"indicators stand under the heading '{min(below)}', which is not there"
        raise PolicyFaults([Fault(root.file, root.line, what, "Add the heading or remove its indicators")])
    return Node(root.file, root.line, {**fields, "headings": Node(root.file, root.line, list(headings))})


def labels_of(nodes: Mapping[str, Node]) -> dict[str, Text]:
    """What the policy calls its ids, and ('word NAME') its categories."""
    found: dict[str, Text] = {}
    waiting = [*nodes.values()]
    while waiting:
        node = waiting.pop()
        fields = fields_of(node)
        name, label = fields.get("id"), fields.get("label")
        if name is not None and label is not None and is_text(label) and isinstance(name.value, str):
            found[name.value] = _text(label)
        waiting += fields.values() if fields else node.value if isinstance(node.value, list) else []
    for word, text in fields_of(fields_of(nodes["about"]).get("words")).items():
        if is_text(text):
            found[f"word {word}"] = _text(text)
    return found


def fields_of(node: Node | None) -> dict[str, Node]:
    """The keys of a mapping; none of anything else."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def rows_of(node: Node | None) -> list[Node] | None:
    """The rows of a list of mappings; None for anything else, a list of plain words included."""
    if node is None or not isinstance(node.value, list) or not any(isinstance(row.value, dict) for row in node.value):
        return None
    return node.value


def is_text(node: Node | None) -> bool:
    """Whether a mapping is a wording in both languages."""
    return fields_of(node).keys() == {"zh", "en"}


def _text(node: Node) -> Text:
    return Text(*(str(fields_of(node)[language].value) for language in ("zh", "en")))
