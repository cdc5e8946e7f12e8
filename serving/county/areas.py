"""The county's stops: which villages and townships stand stopped, and their release by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from feature_store.adapters import registers
from feature_store.adapters.read_areas import sign_release
from feature_store.filing import civil_day
from scoring.areas import Stop
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access.two_people import two_people
from serving.county.area_states import stops_of
from serving.ledger import log
from serving.wiring import Parts


class ReleaseRefused(LushiError):
    """A release that the policy does not allow; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class AreaStop:
    """A village or township that has a loan book, and the stop it stands under."""

    code: str
    name_zh: str
    name_en: str
    stop: Stop


def area_stops(parts: Parts, on: date, *, known_at: datetime | None = None) -> list[AreaStop]:
    """Every village and township of the county with its stop on a day, by code.

    known_at: a time of the past from which to look; None for now.
    """
    policy = parts.policies.in_force(on)
    with parts.store.looking(known_at or parts.store.now(parts.clock.now)) as moment:
        history = moment.area_history("", on=on, policy=policy)
        names = registers.villages_of(moment.connection)
    stops = stops_of(history, policy, on)
    return [AreaStop(code, *names.get(code, (code, code)), stop) for code, stop in sorted(stops.items())]


def release_area(parts: Parts, code: str, *, by: str, second: str, why: str) -> None:
    """Record that two people release a stopped area; it lends again from today.

    Raises:
        ReleaseRefused: where the area is not stopped, its ratio has not been within the limit for long
            enough, one person stands for both, or no cause is given.
    """
    if faults := two_people(by, second, why):
        raise ReleaseRefused("; ".join(faults))
    today = civil_day(parts.clock.now())
    area = next((one for one in area_stops(parts, today) if one.code == code), None)
    if area is None:
        raise ReleaseRefused("there is no such village or township; see `lushi area show --all`")
    if not area.stop.stopped:
        raise ReleaseRefused(f"{code} is not stopped, so there is nothing to release")
    if not area.stop.awaiting_sign_off:
        rules = parts.policies.in_force(today).areas
        raise ReleaseRefused(
            f"{code} must first be within the limit on {rules.release_month_ends} month ends in a row, "
            f"the last at most {rules.release_book_days} days ago"
        )
    with parts.store.engine.begin() as connection:
        release = sign_release(connection, code, signed_on=today, by=by, second=second, why=why, now=parts.clock.now)
        said = {"area_code": code, "signed_on": today.isoformat(), "by": release.by, "second": release.second}
        content = canonical(said | {"why": release.why})
        log.append(connection, kind="area_release", recorded_at=release.recorded_at, content=content)
