"""Where the time of one decision goes, by step: the service in this process, its functions timed from outside.

One call at a time, so that what a step takes is its own work and not waiting for another call. Times are wall times; a
step's own time leaves out the steps inside it. Timing costs some microseconds a step, and only here.
"""

from __future__ import annotations

import functools
import importlib
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from benchmarks.load import decisions
from benchmarks.load_client import ask, put
from benchmarks.load_county import LoadCounty
from benchmarks.served import served

SECONDS, HOUSEHOLDS = 6.0, 5_000
STEPS = (
    ("key looked up, rate taken", "serving.api.access:KeyNeeded._caller"),
    ("body read and checked", "serving.api.limits:json.loads"),
    ("the rest of the use case", "serving.decisions.gather:decide_together"),
    ("transaction begun, moment fixed", "feature_store.adapters.store:recording.fix_moment"),
    ("household held; consent, file, marks and promotion read", "feature_store.adapters.store:Moment.decision_reads"),
    ("area's state", "serving.county.area_states:AreaStates.state"),
    ("assessed", "serving.decisions.record:assess"),
    ("explained", "serving.decisions.record:binding_written"),
    ("opinion: vector", "serving.challenger.advise:_row"),
    ("opinion: the model", "serving.challenger.standing:Challengers.ask"),
    ("opinion: written", "serving.challenger.advise:opinion_written"),
    ("canonical JSON", "serving.decisions.record:entry_content"),
    ("appended to the log", "serving.decisions.record:ledger.append"),
    ("committed, on disk", "sqlalchemy:Transaction.commit"),
    ("answer written", "serving.api.decisions_routes:answer"),
)
"""What is timed: in words, and where the function is looked up when it is called."""
REST = "HTTP, routing, threads, client"


@dataclass(frozen=True, slots=True)
class Steps:
    """Mean milliseconds of a call as the client saw it, and each step's own: on the clock, and on a processor.

    The latter leave out what PostgreSQL, the disk and the model's thread do meanwhile.
    """

    call_ms: float
    calls: int
    own_ms: dict[str, float]
    cpu_ms: dict[str, float]


class _Clock:
    """Time by step: what runs inside a step is taken off it."""

    def __init__(self) -> None:
        self.own = dict.fromkeys((name for name, _ in STEPS), 0.0)
        self.cpu = dict(self.own)
        self._open: list[str] = []
        self._since = self._cpu_since = 0.0

    def timed(self, step: str, run: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(run)
        def timing(*args: Any, **named: Any) -> Any:
            self._turn()
            self._open.append(step)
            try:
                return run(*args, **named)
            finally:
                self._turn()
                self._open.pop()

        return timing

    def _turn(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        if self._open:
            self.own[self._open[-1]] += now - self._since
            self.cpu[self._open[-1]] += cpu - self._cpu_since
        self._since, self._cpu_since = now, cpu


def measure(county: LoadCounty) -> Steps:
    """One connection's calls to the service in this process."""
    with served(county) as port:
        target = decisions(county, port, county.households(HOUSEHOLDS))
        for request in decisions(county, port, county.one_of_each_village()).requests:
            ask(target, request)
        clock = _Clock()
        with _timed(clock):
            found = put(target, connections=1, seconds=SECONDS)
    if found.wrong or found.partial:
        raise RuntimeError(f"{found.wrong} calls failed and {found.partial} had no opinion")
    calls = len(found.milliseconds)
    own, cpu = (
        {step: seconds * 1000 / calls for step, seconds in measured.items()} for measured in (clock.own, clock.cpu)
    )
    return Steps(statistics.fmean(found.milliseconds), calls, own, cpu)


def show(found: Steps, console: Console) -> None:
    """Print the table, in the order of a call."""
    title = f"where the time of one decision goes: {found.calls:,} calls, one at a time"
    table = Table("step", "ms a call", "share", "of it Python's own", title=title)
    rest = found.call_ms - sum(found.own_ms.values())
    for step, own in [*found.own_ms.items(), (REST, rest), ("a call, as the client sees it", found.call_ms)]:
        cpu = f"{found.cpu_ms[step]:.3f}" if step in found.cpu_ms else "–"
        table.add_row(step, f"{own:.3f}", f"{own / found.call_ms:.0%}", cpu)
    console.print(table)


@contextmanager
def _timed(clock: _Clock) -> Iterator[None]:
    """Every step's function replaced by itself with a clock around it."""
    patches = []
    for step, where in STEPS:
        module, _, path = where.partition(":")
        holder: Any = importlib.import_module(module)
        *way, name = path.split(".")
        for part in way:
            holder = getattr(holder, part)
        patches.append(patch.object(holder, name, clock.timed(step, getattr(holder, name))))
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()
