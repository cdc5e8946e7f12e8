"""The record of a run in MLflow, and its registration as a version: the only file of training that imports it.

Needs no server: by default a local database and folder. MLflow's telemetry is off.
"""

from __future__ import annotations

import hashlib
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feature_store.adapters import mlflow_manners
from feature_store.adapters.mlflow_store import make_whole
from scoring.errors import LushiError
from training import artefact
from training.artefact import feature_set_of
from training.code_version import code_version, environment
from training.model_card import write as card
from training.trained import Trained

if TYPE_CHECKING:
    from mlflow import MlflowClient

COUNTY = "lushi-challenger"
DATABASE = "mlflow.db"
MODEL_FOLDER, CARD_FOLDER = "model", "card"
_MOST_AT_ONCE = 500
"""Metrics sent in one batch; MLflow takes no more than a thousand."""


class RecordUnavailable(LushiError):
    """The place of the record cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Record:
    """Where runs are kept: a folder (database and artefacts), or the address of a registry elsewhere."""

    folder: Path
    uri: str = ""

    @property
    def tracking_uri(self) -> str:
        """The address as MLflow takes it."""
        return self.uri or f"sqlite:///{(self.folder / DATABASE).as_posix()}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A recorded run: its version, None where it was not registered; what the gate said; where the card lies."""

    run_id: str
    version: str | None
    verdict: str = ""
    reasons: str = ""
    card: str = ""


def registered_name(table: str) -> str:
    """The name that versions of a table's model are registered under."""
    return COUNTY if table == COUNTY else f"table-{table}"


def keep(trained: Trained, record: Record, *, now: datetime, register: bool, quarter: str = "") -> Kept:
    """Write a run with everything that led to it; ``register`` also makes its model a version, passed or not.

    Raises:
        RecordUnavailable: when the record cannot be written.
    """
    name = registered_name(trained.table.name)
    with _writable(record), tempfile.TemporaryDirectory(prefix="lushi-run-") as folder:
        client = _client(record)
        run = client.create_run(
            _experiment(client, name, record), run_name=f"{name} {now:%Y-%m-%d %H:%M}", tags=_tags(trained, quarter)
        )
        run_id = str(run.info.run_id)
        try:
            _log(client, run_id, trained, now)
            _, about = artefact.write(Path(folder) / MODEL_FOLDER, trained.model_text, trained.about, now)
            described = hashlib.sha256(about.read_bytes()).hexdigest()
            card.write(Path(folder) / CARD_FOLDER, trained)
            client.log_artifacts(run_id, folder)
        except BaseException:
            client.set_terminated(run_id, "FAILED")
            raise
        client.set_terminated(run_id, "FINISHED")
        tags = _version_tags(trained, quarter) | {"about_sha256": described}
        version = None
        if register:
            source = f"{run.info.artifact_uri}/{MODEL_FOLDER}"
            _ensure_name(client, name)
            version = str(client.create_model_version(name, source, run_id, tags=tags).version)
    return Kept(run_id, version, tags["verdict"], tags["reasons"], _card(run.info.artifact_uri))


def registered(record: Record, quarter: str) -> Kept | None:
    """The newest version of the county's challenger that was trained for a quarter; None before the first."""
    with _writable(record):
        client = _client(record)
        versions = client.search_model_versions(f"name = '{COUNTY}'", max_results=10_000)
        found = [it for it in versions if it.tags.get("quarter") == quarter]
        if not found:
            return None
        one = max(found, key=lambda it: int(it.version))
        run = client.get_run(run_id := str(one.run_id))
    said = one.tags.get("verdict", ""), one.tags.get("reasons", "")
    return Kept(run_id, str(one.version), *said, _card(run.info.artifact_uri))


@contextmanager
def version_folder(record: Record, version: str) -> Iterator[Path]:
    """The files of a version of the county's challenger, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="lushi-previous-") as folder:
        with _writable(record):
            from mlflow.artifacts import download_artifacts

            uri = _client(record).get_model_version_download_uri(COUNTY, version)
            found = download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=record.tracking_uri)
        yield Path(found)


def check_ready(record: Record) -> None:
    """Find out before long work whether runs can be kept; raises :class:`RecordUnavailable`."""
    with _writable(record):
        if not record.uri:
            with tempfile.TemporaryFile(dir=record.folder):
                pass
        _client(record).search_experiments(max_results=1)


def metrics_of(record: Record, run_id: str) -> dict[str, float]:
    """The figures of a recorded run."""
    with _writable(record):
        return dict(_client(record).get_run(run_id).data.metrics)


def _log(client: MlflowClient, run_id: str, trained: Trained, now: datetime) -> None:
    from mlflow.entities import Metric, Param

    at = int(now.timestamp() * 1000)
    values = dict(trained.figures) | {f"seconds.{name}": taken for name, taken in trained.seconds.items()}
    metrics = [Metric(name, float(value), at, 0) for name, value in values.items()]
    for start in range(0, len(metrics), _MOST_AT_ONCE):
        client.log_batch(run_id, metrics=metrics[start : start + _MOST_AT_ONCE])
    params = [Param(name, value) for name, value in _params(trained).items()]
    for start in range(0, len(params), 100):
        client.log_batch(run_id, params=params[start : start + 100])


def _params(trained: Trained) -> Mapping[str, str]:
    """Everything that a second run would need, as words."""
    found: dict[str, object] = {
        "seed": trained.seed,
        "split": trained.plan.split,
        "search": trained.plan.search,
        "data_sha256": trained.data_sha256,
        "rows": len(trained.table),
        "code_version": code_version(),
        "definition": trained.table.definition.en,
        "synthetic": trained.table.synthetic,
    }
    found |= {f"feature_set.{name}": value for name, value in feature_set_of(trained.table).items()}
    found |= {f"parameter.{name}": value for name, value in trained.parameters.items()}
    found |= {f"limit.{name}": value for name, value in trained.plan.limits.as_dict().items()}
    found |= {f"source.{_plain(name)}": value for name, value in trained.table.source.items()}
    found |= {f"environment.{name}": value for name, value in environment().items()}
    return {name: str(value) for name, value in found.items()}


def _tags(trained: Trained, quarter: str) -> dict[str, str]:
    rivals = {f"verdict.{name}": verdict for name, verdict in trained.verdicts.items()}
    return _version_tags(trained, quarter) | rivals


def _version_tags(trained: Trained, quarter: str) -> dict[str, str]:
    return {
        "verdict": trained.gate.verdict,
        "reasons": "; ".join(it.says.en for it in trained.gate.reasons)[:4000],
        "model_sha256": trained.model_sha256,
        "feature_set": feature_set_of(trained.table)["version"],
        "quarter": quarter,
    }


def _card(artifact_uri: str) -> str:
    return f"{artifact_uri.removeprefix('file://')}/{CARD_FOLDER}"


def _plain(name: str) -> str:
    return "".join(it if it.isalnum() or it in "_-. /" else "_" for it in name)


def _experiment(client: MlflowClient, name: str, record: Record) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    local = None if record.uri else (record.folder / "artifacts").resolve().as_uri()
    return str(client.create_experiment(name, artifact_location=local))


def _ensure_name(client: MlflowClient, name: str) -> None:
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)


def _client(record: Record) -> MlflowClient:
    mlflow_manners.set_up()
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=record.tracking_uri, registry_uri=record.tracking_uri)


@contextmanager
def _writable(record: Record) -> Iterator[None]:
    """Run calls to MLflow; its errors become ours, its own deprecation warnings nobody's."""
    with warnings.catch_warnings():
        mlflow_manners.set_up()
        from mlflow.exceptions import MlflowException

        mlflow_manners.hush()
        try:
            if not record.uri:
                record.folder.mkdir(parents=True, exist_ok=True)
                make_whole(record.folder / DATABASE)
            yield
        except Exception as error:
            if not mlflow_manners.is_theirs(error, MlflowException):
                raise
            raise RecordUnavailable(
                "MLflow's store cannot be used; check LUSHI_MLRUNS, MLFLOW_TRACKING_URI and the space on disk, "
                "and restore mlflow.db from a copy where it is damaged"
            ) from error
