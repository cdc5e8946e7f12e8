"""What the list of alarms is answered with, described for callers' generators."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from serving.alarms.standing import Delivery
from serving.api.schemas import Answered, Said, Sha256
from serving.api.schemas_decision import OpinionSuspended


class AlarmAbout(Said):
    """What an alarm is about: a kind of thing and those of that kind, worst first; their names in both languages."""

    kind: str
    ids: list[str]


class AlarmLines(Answered):
    """What and where, since when, how sure, what it cannot see, what to do."""

    zh: list[str]
    en: list[str]


class AlarmShown(Answered):
    """An alarm that stands. since: the period in which it began; recorded_at, log_index, report_sha256: of its last change.

    suspends: whether its limit suspends opinions. delivery: whether the webhook was told of that change.
    """

    alarm_id: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    figure: str
    level: Literal["amber", "red"]
    about: AlarmAbout
    since: str
    suspends: bool
    lines: AlarmLines
    report_sha256: Sha256
    recorded_at: datetime
    log_index: Annotated[int, Field(ge=0)]
    delivery: Delivery


class AlarmsAnswer(Answered):
    """The alarms that stand, red ones first. on: day of the newest report, null before the first. opinion: null where it is given."""

    on: date | None
    alarms: list[AlarmShown]
    opinion: OpinionSuspended | None
