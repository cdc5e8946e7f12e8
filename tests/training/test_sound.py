"""What a model promises of itself: directions, additivity, and the same contributions as shap."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from tests.training import tables
from training import artefact, directions, monotone
from training.boost import lightgbm_parameters
from training.parameters import PARAMETERS
from training.previous import PreviousUnusable, read_previous
from training.trained import Trained

AT = datetime(2021, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def booster(trained: Trained) -> lightgbm.Booster:
    return lightgbm.Booster(model_str=trained.model_text)


def test_no_constrained_feature_ever_reverses(
    booster: lightgbm.Booster, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monotone, "ROWS", 300)
    monkeypatch.setattr(monotone, "GRID", 128)
    found = monotone.reversals(booster, trained.table.features, trained.table.matrix, seed=11)
    assert set(found) == {"debt", "income", "visits"}
    assert sum(found.values()) == 0


def test_the_sweep_sees_a_reversal(booster: lightgbm.Booster, trained: Trained) -> None:
    from dataclasses import replace

    turned = [replace(it, monotone=-it.monotone) for it in trained.table.features]  # type: ignore[arg-type]
    assert all(count > 0 for count in monotone.reversals(booster, turned, trained.table.matrix, seed=11).values())


def test_what_lightgbm_lets_through_is_found_and_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own constraints reverse where values are missing; the proof sees it, and what is mended keeps its word."""
    table = tables.table()
    given = lightgbm_parameters(table.features, PARAMETERS, seed=7)
    for method in ("intermediate", "advanced"):
        given["monotone_constraints_method"] = method
        loose = lightgbm.train(given, lightgbm.Dataset(table.matrix, table.target, params=given), 150)
        loose = lightgbm.Booster(model_str=loose.model_to_string())
        before = np.asarray(loose.predict(table.matrix))
        assert sum(directions.broken(loose, table.features).values()) > 0
        firm = directions.mended(loose, table.features)
        assert sum(directions.broken(firm, table.features).values()) == 0
        monkeypatch.setattr(monotone, "ROWS", 200)
        assert sum(monotone.reversals(firm, table.features, table.matrix, seed=1).values()) == 0
        assert np.abs(np.asarray(firm.predict(table.matrix)) - before).mean() < 0.002


@pytest.mark.parametrize("seed", range(6))
def test_the_proof_sees_whatever_a_sweep_sees(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monotone, "ROWS", 100)
    table = tables.table(1500, seed=seed)
    given = lightgbm_parameters(table.features, PARAMETERS, seed=seed) | {"monotone_constraints_method": "advanced"}
    loose = lightgbm.train(given, lightgbm.Dataset(table.matrix, table.target, params=given), 40)
    swept = monotone.reversals(loose, table.features, table.matrix, seed=seed)
    proven = directions.broken(loose, table.features)
    assert all(proven[name] > 0 for name, count in swept.items() if count)


def test_contributions_add_up_over_ten_thousand_rows(booster: lightgbm.Booster, trained: Trained) -> None:
    matrix = tables.table(10_000, seed=5).matrix
    found = np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1))
    slope, intercept = trained.about["calibration"]["slope"], trained.about["calibration"]["intercept"]  # type: ignore[index]
    odds = intercept + slope * np.asarray(booster.predict(matrix, raw_score=True, num_threads=1))
    total = trained.about["base_value"] + slope * found[:, :-1].sum(axis=1)
    assert np.abs(total - odds).max() <= 1e-9


def test_contributions_are_those_of_shap(booster: lightgbm.Booster) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shap's own, on import and on binary models
        import shap

        matrix = tables.table(500, seed=6).matrix
        theirs = np.asarray(shap.TreeExplainer(booster).shap_values(matrix))
    ours = np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1))[:, :-1]
    assert np.abs(ours - theirs.reshape(ours.shape)).max() <= 1e-9


def test_the_artefact_holds_two_files_and_gives_the_same_model_back(trained: Trained, tmp_path: Path) -> None:
    artefact.write(tmp_path, trained.model_text, trained.about, AT)
    assert sorted(it.name for it in tmp_path.iterdir()) == ["challenger.json", "model.txt"]
    about = json.loads((tmp_path / "challenger.json").read_text(encoding="utf-8"))
    assert about["format"] == 1
    assert about["created_at"] == AT.isoformat()
    assert len(about["support"]) == len(about["features"]) == 5
    assert len(about["pd_interval"]["low"]) == len(about["pd_interval"]["edges"]) + 1
    previous = read_previous(tmp_path)
    rows = trained.judged.rows
    assert np.array_equal(previous.odds(trained.table.matrix[rows]), trained.judged.odds)


def test_a_changed_model_file_is_no_previous_challenger(trained: Trained, tmp_path: Path) -> None:
    artefact.write(tmp_path, trained.model_text + " ", trained.about, AT)
    with pytest.raises(PreviousUnusable, match="restore it"):
        read_previous(tmp_path)


def test_a_previous_challenger_reads_categories_by_their_words(trained: Trained, tmp_path: Path) -> None:
    artefact.write(tmp_path, trained.model_text, trained.about, AT)
    previous, table = read_previous(tmp_path), trained.table
    place = [it.name for it in table.features].index("crop")
    turned = replace(table.features[place], special={"levels": ["z", "c", "b", "a"]})
    features = (*table.features[:place], turned, *table.features[place + 1 :])
    matrix = table.matrix.copy()
    matrix[:, place] = 3 - matrix[:, place]
    expected = previous.odds(table.matrix)
    assert np.array_equal(previous.reading(features).odds(matrix), expected)
    assert np.array_equal(previous.reading(table.features).odds(table.matrix), expected)
    assert not np.array_equal(previous.odds(matrix), expected)


def test_a_previous_challenger_that_cannot_read_the_table_is_said(trained: Trained, tmp_path: Path) -> None:
    artefact.write(tmp_path, trained.model_text, trained.about, AT)
    previous, features = read_previous(tmp_path), trained.table.features
    with pytest.raises(PreviousUnusable, match=f"not here: '{features[0].name}'"):
        previous.reading(features[1:])
    number = tuple(replace(it, dtype="number", special={}) for it in features)
    with pytest.raises(PreviousUnusable, match="'crop' as another kind"):
        previous.reading(number)
