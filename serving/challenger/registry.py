"""The registry of models in MLflow: the only file of the service that imports it.

MLflow takes a second to import, so that happens when a model is first asked for. Its telemetry is
off, and a registry that does not exist yet is empty rather than made.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feature_store.adapters import mlflow_manners
from serving.challenger.load import ABOUT, Artefact, read_folder
from serving.challenger.versions import RegistryUnavailable, Run, Version

if TYPE_CHECKING:
    from mlflow import MlflowClient

NAME, ALIAS = "lushi-challenger", "challenger"
CARD = "card/card.html"
MOST_CARD = 8 * 2**20
"""Bytes of a card; a larger one is not shown."""
_SQLITE = "sqlite:///"


class MlflowRegistry:
    """One registered model behind one tracking address."""

    def __init__(self, tracking_uri: str, name: str = NAME) -> None:
        self._uri, self._name = tracking_uri, name

    def versions(self) -> list[Version]:
        """Every version, oldest first."""
        if not self._exists():
            return []
        with _reachable():
            found = self._client.search_model_versions(f"name = '{self._name}'", max_results=10_000)
        return sorted((_version(it) for it in found), key=lambda it: int(it.version))

    def artefact(self, version: str) -> Artefact:
        """A version's two files."""
        if not self._exists():
            raise RegistryUnavailable("there is no registry of models yet; train a challenger first")
        from mlflow.artifacts import download_artifacts

        with _reachable(), tempfile.TemporaryDirectory(prefix="lushi-model-") as folder:
            uri = self._client.get_model_version_download_uri(self._name, version)
            # A remote folder is copied; a local one is read where it lies.
            where = Path(download_artifacts(artifact_uri=uri, dst_path=folder, tracking_uri=self._uri))
            return read_folder(_folder_of(where))

    def alias(self) -> str | None:
        """The version that bears the alias."""
        if not self._exists():
            return None
        with _reachable():
            found = self._client.search_registered_models(f"name = '{self._name}'")
            # A search leaves the aliases out.
            aliases = self._client.get_registered_model(self._name).aliases if found else {}
        version = aliases.get(ALIAS)
        return None if version is None else str(version)

    def move_alias(self, version: str) -> None:
        """Give the alias to a version."""
        with _reachable():
            self._client.set_registered_model_alias(self._name, ALIAS, version)

    def attach(self, version: str, files: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Put files and tags beside what training recorded of a version; those of the same names are replaced."""
        with _reachable():
            run_id = str(self._client.get_model_version(self._name, version).run_id)
            for name, content in files.items():
                self._client.log_text(run_id, content, name)
            for key, value in tags.items():
                self._client.set_tag(run_id, key, value)

    def run(self, version: str) -> Run:
        """Figures and parameters of the run that made a version."""
        if not self._exists():
            raise RegistryUnavailable("there is no registry of models yet; train a challenger first")
        with _reachable():
            found = self._run(version).data
            return Run({name: float(value) for name, value in found.metrics.items()}, dict(found.params))

    def card(self, version: str) -> str | None:
        """The card of the run that made a version."""
        if not self._exists():
            raise RegistryUnavailable("there is no registry of models yet; train a challenger first")
        with _reachable(), tempfile.TemporaryDirectory(prefix="lushi-card-") as folder:
            run_id = str(self._run(version).info.run_id)
            if not any(it.path == CARD for it in self._client.list_artifacts(run_id, CARD.partition("/")[0])):
                return None
            where = Path(self._client.download_artifacts(run_id, CARD, folder))
            if where.stat().st_size > MOST_CARD:
                return None
            return where.read_text(encoding="utf-8")

    def _run(self, version: str) -> Any:
        return self._client.get_run(str(self._client.get_model_version(self._name, version).run_id))

    def _exists(self) -> bool:
        return not self._uri.startswith(_SQLITE) or Path(self._uri.removeprefix(_SQLITE)).is_file()

    @cached_property
    def _client(self) -> MlflowClient:
        mlflow_manners.set_up()
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=self._uri, registry_uri=self._uri)


@contextmanager
def _reachable() -> Iterator[None]:
    """Run a call to MLflow; its own errors and those of its files and connections become ours."""
    from mlflow.exceptions import MlflowException

    mlflow_manners.hush()
    try:
        yield
    except Exception as error:
        if not mlflow_manners.is_theirs(error, MlflowException):
            raise
        raise RegistryUnavailable(
            "the registry of models cannot be used, or holds no such version; check LUSHI_MLRUNS, MLFLOW_TRACKING_URI and"
            " `lushi models`, and restore mlflow.db from a copy where it is damaged"
        ) from error


def _folder_of(where: Path) -> Path:
    """The folder that holds the files: the version's own, or the only one inside it."""
    if (where / ABOUT).is_file():
        return where
    inside = sorted(path.parent for path in where.glob(f"*/{ABOUT}"))
    return inside[0] if len(inside) == 1 else where


def _version(found: Any) -> Version:
    tags = found.tags
    return Version(
        version=str(found.version),
        created_at=datetime.fromtimestamp(found.creation_timestamp / 1000, UTC),
        verdict=tags.get("verdict", ""),
        model_sha256=tags.get("model_sha256", ""),
        feature_set=tags.get("feature_set", ""),
        quarter=tags.get("quarter", ""),
        about_sha256=tags.get("about_sha256", ""),
    )
