"""What service needs of a registry of models: its versions, their files, and the alias."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scoring.errors import LushiError
from serving.challenger.load import Artefact

PROMOTE = "promote"
"""The gate's verdict on a version that may be promoted."""


class RegistryUnavailable(LushiError):
    """The registry of models cannot be read or changed now, or holds no such version."""


class NoSuchVersion(LushiError):
    """The registry of models can be read and holds no version of that name."""


@dataclass(frozen=True, slots=True)
class Version:
    """A registered model version, as training tagged it; a tag that is not there is ''."""

    version: str
    created_at: datetime
    verdict: str
    model_sha256: str
    feature_set: str
    quarter: str
    about_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What training recorded of a version: figures and parameters by name, as training names them; empty where it recorded none."""

    figures: Mapping[str, float]
    parameters: Mapping[str, str]


class Registry(Protocol):
    """The registry of one county's challenger."""

    def versions(self) -> list[Version]:
        """Every version, oldest first.

        Raises:
            RegistryUnavailable: where the registry cannot be read.
        """
        ...

    def artefact(self, version: str) -> Artefact:
        """A version's two files.

        Raises:
            RegistryUnavailable: where there is no such version or the registry cannot be read.
            ChallengerUnusable: where a file is missing or too large.
        """
        ...

    def alias(self) -> str | None:
        """The version that bears the alias; None where none does."""
        ...

    def attach(self, version: str, files: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Put files (name to text) and tags beside what training recorded of a version; those of the same names are replaced.

        Raises:
            RegistryUnavailable: where the registry cannot be changed.
        """
        ...

    def run(self, version: str) -> Run:
        """What training recorded of a version.

        Raises:
            RegistryUnavailable: where there is no such version or the registry cannot be read.
        """
        ...

    def card(self, version: str) -> str | None:
        """The model card of a version as a page whole in itself; None where none was kept.

        Raises:
            RegistryUnavailable: where there is no such version or the registry cannot be read.
        """
        ...

    def move_alias(self, version: str) -> None:
        """Give the alias to a version.

        Raises:
            RegistryUnavailable: where the registry cannot be changed.
        """
        ...


def with_model(registry: Registry, sha256: str) -> str | None:
    """The oldest version whose model has a hash; None where there is none."""
    return next((it.version for it in registry.versions() if it.model_sha256 == sha256), None)
