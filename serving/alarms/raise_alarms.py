"""A report's alarms taken in: what is new, changed or over becomes entries of the log and messages, and may suspend the opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from feature_store.adapters import alarms
from feature_store.adapters.alarms import Standing
from feature_store.adapters.store import Moment
from scoring.canonical import canonical
from serving.alarms import messages
from serving.alarms.suspend import log_by_rule, suspend_at
from serving.alarms.told import Alarm, read_alarms, report_hash
from serving.ledger import log
from serving.telemetry.logs import get_logger
from serving.wiring import Parts

_LOG = get_logger("lushi.alarms")


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of a report's alarms.

    taken: False where nothing was recorded, since the report was taken in before, or one about a later day was. raised,
    cleared: ids of alarms that are new or changed, and of those that are over. suspended: the entry that suspended the
    opinion, None where none did.
    """

    report_sha256: str
    taken: bool
    raised: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    suspended: int | None = None


def raise_alarms(parts: Parts, report: Mapping[str, Any], *, on: date) -> Raised:
    """Take in the alarms of a stored report about a day: whole or not at all, and once however often it is called.

    An alarm is changed where its level, or what it is about, is another. A red one that is new or was not red before
    suspends the opinion where its limit says so; where people resumed it since, an alarm that merely stands does not.

    Raises:
        AlarmsInvalid: with every fault of the report's alarms; then nothing is recorded.
        StoreUnavailable: where the database is away.
    """
    told, report_sha256 = read_alarms(report), report_hash(report)
    with parts.store.recording(parts.clock.now) as moment:
        newest = alarms.newest_day(moment.connection)
        if alarms.is_taken(moment.connection, report_sha256) or (newest is not None and on < newest):
            return Raised(report_sha256, taken=False)
        before = {it.alarm_id: it for it in alarms.standing(moment.connection)}
        shown = [one.shown for one in told]
        alarms.take(moment.connection, sha256=report_sha256, on=on, told=shown, now=moment.known_at)
        one_report = _Taking(parts, moment, report_sha256, on)
        raised = [one for one in told if _is_news(one, before.get(one.alarm_id))]
        cleared = [it for it in before.values() if it.alarm_id not in {one.alarm_id for one in told}]
        entries = [one_report.raised(one, before.get(one.alarm_id)) for one in raised]
        entries += [one_report.cleared(it) for it in cleared]
        suspending = [one.alarm_id for one in raised if _suspends(one, before.get(one.alarm_id))]
        suspended = suspend_at(parts, moment, suspending, report_sha256)
    _say(raised, cleared, entries)
    if suspended is not None:
        log_by_rule(suspended, len(suspending))
    ids = tuple(one.alarm_id for one in raised), tuple(it.alarm_id for it in cleared)
    return Raised(report_sha256, True, *ids, suspended)


def _is_news(one: Alarm, before: Standing | None) -> bool:
    if before is None:
        return True
    return one.level != before.level or set(one.ids) != set(before.about["ids"]) or one.suspends != before.suspends


def _suspends(one: Alarm, before: Standing | None) -> bool:
    return one.suspends and (before is None or not before.suspends)


class _Taking:
    """One report's entries, inside its transaction."""

    def __init__(self, parts: Parts, moment: Moment, report_sha256: str, on: date) -> None:
        self._log_name, self._moment = parts.settings.log_name, moment
        self._report = {"report_sha256": report_sha256, "on": on.isoformat()}

    def raised(self, one: Alarm, before: Standing | None) -> int:
        """Record a new or changed alarm; its entry. It keeps the period in which it began."""
        since = min(one.since, before.since) if before is not None else one.since
        said = {
            "alarm_id": one.alarm_id,
            "figure": one.figure,
            "about": one.about,
            "level": one.level,
            "since": since,
            "suspends": one.suspends,
            "before": before.level if before is not None else None,
        }
        ids = {**one.about, "ids": list(one.ids)[: messages.MOST_NAMED]}
        lines = {language: list(every)[: messages.MOST_LINES] for language, every in one.lines.items()}
        return self._record("alarm_raised", said, {"about": ids, "lines": lines})

    def cleared(self, it: Standing) -> int:
        """Record that an alarm is over; its entry."""
        said = {
            "alarm_id": it.alarm_id,
            "figure": it.figure,
            "about": dict(it.about),
            "level": it.level,
            "since": it.since,
            "suspends": it.suspends,
        }
        return self._record("alarm_cleared", said, {"about": {"kind": it.about["kind"]}})

    def _record(self, kind: str, said: dict[str, Any], told: dict[str, Any]) -> int:
        connection, now = self._moment.connection, self._moment.known_at
        entry = log.append(connection, kind=kind, recorded_at=now, content=canonical(said | self._report))
        row = {name: value for name, value in said.items() if name != "before"}
        row |= {
            "entry_no": entry.index,
            "kind": kind,
            "report_sha256": self._report["report_sha256"],
            "recorded_at": now,
        }
        alarms.record(connection, row)
        of: messages.Type = "alarm.raised" if kind == "alarm_raised" else "alarm.cleared"
        data = said | self._report | told
        messages.keep(connection, of, log_name=self._log_name, log_index=entry.index, now=now, data=data)
        return entry.index


def _say(raised: Sequence[Alarm], cleared: Sequence[Standing], entries: Sequence[int]) -> None:
    """A line of the process log for each, once all are committed."""
    for one, index in zip(raised, entries, strict=False):
        line = _LOG.error if one.level == "red" else _LOG.warning
        line("alarm raised", alarm=one.alarm_id, figure=one.figure, about=one.kind, level=one.level, log_index=index)
    for it, index in zip(cleared, entries[len(raised) :], strict=True):
        _LOG.info("alarm cleared", alarm=it.alarm_id, figure=it.figure, about=it.about["kind"], log_index=index)
