"""SIGKILL at every boundary between steps and at random moments: the quarter goes on, to the same bytes, once."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from serving.ledger.verify import verify
from serving.quarter.watched import watch_quarter
from tests.serving.quarter.lived import KILLED, Lived

ROOT = Path(__file__).parents[3]
STEPS = 8


def run(lived: Lived, *kills: str) -> list[str]:
    """How the children ended whose kills are given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    found = subprocess.run(
        [sys.executable, "-m", "tests.serving.quarter.killed", str(KILLED), *kills],
        env=clean | lived.environment | {"CLOCK": lived.clock.now().isoformat()},
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert not re.search(r"^\w+: ", found.stderr, re.MULTILINE), found.stderr
    return found.stdout.split("\n")[:-1]


@pytest.fixture(scope="module")
def whole(make_life: Callable[..., Lived], until_killed: Lived) -> dict[str, bytes]:
    """The quarter's results without any kill."""
    lived = _copy(make_life, until_killed)
    lived.close(KILLED, watch=watch_quarter)
    return lived.recorded(KILLED)


def _copy(make_life: Callable[..., Lived], like: Lived) -> Lived:
    lived = make_life(like=like)
    lived.clock.moment = like.clock.moment
    return lived


def _once(lived: Lived, whole: dict[str, bytes]) -> None:
    """Each step is there once, with the same bytes, and in a whole log; one register, one version."""
    assert lived.recorded(KILLED) == whole
    assert len(whole) == STEPS
    assert lived.count("SELECT count(*) FROM log_entries WHERE kind = 'quarter_step'") == STEPS
    assert lived.count("SELECT count(*) FROM register_runs") == 1
    assert len(lived.parts.challengers.registry.versions()) == 1
    assert lived.count("SELECT count(*) FROM watch_reports") == lived.count("SELECT count(*) FROM alarm_reports") == 1
    with lived.parts.store.looking(lived.clock.now()) as moment:
        assert verify(moment.connection, lived.parts.signer).faults == []


def test_killed_at_every_boundary_it_goes_on_to_the_same_bytes(
    make_life: Callable[..., Lived], until_killed: Lived, whole: dict[str, bytes]
) -> None:
    lived = _copy(make_life, until_killed)
    # Of each child the first thing told is that a step begins, the second that it is recorded: so every boundary is met.
    kills = ["1", "2"] * STEPS
    assert run(lived, *kills, "0") == [*["killed"] * (2 * STEPS), "ended"]
    _once(lived, whole)


def test_killed_at_random_moments_it_goes_on_to_the_same_bytes(
    make_life: Callable[..., Lived], until_killed: Lived, whole: dict[str, bytes]
) -> None:
    chance = random.Random(5)
    lived = _copy(make_life, until_killed)
    said = run(lived, *(f"{chance.uniform(0.05, 2.4):.2f}s" for _ in range(5)), "0")
    assert said[0] == "killed"
    assert (said[-1], set(said)) == ("ended", {"killed", "ended"})
    _once(lived, whole)


def test_two_at_once_close_it_once(
    make_life: Callable[..., Lived], until_killed: Lived, whole: dict[str, bytes]
) -> None:
    lived = _copy(make_life, until_killed)
    assert run(lived, "both") == ["ended", "ended"]
    _once(lived, whole)
