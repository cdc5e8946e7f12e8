"""Malformed requests by the thousand: ``python -m tests.serving.malformed --requests 100000``.

Every answer must be one that the API's description allows, in the one shape, without anything that was sent; and nothing may be
recorded that was not answered.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from feature_store.synthetic.county import write_county
from scoring.policy.load import ROOT, load
from serving.access.keys import new_key
from serving.access.roles import Role
from serving.api.app import create_app
from serving.clock import FixedClock
from serving.settings import read_settings
from serving.wiring import wire
from tests.serving.judging import Judge, ask
from tests.serving.real_values import SIGN_IN, SIGN_OUT, Real, add_person, roles_by_operation
from tests.serving.served import CHEAP, NOW, Calls, Served, give_consents, header_of, import_round, numbers_of
from tests.serving.spoiling import MARK, Headers, Sent, spoilt, whole_requests

AT_ONCE = 8
SEED = 2017
_ID = re.compile(rb'"decision_id":"([0-9a-f-]{36})"')


@dataclass
class Verdict:
    """What many answers came to: faults in words, counts by status, also per operation, and decisions that were told."""

    faults: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    reached: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    told: set[str] = field(default_factory=set)


def requests(served: Served, app: Any, real: Real, *, seed: int) -> Iterator[Sent]:
    """Malformed requests without end, with keys and sessions that are right, wrong, doubled, missing, or of another role."""
    draw, description = random.Random(seed), app.openapi()
    labels = [f"{method.upper()} {path}" for path, known in description["paths"].items() for method in known]
    whole = list(zip(labels, whole_requests(description, real), strict=True))
    roles = roles_by_operation(app)
    callers = {role: _said(served.key(role)) for role in Role}
    person = add_person(served.parts)
    wrong = [b"", b"Bearer", b"Basic eDp4", f"Bearer {new_key().written}".encode(), b"Bearer " + MARK.encode(), b"\xff"]
    while True:
        label, start = draw.choice(whole)
        sent, chance = spoilt(draw, start), draw.random()
        said = callers[roles[label] or Role.BANK]
        if label == SIGN_IN:
            said = _said(person.basic)
        elif label == SIGN_OUT:  # a session of its own: the others are still needed
            said = _said(person.session(served.parts)) if chance < 0.5 else callers[Role.BANK]
        if chance > 0.9:
            other = callers[draw.choice(list(Role))] if label != SIGN_OUT else callers[Role.BANK]
            said = [(b"authorization", draw.choice(wrong))] if chance > 0.95 else other
        if chance > 0.98:
            said = said * 2 if chance > 0.99 else said[:-1]
        yield replace(sent, headers=[(b"host", b"x"), *said, *sent.headers])


def _said(headers: dict[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def run(served: Served, *, count: int, seed: int, tick: Callable[[], None]) -> Verdict:
    """Send so many requests, some at once, and judge every answer."""
    app = create_app(served.parts)
    judge = Judge(app.openapi(), frozenset(numbers_of(served).values()))
    verdict, real = Verdict(), Real.of(served)
    sents = islice(requests(served, app, real, seed=seed), count)
    before = _recorded(served)

    async def one_after_another() -> None:
        for sent in sents:
            heard = await ask(app, sent)
            verdict.statuses[heard.status] += 1
            verdict.reached[judge.operation(sent)].update([heard.status])
            verdict.faults += [f"{it}: {sent!r:.600} -> {heard.body[:300]!r}" for it in judge.faults(sent, heard)]
            verdict.told |= {it.decode() for it in _ID.findall(heard.body)}
            tick()

    async def all_at_once() -> None:
        await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))

    asyncio.run(all_at_once())
    untold = _recorded(served) - before - verdict.told
    verdict.faults += [f"a decision was recorded and never answered: {it}" for it in untold]
    return verdict


def _recorded(served: Served) -> set[str]:
    with served.parts.store.engine.connect() as connection:
        return {str(it) for it in connection.exec_driver_sql("SELECT decision_id FROM decisions").scalars()}


def _county(folder: Path) -> Served:
    """A synthetic county of 300 households in a database of its own."""
    lushi, clock = ROOT / "lushi", FixedClock(NOW)
    policies = {"policy_2017": load(lushi / "2017-04-01"), "policy_2021": load(lushi / "2021-03-01")}
    files = folder / "county"
    write_county(files, **policies, households=300, seed=7, format="csv", full_rows=False, rounds=2, progress=None)
    settings = read_settings({"LUSHI_DATA": str(folder / "data"), "LUSHI_CALLS_PER_SECOND": "10000"})
    parts = replace(wire(settings), clock=clock, passwords=CHEAP)
    import_round(parts, sorted(files.iterdir())[0], clock)
    clock.moment = NOW
    give_consents(parts)
    client = Calls(create_app(parts), raise_server_exceptions=False, headers=header_of(parts))
    return Served(parts, clock, folder, client)


def main() -> None:
    """Make a county, send, report; exit code 1 where an answer has a fault."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--requests", type=int, default=100_000, help="how many")
    asked.add_argument("--seed", type=int, default=SEED, help="of the draw")
    chosen = asked.parse_args()
    logging.disable(logging.CRITICAL)
    console = Console()
    columns = TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with tempfile.TemporaryDirectory(prefix="lushi-malformed-") as folder:
        served = _county(Path(folder))
        begun = time.monotonic()
        try:
            with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task("sending", total=chosen.requests)
                found = run(served, count=chosen.requests, seed=chosen.seed, tick=lambda: bar.advance(task))
        finally:
            served.parts.close()
    seconds = time.monotonic() - begun
    counts = ", ".join(f"{status}: {number:,}" for status, number in sorted(found.statuses.items()))
    console.print(f"{found.statuses.total():,} malformed requests in {seconds:.0f} s; {counts}", highlight=False)
    console.print(f"{len(found.faults)} answers with a fault; {len(found.told)} decisions told", highlight=False)
    for operation, statuses in sorted(found.reached.items()):
        by_status = ", ".join(f"{status}: {number:,}" for status, number in sorted(statuses.items()))
        console.print(f"  {operation or 'what the API does not describe'}: {by_status}", highlight=False)
    for fault in found.faults[:50]:
        console.print(fault, markup=False, highlight=False, soft_wrap=True)
    sys.exit(1 if found.faults else 0)


if __name__ == "__main__":
    main()
