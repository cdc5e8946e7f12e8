"""Whether a model's text is whole, before LightGBM's own reader sees it.

That reader trusts what it reads: a child that points outside its tree, or back into it, makes it
read foreign memory or walk forever, and a line that it misses ends the process. So every tree is
checked here first: that it has the lines which LightGBM 4 writes, in that order and in its own
spelling of numbers, and that its nodes form one tree of bounded depth on features that exist.
"""

from __future__ import annotations

import re

from serving.challenger.tree_text import ModelTextUnusable, check_tree, fields_of

MOST_BYTES = 64 * 2**20
"""Largest model text: a thousand times a usual one."""
MOST_TREES = 20_000
_HEADER = {"version": "v4", "num_class": "1", "num_tree_per_iteration": "1"}
_HEADER_LINES = frozenset([
    "version", "num_class", "num_tree_per_iteration", "label_index", "max_feature_idx", "objective", "feature_names",
    "monotone_constraints", "feature_infos", "tree_sizes",
])  # fmt: skip


def check(content: bytes, *, features: int) -> tuple[str, ...]:
    """Check a model's text; its feature names, in order.

    features: how many the model must take.

    Raises:
        ModelTextUnusable: with what is wrong and where.
    """
    if len(content) > MOST_BYTES:
        raise ModelTextUnusable(f"model.txt has more than {MOST_BYTES} bytes")
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        raise ModelTextUnusable("model.txt is not plain text") from None
    head, found, rest = text.partition("\n\nTree=0\n")
    if not found:
        raise ModelTextUnusable("model.txt has no trees")
    fields = fields_of(head, "the header")
    trees = _cut(f"Tree=0\n{rest}", fields.get("tree_sizes", ""))
    names = _header(fields, features, head)
    for number, tree in enumerate(trees):
        check_tree(number, tree, features=features)
    return names


def _cut(text: str, sizes: str) -> list[str]:
    """The trees' texts. LightGBM's reader goes by the header's sizes, so they are what is followed here."""
    if not re.fullmatch(r"[1-9]\d{0,8}( [1-9]\d{0,8})*", sizes):
        raise ModelTextUnusable("the header's 'tree_sizes' are not sizes")
    lengths = [int(one) for one in sizes.split(" ")]
    if len(lengths) > MOST_TREES:
        raise ModelTextUnusable(f"model.txt has more than {MOST_TREES} trees")
    found, start = [], 0
    for number, length in enumerate(lengths):
        tree, start = text[start : start + length], start + length
        if not tree.startswith(f"Tree={number}\n") or tree.count("Tree=") != 1:
            raise ModelTextUnusable(f"tree {number} is missing or not as long as the header says")
        found.append(tree)
    if not text[start:].startswith("end of trees\n"):
        raise ModelTextUnusable("model.txt ends before its last tree")
    return found


def _header(fields: dict[str, str], features: int, head: str) -> tuple[str, ...]:
    if not head.startswith("tree\n"):
        raise ModelTextUnusable("model.txt does not begin as a LightGBM model")
    if "average_output" in head.split("\n"):
        raise ModelTextUnusable("a model that averages its trees has no additive contributions")
    if fields.keys() - _HEADER_LINES or head.count("\n") != len(fields):
        raise ModelTextUnusable("the header has lines that LightGBM does not write")
    for key, wanted in _HEADER.items():
        if fields.get(key) != wanted:
            raise ModelTextUnusable(f"the header's '{key}' is not {wanted}")
    if fields.get("objective") != "binary sigmoid:1":
        raise ModelTextUnusable("the objective is not 'binary sigmoid:1'")
    if fields.get("max_feature_idx") != str(features - 1):
        raise ModelTextUnusable(f"the model does not take {features} features")
    names = tuple(fields.get("feature_names", "").split(" "))
    infos = fields.get("feature_infos", "").split(" ")
    if len(names) != features or len(infos) != features:
        raise ModelTextUnusable("the header does not name each feature once")
    return names
