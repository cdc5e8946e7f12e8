"""A policy that ends with none to follow: said 30 days before, on every way that somebody may look."""

from __future__ import annotations

import io
import logging
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from scoring.errors import PolicyNotInForce
from scoring.policy.in_force import Policies
from scoring.policy.load import ROOT, load, load_index
from serving.clock import FixedClock
from serving.commands import policy as command
from serving.operations.background import tasks, warn_of_ending
from serving.operations.policy_ending import WARN_DAYS, days_left, ending
from serving.telemetry import logs
from tests.serving.served import Served

LAST = date(2026, 12, 31)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Lushi policies, the later one ending on a day, approved anew."""
    found = tmp_path_factory.mktemp("ending") / "lushi"
    shutil.copytree(ROOT / "lushi", found)
    about, index = found / "2021-03-01" / "about.yaml", found / "index.yaml"
    before = load(found / "2021-03-01").sha256
    written = about.read_text(encoding="utf-8")
    changed = re.sub(r"^effective_to:.*$", f"effective_to: {LAST}", written, flags=re.MULTILINE)
    if changed == written:
        changed = re.sub(r"^(effective_from:.*)$", rf"\1\neffective_to: {LAST}", written, flags=re.MULTILINE)
    about.write_text(changed, encoding="utf-8")
    approved = index.read_text(encoding="utf-8").replace(before, load(found / "2021-03-01").sha256)
    index.write_text(approved, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def policies(folder: Path) -> Policies:
    return load_index(folder)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    found = io.StringIO()
    logs.set_up("info", stream=found)
    yield found
    root.handlers[:] = before
    root.setLevel(level)


def test_days_are_counted_over_every_policy_that_follows_without_a_gap(policies: Policies) -> None:
    first, second = policies.policies
    assert days_left(policies, LAST) == 0
    assert days_left(policies, first.effective_from) == (LAST - first.effective_from).days
    gapped = replace(policies, policies=(replace(first, effective_to=date(2021, 2, 27)), second))
    assert days_left(gapped, date(2021, 2, 26)) == 1
    for_good = replace(policies, policies=(first, replace(second, effective_to=None)))
    assert days_left(for_good, date(2018, 1, 1)) is None
    with pytest.raises(PolicyNotInForce):
        days_left(policies, LAST + timedelta(days=1))


def test_it_is_warned_of_from_thirty_days_before(policies: Policies) -> None:
    assert ending(policies, LAST - timedelta(days=WARN_DAYS + 1)) == ""
    assert "30 days from" in ending(policies, LAST - timedelta(days=WARN_DAYS))
    assert "approve the policy that follows" in ending(policies, LAST)


@pytest.mark.parametrize(
    ("days_before", "level", "says"),
    [
        (31, None, ""),
        (30, "warning", "30 days from 2026-12-01"),
        (0, "warning", "0 days from"),
        (-1, "error", "no approved policy is in force on 2027-01-01"),
    ],
)
def test_the_log_says_it_at_the_start_and_daily(
    served: Served, policies: Policies, log: io.StringIO, days_before: int, level: str | None, says: str
) -> None:
    clock = FixedClock(served.clock.moment.replace(year=LAST.year, month=LAST.month, day=LAST.day))
    clock.moment -= timedelta(days=days_before)
    parts = replace(served.parts, policies=policies, clock=clock)
    warn_of_ending(parts)
    written = log.getvalue()
    assert says in written
    assert written == "" if level is None else f'"level":"{level}"' in written
    (task,) = [one for one in tasks(parts) if one.name == "policy_ending"]
    assert (task.at_once, task.every_seconds) == (True, 86_400)


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ("2026-06-01T09:00:00+08:00", "without a gap until 2026-12-31"),
        ("2026-12-20T09:00:00+08:00", "11 days from 2026-12-20"),
        ("2027-01-01T09:00:00+08:00", "no approved policy is in force on 2027-01-01"),
    ],
)
def test_the_check_of_policies_says_it(folder: Path, monkeypatch: pytest.MonkeyPatch, now: str, says: str) -> None:
    monkeypatch.setenv("LUSHI_NOW", now)
    app = typer.Typer()
    command.register(app, lambda: pytest.fail("no database is needed"))
    app.command("other")(lambda: None)
    result = CliRunner().invoke(app, ["policy", "check", str(folder)])
    assert result.exit_code == 0
    assert says in " ".join(result.output.split())
