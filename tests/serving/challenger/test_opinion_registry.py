"""The registry in MLflow keeps what the fake one promises, on a local store and without the network."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feature_store.adapters import mlflow_manners
from feature_store.feature_set import load_feature_set
from scoring.canonical import sha256
from serving.challenger.load import ABOUT, MODEL, Artefact, ChallengerUnusable
from serving.challenger.registry import NAME, MlflowRegistry
from serving.challenger.standing import Challengers
from serving.challenger.versions import Registry, RegistryUnavailable, Run, with_model
from tests.fakes import models
from tests.fakes.registry import FakeRegistry
from tests.serving.registered import register, uri_of

SET = load_feature_set()
MADE = [models.artefact(SET, seed=seed) for seed in range(2)]
Add = Callable[[Artefact], str]


@pytest.fixture(scope="module")
def tracking_uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("mlruns")
    return f"sqlite:///{folder}/mlflow.db"


@pytest.fixture(params=["fake", "mlflow"])
def pair(request: pytest.FixtureRequest, tracking_uri: str, tmp_path: Path) -> Iterator[tuple[Registry, Add]]:
    """A registry, and how training adds a version to it."""
    if request.param == "fake":
        fake = FakeRegistry()
        yield fake, lambda artefact: fake.add(artefact).version
        return
    with warnings.catch_warnings():
        mlflow_manners.hush()  # the test itself calls MLflow
        yield _mlflow(tracking_uri, f"{NAME}-{tmp_path.name}")


def _mlflow(uri: str, name: str) -> tuple[Registry, Add]:
    registry = MlflowRegistry(uri, name)
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.create_registered_model(name)
    experiment = client.create_experiment(name, artifact_location=Path(uri.removeprefix("sqlite:///")).parent.as_uri())

    def add(artefact: Artefact) -> str:
        run = client.create_run(experiment).info
        for file, content in ((MODEL, artefact.model), (ABOUT, artefact.about)):
            path = Path(uri.removeprefix("sqlite:///")).parent / file
            path.write_bytes(content)
            client.log_artifact(run.run_id, str(path), "challenger")
            path.unlink()
        tags = {
            "verdict": "promote",
            "model_sha256": sha256(artefact.model),
            "feature_set": SET.version,
            "quarter": "2021Q1",
        }
        source = f"{run.artifact_uri}/challenger"
        return str(client.create_model_version(name, source, run.run_id, tags=tags).version)

    return registry, add


def test_versions_files_and_the_alias(pair: tuple[Registry, Add]) -> None:
    registry, add = pair
    assert registry.versions() == []
    assert registry.alias() is None
    assert [add(artefact) for artefact in MADE] == ["1", "2"]
    found = registry.versions()
    assert [it.version for it in found] == ["1", "2"]
    assert [it.model_sha256 for it in found] == [sha256(it.model) for it in MADE]
    assert {(it.verdict, it.feature_set, it.quarter) for it in found} == {("promote", SET.version, "2021Q1")}
    assert all(it.created_at.tzinfo for it in found)
    assert [registry.artefact(it.version) for it in found] == MADE
    for version in ("1", "2", "1"):
        registry.move_alias(version)
        assert registry.alias() == version
    assert with_model(registry, sha256(MADE[1].model)) == "2"
    assert with_model(registry, "0" * 64) is None
    with pytest.raises(RegistryUnavailable):
        registry.artefact("7")
    challengers = Challengers(registry, load_feature_set, timeout_ms=1000)
    assert challengers.by_sha256(sha256(MADE[1].model), "2").model.version == "2"
    with pytest.raises(RegistryUnavailable):
        challengers.by_sha256("0" * 64, "2")


def test_a_file_changed_where_it_is_kept_is_noticed(tracking_uri: str) -> None:
    with warnings.catch_warnings():
        mlflow_manners.hush()  # the test itself calls MLflow
        registry, add = _mlflow(tracking_uri, f"{NAME}-changed")
        own = models.artefact(SET, seed=7)
        version = add(own)
        path = [it for it in Path(tracking_uri.removeprefix("sqlite:///")).parent.glob(f"*/artifacts/challenger/{MODEL}")
                if it.read_bytes() == own.model][-1]  # fmt: skip
        path.write_bytes(own.model.replace(b"leaf_value=", b"leaf_value=1", 1))
        challengers = Challengers(registry, load_feature_set, timeout_ms=1000)
        with pytest.raises(ChallengerUnusable) as refused:
            challengers.by_sha256(sha256(own.model), version)
        assert refused.value.reason == "wrong_hash"
        path.unlink()
        with pytest.raises((ChallengerUnusable, RegistryUnavailable)):
            challengers.by_sha256(sha256(own.model), version)


def test_files_and_tags_stand_beside_the_run_of_a_version(tmp_path: Path) -> None:
    version = register(tmp_path, MADE[0])
    registry = MlflowRegistry(uri_of(tmp_path))
    for said in ("first", "second"):
        registry.attach(version, {"watch/2020-10-31.json": said}, {"watch.2020-10-31": said})
    client = registry._client
    run = client.get_run(client.get_model_version(NAME, version).run_id)
    assert run.data.tags["watch.2020-10-31"] == "second"
    assert (tmp_path / run.info.run_id / "artifacts" / "watch" / "2020-10-31.json").read_text() == "second"
    assert registry.run(version) == Run({}, {})
    assert registry.card(version) is None
    with pytest.raises(RegistryUnavailable):
        registry.attach("99", {}, {})
