"""The alarms that stand, for people: what each says, since when, and whether the webhook was told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, Literal

from feature_store.adapters import alarms, suspensions, webhooks
from feature_store.adapters.alarms import Standing
from feature_store.adapters.suspensions import Suspension
from serving.access.callers import Caller
from serving.wiring import Parts

Delivery = Literal["delivered", "waiting", "given_up", "no_webhook"]
_AREA = re.compile(r"[0-9]{6}([0-9]{3}){0,2}")
"""Code of a county, township or village."""
_NOTHING: Mapping[str, Any] = {"names": {"zh": "", "en": ""}, "lines": {"zh": [], "en": []}}


@dataclass(frozen=True, slots=True)
class Shown:
    """An alarm that stands. names, lines: what the newest report says of it, by language. delivery: of its last change."""

    alarm: Standing
    names: Mapping[str, str]
    lines: Mapping[str, Sequence[str]]
    delivery: Delivery

    def as_data(self) -> dict[str, Any]:
        """As it is answered."""
        it = self.alarm
        return {
            "alarm_id": it.alarm_id,
            "figure": it.figure,
            "level": it.level,
            "about": {**it.about, **self.names},
            "since": it.since,
            "suspends": it.suspends,
            "lines": {language: list(every) for language, every in self.lines.items()},
            "report_sha256": it.report_sha256,
            "recorded_at": it.recorded_at.astimezone(UTC).isoformat(),
            "log_index": it.entry_no,
            "delivery": self.delivery,
        }


@dataclass(frozen=True, slots=True)
class Alarms:
    """Every alarm that stands, red ones first. on: the day of the newest report, None before the first."""

    on: date | None
    shown: tuple[Shown, ...]
    suspension: Suspension | None


def list_alarms(parts: Parts, *, caller: Caller | None = None) -> Alarms:
    """The alarms that stand. caller: sees none about areas outside its own; None for the operator, who sees every one.

    Raises:
        StoreUnavailable: where the database is away.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        connection = moment.connection
        standing = alarms.standing(connection)
        newest = alarms.newest_report(connection)
        told = webhooks.states(connection, [it.entry_no for it in standing])
        suspension = suspensions.standing(connection)
    said = {one["alarm_id"]: one for one in newest.alarms} if newest is not None else {}
    shown = []
    for it in standing:
        if caller is None or within(it.about["ids"], caller):
            words = said.get(it.alarm_id, _NOTHING)
            shown.append(Shown(it, words["names"], words["lines"], _delivery(parts, told.get(it.entry_no))))
    return Alarms(newest.on if newest is not None else None, tuple(shown), suspension)


def within(ids: Sequence[str], caller: Caller) -> bool:
    """Whether none of these is an area outside the caller's; what is no area's code is everybody's to see."""
    return all(caller.covers(it) for it in ids if _AREA.fullmatch(it))


def _delivery(parts: Parts, state: webhooks.State | None) -> Delivery:
    if state in (None, "waiting") and not parts.settings.alarm_webhook:
        return "no_webhook"
    return state or "waiting"
