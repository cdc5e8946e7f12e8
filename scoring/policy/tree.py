"""YAML text as nodes that remember their line, with every scalar left as the words written.

Reading scalars as text and parsing each where its type is known avoids YAML's own guesses
(``no`` becoming false, ``1e3`` becoming a float).
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from scoring.errors import Fault

MOST_CHARACTERS = 5_000_000
MOST_DEPTH = 50
Value = "str | dict[str, Node] | list[Node]"


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar (str), mapping (dict) or list of one file, and the line where it stands."""

    file: str
    line: int
    value: str | dict[str, Node] | list[Node]
    column: int = 0


def parse(file: str, text: str) -> tuple[Node, list[Fault]]:
    """The file as nodes, and what is wrong with it as YAML (a duplicate key, a broken line)."""
    faults: list[Fault] = []
    if len(text) > MOST_CHARACTERS:
        return Node(file, 1, {}), [Fault(file, 1, f"the file has more than {MOST_CHARACTERS} characters", "Shorten it")]
    try:
        _check_depth(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        if root is not None:
            return _node(file, root, faults, {}), faults
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = f"the file is not YAML: {error.problem}"
        return Node(file, line, {}), [Fault(file, line, what, "Mend the line's indentation, quotes or colons")]
    except yaml.YAMLError as error:
        what = f"the file is not YAML: {type(error).__name__}"
        return Node(file, 1, {}), [Fault(file, 1, what, "Save it as UTF-8 text without control characters")]
    except RecursionError:
        return Node(file, 1, {}), [
            Fault(file, 1, "the file is nested without end", "Write it as the other policies are")
        ]
    return Node(file, 1, {}), [Fault(file, 1, "the file is empty", "Write the rules or restore the file")]


def _check_depth(text: str) -> None:
    """Refuse deep nesting while it is still a flat stream of events: the composer recurses in C."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_DEPTH:
            raise RecursionError("nested too deeply")


_Made = dict[int, "Node | None"]
"""Nodes by identity; None while one is being made. An alias is made once, however often it stands."""


def _node(file: str, node: yaml.Node, faults: list[Fault], made: _Made) -> Node:
    if id(node) in made:
        again = made[id(node)]
        if again is None:
            raise RecursionError("a node that holds itself")
        return again
    made[id(node)] = None
    fresh = _fresh(file, node, faults, made)
    made[id(node)] = fresh
    return fresh


def _fresh(file: str, node: yaml.Node, faults: list[Fault], made: _Made) -> Node:
    line, column = node.start_mark.line + 1, node.start_mark.column
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name in found:
                at = key.start_mark.line + 1
                faults.append(Fault(file, at, f"the key '{name}' stands twice", "Keep one of the two"))
            found[name] = _node(file, value, faults, made)
        return Node(file, line, found, column)
    if isinstance(node, yaml.SequenceNode):
        return Node(file, line, [_node(file, item, faults, made) for item in node.value], column)
    return Node(file, line, str(node.value), column)
