"""A version of the challenger in a real MLflow store, and promoted past the gate."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path

from feature_store.adapters import mlflow_manners, promotions
from feature_store.adapters.promotions import Promotion
from feature_store.feature_set import load_feature_set
from scoring.canonical import sha256
from serving.challenger.load import ABOUT, MODEL, Artefact
from serving.challenger.registry import NAME, MlflowRegistry
from serving.challenger.standing import Challengers
from tests.serving.served import Served


def register(folder: Path, artefact: Artefact) -> str:
    """Keep an artefact as the next version in the store of a folder, as training does; its number."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    folder.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as aside:
        mlflow_manners.hush()
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException

        uri = uri_of(folder)
        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        try:
            client.create_registered_model(NAME)
            client.create_experiment(NAME, artifact_location=folder.as_uri())
        except MlflowException:  # it is there already
            pass
        experiment = client.get_experiment_by_name(NAME)
        run = client.create_run(experiment.experiment_id).info
        for file, content in ((MODEL, artefact.model), (ABOUT, artefact.about)):
            (Path(aside) / file).write_bytes(content)
        client.log_artifacts(run.run_id, aside, "challenger")
        tags = {"verdict": "promote", "model_sha256": sha256(artefact.model), "quarter": "2017Q1"}
        version = client.create_model_version(NAME, f"{run.artifact_uri}/challenger", run.run_id, tags=tags)
        return str(version.version)


def uri_of(folder: Path) -> str:
    """The address of a folder's store."""
    return f"sqlite:///{folder}/mlflow.db"


def promote(served: Served, version: str, artefact: Artefact) -> None:
    """Let a version advise, without asking the gate."""
    with served.parts.store.engine.begin() as connection:
        at, _ = promotions.lock_and_history(connection, served.clock.now)
        hashes = sha256(artefact.model), sha256(artefact.about)
        promotions.record(
            connection, Promotion("promotion", version, hashes[0], None, "Wang", "Li", "test", at, hashes[1])
        )


def use(served: Served, uri: str, *, timeout_ms: int) -> Challengers:
    """Let a county's parts ask the registry at an address; nothing of it is loaded yet."""
    found = Challengers(MlflowRegistry(uri), load_feature_set, timeout_ms=timeout_ms)
    served.parts.__dict__["challengers"] = found
    return found
