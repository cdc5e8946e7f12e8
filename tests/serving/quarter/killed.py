"""A process that closes a quarter again and again in children of its own, and kills each with SIGKILL at a given moment.

The environment holds the settings and the moment at which the clock stands. Arguments: the quarter, then the kills, one child
each: 'N' kills at the Nth thing told (a step begins, is at something, is recorded), 'SECONDS.0s' after so many seconds, 'both'
runs two children at once to the end. Prints one line a child: 'killed', 'ended' or what went wrong.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from datetime import datetime

import mlflow.store.tracking.sqlalchemy_store  # once, in the parent

import lushi
import training.pipeline
from feature_store.adapters.store import AtWork
from feature_store.quarter import Quarter, read_quarter
from serving.clock import FixedClock
from serving.quarter.run import run_quarter
from serving.quarter.watched import watch_quarter
from serving.settings import read_settings
from serving.wiring import Parts, wire

_ONCE = mlflow, training
BEGUN = 0.05
"""Seconds between two looks at a lock whose holder was just killed."""


def close(parts: Parts, quarter: Quarter, kill_at: int) -> None:
    """Close the quarter, to the end or until so many things were told."""
    told = 0

    def count(step: object, what: str) -> None:
        nonlocal told
        told += what in ("begin", "done")
        if told == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    while True:
        try:
            run_quarter(parts, quarter, train=lushi.train_known, watch=watch_quarter, told=count)
            return
        except AtWork:
            time.sleep(BEGUN)


def child(parts: Parts, quarter: Quarter, kill_at: int = 0) -> int:
    """Begin a child; its process id."""
    if pid := os.fork():
        return pid
    try:
        close(parts, quarter, kill_at)
        os._exit(0)
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        os._exit(1)


def ended(pid: int) -> str:
    """How a child ended."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return "killed" if code == -signal.SIGKILL else "ended" if code == 0 else f"failed with {code}"


def main() -> None:
    """Run the children one after the other."""
    names = ("LUSHI_DATA", "LUSHI_DATABASE_URL", "LUSHI_MLRUNS")
    clock = FixedClock(datetime.fromisoformat(os.environ["CLOCK"]))
    parts = replace(wire(read_settings({name: os.environ[name] for name in names})), clock=clock)
    quarter = read_quarter(sys.argv[1])
    for kill in sys.argv[2:]:
        if kill == "both":
            for pid in [child(parts, quarter), child(parts, quarter)]:
                print(ended(pid), flush=True)  # noqa: T201
        elif kill.endswith("s"):
            pid = child(parts, quarter)
            time.sleep(float(kill[:-1]))
            os.kill(pid, signal.SIGKILL)
            print(ended(pid), flush=True)  # noqa: T201
        else:
            print(ended(child(parts, quarter, int(kill))), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
