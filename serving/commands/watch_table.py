"""``lushi watch table``: the report of a flat file by period."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from scoring.canonical import canonical, sha256
from serving.commands.output import check_output
from serving.commands.watch_told import Html, Lang, Language, tell
from serving.monitoring.flat_file import Columns, watch_file
from serving.monitoring.page import page_of, write_page


def add(group: typer.Typer) -> None:
    """Add the command to the group."""

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
