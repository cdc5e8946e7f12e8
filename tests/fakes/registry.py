"""A registry of models in memory, with the same promises as the one in MLflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scoring.canonical import sha256
from serving.challenger.load import Artefact
from serving.challenger.versions import RegistryUnavailable, Run, Version


@dataclass
class FakeRegistry:
    """Versions by number. before_reading: called whenever files are asked for; may raise or take time."""

    kept: dict[str, tuple[Version, Artefact]] = field(default_factory=dict)
    bearer: str | None = None
    away: bool = False
    before_reading: Callable[[], None] = lambda: None
    read: int = 0
    attached: dict[str, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)

    def add(self, artefact: Artefact, *, verdict: str = "promote") -> Version:
        """Register an artefact as the next version, tagged as training does."""
        number = str(len(self.kept) + 1)
        try:
            feature_set = json.loads(artefact.about)["feature_set"]["version"]
        except (ValueError, KeyError, TypeError):
            feature_set = ""
        at = datetime(2021, 4, 1, tzinfo=UTC)
        version = Version(number, at, verdict, sha256(artefact.model), feature_set, "2021Q1")
        self.kept[number] = (version, artefact)
        return version

    def versions(self) -> list[Version]:
        """Every version, oldest first."""
        self._reachable()
        return [version for version, _ in self.kept.values()]

    def artefact(self, version: str) -> Artefact:
        """A version's two files."""
        self._reachable()
        self.read += 1
        self.before_reading()
        if version not in self.kept:
            raise RegistryUnavailable("there is no such version")
        return self.kept[version][1]

    def alias(self) -> str | None:
        """The version that bears the alias."""
        self._reachable()
        return self.bearer

    def move_alias(self, version: str) -> None:
        """Give the alias to a version."""
        self._reachable()
        self.bearer = version

    def attach(self, version: str, files: Mapping[str, str], tags: Mapping[str, str]) -> None:
        """Files and tags beside a version."""
        self._reachable()
        if version not in self.kept:
            raise RegistryUnavailable("there is no such version")
        before = self.attached.get(version, ({}, {}))
        self.attached[version] = ({**before[0], **files}, {**before[1], **tags})

    def run(self, version: str) -> Run:
        """What training recorded of a version."""
        self._known(version)
        return self.runs.get(version, Run({}, {}))

    def card(self, version: str) -> str | None:
        """The card of a version."""
        self._known(version)
        return self.cards.get(version)

    def _known(self, version: str) -> None:
        self._reachable()
        if version not in self.kept:
            raise RegistryUnavailable("there is no such version")

    def _reachable(self) -> None:
        if self.away:
            raise RegistryUnavailable("the registry is away")
