"""Full decisions under load, beside the same model behind MLflow's server and behind a bare endpoint.

One run: the three servers stand all the time, and are loaded in turn. Every answer counted as ours was recorded durably
before it was given, which is held against the size of the log.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks import servers
from benchmarks.load_client import Load, Target, ask, post, put
from benchmarks.load_county import LoadCounty
from benchmarks.peers.pyfunc import columns

CONNECTIONS, ROUNDS, SECONDS = 8, 5, 6.0
ROWS = 400
"""Households whose features the peers are asked about; ours is asked about all of ``HOUSEHOLDS``."""
HOUSEHOLDS = 20_000
OURS, BARE = "decisions", "bare FastAPI"
MLFLOW, LEAN = "mlflow models serve", "mlflow models serve, no signature"
LEAST_MLFLOW, STRETCH_MLFLOW, LEAST_BARE, MOST_TAIL = 10, 20, 0.35, 4


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rounds by server. rounds: at :data:`CONNECTIONS`; alone: one round at one connection.

    same: the peers' contributions are ours. recorded, answered: entries that the log gained, decisions that were answered.
    """

    rounds: dict[str, list[Load]]
    alone: dict[str, Load]
    same: bool
    recorded: int
    answered: int

    def ratios(self, peer: str) -> list[float]:
        """Ours / the peer's answers a second, round by round."""
        return [a.per_second / b.per_second for a, b in zip(self.rounds[OURS], self.rounds[peer], strict=True)]

    @property
    def tails(self) -> list[float]:
        """p99 / p50 of ours, round by round."""
        return [it.quantile_ms(99) / it.quantile_ms(50) for it in self.rounds[OURS]]


def measure(county: LoadCounty, progress: Callable[[str], None] = lambda _: None) -> Loaded:
    """Load the three in turn."""
    progress("starting the service and its peers")
    with ExitStack() as stack:
        port = stack.enter_context(servers.ours(county))
        mlflow = {
            name: stack.enter_context(servers.mlflow(county, signature=name == MLFLOW)) for name in (MLFLOW, LEAN)
        }
        bare = stack.enter_context(servers.bare(county))
        decided, log = decisions(county, port, county.households(HOUSEHOLDS)), _log(county, port)
        progress("warming up: every village once")
        for request in decisions(county, port, county.one_of_each_village()).requests:
            ask(decided, request)
        put(decided, connections=CONNECTIONS, seconds=SECONDS / 3)
        before = _size(log)
        told = [json.loads(ask(decided, it))["advisory"] for it in decided.requests[:ROWS]]
        rows = [[float(it[1]) if it[1] else None for it in one["by_feature"]] for one in told]
        names = columns(len(rows[0]))
        framed = [post("/invocations", {"dataframe_split": {"columns": names, "data": [it]}}) for it in rows]
        targets = {OURS: decided} | {it: Target(mlflow[it], framed, 200, b'"predictions"') for it in mlflow}
        targets[BARE] = Target(bare, [post("/predict", {"values": it}) for it in rows], 200, b'"contributions"')
        same = _same(told, targets)
        for name in (MLFLOW, LEAN, BARE):
            put(targets[name], connections=CONNECTIONS, seconds=SECONDS / 3)
        rounds: dict[str, list[Load]] = {name: [] for name in targets}
        for number in range(ROUNDS):
            for name, target in targets.items():
                progress(f"round {number + 1} of {ROUNDS}: {name}")
                rounds[name].append(put(target, connections=CONNECTIONS, seconds=SECONDS))
        alone = {name: put(target, connections=1, seconds=SECONDS / 2) for name, target in targets.items()}
        answered = len(told) + sum(len(it.milliseconds) for it in [*rounds[OURS], alone[OURS]])
        return Loaded(rounds, alone, same, _size(log) - before, answered)


def decisions(county: LoadCounty, port: int, households: Sequence[str]) -> Target:
    """A bank's calls about these households; a whole answer tells by how much its contributions miss the model's margin."""
    sender = f"Bearer {county.key}"
    requests = [post("/v1/decisions", county.decision(it), Authorization=sender) for it in households]
    return Target(port, requests, 201, b'"additivity_error"')


def _log(county: LoadCounty, port: int) -> Target:
    head = f"GET /v1/log/checkpoint HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {county.key}\r\n\r\n"
    return Target(port, [head.encode()], 200, b"")


def _size(log: Target) -> int:
    """How many entries the log has, from its signed checkpoint."""
    return int(ask(log, log.requests[0]).split(b"\n")[1])


def _same(told: list[dict[str, Any]], targets: dict[str, Target]) -> bool:
    """Whether the peers give the contributions that the decisions hold, up to the calibration's one factor."""
    for number, one in enumerate(told[:20]):
        mine = np.array([float(it[2]) for it in one["by_feature"]])
        bare = np.array(json.loads(ask(targets[BARE], targets[BARE].requests[number]))["contributions"])
        slope = mine @ bare / (bare @ bare)
        framed = [json.loads(ask(targets[it], targets[it].requests[number])) for it in (MLFLOW, LEAN)]
        theirs = [bare, *(np.array(it["predictions"][0])[:-1] for it in framed)]
        if any(np.abs(mine - slope * it).max() > 1e-9 for it in theirs):
            return False
    return True


def show(found: Loaded, households: int, console: Console) -> None:
    """Print what was reached beside the goals."""
    table = Table(
        "one worker each",
        f"a second at {CONNECTIONS} connections (min – max)",
        "at 1",
        "p50 ms",
        "p99 ms",
        "p99 / p50",
        "errors",
        "partial",
        title=f"under load: a synthetic county of {households:,} households, PostgreSQL on the same machine",
    )
    for name, rounds in found.rounds.items():
        rates = [it.per_second for it in rounds]
        p50, p99 = (statistics.median(it.quantile_ms(percent) for it in rounds) for percent in (50, 99))
        table.add_row(
            name,
            _spread(rates, 0),
            f"{found.alone[name].per_second:.0f}",
            f"{p50:.1f}",
            f"{p99:.1f}",
            f"{p99 / p50:.1f}",
            str(sum(it.wrong for it in rounds)),
            str(sum(it.partial for it in rounds)),
        )
    console.print(table)
    goals = Table("of full decisions, recorded before they are answered", "ratio (min – max)", "goal", "reached")
    for what, ratios, goal, reached in (
        (
            f"against {MLFLOW}, its input checked",
            found.ratios(MLFLOW),
            f"≥ {LEAST_MLFLOW} ({STRETCH_MLFLOW})",
            LEAST_MLFLOW,
        ),
        (
            f"against {LEAN}: input not checked",
            found.ratios(LEAN),
            f"≥ {LEAST_MLFLOW} ({STRETCH_MLFLOW})",
            LEAST_MLFLOW,
        ),
        (f"against {BARE}, which records nothing", found.ratios(BARE), f"≥ {LEAST_BARE}", LEAST_BARE),
    ):
        goals.add_row(what, _spread(ratios, 2), goal, _yes(statistics.median(ratios) >= reached))
    goals.add_row(
        "p99 / p50", _spread(found.tails, 1), f"≤ {MOST_TAIL}", _yes(statistics.median(found.tails) <= MOST_TAIL)
    )
    wrong = sum(it.wrong + it.partial for it in found.rounds[OURS])
    goals.add_row("errors, or answers without the 112 contributions", str(wrong), "0", _yes(not wrong))
    goals.add_row(
        "answered, and entries that the log gained",
        f"{found.answered:,}, {found.recorded:,}",
        "equal",
        _yes(found.answered == found.recorded),
    )
    goals.add_row("the peers' contributions are the decisions'", "–", "to 1e-9", _yes(found.same))
    console.print(goals)


def _spread(values: list[float], decimals: int) -> str:
    return f"{statistics.median(values):.{decimals}f} ({min(values):.{decimals}f} – {max(values):.{decimals}f})"


def _yes(holds: bool) -> str:
    return "yes" if holds else "NO"
