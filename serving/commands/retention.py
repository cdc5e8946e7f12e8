"""``lushi retention`` and ``lushi erase``: what was kept for its time leaves, and a household that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from feature_store.filing import civil_day
from serving.privacy.erase import erase
from serving.privacy.retention import Found, look, run
from serving.privacy.retention_rules import Rule
from serving.wiring import Parts

_HELP = "What was kept for its time: show it, erase it. 保存期限"


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the commands to the program."""
    retention = typer.Typer(no_args_is_help=True, help=_HELP)
    app.add_typer(retention, name="retention", help=_HELP)

    @retention.command("run")
    def run_command(
        on: Annotated[
            datetime | None,
            typer.Option(formats=["%Y-%m-%d"], help="Show as on this day; left out: today.", show_default=False),
        ] = None,
        do: Annotated[bool, typer.Option("--do", help="Erase it; without this it is only shown.")] = False,
        by: Annotated[str, typer.Option(help="Who erases.")] = "",
        second: Annotated[str, typer.Option(help="Who signs as the second person.")] = "",
        why: Annotated[str, typer.Option(help="The cause, as it will stand in the log.")] = "",
    ) -> None:
        """Show what was kept for its time; with --do and two people erase it. 到期清理

        Run it while no training runs. It may be interrupted and run again.
        """
        if do and on is not None:
            raise typer.BadParameter("--do erases as of today; --on only shows")
        parts = wired()
        day = date(on.year, on.month, on.day) if on is not None else civil_day(parts.clock.now())
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("looking", total=None)

            def progress(rule: Rule, done: int) -> None:
                bar.update(task, description=f"{rule.what.zh} {rule.what.en}: {done:,}")

            found = run(parts, by=by, second=second, why=why, progress=progress) if do else look(parts, day, progress)
        _show(found, day, done=do)

    @app.command("erase")
    def erase_command(
        household: Annotated[str, typer.Argument(help="The household's id.")],
        by: Annotated[str, typer.Option(help="Who erases.")],
        second: Annotated[str, typer.Option(help="Who signs as the second person.")],
        why: Annotated[str, typer.Option(help="The cause, as it will stand in the log.")],
    ) -> None:
        """Erase a household's ID number and whatever of the log about it need not be kept. 删除农户信息"""
        found = erase(household, wired(), by=by, second=second, why=why)
        number = "its ID number and " if found.number else ""
        typer.echo(f"{household}: {number}{found.contents:,} contents of the log are erased")
        for count, rule in found.kept:
            typer.echo(
                f"kept: {count:,} ({rule.what.en.lower()}), {rule.years} years since {rule.since} ({rule.source})"
            )


def _show(found: list[Found], day: date, *, done: bool) -> None:
    console = Console()
    table = Table("rule 规则", "kept for", "erased" if done else "to erase", "oldest")
    for one in found:
        rule = one.rule
        table.add_row(f"{rule.what.zh} {rule.what.en}", f"{rule.years} years", f"{one.count:,}", str(one.oldest or ""))
    console.print(table)
    for one in found:
        console.print(f"{one.rule.what.zh}: since {one.rule.since} ({one.rule.source})", highlight=False)
    for one in found:
        if one.kept:
            words = "loans stay although their time is over: the stop of a village or township rests on them"
            console.print(f"{one.kept:,} {words}")
    if not done:
        console.print(f"as on {day.isoformat()}; nothing was changed. To erase as of today: --do --by --second --why")
