"""A spec file to a :class:`training.spec.Spec`; refuses with every fault and its line."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Literal, cast

from scoring.errors import Fault
from scoring.policy.elements import Text
from scoring.policy.fields import Fields
from scoring.policy.tree import Node, parse
from training.faults import TableFaults
from training.spec import Column, Folds, Judged, Spec, TrainBefore
from training.table import Dtype, Monotone

_DIRECTIONS: dict[str, Monotone] = {"up": 1, "down": -1, "any": 0}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MODEL_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def read_spec(path: Path) -> Spec:
    """Read a spec; raises :class:`TableFaults` with all of its faults."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TableFaults(
            [f"{path.name}: the spec cannot be read. Save it as UTF-8 text and check its path."]
        ) from error
    root, faults = parse(path.name, text)
    fields = Fields(root, "the spec", faults)
    spec = _spec(fields, hashlib.sha256(data).hexdigest())
    fields.done()
    if faults:
        raise TableFaults([str(fault) for fault in sorted(set(faults))])
    return spec


def _spec(fields: Fields, sha256: str) -> Spec:
    name = fields.text("name")
    if name and not _MODEL_NAME.fullmatch(name):
        fields.fault(f"has 'name: {name}', not a model name", "Use lower-case letters, digits and hyphens")
    columns = tuple(_column(node, fields.faults) for node in fields.rows("features"))
    target, row_id = fields.text("target"), fields.text("id")
    group, day, binding = (_optional(fields, key) for key in ("group", "date", "binding_score"))
    split = _split(fields, day)
    lists = {key: _names(fields, key) for key in ("exclude", "segments", "protected")}
    accept = float(fields.decimal("accept_rate", "0.01", "0.99")) if fields.has("accept_rate") else 0.8
    definition = (
        fields.bilingual("definition") if fields.has("definition") else Text("见目标列", "see the target column")
    )
    synthetic = fields.flag("synthetic")
    used = [column.name for column in columns]
    flags = [column.flag(code) for column in columns for code in column.special]
    for twice in sorted(name for name, times in Counter(used).items() if times > 1 and name):
        fields.fault(f"lists the feature '{twice}' twice", "Keep one of the two")
    for twice in sorted(name for name, times in Counter([*set(used), *flags]).items() if times > 1 and name in flags):
        fields.fault(f"gives '{twice}' two meanings", "State each special code once, and name no feature like one")
    reserved = {"target": target, "id": row_id, "group": group, "date": day, "binding_score": binding}
    for role, column in reserved.items():
        if column and column in used:
            fields.fault(f"uses the {role} column '{column}' as a feature", "Take it out of the features")
    roles = {**{role: (column,) for role, column in reserved.items() if role != "target"}, **lists}
    for role in sorted(role for role, named in roles.items() if target and target in named):
        fields.fault(f"gives the target column '{target}' to '{role}' too", "The outcome has no other role")
    for column in sorted(set(used) & {*lists["exclude"], *lists["protected"]} - {""}):
        fields.fault(f"both scores and excludes '{column}'", "A column is a feature, or excluded or protected")
    return Spec(
        name, target, row_id, group, day, split, columns, lists["exclude"], lists["segments"],
        lists["protected"], binding, accept, definition, synthetic, sha256,
    )  # fmt: skip


def _column(node: Node, faults: list[Fault]) -> Column:
    fields = Fields(node, "a feature", faults)
    name = fields.text("name")
    fields.name = f"the feature '{name}'"
    dtype = fields.choice("dtype", ("number", "category")) if fields.has("dtype") else "number"
    direction = fields.choice("monotone", tuple(_DIRECTIONS)) if fields.has("monotone") else "any"
    special = tuple(float(it) for it in _numbers(fields, "special"))
    if dtype == "category" and (special or direction != "any"):
        fields.fault("is a category with a direction or special codes", "Leave 'monotone' and 'special' to numbers")
    label = fields.bilingual("label") if fields.has("label") else Text(name, name)
    known = fields.choice("known", ("before", "after")) if fields.has("known") else "before"
    unit = _optional(fields, "unit")
    fields.done()
    return Column(
        name,
        cast(Dtype, dtype or "number"),
        _DIRECTIONS.get(direction, 0),
        special,
        label,
        unit,
        cast(Literal["before", "after"], known or "before"),
    )


def _split(fields: Fields, day: str) -> Judged:
    if fields.has("train_before"):
        written = fields.text("train_before")
        for other in ("folds", "seed"):
            if fields.has(other):
                fields.fault(f"has both 'train_before' and '{other}'", "Choose folds with a seed, or one day")
                fields.get(other)
        if not day:
            fields.fault("has 'train_before' without 'date'", "Name the column of observation days under 'date'")
        try:
            if not _DATE.fullmatch(written):
                raise ValueError
            return TrainBefore(date.fromisoformat(written))
        except ValueError:
            fields.fault("has a 'train_before' that is not a day", "Write it as YYYY-MM-DD")
            return TrainBefore(date.min)
    if not fields.has("folds"):
        fields.fault("does not say how to judge", "State 'folds' with 'seed', or 'train_before' with 'date'")
        return Folds(2, 0)
    return Folds(fields.integer("folds", 2, 20), fields.integer("seed", 0, 2**31 - 2))


def _optional(fields: Fields, key: str) -> str:
    return fields.text(key) if fields.has(key) else ""


def _names(fields: Fields, key: str) -> tuple[str, ...]:
    if not fields.has(key):
        return ()
    found = [node.value for node in fields.rows(key)]
    if any(not isinstance(it, str) or not it for it in found):
        fields.fault(f"has a '{key}' that is not a list of column names", "Write one name per item")
    return tuple(it for it in found if isinstance(it, str))


def _numbers(fields: Fields, key: str) -> list[str]:
    if not fields.has(key):
        return []
    found = []
    for node in fields.rows(key):
        try:
            if not math.isfinite(number := float(str(node.value))):
                raise ValueError
            found.append(repr(number))
        except ValueError:
            fields.fault(f"has a '{key}' code that is not a number", "Write special codes as numbers", node)
    return found
