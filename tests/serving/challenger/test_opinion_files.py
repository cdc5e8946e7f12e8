"""A model's files, spoiled in many ways: they are refused in words, and the process lives."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from feature_store.feature_set import load_feature_set
from scoring.canonical import canonical, sha256
from scoring.opinion import opinion_data
from serving.challenger.about import read_about
from serving.challenger.load import Artefact, ChallengerUnusable, load, read_folder
from serving.challenger.opinion import CardSays, opine
from tests.fakes import models

SET = load_feature_set()
COUNT = len(SET.features)
WHOLE = models.artefact(SET)


def attempt(artefact: Artefact, *, wanted: str = "") -> str:
    """'used' where the artefact gives opinions that can be recorded, else the reason of its refusal."""
    try:
        found = load(artefact, load_feature_set, version="1", wanted_sha256=wanted or sha256(artefact.model))
    except ChallengerUnusable as refused:
        return refused.reason
    for row in models.columns(COUNT, rows=3, seed=8):
        opinion = opine(found, row.reshape(1, -1), on=date(2017, 4, 20), card=CardSays("graded", "A", False))
        canonical(opinion_data(opinion))
    return "used"


def with_model(model: bytes) -> Artefact:
    """An artefact that is consistent in itself: its description has the spoiled model's hash."""
    return Artefact(model, json.dumps(json.loads(WHOLE.about) | {"model_sha256": sha256(model)}).encode())


def with_about(change: Callable[[dict[str, Any]], object]) -> Artefact:
    data = json.loads(WHOLE.about)
    change(data)
    return Artefact(WHOLE.model, json.dumps(data).encode())


def test_a_whole_artefact_is_used() -> None:
    assert attempt(WHOLE) == "used"


def test_another_hash_is_refused_before_anything_is_read() -> None:
    assert attempt(WHOLE, wanted="0" * 64) == "wrong_hash"
    assert attempt(Artefact(WHOLE.model + b"\n", WHOLE.about)) == "wrong_hash"
    assert attempt(Artefact(b"\x00" * 100, b"\xff"), wanted="0" * 64) == "wrong_hash"


def test_spoiled_model_texts_with_a_matching_hash_never_harm_the_process() -> None:
    draw = np.random.default_rng(1)
    text, outcomes = WHOLE.model, set()
    end = text.index(b"\nend of trees")
    for number in range(1500):
        spoiled, place = bytearray(text), int(draw.integers(0, end))
        kind = number % 5
        if kind == 0:
            spoiled[place] = int(draw.integers(0, 256))
        elif kind == 1:
            spoiled[place] = b"0123456789-. \n"[int(draw.integers(0, 14))]
        elif kind == 2:
            del spoiled[place : place + int(draw.integers(1, 200))]
        elif kind == 3:
            spoiled[place:place] = spoiled[place : place + int(draw.integers(1, 200))]
        else:
            del spoiled[place:]
        outcomes.add(attempt(with_model(bytes(spoiled))))
    assert outcomes <= {"used", "model_corrupt"}
    assert "model_corrupt" in outcomes


@pytest.mark.parametrize(
    ("line", "spoil"),
    [
        ("left_child", lambda row: [0, *row[1:]]),
        ("left_child", lambda row: [10**6, *row[1:]]),
        ("right_child", lambda row: [-(10**6), *row[1:]]),
        ("right_child", lambda row: row[::-1]),
        ("split_feature", lambda row: [COUNT, *row[1:]]),
        ("split_feature", lambda row: [-1, *row[1:]]),
        ("internal_count", lambda row: [0, *row[1:]]),
        ("leaf_value", lambda row: ["nan", *row[1:]]),
        ("leaf_value", lambda row: ["inf", *row[1:]]),
        ("leaf_value", lambda row: row[:-1]),
        ("threshold", lambda row: ["x", *row[1:]]),
        ("decision_type", lambda row: [1, *row[1:]]),
        ("decision_type", lambda row: [255, *row[1:]]),
        ("num_leaves", lambda row: [2**31 - 1]),
        ("num_cat", lambda row: [3]),
        ("is_linear", lambda row: [1]),
    ],
)
def test_a_tree_that_is_no_tree_is_refused(line: str, spoil: Callable[[list[str]], list[object]]) -> None:
    head, first, rest = WHOLE.model.decode().partition(f"\n{line}=")
    row, _, tail = rest.partition("\n")
    changed = f"{head}{first}{' '.join(map(str, spoil(row.split(' '))))}\n{tail}"
    assert attempt(with_model(_resized(changed))) == "model_corrupt"


def _resized(text: str) -> bytes:
    """The text with the header's sizes set right, as a careful forger would."""
    head, _, rest = text.partition("\n\nTree=0\n")
    trees = f"Tree=0\n{rest}".partition("end of trees")[0].split("Tree=")[1:]
    sizes = " ".join(str(len("Tree=") + len(tree)) for tree in trees)
    lines = [f"tree_sizes={sizes}" if line.startswith("tree_sizes=") else line for line in head.splitlines()]
    return ("\n".join(lines) + f"\n\nTree=0\n{rest}").encode()


def test_the_careful_forgers_resizing_changes_nothing_on_a_whole_model() -> None:
    assert _resized(WHOLE.model.decode()) == WHOLE.model


@pytest.mark.parametrize(
    "parameters",
    [
        {"objective": "regression"},
        {"objective": "multiclass", "num_class": 2},
        {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
        {"objective": "regression", "linear_tree": True},
        {"objective": "cross_entropy"},
    ],
)
def test_a_model_of_another_kind_is_refused(parameters: dict[str, Any]) -> None:
    text = models.booster(COUNT, trees=3, **parameters).model_to_string().encode()
    assert attempt(with_model(text)) == "model_corrupt"


def test_a_model_of_other_features_is_refused() -> None:
    assert attempt(with_model(models.booster(COUNT - 1, trees=3).model_to_string().encode())) == "model_corrupt"
    other = "unknown_feature_set"
    assert attempt(with_about(lambda it: it["feature_set"].update(version="1999-1"))) == other
    assert attempt(with_about(lambda it: it["feature_set"].update(version="../secret"))) == other
    assert attempt(with_about(lambda it: it["feature_set"].update(sha256="0" * 64))) == other
    assert attempt(with_about(lambda it: it["features"].reverse())) == other


def test_a_model_that_splits_by_category_is_used() -> None:
    draw = np.random.default_rng(2)
    x = models.columns(COUNT, rows=2000)
    y = (np.nan_to_num(x[:, 1]) % 3 + draw.random(2000) > 2).astype(int)
    import lightgbm

    how = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_child_samples": 5, "max_cat_to_onehot": 1}
    data = lightgbm.Dataset(x, y, categorical_feature=[1], params={"verbose": -1})
    assert attempt(models.artefact(SET, model=lightgbm.train(how, data, 20).model_to_string().encode())) == "used"


def test_a_model_as_training_makes_it_is_used() -> None:
    how = {"monotone_constraints": [it.monotone for it in SET.features], "monotone_constraints_method": "advanced"}
    text = models.booster(COUNT, trees=5, feature_name=[f"f{place}" for place in range(COUNT)], **how).model_to_string()
    assert "monotone_constraints=" in text
    assert attempt(models.artefact(SET, model=text.encode())) == "used"
    gate = {"verdict": "refuse", "reasons": [{"id": "bads", "zh": "违约太少", "en": "too few bads"}]}
    assert attempt(models.artefact(SET, model=text.encode(), gate=gate, card_grade={"A": 0.05, "AAA": 0.01})) == "used"


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(format=2),
        lambda it: it.update(name="\ud800"),
        lambda it: it.update(name="a\nb"),
        lambda it: it.update(name=""),
        lambda it: it["features"][0]["label"].update(zh="字" * 1_000_000),
        lambda it: it["features"][0].update(label=None),
        lambda it: it["features"][0].update(name=it["features"][1]["name"]),
        lambda it: it.update(features=[]),
        lambda it: it.update(features=7),
        lambda it: it["calibration"].update(slope=float("nan")),
        lambda it: it["calibration"].update(slope=float("inf")),
        lambda it: it["calibration"].update(slope=-1.0),
        lambda it: it["calibration"].update(slope=True),
        lambda it: it["calibration"].update(intercept=10**400),
        lambda it: it["calibration"].update(intercept="0"),
        lambda it: it.update(base_value=it["base_value"] + 1e-6),
        lambda it: it.update(support=it["support"][1:]),
        lambda it: it["support"][0].update(low="x"),
        lambda it: it["pd_interval"].update(low=[2.0] * 10),
        lambda it: it["pd_interval"].update(low=it["pd_interval"]["high"], high=it["pd_interval"]["low"]),
        lambda it: it["pd_interval"].update(edges=it["pd_interval"]["edges"][::-1]),
        lambda it: it["pd_interval"].pop("edges"),
        lambda it: it.update(score_shares=[0.5] * 10),
        lambda it: it.update(score_bins=[0.5]),
        lambda it: it.update(created_at="2021-04-01"),
        lambda it: it.update(created_at=None),
        lambda it: it.update(gate=[]),
        lambda it: it.update(card_grade={"A": "x"}),
        lambda it: it.update(card_grade=[1]),
        lambda it: it.pop("calibration"),
    ],
)
def test_a_spoiled_description_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    assert attempt(with_about(change)) == "model_corrupt"


@pytest.mark.parametrize("about", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"{}", b" " * 5_000_000])
def test_a_description_that_is_none_is_refused(about: bytes) -> None:
    assert attempt(Artefact(WHOLE.model, about)) == "model_corrupt"


def test_limits_with_or_without_the_outermost_ones_are_the_same() -> None:
    edges = json.loads(WHOLE.about)["pd_interval"]["edges"]
    for outer in ([0.0, *edges, 1.0], edges, [-np.inf, *edges, np.inf]):
        assert attempt(with_about(lambda it, outer=outer: it["pd_interval"].update(edges=outer))) == "used"


def test_a_bin_for_missing_scores_says_nothing() -> None:
    shares = [*json.loads(WHOLE.about)["score_shares"], 0.0]
    found = read_about(with_about(lambda it: it.update(score_shares=shares)).about)
    assert (len(found.score_edges), len(found.score_shares)) == (9, 10)


def test_a_folder_without_its_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(ChallengerUnusable, match=r"model\.txt") as refused:
        read_folder(tmp_path)
    assert refused.value.reason == "model_missing"
    (tmp_path / "model.txt").write_bytes(WHOLE.model)
    with pytest.raises(ChallengerUnusable, match=r"challenger\.json"):
        read_folder(tmp_path)
    (tmp_path / "challenger.json").write_bytes(WHOLE.about)
    assert read_folder(tmp_path) == WHOLE
