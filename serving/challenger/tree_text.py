"""Whether one tree of a model's text is a tree: its lines, its numbers, its shape."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from scoring.errors import LushiError

MOST_LEAVES, MOST_DEPTH = 4_096, 64
_KEPT = re.compile(r"^(\w+)=(.*)$")
_INT = r"-?\d{1,18}"
_FLOAT = r"-?(?:\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?|inf)"
_INTS, _FLOATS = (re.compile(rf"{one}(?: {one})*") for one in (_INT, _FLOAT))
_LINES = (
    "num_leaves", "num_cat", "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child",
    "leaf_value", "leaf_weight", "leaf_count", "internal_value", "internal_weight", "internal_count",
)  # fmt: skip
_CATEGORIES, _LAST = ("cat_boundaries", "cat_threshold"), ("is_linear", "shrinkage")
_MOST_COUNT = 2**31


class ModelTextUnusable(LushiError):
    """A model's text is not a whole LightGBM model of one binary outcome."""


def check_tree(number: int, text: str, *, features: int) -> None:
    """Check one tree's text.

    Raises:
        ModelTextUnusable: with what is wrong.
    """
    _Tree(number, _lines(number, text)).check(features)


def fields_of(text: str, where: str) -> dict[str, str]:
    """The lines that state something, by their keys; none may be stated twice."""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        matched = _KEPT.match(line)
        if matched:
            if matched[1] in found:
                raise ModelTextUnusable(f"{where} says '{matched[1]}' twice")
            found[matched[1]] = matched[2]
    return found


def _lines(number: int, text: str) -> dict[str, str]:
    """A tree's lines by their keys: exactly those that LightGBM writes."""
    fields = fields_of(text, f"tree {number}")
    categories = () if fields.get("num_cat") == "0" else _CATEGORIES
    keys = (*_LINES, *categories, *_LAST)
    written = [f"Tree={number}", *(f"{key}={fields.get(key, '')}" for key in keys)]
    if text != "\n".join([*written, "", "", ""]):
        raise ModelTextUnusable(f"tree {number} does not have the lines of a tree, in their order")
    return fields


class _Tree:
    """One tree's lists, read on demand."""

    def __init__(self, number: int, fields: dict[str, str]) -> None:
        self._number, self._given = number, fields

    def check(self, features: int) -> None:
        leaves = self._whole("num_leaves")
        categories = self._whole("num_cat")
        if not 1 <= leaves <= MOST_LEAVES or not 0 <= categories < leaves:
            raise self._fault("num_leaves or num_cat is out of bounds")
        if self._given["is_linear"] != "0":
            raise self._fault("is linear, so it has no exact contributions")
        self._floats("leaf_value", leaves)
        self._floats("shrinkage", 1)
        if leaves == 1:
            return
        nodes = leaves - 1
        self._within(self._ints("split_feature", nodes), 0, features, "split_feature")
        thresholds = self._floats("threshold", nodes, infinite=True)
        decisions = self._ints("decision_type", nodes)
        # Bit 0: by category; bit 1: default left; bits 2-3: missing as none, zero or NaN.
        self._within(decisions, 0, 12, "decision_type")
        # TreeSHAP divides by the rows that passed a node.
        internal, leaf = self._ints("internal_count", nodes), self._ints("leaf_count", leaves)
        self._within(internal, 1, _MOST_COUNT, "internal_count")
        self._within(leaf, 0, _MOST_COUNT, "leaf_count")
        self._floats("internal_value", nodes)
        self._floats("split_gain", nodes, infinite=True)
        self._floats("leaf_weight", leaves)
        self._floats("internal_weight", nodes)
        self._categories(categories, thresholds[(decisions & 1) == 1])
        self._shape(self._ints("left_child", nodes), self._ints("right_child", nodes), leaves)

    def _shape(self, left: NDArray[np.int64], right: NDArray[np.int64], leaves: int) -> None:
        """Every node and leaf hangs on exactly one node, the first on none, none too deep."""
        nodes = leaves - 1
        children = np.concatenate([left, right])
        if not np.array_equal(np.sort(children), np.arange(-leaves, nodes)[np.arange(-leaves, nodes) != 0]):
            raise self._fault("its children do not form one tree")
        depth, level = 0, [0]
        reached = 0
        while level:
            depth += 1
            reached += len(level)
            if depth > MOST_DEPTH:
                raise self._fault(f"is deeper than {MOST_DEPTH}")
            level = [int(child) for node in level for child in (left[node], right[node]) if child >= 0]
        if reached != nodes:
            raise self._fault("its children do not form one tree")

    def _categories(self, count: int, used: NDArray[np.float64]) -> None:
        if not count:
            if used.size:
                raise self._fault("splits by category without categories")
            return
        bounds = self._ints("cat_boundaries", count + 1)
        if bounds[0] != 0 or (np.diff(bounds) <= 0).any():
            raise self._fault("cat_boundaries do not ascend from 0")
        self._within(self._ints("cat_threshold", int(bounds[-1])), 0, 2**32, "cat_threshold")
        if not np.array_equal(used, np.floor(used)) or (used < 0).any() or (used >= count).any():
            raise self._fault("a split names a set of categories that does not exist")

    def _whole(self, key: str) -> int:
        return int(self._ints(key, 1)[0])

    def _ints(self, key: str, count: int) -> NDArray[np.int64]:
        return np.array(self._list(key, count, _INTS), dtype=np.int64)

    def _floats(self, key: str, count: int, *, infinite: bool = False) -> NDArray[np.float64]:
        found = np.array(self._list(key, count, _FLOATS), dtype=np.float64)
        if not infinite and not np.isfinite(found).all():
            raise self._fault(f"{key} holds a number that is not finite")
        return found

    def _list(self, key: str, count: int, form: re.Pattern[str]) -> list[str]:
        """The entries of a line. Their form is LightGBM's: Python would also read '1_0' or '٣'."""
        written = self._given[key]
        if not form.fullmatch(written):
            raise self._fault(f"{key} holds something other than numbers")
        found = written.split(" ")
        if len(found) != count:
            raise self._fault(f"{key} does not have {count} entries")
        return found

    def _within(self, found: NDArray[np.int64], low: int, high: int, key: str) -> None:
        if (found < low).any() or (found >= high).any():
            raise self._fault(f"{key} is out of bounds")

    def _fault(self, what: str) -> ModelTextUnusable:
        return ModelTextUnusable(f"tree {self._number}: {what}")
