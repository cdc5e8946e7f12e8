"""The proof that a booster keeps its promised directions, read from its trees and not from samples; and its mending.

Why it is needed: where values are missing, LightGBM's "intermediate" and "advanced" constraints let some pairs of
leaves through that are against the promise (4.7: 1 to 12 pairs in 200 trees, 70 to 120 with "advanced"). "basic"
lets none through and costs accuracy. A sweep over a grid misses most of them.

A sum of trees rises in a feature where each tree does. A tree does exactly when, of any two leaves that one
row could reach by changing that feature alone, the one further up does not give less. A missing value of
the feature itself stands outside the order; missing values of the others are part of the rows compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from scoring.metrics.arrays import BoolArray, FloatArray
from training.table import Feature


@dataclass(slots=True)
class _Leaves:
    """Regions of a tree's leaves: numbers in (low, high], whether missing is inside; categories as sets."""

    low: list[FloatArray]
    high: list[FloatArray]
    missing: list[BoolArray]
    kinds: list[dict[int, BoolArray]]
    numbers: list[int]
    values: list[float]
    rows: list[float]


def broken(booster: lightgbm.Booster, features: Sequence[Feature]) -> dict[str, int]:
    """Pairs of leaves against the promised direction, by constrained feature; all 0 is a proof."""
    signs = _signs(features)
    found = dict.fromkeys(signs, 0)
    for _, leaves, order in _trees(booster, features):
        values = np.array(leaves.values)
        for place, at_most in order.items():
            found[place] += int((at_most & (values[:, None] > values[None])).sum())
    return {features[place].name: count for place, count in found.items()}


def mended(booster: lightgbm.Booster, features: Sequence[Feature]) -> lightgbm.Booster:
    """The booster with every pair of leaves that is against a promise drawn together to its mean by rows."""
    changed = False
    for number, leaves, order in _trees(booster, features):
        if not order:
            continue
        values = np.array(leaves.values)
        pooled = _pooled(values, np.array(leaves.rows), np.logical_or.reduce(list(order.values())))
        for place in np.flatnonzero(pooled != values).tolist():
            booster.set_leaf_output(number, leaves.numbers[place], float(pooled[place]))
            changed = True
    return lightgbm.Booster(model_str=booster.model_to_string()) if changed else booster


def _pooled(values: FloatArray, rows: FloatArray, at_most: BoolArray) -> FloatArray:
    """Values that keep ``at_most`` (a, b): a is not above b. Blocks of leaves are joined until none breaks it."""
    block = np.arange(len(values))
    found = values.copy()
    while True:
        wrong = np.argwhere(at_most & (found[:, None] > found[None]))
        if not len(wrong):
            return found
        one, other = wrong[0]
        joined = (block == block[one]) | (block == block[other])
        block[joined] = block[one]
        found[joined] = np.average(values[joined], weights=np.maximum(rows[joined], 1))


def _signs(features: Sequence[Feature]) -> dict[int, int]:
    return {place: it.monotone for place, it in enumerate(features) if it.monotone}


def _trees(
    booster: lightgbm.Booster, features: Sequence[Feature]
) -> Iterator[tuple[int, _Leaves, dict[int, BoolArray]]]:
    """Each tree with splits: number, leaves, and by constrained feature which leaf may not exceed which (n, n)."""
    signs = _signs(features)
    if not signs:
        return
    for tree in booster.dump_model()["tree_info"]:
        root = tree["tree_structure"]
        if "split_feature" in root:
            leaves, order = _of_tree(root, len(features), signs)
            yield int(tree["tree_index"]), leaves, order


def _of_tree(root: Mapping[str, Any], width: int, signs: Mapping[int, int]) -> tuple[_Leaves, dict[int, BoolArray]]:
    levels = _levels(root)
    leaves = _Leaves([], [], [], [], [], [], [])
    whole = np.full(width, -np.inf), np.full(width, np.inf), np.ones(width, np.bool_)
    _walk(root, *whole, {place: np.ones(size, np.bool_) for place, size in levels.items()}, leaves)
    low, high, missing = np.array(leaves.low), np.array(leaves.high), np.array(leaves.missing)
    both_missing = missing[:, None] & missing[None]
    meet = (np.maximum(low[:, None], low[None]) < np.minimum(high[:, None], high[None])) | both_missing
    for place in levels:
        allowed = np.array([kinds[place] for kinds in leaves.kinds])
        meet[:, :, place] = (allowed[:, None] & allowed[None]).any(axis=2)
    apart = (~meet).sum(axis=2)
    used = set(np.flatnonzero((low > -np.inf).any(axis=0) | (high < np.inf).any(axis=0)).tolist())
    found = {}
    for place in sorted(used & signs.keys()):
        below = high[:, None, place] <= low[None, :, place]
        reachable = apart == ~meet[:, :, place]  # nothing but this feature keeps them apart
        pairs = below & reachable
        found[place] = pairs if signs[place] > 0 else pairs.T
    return leaves, found


def _walk(
    node: Mapping[str, Any],
    low: FloatArray,
    high: FloatArray,
    missing: BoolArray,
    kinds: dict[int, BoolArray],
    leaves: _Leaves,
) -> None:
    if "split_feature" not in node:
        leaves.low.append(low)
        leaves.high.append(high)
        leaves.missing.append(missing)
        leaves.kinds.append(kinds)
        leaves.numbers.append(int(node["leaf_index"]))
        leaves.values.append(float(node["leaf_value"]))
        leaves.rows.append(float(node["leaf_count"]))
        return
    place = int(node["split_feature"])
    if node["decision_type"] == "==":
        chosen = np.zeros(len(kinds[place]), np.bool_)
        chosen[[int(it) for it in str(node["threshold"]).split("||")]] = True
        _walk(node["left_child"], low, high, missing, kinds | {place: kinds[place] & chosen}, leaves)
        _walk(node["right_child"], low, high, missing, kinds | {place: kinds[place] & ~chosen}, leaves)
        return
    cut = float(node["threshold"])
    # Where a tree met no missing value in training it reads one as 0.
    left_missing = bool(node["default_left"]) if node["missing_type"] == "NaN" else cut >= 0
    _walk(
        node["left_child"],
        low,
        _put(high, place, min(high[place], cut)),
        _keep(missing, place, left_missing),
        kinds,
        leaves,
    )
    _walk(
        node["right_child"],
        _put(low, place, max(low[place], cut)),
        high,
        _keep(missing, place, not left_missing),
        kinds,
        leaves,
    )


def _levels(node: Mapping[str, Any]) -> dict[int, int]:
    """Categorical features of a tree, with one more than their greatest level: the last stands for any other."""
    if "split_feature" not in node:
        return {}
    found: dict[int, int] = {}
    if node["decision_type"] == "==":
        found[int(node["split_feature"])] = max(int(it) for it in str(node["threshold"]).split("||")) + 2
    for child in ("left_child", "right_child"):
        for place, size in _levels(node[child]).items():
            found[place] = max(size, found.get(place, 0))
    return found


def _put(values: FloatArray, place: int, value: float) -> FloatArray:
    changed = values.copy()
    changed[place] = value
    return changed


def _keep(missing: BoolArray, place: int, allowed: bool) -> BoolArray:
    if allowed or not missing[place]:
        return missing
    changed = missing.copy()
    changed[place] = False
    return changed
