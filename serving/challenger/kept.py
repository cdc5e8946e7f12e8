"""Models kept for replays: read one at a time on a thread of their own, and waited for no longer than allowed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from serving.challenger.load import Challenger, ChallengerUnusable, FeatureSets, load
from serving.challenger.versions import NoSuchVersion, Registry, RegistryUnavailable, with_model
from serving.challenger.worker import Busy, Deadline, TimedOut, Worker

MOST_KEPT = 4
"""Models kept; a county promotes one in a quarter. The one that came first goes first."""
REPLAY_MS = 20_000
"""Most milliseconds that a replay waits for its model; the reading goes on, and whoever asks again finds it."""

_Key = tuple[str, str, str]
"""(how it was asked for, version as it is called, sha256 of the model)"""


class Kept:
    """The models that replays asked for; the one that advises is kept elsewhere.

    A model asked for by its hash and one asked for by its version are kept apart: two versions may have one model's
    bytes and describe them differently.
    """

    def __init__(self, registry: Registry, feature_sets: FeatureSets) -> None:
        self._registry, self._feature_sets = registry, feature_sets
        self._models: dict[_Key, Challenger] = {}

    def by_sha256(self, sha256: str, version: str) -> Challenger:
        """The challenger with a model's hash; ``version`` is what the decision called it.

        Raises:
            RegistryUnavailable: where the registry is away or holds it no more.
            ChallengerUnusable: where it is not intact, or not read in time.
        """
        key = ("hash", version, sha256)

        def read() -> Challenger:
            holder = with_model(self._registry, sha256)
            if holder is None:
                raise RegistryUnavailable("the registry of models holds no version with that hash")
            return self._read(key, holder)

        found = self._models.get(key)
        return found if found is not None else self._in_turn(read)

    def by_version(self, version: str) -> Challenger:
        """The challenger that the registry calls by a version.

        Raises:
            NoSuchVersion: where the registry holds no such version.
            RegistryUnavailable, ChallengerUnusable: as :meth:`by_sha256`.
        """

        def read() -> Challenger:
            listed = next((it for it in self._registry.versions() if it.version == version), None)
            if listed is None:
                raise NoSuchVersion("the registry of models holds no such version; see `lushi models`")
            return self._read(("version", version, listed.model_sha256), version, listed.about_sha256)

        return self._in_turn(read)

    @cached_property
    def _worker(self) -> Worker:
        return Worker()

    def _in_turn(self, read: Callable[[], Challenger]) -> Challenger:
        """One after the other, so that many replays never read more than one model at once."""
        try:
            return self._worker.run(read, Deadline(REPLAY_MS))
        except (TimedOut, Busy):
            raise ChallengerUnusable("loading", "the model is still being read; ask again in a moment") from None

    def _read(self, key: _Key, holder: str, about_sha256: str = "") -> Challenger:
        """The model of a key, from the version that holds it."""
        found = self._models.get(key)
        if found is None:
            _, version, sha256 = key
            artefact = self._registry.artefact(holder)
            found = load(artefact, self._feature_sets, version=version, wanted_sha256=sha256, about_sha256=about_sha256)
            self._models = dict([*self._models.items(), (key, found)][-MOST_KEPT:])
        return found
