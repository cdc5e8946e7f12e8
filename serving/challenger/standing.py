"""The challenger that stands: loaded once, loaded again when another is promoted, asked on one thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from feature_store.adapters.promotions import Promotion
from feature_store.vector import Matrix
from scoring.opinion import Opinion, Reason, Unavailable
from serving.challenger.arithmetic import Numbers, Unsound, numbers
from serving.challenger.kept import Kept
from serving.challenger.load import Challenger, ChallengerUnusable, FeatureSets, load
from serving.challenger.opinion import CardSays, told
from serving.challenger.shift import ShiftWatch
from serving.challenger.versions import Registry, RegistryUnavailable
from serving.challenger.worker import Busy, Deadline, TimedOut, Worker

TRY_AGAIN = timedelta(minutes=1)
"""How long a model that could not be loaded is left alone."""
_Key = tuple[str, str, str]
"""(version, sha256 of the model, sha256 of its description)"""


class NoOpinion(Exception):
    """There is no opinion on this call, and why."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A challenger ready to be asked, the thread that asks it, and the watch over its scores."""

    challenger: Challenger
    worker: Worker
    watch: ShiftWatch


@dataclass(frozen=True, slots=True)
class _Refused:
    """Why a model could not be loaded, and when that was found."""

    reason: Reason
    at: datetime


class Challengers:
    """The models of one process.

    registry: where the versions are kept; it is not asked before a model is needed.
    timeout_ms: most milliseconds that a decision waits for its opinion.
    """

    def __init__(self, registry: Registry, feature_sets: FeatureSets, *, timeout_ms: int) -> None:
        self.registry, self.timeout_ms = registry, timeout_ms
        self._feature_sets = feature_sets
        self._lock = Lock()
        self._standing: tuple[_Key, Loaded | _Refused] | None = None
        self._loading: _Key | None = None
        self._kept = Kept(registry, feature_sets)

    def ready(self, promotion: Promotion, *, known_at: datetime, deadline: Deadline) -> Loaded:
        """The promoted challenger, loaded where it is not yet.

        known_at: the time of the call, from which a failed load is tried again a minute later.

        Raises:
            NoOpinion: where it cannot be used, or is not loaded in time.
        """
        key = (promotion.version, promotion.sha256, promotion.about_sha256)
        standing = self._standing
        if standing is None or standing[0] != key or _is_due(standing[1], known_at):
            found = self._load_in_time(key, known_at, deadline)
        else:
            found = standing[1]
        if isinstance(found, _Refused):
            raise NoOpinion(found.reason)
        return found

    def refused(self, promotion: Promotion) -> Reason | None:
        """Why the promoted challenger could not be loaded when that was last tried; None where it was, or was not tried."""
        standing = self._standing
        tried = standing is not None and standing[0] == (promotion.version, promotion.sha256, promotion.about_sha256)
        return standing[1].reason if standing and tried and isinstance(standing[1], _Refused) else None

    def ask(
        self, loaded: Loaded, matrix: Matrix, *, on: date, cards: Sequence[CardSays], deadline: Deadline
    ) -> list[Opinion | Unavailable]:
        """The opinions of a challenger that is ready, one for each row. Whatever the model does, this returns in time.

        matrix: (n_rows, n_features). cards: what the card says of each row.
        """
        challenger = loaded.challenger
        try:
            found = loaded.worker.run(lambda: _numbers(challenger, matrix), deadline)
        except TimedOut:
            return [Unavailable("time_out") for _ in cards]
        except Busy:
            return [Unavailable("busy") for _ in cards]
        except Exception:
            return [Unavailable("failed") for _ in cards]
        return [
            _told(loaded, matrix[row : row + 1], one, on, card)
            for row, (one, card) in enumerate(zip(found, cards, strict=True))
        ]

    def by_sha256(self, sha256: str, version: str) -> Challenger:
        """The challenger with a model's hash, for replay; see :meth:`Kept.by_sha256`."""
        return self._kept.by_sha256(sha256, version)

    def by_version(self, version: str) -> Challenger:
        """The challenger of a version, for replay; see :meth:`Kept.by_version`."""
        return self._kept.by_version(version)

    def verified(self, version: str, sha256: str, about_sha256: str = "") -> Challenger:
        """A version loaded anew, as it would be if it were promoted now; the hashes are those that it must have.

        Raises:
            ChallengerUnusable, RegistryUnavailable: where it could not be asked.
        """
        return load(
            self.registry.artefact(version),
            self._feature_sets,
            version=version,
            wanted_sha256=sha256,
            about_sha256=about_sha256,
        )

    def _load_in_time(self, key: _Key, known_at: datetime, deadline: Deadline) -> Loaded | _Refused:
        with self._lock:
            if self._loading == key:
                raise NoOpinion("loading")
            self._loading = key
        # A thread of its own for each model: one that hangs cannot keep the next from being loaded.
        worker = Worker()
        try:
            return worker.run(lambda: self._load(key, known_at, worker), deadline, droppable=False)
        except TimedOut:
            raise NoOpinion("loading") from None

    def _load(self, key: _Key, known_at: datetime, worker: Worker) -> Loaded | _Refused:
        """Load a model and let it stand, also where nobody waits for it any more."""
        found: Loaded | _Refused
        try:
            challenger = self.verified(*key)
            found = Loaded(challenger, worker, ShiftWatch(challenger.about))
        except ChallengerUnusable as refused:
            found = _Refused(refused.reason, known_at)
        except RegistryUnavailable:
            found = _Refused("model_missing", known_at)
        except Exception:
            found = _Refused("failed", known_at)
        with self._lock:
            if self._loading == key:
                before, self._standing, self._loading = self._standing, (key, found), None
            else:  # another was promoted meanwhile
                before = (key, found)
        if before is not None and isinstance(before[1], Loaded):
            before[1].worker.close()
        if isinstance(found, _Refused):
            worker.close()
        return found


def _numbers(challenger: Challenger, matrix: Matrix) -> list[tuple[Numbers, int] | Unavailable]:
    """Each row's numbers and its place in them; where one row's do not hold together, each is asked about alone."""
    try:
        found = numbers(challenger, matrix)
    except Unsound as unsound:
        if len(matrix) == 1:
            return [Unavailable(unsound.reason)]
        return [_numbers(challenger, matrix[row : row + 1])[0] for row in range(len(matrix))]
    return [(found, row) for row in range(len(matrix))]


def _told(
    loaded: Loaded, vector: Matrix, found: tuple[Numbers, int] | Unavailable, on: date, card: CardSays
) -> Opinion | Unavailable:
    """The opinion on one row, counted among the scores; the shift is that of the scores before it."""
    if isinstance(found, Unavailable):
        return found
    try:
        opinion = told(loaded.challenger, vector, *found, on=on, card=card, shift=loaded.watch.shift())
        loaded.watch.seen(opinion.pd)
    except Exception:
        return Unavailable("failed")
    return opinion


def _is_due(found: Loaded | _Refused, known_at: datetime) -> bool:
    return isinstance(found, _Refused) and abs(known_at - found.at) >= TRY_AGAIN
