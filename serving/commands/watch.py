"""``lushi watch``: a quarter's report on population, challenger and card, with its alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scoring.canonical import canonical, sha256
from serving.commands.output import check_output
from serving.monitoring.flat_file import Columns, watch_file
from serving.monitoring.page import page_of, write_page
from serving.monitoring.watch import Watched, reports, stored, watch
from serving.wiring import Parts

On = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="The day of the watch, e.g. 2020-10-31.", show_default=False),
]
Html = Annotated[Path | None, typer.Option(help="Also write the report as one HTML page.", show_default=False)]
_COLOURS = {"red": "red", "amber": "yellow"}


class Language(StrEnum):
    """The language of lines and page."""

    zh = "zh"
    en = "en"


Lang = Annotated[Language, typer.Option(help="Language of the lines and the page: zh or en.")]


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
            found = watch(wired(), day, lambda step: status.update(step))
        console.print("report made" if found.made else "the report of that day is there already", style="dim")
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

    @group.command("table")
    def table_command(
        file: Annotated[
            Path,
            typer.Argument(help="CSV, Parquet or XLSX; one row a loan or household and period.", show_default=False),
        ],
        period: Annotated[
            str, typer.Option(help="Column of the period; the first one in order is compared with.", show_default=False)
        ],
        score: Annotated[str, typer.Option(help="Column of the score; higher is safer.", show_default=False)],
        outcome: Annotated[
            str, typer.Option(help="Column of the outcome: 1 or bad, 0 or good, empty where unknown.")
        ] = "",
        pd: Annotated[str, typer.Option(help="Column of a default probability.")] = "",
        feature: Annotated[list[str] | None, typer.Option(help="Column to compare; give it several times.")] = None,
        segment: Annotated[list[str] | None, typer.Option(help="Column of groups; give it several times.")] = None,
        out: Annotated[Path | None, typer.Option(help="JSON file to write.", show_default=False)] = None,
        html: Html = None,
        lang: Lang = Language.zh,
    ) -> None:
        """The same report for a flat file by period; no database. The page shows the last period. 表格监测"""
        check_output(out)
        check_output(html)
        columns = Columns(period, score, outcome, pd, tuple(feature or ()), tuple(segment or ()))
        content, console = watch_file(file, columns), Console()
        for report in content["reports"]:
            tell(report, console, lang.value)
        if out is not None:
            write_page(out, canonical(content).decode())
        if html is not None:
            last = content["reports"][-1]
            write_page(html, page_of(last, sha256(canonical(last)), lang.value))


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


def tell(content: Mapping[str, Any], console: Console, lang: str) -> None:
    """Print the counts and every alarm."""
    if content["synthetic"]:
        console.print("合成数据 · synthetic data: nobody here exists", style="bold")
    counts = content["counts"]
    console.print(
        f"{content['period']['name']}: {counts['red']} red, {counts['amber']} amber, {counts['green']} green,"
        f" {counts['too_few']} too few rows, {counts['shown']} only shown",
        highlight=False,
    )
    alarms: Sequence[Mapping[str, Any]] = content["alarms"]
    for alarm in alarms:
        first, *others = alarm["lines"][lang]
        console.print(f"[{_COLOURS[alarm['level']]}]{escape(first)}[/]", soft_wrap=True, highlight=False)
        for line in others:
            console.print(f"  {escape(line)}", soft_wrap=True, highlight=False)
    if not alarms:
        console.print({"zh": "没有警报", "en": "no alarm"}[lang])
    console.print(content["blind"][lang], style="dim", soft_wrap=True, highlight=False)
