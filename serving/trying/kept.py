"""A draft tried on the whole county, and what was found kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from serving.approvals.trials import Trial, keep
from serving.trying.county import try_county
from serving.wiring import Parts

WORK = "trying a policy"


def try_and_keep(
    parts: Parts, folder: Path, on: date, *, by: str, progress: Callable[[str], None] = lambda _: None
) -> Trial:
    """Try a draft on the county as of a day, and keep what was found.

    Raises:
        AtWork: while another draft is tried.
        PolicyFaults, PolicyNotInForce, NobodyKnown, DraftUnfit, NotMeasured, TrialUnsound: as ``try_county``.
        StoreUnavailable: where the database is away.
    """
    with parts.store.alone(WORK):
        data = try_county(parts, folder, on, progress=progress)
        return keep(parts, folder.name, data, by=by)
