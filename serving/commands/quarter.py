"""``lushi quarter``: a county's quarter in one command, from the sources' filings to what two people may promote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from feature_store.quarter import read_quarter
from serving.commands.output import OutputUnusable, check_output
from serving.quarter.freshness import SourcesMissing
from serving.quarter.run import SUMMARY, Closed, Told, run_quarter, steps_of
from serving.quarter.step import Step, Train, Watch
from serving.wiring import Parts

MISSING = 3
"""Exit code where a source has not filed."""


def register(app: typer.Typer, wired: Callable[[], Parts], train: Train, watch: Watch | None = None) -> None:
    """Add the command; ``train`` trains a quarter's version, ``watch`` watches it."""

    @app.command("quarter")
    def quarter(
        quarter: Annotated[str, typer.Argument(help="The quarter, as 2021Q1; it must be over.", show_default=False)],
        go_on: Annotated[
            bool, typer.Option("--go-on", help="Go on where a source has not filed; the summary names it.")
        ] = False,
        json_file: Annotated[
            Path | None, typer.Option("--json", metavar="FILE", help="Also write every step's result as JSON here.")
        ] = None,
    ) -> None:
        """Close a quarter: filings checked, everyone graded, stops, outcomes, challenger trained and judged, summary. 季度结算

        Everything is seen as known when the quarter's books closed. Each step is recorded once: broken off at any moment,
        the command goes on where it was; run again, it shows what is there. Nothing is promoted or released: that takes two people.
        Exit code: 0 closed, 1 faults, 2 wrong use, 3 a source has not filed. Example: lushi quarter 2021Q1
        """
        check_output(json_file)
        one, console = read_quarter(quarter), Console()
        try:
            with _steps(len(steps_of(train, watch))) as told:
                found = run_quarter(wired(), one, train=train, watch=watch, go_on=go_on, told=told)
        except SourcesMissing as error:
            Console(stderr=True).print(f"[red]{escape(str(error))}[/]", soft_wrap=True, highlight=False)
            raise typer.Exit(MISSING) from None
        show(found, console)
        if json_file is not None:
            _write(found, json_file)
            console.print(f"结果写入 results written to {json_file}", soft_wrap=True, markup=False)


def show(found: Closed, console: Console) -> None:
    """Print the summary."""
    summary = found.result(SUMMARY)
    lines = {line["step"]: line for line in summary["lines"]}
    console.print(f"\n[bold]{found.quarter}[/] 季度小结 · summary, as known at {summary['known_at']}", soft_wrap=True)
    if summary["synthetic"]:
        console.print(
            "[bold]合成数据 · synthetic data:[/] the households and loans of this county are invented", soft_wrap=True
        )
    if not found.anew:
        console.print("it was closed already; nothing was done anew 已结算,未重做", soft_wrap=True)
    table = Table("步骤 step", "结果 result")
    for step, _ in found.steps:
        if line := lines.get(step.name):
            table.add_row(f"{step.label.zh}\n{step.label.en}", f"{escape(line['zh'])}\n{escape(line['en'])}")
    console.print(table)
    for act in summary["to_do"]:
        console.print(f"{act['zh']} · {act['en']}: {act['command']}", soft_wrap=True, markup=False, highlight=False)


def as_json(found: Closed) -> str:
    """Every step with result, hash and time, as JSON text."""
    steps = [
        {
            "step": step.name,
            "zh": step.label.zh,
            "en": step.label.en,
            "sha256": it.sha256,
            "recorded_at": it.recorded_at.isoformat(),
            "result": json.loads(it.result),
        }
        for step, it in found.steps
    ]
    return json.dumps({"quarter": str(found.quarter), "steps": steps}, ensure_ascii=False, indent=1) + "\n"


def _write(found: Closed, out: Path) -> None:
    try:
        out.write_text(as_json(found), encoding="utf-8")
    except OSError as error:
        raise OutputUnusable(f"{out} cannot be written: {(error.strerror or 'unknown cause').lower()}") from error


@contextmanager
def _steps(count: int) -> Iterator[Told]:
    """A progress display of the steps; gives what is told of each."""
    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking at what is recorded", total=count)

        def told(step: Step, what: str) -> None:
            name = f"{step.label.zh} {step.label.en}"
            if what == "done":
                bar.advance(task)
            else:
                bar.update(task, description=name if what == "begin" else f"{name}: {escape(what)}")

        yield told
