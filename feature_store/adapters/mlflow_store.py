"""MLflow's local database, made whole or not at all: one whose making was broken off can never be opened again."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import warnings
from contextlib import closing, suppress
from pathlib import Path

from feature_store.adapters import mlflow_manners


def make_whole(database: Path) -> None:
    """Make the database of a local store where there is none; of two that make it at once the first one's stays.

    MLflow makes its tables in many steps, so they are made elsewhere and put in place in one.
    """
    if database.exists():
        return
    mlflow_manners.set_up()
    from mlflow import MlflowClient

    with (
        warnings.catch_warnings(),
        tempfile.TemporaryDirectory(prefix=".making-", dir=database.parent, ignore_cleanup_errors=True) as name,
    ):
        mlflow_manners.hush()
        making, whole = Path(name, "making.db"), Path(name, "whole.db")
        uri = f"sqlite:///{making.as_posix()}"
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        client.search_experiments(max_results=1)
        client.search_registered_models(max_results=1)
        # MLflow keeps its connections open, so the file in place is another one.
        with closing(sqlite3.connect(making)) as made, closing(sqlite3.connect(whole)) as copy:
            made.backup(copy)
        with suppress(FileExistsError):
            os.link(whole, database)
