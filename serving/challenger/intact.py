"""Whether the promoted challenger's files are still the promoted ones, found without loading the model."""

from __future__ import annotations

from feature_store.adapters.promotions import Promotion
from scoring.canonical import sha256
from scoring.opinion import Reason
from serving.challenger.load import ChallengerUnusable
from serving.challenger.standing import Challengers
from serving.challenger.versions import RegistryUnavailable
from serving.challenger.worker import Busy, Deadline, TimedOut, Worker


class Watch:
    """Looks at the files on a thread of its own, since a registry far away may take long to answer."""

    def __init__(self, challengers: Challengers, *, within_ms: int = 3_000) -> None:
        self._challengers, self._within_ms = challengers, within_ms
        self._worker = Worker()

    def fault(self, promotion: Promotion) -> Reason | None:
        """Why the challenger cannot be asked, as decisions record it; None where nothing is wrong with its files."""
        try:
            return self._worker.run(lambda: self._fault(promotion), Deadline(self._within_ms))
        except (TimedOut, Busy):
            return "time_out"
        except Exception:
            return "failed"

    def _fault(self, promotion: Promotion) -> Reason | None:
        try:
            found = self._challengers.registry.artefact(promotion.version)
        except ChallengerUnusable as refused:
            return refused.reason
        except RegistryUnavailable:
            return "model_missing"
        same_about = promotion.about_sha256 in ("", sha256(found.about))
        if sha256(found.model) != promotion.sha256 or not same_about:
            return "wrong_hash"
        return self._challengers.refused(promotion)
