"""``lushi watch``: a quarter's report on population, challenger and card, with its alarms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from serving.commands import watch_table
from serving.commands.output import check_output
from serving.commands.watch_told import Html, Lang, Language, tell
from serving.monitoring.page import page_of, write_page
from serving.monitoring.told import watch_and_tell
from serving.monitoring.watch import Watched, reports, stored
from serving.wiring import Parts

On = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The day of the watch, e.g. 2020-10-31.", show_default=False),
]


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the group to the program."""
    group = typer.Typer(
        help="Watch population, challenger and card; limits, alarms, reports. 监测", invoke_without_command=True
    )
    app.add_typer(group, name="watch")

    @group.callback()
    def watch_command(context: typer.Context, on: On = None, html: Html = None, lang: Lang = Language.zh) -> None:
        """Look at the quarter that ended last before a day, as known when the day began; store the report once. 监测

        The same day again shows the stored report. Nothing here changes a grade. Example: lushi watch --on 2020-10-31
        """
        if context.invoked_subcommand is not None:
            return
        console = Console()
        day = _day(on)
        check_output(html)
        with console.status("starting") as status:
            found, raised = watch_and_tell(wired(), day, lambda step: status.update(step))
        console.print("report made" if found.made else "the report of that day is there already", style="dim")
        if not found.linked:
            console.print("the registry of models is away: run this again to put the report beside the model's run")
        if raised.suspended is not None:
            console.print("[red]the opinion is suspended by rule[/]; two people resume it: lushi model resume")
        _give(found, console, html, lang)

    @group.command("show")
    def show_command(on: On = None, html: Html = None, lang: Lang = Language.zh) -> None:
        """Show a stored report, or write it as an HTML page. 查看"""
        check_output(html)
        _give(stored(wired(), _day(on)), Console(), html, lang)

    @group.command("list")
    def list_command() -> None:
        """List the stored reports. 列表"""
        table = Table("on", "period", "red", "amber", "sha256")
        found = reports(wired())
        for one in found:
            counts = one.content["counts"]
            table.add_row(
                one.report.on.isoformat(),
                one.report.period,
                str(counts["red"]),
                str(counts["amber"]),
                one.report.sha256[:12],
            )
        Console().print(table if found else "no report is stored yet; make one with `lushi watch --on DATE`")

    watch_table.add(group)


def _day(on: datetime | None) -> date:
    if on is None:
        raise typer.BadParameter("give the day of the watch, e.g. --on 2020-10-31")
    return date(on.year, on.month, on.day)


def _give(found: Watched, console: Console, html: Path | None, lang: Language) -> None:
    content = found.content
    tell(content, console, lang.value)
    if html is not None:
        write_page(html, page_of(content, found.report.sha256, lang.value))
        console.print(f"written to {html}", soft_wrap=True, markup=False, highlight=False)
