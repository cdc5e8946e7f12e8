"""The challenger's opinion suspended and resumed: by two people, or suspended by the rule of a red alarm. Never the grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from feature_store.adapters import alarms, promotions, suspensions
from feature_store.adapters.store import Moment
from feature_store.adapters.suspensions import Suspension
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.two_people import two_people
from serving.alarms import messages
from serving.ledger import log
from serving.telemetry.logs import get_logger
from serving.wiring import Parts

Kind = Literal["opinion_suspended", "opinion_resumed"]
_LOG = get_logger("lushi.alarms")


class SuspensionRefused(LushiError):
    """Opinions stay as they are; ``reasons`` says why, all of them."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("refused: " + "; ".join(reasons))


@dataclass(frozen=True, slots=True)
class Moved:
    """What was recorded. log_index: its entry. red: ids of red alarms that stand and would suspend."""

    log_index: int
    red: tuple[str, ...]


def suspend(parts: Parts, *, by: str, second: str, why: str) -> Moved:
    """Let no opinion be given from now on, whichever model stands; grades, limits and vetoes go on as before.

    Raises:
        SuspensionRefused: without two different people and a cause, where no model advises, or where it is suspended.
        StoreUnavailable: where the database is away.
    """
    reasons = two_people(by, second, why)
    with parts.store.recording(parts.clock.now) as moment:
        if (stands := suspensions.standing(moment.connection)) is not None:
            reasons.append(f"opinions are suspended already (entry {stands.entry_no} of the log)")
        elif promotions.standing(moment.connection) is None:
            reasons.append("no model advises, so there is nothing to suspend")
        if reasons:
            raise SuspensionRefused(reasons)
        people = {"by": by.strip(), "second": second.strip(), "why": why.strip()}
        index = _record(parts, moment, "opinion_suspended", reason="two_people", people=people)
        red = _red(moment)
    _LOG.warning("opinions suspended", reason="two_people", log_index=index)
    return Moved(index, red)


def resume(parts: Parts, *, by: str, second: str, why: str) -> Moved:
    """Let opinions be given again; the entry names the suspension that it ends, and the red alarms that stand all the same.

    Raises:
        SuspensionRefused: without two different people and a cause, or where nothing is suspended.
        StoreUnavailable: where the database is away.
    """
    reasons = two_people(by, second, why)
    with parts.store.recording(parts.clock.now) as moment:
        stands = suspensions.standing(moment.connection)
        if stands is None:
            reasons.append("opinions are not suspended")
        if reasons or stands is None:
            raise SuspensionRefused(reasons)
        people = {"by": by.strip(), "second": second.strip(), "why": why.strip()}
        red = _red(moment)
        index = _record(
            parts, moment, "opinion_resumed", reason="two_people", people=people, alarm_ids=red, ends=stands.entry_no
        )
    _LOG.warning("opinions resumed", log_index=index, ends=stands.entry_no, red_alarms=len(red))
    return Moved(index, red)


def suspend_by_rule(parts: Parts, alarm_ids: Sequence[str], report_sha256: str) -> int | None:
    """Suspend because of red alarms whose limits say so; the entry's index, None where that changes nothing.

    ``raise_alarms`` does it in the transaction of the alarms themselves.

    Raises:
        StoreUnavailable: where the database is away.
    """
    with parts.store.recording(parts.clock.now) as moment:
        index = suspend_at(parts, moment, alarm_ids, report_sha256)
    if index is not None:
        log_by_rule(index, len(alarm_ids))
    return index


def suspend_at(parts: Parts, moment: Moment, alarm_ids: Sequence[str], report_sha256: str) -> int | None:
    """As :func:`suspend_by_rule`, inside a recording moment: nothing where no model advises, or where one suspension stands."""
    if not alarm_ids or promotions.standing(moment.connection) is None:
        return None
    if suspensions.standing(moment.connection) is not None:
        return None
    return _record(
        parts, moment, "opinion_suspended", reason="red_alarm", alarm_ids=alarm_ids, report_sha256=report_sha256
    )


def log_by_rule(index: int, count: int) -> None:
    """The line of the process log, once it is committed."""
    _LOG.error("opinions suspended", reason="red_alarm", log_index=index, red_alarms=count)


def standing(parts: Parts) -> Suspension | None:
    """The suspension that stands; None where opinions are given."""
    with parts.store.looking(parts.clock.now()) as moment:
        return suspensions.standing(moment.connection)


def _red(moment: Moment) -> tuple[str, ...]:
    return tuple(it.alarm_id for it in alarms.standing(moment.connection) if it.level == "red" and it.suspends)


def _record(
    parts: Parts,
    moment: Moment,
    kind: Kind,
    *,
    reason: str,
    people: dict[str, str] | None = None,
    alarm_ids: Sequence[str] = (),
    report_sha256: str = "",
    ends: int | None = None,
) -> int:
    """The move, its entry and its message, in the moment's transaction."""
    said: dict[str, Any] = {
        "reason": reason,
        "alarm_ids": list(alarm_ids),
        "report_sha256": report_sha256,
        "ends": ends,
    }
    now = moment.known_at
    entry = log.append(moment.connection, kind=kind, recorded_at=now, content=canonical(said | (people or {})))
    row = said | (people or {}) | {"entry_no": entry.index, "kind": kind, "recorded_at": now}
    suspensions.record(moment.connection, row)
    of: messages.Type = "opinion.suspended" if kind == "opinion_suspended" else "opinion.resumed"
    messages.keep(moment.connection, of, log_name=parts.settings.log_name, log_index=entry.index, now=now, data=said)
    return entry.index
