"""The watch with what follows from it: the report made and stored once, then its alarms taken in."""

from __future__ import annotations

from datetime import date

from serving.alarms.raise_alarms import Raised, raise_alarms
from serving.challenger.many import Progress
from serving.monitoring.watch import Watched, watch
from serving.wiring import Parts


def watch_and_tell(parts: Parts, on: date, progress: Progress = lambda _: None) -> tuple[Watched, Raised]:
    """The report of a day, and what its alarms led to. Broken off between the two, the same call does the rest.

    Raises:
        LushiError: as of :func:`serving.monitoring.watch.watch`.
        AlarmsInvalid: where the stored report's alarms cannot be read.
    """
    found = watch(parts, on, progress)
    progress("taking in the alarms")
    return found, raise_alarms(parts, found.content, on=on)
