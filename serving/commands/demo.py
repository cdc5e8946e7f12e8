"""``lushi demo``: the main job end to end on embedded parts, on a synthetic county."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from feature_store.adapters import embedded
from feature_store.adapters.import_file import import_file
from feature_store.adapters.lifetime import others_use
from feature_store.filing import CIVIL_TIME, civil_day
from feature_store.importing import files_in_order
from feature_store.synthetic.county import write_county
from scoring.errors import LushiError
from serving.clock import FixedClock, StartedClock
from serving.commands.demo_callers import give_callers
from serving.commands.demo_calls import howto
from serving.commands.demo_challenger import Challenge, Train, challenge, tell
from serving.commands.demo_draft import try_draft, with_draft
from serving.commands.grade import show
from serving.commands.serve import check_port, run
from serving.county.grade_county import Register, grade_county
from serving.monitoring.told import watch_and_tell
from serving.settings import Settings
from serving.telemetry import logs
from serving.wiring import Parts, wire

GRADE_ON = (date(2017, 4, 30), date(2017, 7, 31), date(2021, 1, 31), date(2021, 4, 15))
"""Days on which the demonstration grades the county, each known as on that day."""
TRAIN_ON, QUARTER = date(2021, 4, 14), "2021Q1"
"""When the challenger of which quarter is trained and promoted."""
OPENS = datetime.combine(GRADE_ON[-1] + timedelta(days=1), time(9), CIVIL_TIME)
"""When the demonstration's service opens, after all that it recorded: its clock starts here."""

SEED = 1
"""Of the county. Chance decides at 10,000 households whether the gate promotes; docs/training.md says how often."""


def register(app: typer.Typer, settings: Callable[[], Settings], train: Train) -> None:
    """Add the command to the program; ``train`` trains the challenger."""

    @app.command("demo")
    def demo(
        households: Annotated[int, typer.Option(help="Size of the synthetic county.", min=20, max=2_000_000)] = 10_000,
        seed: Annotated[int, typer.Option(help="Seed of the synthetic county.", min=0)] = SEED,
        serve: Annotated[bool, typer.Option(help="Serve at the end, until Ctrl-C.")] = True,
    ) -> None:
        """Make a synthetic county, import four years of its files, grade everyone, train a challenger, answer banks.

        Everything is kept under LUSHI_DATA/demo and made anew each time. All households are invented.
        """
        console, mine = Console(), settings()
        if serve:
            check_port(mine)
        folder = mine.data / "demo"
        console.print("[bold]合成数据 · synthetic data:[/] every household, loan and ID number here is invented")
        _clear(folder)
        registry = folder / "mlruns"
        of_its_own = replace(mine, data=folder, database_url="", now=OPENS, mlruns=registry, mlflow_uri="")
        parts = wire(with_draft(of_its_own, folder / "policies"))
        try:
            found, challenger = _build(parts, folder / "county", households, seed=seed, train=train)
            show(found, console)
            tell(challenger, console)
            opened = parts.at(StartedClock(OPENS))  # from now on, however long the building took
            give_callers(opened, found)
            logs.set_up("error")  # what the watch raises is on its page
            with console.status("trying a draft policy on everybody") as status:
                try_draft(opened, civil_day(OPENS), lambda step: status.update(f"trying a draft policy: {step}"))
                watch_and_tell(opened, civil_day(OPENS), lambda step: status.update(f"watching the quarter: {step}"))
            if serve:
                console.print(howto(opened, found, QUARTER), soft_wrap=True, highlight=False, markup=False)
                run(opened, ready=lambda: console.print("[green]serving[/]; stop with Ctrl-C"))
        finally:
            parts.close()
        console.print("stopped; the embedded database is stopped too")


def _clear(folder: Path) -> None:
    """Remove an earlier demonstration, but never one that is still running.

    Raises:
        LushiError: where it is in use, or the folder cannot be used.
    """
    if others_use(folder / "postgres"):
        raise LushiError(f"another demonstration is running in {folder}; stop it, or set LUSHI_DATA to another folder")
    embedded.stop(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        why = (error.strerror or "unknown cause").lower()
        raise LushiError(f"{folder} cannot be made: {why}; set LUSHI_DATA to another folder") from error


def _build(parts: Parts, county: Path, households: int, *, seed: int, train: Train) -> tuple[Register, Challenge]:
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    first, last = parts.policies.policies[0], parts.policies.policies[-1]
    with Progress(*columns, console=Console(stderr=True)) as bars:
        writing = bars.add_task("writing the county's files", total=1.0)
        rounds = write_county(
            county,
            policy_2017=first,
            policy_2021=last,
            households=households,
            seed=seed,
            format="parquet",
            full_rows=False,
            rounds=None,
            progress=lambda _, share: bars.update(writing, completed=share),
        )
        bars.update(writing, completed=1.0)
        steps: list[tuple[date, str, Path | None]] = [
            *((date.fromisoformat(one.name), "importing the files of", one) for one in rounds),
            *((day, "grading everyone on", None) for day in GRADE_ON),
            (TRAIN_ON, "training", None),
        ]
        task = bars.add_task("importing and grading", total=len(steps))
        found: Register | None = None
        challenger: Challenge | None = None
        for day, what, folder in sorted(steps, key=lambda step: step[0]):
            bars.update(task, description=f"{what} {day}")
            then = parts.at(FixedClock(datetime.combine(day, time(18), CIVIL_TIME)))
            if folder is not None:
                _import(then, folder)
            elif day == TRAIN_ON:
                challenger = challenge(
                    then, QUARTER, train, lambda step: bars.update(task, description=f"training for {QUARTER}: {step}")
                )
            else:
                found = grade_county(then, day)
            bars.advance(task)
    assert found is not None
    assert challenger is not None
    return found, challenger


def _import(parts: Parts, folder: Path) -> None:
    for path in files_in_order([folder]):
        done = import_file(parts.store, path, policies=parts.policies, now=parts.clock.now, id_key=parts.id_key)
        if done.outcome != "imported":
            raise LushiError(f"{path} was {done.outcome}: {'; '.join(map(str, done.faults[:3]))}")
