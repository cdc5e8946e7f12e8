"""``lushi policy frame``: edge cases with expected points, for a bank's own copy of the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars
import typer
from rich.console import Console

from scoring.policy.load import policy_of
from serving.commands.output import OutputUnusable, check_output, write_frame
from serving.commands.policy_read import POLICY_HELP, refusals, texts_of
from serving.trying.frame import frame_of


def register(policy_app: typer.Typer) -> None:
    """Add the command to ``lushi policy``."""

    @policy_app.command("frame")
    def frame(
        policy: Annotated[str, typer.Argument(metavar="POLICY", help=POLICY_HELP, show_default=False)],
        out: Annotated[Path, typer.Option(help="CSV file to write: one row a case. 输出文件")],
        values: Annotated[
            Path | None, typer.Option(help="Also write one row a case and indicator here, for SQL. 逐项明细文件")
        ] = None,
    ) -> None:
        """Write edge cases with what is expected of them. 输出边界案例供银行核对。

        Every band's boundary from both sides, every value unknown, every veto, every
        cap, every cycle's last day: with points, score, status, grade and limit. A
        bank runs its own copy of the rules over them and compares. Nobody real.

        \b
        Example:
          lushi policy frame 2021-03-01 --out frame.csv --values values.csv
        """
        with refusals():
            for path in (it for it in (out, values) if it is not None):
                if path.suffix != ".csv":
                    raise OutputUnusable(f"{path} does not end in .csv; name a CSV file")
                check_output(path)
            with Console(stderr=True).status("making the cases · 生成案例"):
                found = frame_of(policy_of(texts_of(policy)))
            write_frame(polars.DataFrame(found.cases, infer_schema_length=None), out)
            if values is not None:
                write_frame(polars.DataFrame(_text(found.values)), values)
        typer.echo(f"{len(found.cases):,} cases written to {out}. 共{len(found.cases):,}个边界案例。")


def _text(rows: tuple[dict[str, object], ...]) -> list[dict[str, str]]:
    return [{key: str(it) for key, it in row.items()} for row in rows]
