"""The quarter's challenger: trained once, its gate's verdict, and what two people could promote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feature_store.adapters import promotions
from feature_store.adapters.promotions import Promotion
from scoring.errors import LushiError
from serving.challenger.versions import PROMOTE, Version
from serving.quarter.step import NothingTrained, Result, Train, Work
from serving.wiring import Parts

RETRAIN = "retrain"


def retrain_with(train: Train) -> Callable[[Work], Result]:
    """The step that trains with ``train``; a quarter that nothing can be trained on is told as such."""

    def retrain(work: Work) -> Result:
        try:
            version = train(work.parts, work.quarter, work.known_at, work.progress).version
        except NothingTrained as error:
            return {"trained": False, "version": None, "model_sha256": None, "why": str(error)}
        if version is None:
            raise LushiError(f"the challenger of {work.quarter} was trained and not registered; run the command again")
        return {"trained": True, "version": version, "model_sha256": _of(work.parts, version).model_sha256, "why": ""}

    return retrain


def gate(work: Work) -> Result:
    """What the gate said of the quarter's version, which one advised by then, and which one two people may promote."""
    version = work.found[RETRAIN]["version"]
    stands = _standing(work.parts, work.known_at)
    said = {"stands": stands.version if stands else None}
    if version is None:
        return said | {"verdict": None, "reasons": [], "promote": None}
    listed = _of(work.parts, version)
    about = work.parts.challengers.verified(version, listed.model_sha256, listed.about_sha256).about
    return said | {
        "verdict": about.verdict,
        "reasons": list(about.gate_reasons),
        "promote": version if about.verdict == PROMOTE else None,
    }


def _of(parts: Parts, version: str) -> Version:
    found = next((it for it in parts.challengers.registry.versions() if it.version == version), None)
    if found is None:
        raise LushiError(
            f"the registry of models no longer holds version {version}; restore it, then run the command again"
        )
    return found


def _standing(parts: Parts, known_at: datetime) -> Promotion | None:
    with parts.store.looking(known_at) as moment:
        moves = promotions.history(moment.connection)
    by_then = [move for move in moves if move.recorded_at <= known_at]
    return by_then[-1] if by_then else None
