"""The run in MLflow: every figure, what a second run needs, and the version with its verdict."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from serving.challenger.registry import MlflowRegistry
from serving.challenger.versions import RegistryUnavailable
from training.tracking import (
    Kept,
    Record,
    RecordUnavailable,
    check_ready,
    keep,
    metrics_of,
    registered,
    registered_name,
)
from training.trained import Trained

AT = datetime(2021, 4, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def kept(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, Kept]:
    record = Record(tmp_path_factory.mktemp("mlruns"))
    return record, keep(trained, record, now=AT, register=True, quarter="2021Q1")


def test_the_runs_metrics_are_the_figures_and_the_seconds(kept: tuple[Record, Kept], trained: Trained) -> None:
    record, it = kept
    metrics = metrics_of(record, it.run_id)
    assert {name: value for name, value in metrics.items() if not name.startswith("seconds.")} == trained.figures
    assert {name for name in metrics if name.startswith("seconds.")} == {f"seconds.{name}" for name in trained.seconds}


def test_the_service_reads_figures_parameters_and_the_card_of_a_version(
    kept: tuple[Record, Kept], trained: Trained
) -> None:
    record, it = kept
    registry = MlflowRegistry(record.tracking_uri, registered_name(trained.table.name))
    found = registry.run(str(it.version))
    assert {name: found.figures[name] for name in trained.figures} == trained.figures
    assert (found.parameters["seed"], found.parameters["synthetic"]) == ("7", "False")
    assert registry.card(str(it.version)) == Path(it.card, "card.html").read_text(encoding="utf-8")
    for ask in (registry.run, registry.card):
        with pytest.raises(RegistryUnavailable):
            ask("99")


def test_the_record_holds_what_a_second_run_needs(kept: tuple[Record, Kept], trained: Trained) -> None:
    record, it = kept
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient

        client = MlflowClient(record.tracking_uri, record.tracking_uri)
        params = client.get_run(it.run_id).data.params
        name = registered_name(trained.table.name)
        version = client.get_model_version(name, str(it.version))
    assert params["data_sha256"] == trained.data_sha256
    assert params["seed"] == "7"
    assert params["synthetic"] == "False"
    assert params["rows"] == str(len(trained.table))
    assert params["code_version"]
    assert params["environment.lightgbm"]
    assert params["limit.score_psi"] == "0.25"
    assert version.tags["verdict"] == trained.gate.verdict
    assert version.tags["model_sha256"] == trained.model_sha256
    assert version.tags["quarter"] == "2021Q1"
    folder = Path(version.source.removeprefix("file://"))
    assert sorted(path.name for path in folder.iterdir()) == ["challenger.json", "model.txt"]
    assert json.loads((folder / "challenger.json").read_text(encoding="utf-8"))["model_sha256"] == trained.model_sha256


def test_telemetry_is_off(kept: tuple[Record, Kept]) -> None:
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert os.environ["DO_NOT_TRACK"] == "true"


def test_a_second_version_of_the_same_name_is_numbered_on(kept: tuple[Record, Kept], trained: Trained) -> None:
    record, _ = kept
    again = keep(trained, record, now=AT, register=True)
    assert again.version == "2"
    assert keep(trained, record, now=AT, register=False).version is None


def test_names_of_the_county_and_of_tables_are_apart() -> None:
    assert registered_name("lushi-challenger") == "lushi-challenger"
    assert registered_name("taiwan") == "table-taiwan"


def test_a_record_that_cannot_be_written_is_said_so(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RecordUnavailable, match="LUSHI_MLRUNS"):
        keep(trained, Record(tmp_path / "file"), now=AT, register=False)


def test_a_registry_elsewhere_that_is_away_is_told_and_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(RecordUnavailable, match="MLFLOW_TRACKING_URI"):
        check_ready(Record(tmp_path, "http://127.0.0.1:9"))
    (tmp_path / "file").touch()
    with pytest.raises(RecordUnavailable):
        check_ready(Record(tmp_path / "file"))


def test_a_folder_that_can_only_be_read_is_said_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_ready(Record(tmp_path))
    before = sorted(it.name for it in tmp_path.iterdir())

    def only_read(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", only_read)
    with pytest.raises(RecordUnavailable, match="LUSHI_MLRUNS"):
        check_ready(Record(tmp_path))
    assert sorted(it.name for it in tmp_path.iterdir()) == before


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_damaged_database_is_said_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mlflow.db").write_bytes(content)
    for ask in (check_ready, lambda record: registered(record, "2021Q1")):
        with pytest.raises(RecordUnavailable, match=r"restore mlflow\.db"):
            ask(Record(tmp_path))
    assert (tmp_path / "mlflow.db").read_bytes() == content
