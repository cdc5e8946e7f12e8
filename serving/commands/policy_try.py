"""``lushi policy try``: who would move under a draft, for which change, before anybody signs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from scoring.errors import LushiError
from serving.access.two_people import named
from serving.approvals.trials import keep
from serving.commands.output import check_output
from serving.commands.policy_read import Language, refusals, write_json, write_text
from serving.commands.policy_trial import print_trial
from serving.trying.county import try_county
from serving.trying.file import try_file
from serving.trying.page import page_of
from serving.wiring import Parts

LIMIT_BROKEN = 4
"""The exit code where the draft breaks a limit of its own trial.yaml."""


def register(policy_app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the command to ``lushi policy``."""

    @policy_app.command("try")
    def try_draft(
        draft: Annotated[Path, typer.Argument(help="The draft's folder; it need not be in the index. 草案文件夹")],
        on: Annotated[
            datetime,
            typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day on which all are assessed. 评定日"),
        ],
        lang: Annotated[Language, typer.Option(help="Language of the result. 语言")] = Language.zh,
        json_file: Annotated[
            Path | None, typer.Option("--json", metavar="FILE", help="Also write every figure here. 同时输出JSON")
        ] = None,
        html_file: Annotated[
            Path | None, typer.Option("--html", metavar="FILE", help="Also write one page to print here. 同时输出网页")
        ] = None,
        known_now: Annotated[
            bool, typer.Option("--known-now", help="As known now, not by the end of that day. 按目前所知")
        ] = False,
        against: Annotated[
            Path | None, typer.Option(help="With --file: the policy folder to compare with. 对照政策")
        ] = None,
        file: Annotated[Path | None, typer.Option(help="Try it on this flat file, with no database. 数据文件")] = None,
        outcome: Annotated[str, typer.Option(help="With --file: the column of outcomes (1 bad, 0 good). 结果列")] = "",
        id_column: Annotated[str, typer.Option(help="With --file: the column of ids. 编号列")] = "household_id",
        keep_by: Annotated[
            str, typer.Option("--keep-by", metavar="NAME", help="Keep it for the console, as tried by NAME. 保存")
        ] = "",
    ) -> None:
        """Try a draft on the whole county: who moves, why, and at what price. 试算草案。

        Assesses every household under the policy in force that day and under the
        draft, and attributes each move to the changes. How loans went and what the
        challenger says stand beside it. Changes nothing; --keep-by stores what was
        found, as an entry of the log. Leaves with 1 on faults of the draft, with 4
        where it breaks a limit of its own trial.yaml.

        \b
        Examples:
          lushi policy try drafts/2027-01-01 --on 2026-11-24
          lushi policy try drafts/2027-01-01 --on 2026-11-24 --json trial.json --html trial.html --lang en
          lushi policy try DRAFT --on 2005-10-01 --against FOLDER --file data.csv --id-column ID --outcome bad
        """
        day = date(on.year, on.month, on.day)
        with refusals():
            _check_keeper(keep_by, file)
            for path in (json_file, html_file):
                check_output(path)
            with Console(stderr=True).status("starting · 开始") as status:
                told: Callable[[str], None] = lambda step: status.update(step)  # noqa: E731
                data = _tried(wired, draft, day, known_now, against, file, outcome, id_column, told)
                kept = keep(wired(), draft.resolve().name, data, by=keep_by).head.number if keep_by else None
            write_json(json_file, data)
            if html_file is not None:
                write_text(html_file, page_of(data, lang.value))
        print_trial(Console(), data, lang.value)
        if kept is not None:
            typer.echo(f"kept (entry {kept} of the log); the console shows it 已保存")
        raise typer.Exit(LIMIT_BROKEN if any(it["broken"] for it in data["limits"]) else 0)


def _check_keeper(by: str, file: Path | None) -> None:
    """Refuse to keep what cannot be kept before the long work."""
    if by and file is not None:
        raise LushiError("--keep-by keeps trials of the county, not of a --file")
    if by and (faults := named(by)):
        raise LushiError("; ".join(faults).replace("--by", "--keep-by"))


def _tried(
    wired: Callable[[], Parts],
    draft: Path,
    on: date,
    known_now: bool,
    against: Path | None,
    file: Path | None,
    outcome: str,
    id_column: str,
    told: Callable[[str], None],
) -> dict[str, Any]:
    if (file is None) != (against is None):
        raise LushiError(
            "--file and --against go together: the data, and the policy folder that the draft is held against"
        )
    if file is not None and against is not None:
        return try_file(draft, against, file, on=on, id_column=id_column, outcome=outcome, progress=told)
    if outcome:
        raise LushiError("--outcome names a column of --file; on the county the outcomes come from the loan book")
    return try_county(wired(), draft, on, known_now=known_now, progress=told)
