"""What a step of a quarter is, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from feature_store.quarter import Quarter
from scoring.errors import LushiError
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.wiring import Parts

Result = Mapping[str, Any]
"""What a step found: dicts, lists, text, whole numbers, true, false and null; no floats, no time of the clock."""
Progress = Callable[[str], None]
"""Takes the name of what a step is at."""


class NothingTrained(LushiError):
    """The quarter has too few loans that can be judged, so no challenger can be trained for it."""


class TrainedVersion(Protocol):
    """A version of the challenger as training left it in the registry."""

    @property
    def version(self) -> str | None:
        """Its number."""
        ...

    @property
    def verdict(self) -> str:
        """What the gate said."""
        ...

    @property
    def reasons(self) -> str:
        """Why it was refused."""
        ...


Train = Callable[[Parts, Quarter, datetime, Progress], TrainedVersion]
"""Trains a quarter's version as known at a time, once; raises :class:`NothingTrained` where it cannot be."""
Watch = Callable[[Parts, Quarter, datetime, Progress], Result]
"""Watches a quarter as known at a time; the same again gives the same. ``alarms`` of the result lists what it raised, each with its ``level``."""


@dataclass(frozen=True, slots=True)
class Work:
    """What every step is given. policy: in force on the quarter's last day. known_at: nothing recorded later is looked at.

    found: results of the steps before, by name. go_on: whether to go on where a source has not filed.
    """

    parts: Parts
    quarter: Quarter
    policy: Policy
    known_at: datetime
    found: Mapping[str, Result]
    go_on: bool
    progress: Progress


@dataclass(frozen=True, slots=True)
class Step:
    """One step. run: gives the same for the same work, whatever was begun before."""

    name: str
    label: Text
    run: Callable[[Work], Result]
