"""The watch of a day: read the county, make the report, store it once; the same day again gives the stored one.

Whoever wants only the report's bytes, unstored, asks :func:`report_on`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from feature_store.adapters import watch_reports
from feature_store.adapters.watch_reports import WatchReport
from feature_store.filing import INVENTED_COUNTY, civil_day, time_text
from scoring.canonical import canonical, sha256
from scoring.errors import LushiError
from serving.challenger.many import Progress
from serving.challenger.versions import RegistryUnavailable
from serving.monitoring.county_frame import CountyFrames, CountyPeriod
from serving.monitoring.limits import Limits, load_limits
from serving.monitoring.looks import Look, look_on
from serving.monitoring.page import page_of
from serving.monitoring.report import body
from serving.wiring import Parts

_WORK = "watch the county"


class NoReport(LushiError):
    """No report is stored for a day."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A stored report. made: by this call. linked: its pages lie beside the run of the model, where one stands."""

    report: WatchReport
    made: bool
    linked: bool = True

    @property
    def content(self) -> dict[str, Any]:
        """The report as data."""
        found: dict[str, Any] = json.loads(self.report.content)
        return found


def watch(parts: Parts, on: date, progress: Progress = lambda _: None) -> Watched:
    """The report of a day: made and stored where there is none, else the stored one.

    Raises:
        WatchRefused: for a day to come.
        PolicyNotInForce: where no policy bound on the quarter's last day.
        ChallengerUnusable, RegistryUnavailable: where the model that stood then cannot be asked.
        StoreUnavailable, AtWork: where the database is away, or another process watches now.
    """
    now = parts.store.now(parts.clock.now)
    look = look_on(on, today=civil_day(now))
    with parts.store.alone(_WORK):
        with parts.store.looking(now) as moment:
            if (stored := watch_reports.find(moment.connection, on)) is not None:
                return _linked(parts, Watched(stored, made=False))
        content = canonical(report_on(parts, look, progress))
        progress("storing the report")
        with parts.store.moment(parts.clock.now) as moment:
            made = WatchReport(on, look.name, look.known_at, content, sha256(content), moment.known_at)
            watch_reports.add(moment.connection, made)
        return _linked(parts, Watched(made, made=True))


def _linked(parts: Parts, found: Watched) -> Watched:
    """Put the report beside what the registry has of the model that was watched; a registry that is away loses no report."""
    content, on = found.content, found.report.on.isoformat()
    if content["model"] is None:
        return found
    files = {f"watch/{on}.{lang}.html": page_of(content, found.report.sha256, lang) for lang in ("zh", "en")}
    files[f"watch/{on}.json"] = found.report.content.decode()
    try:
        parts.challengers.registry.attach(content["model"]["version"], files, {f"watch.{on}": found.report.sha256})
    except RegistryUnavailable:
        return replace(found, linked=False)
    return found


def stored(parts: Parts, on: date) -> Watched:
    """The stored report of a day.

    Raises:
        NoReport: where there is none.
    """
    with parts.store.looking(parts.store.now(parts.clock.now)) as moment:
        found = watch_reports.find(moment.connection, on)
    if found is None:
        raise NoReport(f"no report is stored for {on.isoformat()}; make it with: lushi watch --on {on.isoformat()}")
    return Watched(found, made=False)


def reports(parts: Parts) -> list[Watched]:
    """Every stored report, oldest day first."""
    with parts.store.looking(parts.store.now(parts.clock.now)) as moment:
        return [Watched(it, made=False) for it in watch_reports.every(moment.connection)]


def newest(parts: Parts, *, most: int, before: date | None = None) -> list[Watched]:
    """The newest stored reports, newest day first. before: only those of earlier days."""
    with parts.store.looking(parts.store.now(parts.clock.now)) as moment:
        return [Watched(it, made=False) for it in watch_reports.newest(moment.connection, most=most, before=before)]


def report_on(parts: Parts, look: Look, progress: Progress = lambda _: None) -> dict[str, Any]:
    """The report of a look, not stored; nothing recorded after the look's moment enters it."""
    with parts.store.looking(look.known_at) as moment:
        frames = CountyFrames(parts, moment, look, progress)
        now = frames.period(look)
        before = _before(parts, frames, look)
        synthetic = _synthetic(now)
    progress("judging")
    return _headed(now, before, synthetic, load_limits())


def _before(parts: Parts, frames: CountyFrames, look: Look) -> CountyPeriod | None:
    """The quarter before as known at its own watch; None where no policy bound then."""
    earlier = look.before()
    if parts.policies.policies[0].effective_from > earlier.last:
        return None
    return frames.period(earlier)


def _headed(now: CountyPeriod, before: CountyPeriod | None, synthetic: bool, limits: Limits) -> dict[str, Any]:
    look, policy, model = now.look, now.policy, now.model
    return {
        "on": look.on.isoformat(),
        "known_at": time_text(look.known_at),
        "synthetic": synthetic,
        "county": {"zh": policy.county.zh, "en": policy.county.en},
        "period": {"name": look.name, "first": look.first.isoformat(), "last": look.last.isoformat()},
        "before": None if before is None else {"name": before.look.name, "known_at": time_text(before.look.known_at)},
        "baseline": {"on": now.baseline.last.isoformat(), "known_at": time_text(now.baseline.known_at)},
        "policy": {"id": policy.id, "sha256": policy.sha256},
        "model": None if model is None else {"version": model.version, "sha256": model.sha256},
        **body(now.period, before.period if before else None, limits),
    }


def _synthetic(found: CountyPeriod) -> bool:
    """Whether any household of the period is of the invented county."""
    townships = found.period.people.segments["township"]
    return any(str(it).startswith(INVENTED_COUNTY) for it in set(townships.tolist()))
