"""What one source stated in one file: the batch, its filings, and what a complete list leaves unsaid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

INVENTED_COUNTY = "411299"
"""A county code that is assigned to no real place: whatever lies in it is synthetic."""


class Coverage(StrEnum):
    """What a file's silence about a household means.

    COMPLETE: the file names everybody in its areas about whom there is something to report.
    LISTED: the file speaks only of the households that it names.
    """

    COMPLETE = "complete"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Batch:
    """One accepted file as a source handed it in; its recording time is set by the store.

    source: a source of the policy, or one of the built-in files (areas, households, loans, loan_months,
        loan_schedules).
    observed_on: day on which its statements were true, unless a row says otherwise.
    areas: area codes that a complete list covers; a code covers every code that begins with it.
    """

    source: str
    observed_on: date
    coverage: Coverage
    areas: tuple[str, ...]
    file_name: str
    file_sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said about one household by one source, with its place on both time axes.

    seq: sequence number of the filing, or 0 where a complete list did not name the household.
    """

    observed_on: date
    recorded_at: datetime
    batch_no: int
    seq: int


CIVIL_TIME = timezone(timedelta(hours=8))
"""The county's clock: days begin at midnight in Beijing, whatever zone a server stands in."""


def civil_day(moment: datetime) -> date:
    """The day that people in the county call today at that moment."""
    return moment.astimezone(CIVIL_TIME).date()


def time_text(moment: datetime) -> str:
    """A time as it is recorded and answered: ISO 8601 in UTC, whatever zone the database's session stands in."""
    return moment.astimezone(UTC).isoformat()
