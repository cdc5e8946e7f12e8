"""Trials of drafts that are kept: stored as they were found, each with its entry of the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from feature_store.adapters import policy_trials
from feature_store.adapters.policy_trials import KeptTrial, TrialHead
from scoring.canonical import canonical, sha256
from scoring.errors import LushiError
from serving.ledger import log
from serving.wiring import Parts


class NoSuchTrial(LushiError):
    """No trial of that number is kept."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A kept trial and what it found, as ``try_county`` gives it."""

    head: TrialHead
    data: dict[str, Any]


def keep(parts: Parts, folder: str, data: dict[str, Any], *, by: str) -> Trial:
    """Store a trial of a folder as it was found.

    Raises:
        StoreUnavailable: where the database is away.
    """
    content, draft = canonical(data), str(data["draft"]["sha256"])
    hashed, on = sha256(content), date.fromisoformat(data["on"])
    said = {"folder": folder, "draft_sha256": draft, "on": on.isoformat(), "trial_sha256": hashed, "by": by}
    with parts.store.recording(parts.clock.now) as moment:
        now = moment.known_at
        entry = log.append(moment.connection, kind="policy_trial", recorded_at=now, content=canonical(said))
        head = TrialHead(entry.index, folder, draft, on, hashed, by, now)
        policy_trials.record(moment.connection, KeptTrial(head, content))
    return Trial(head, data)


def kept(parts: Parts, number: int) -> Trial:
    """A kept trial by its entry of the log.

    Raises:
        NoSuchTrial: where there is none.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        found = policy_trials.find(moment.connection, number)
    if found is None:
        raise NoSuchTrial("no trial of that number is kept; look at the list of trials")
    return Trial(found.head, json.loads(found.content))


def newest(parts: Parts, *, most: int, folder: str = "") -> list[TrialHead]:
    """The newest kept trials, newest first; of one folder where one is named."""
    with parts.store.looking(parts.clock.now()) as moment:
        return policy_trials.newest(moment.connection, most=most, folder=folder)
