"""``lushi invariants``: everything recorded held against what must hold of it, now."""

from __future__ import annotations

from collections.abc import Callable

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from feature_store.adapters import recorded
from serving.operations.invariants import NAMES, check
from serving.wiring import Parts

BROKEN = 4
"""Exit code where an invariant does not hold."""


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the command to the program."""

    @app.command("invariants")
    def invariants() -> None:
        """Check what must hold of every recorded decision and of the log; exit code 4 where it does not. 不变量检查

        The running service checks what is new by itself, every LUSHI_INVARIANTS_SECONDS.
        """
        parts, console = wired(), Console()
        with parts.store.looking(parts.clock.now()) as moment:
            total = recorded.count(moment.connection, start=0)
        columns = TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("checking", total=total)
            found = check(parts, progress=lambda done: bar.update(task, completed=done))
        table = Table("invariant", "checks", "violations")
        for name in NAMES:
            table.add_row(name, f"{found.checks.get(name, 0):,}", f"{found.counts.get(name, 0):,}")
        console.print(table)
        for one in found.violations:
            console.print(f"[red]{one.invariant}[/]: {one.about}: {one.what}", soft_wrap=True, highlight=False)
        broken = sum(found.counts.values())
        if left := broken - len(found.violations):
            console.print(f"and {left:,} more")
        console.print(
            f"[bold red]{broken:,} violations in {found.decisions:,} decisions[/]"
            if broken
            else f"[green]every invariant holds over {found.decisions:,} decisions · 不变量全部成立[/]"
        )
        if broken:
            raise typer.Exit(BROKEN)
