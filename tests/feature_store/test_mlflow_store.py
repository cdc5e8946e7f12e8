"""MLflow's local database is there whole or not at all, whatever breaks its making off."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from feature_store.adapters import mlflow_store
from feature_store.adapters.mlflow_store import make_whole
from training.tracking import Record, check_ready


class _Pulled:
    """sqlite3 whose plug is pulled before the copy is made."""

    @staticmethod
    def connect(path: Path) -> Any:
        raise KeyboardInterrupt


def test_a_making_that_was_broken_off_leaves_nothing_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "mlflow.db"
    with monkeypatch.context() as patched:
        patched.setattr(mlflow_store, "sqlite3", _Pulled)
        with pytest.raises(KeyboardInterrupt):
            make_whole(database)
    assert list(tmp_path.iterdir()) == []
    check_ready(Record(tmp_path))
    assert [it.name for it in tmp_path.iterdir()] == ["mlflow.db"]


def test_of_two_that_make_it_at_once_the_first_ones_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database, other, link = tmp_path / "mlflow.db", tmp_path / "other.db", os.link
    make_whole(other)

    def late(made: Path, place: Path) -> None:
        link(other, place)
        link(made, place)

    monkeypatch.setattr(mlflow_store.os, "link", late)
    make_whole(database)
    assert database.samefile(other)
    with closing(sqlite3.connect(database)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"experiments", "runs", "registered_models", "model_versions"} <= tables
