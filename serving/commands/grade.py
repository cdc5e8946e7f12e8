"""``lushi grade``: the whole county into the register of a quarter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import polars
import typer
from rich.console import Console
from rich.table import Table

from scoring.batch import STATUSES
from serving.commands.output import check_output, write_frame
from serving.county.grade_county import GRADED, Register, grade_county
from serving.wiring import Parts


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the command to the program."""

    @app.command("grade")
    def grade(
        on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day on which to grade, e.g. 2017-06-30.")],
        out: Annotated[
            Path | None, typer.Option(help="Also write the register here, as CSV or Parquet by its ending.")
        ] = None,
    ) -> None:
        """Grade every household on a day and write the register of its quarter.

        Shows the shares of each grade, movement against the last quarter, and credit villages and
        townships. Example: lushi grade --on 2017-06-30 --out register.csv
        """
        check_output(out)
        console = Console()
        with console.status("starting") as status:
            found = grade_county(wired(), date(on.year, on.month, on.day), lambda step: status.update(step))
        show(found, console)
        if out is not None:
            write(found, out)
            console.print(f"register written to {out}")


def show(found: Register, console: Console) -> None:
    """Print a register's summary."""
    total = max(len(found.status), 1)
    console.print(
        f"\n[bold]{found.quarter}[/] 信用登记 · register, {found.on}, policy {found.policy.id}, {len(found.status):,} households"
    )
    table = Table("等级 grade", "农户 households", "占比 share", "")
    rows = [
        (one.id, int((found.grade == number).sum())) for number, one in reversed(list(enumerate(found.policy.grades)))
    ]
    rows += [(name, int((found.status == number).sum())) for number, name in enumerate(STATUSES) if number != GRADED]
    for name, count in rows:
        table.add_row(name, f"{count:,}", f"{count / total:.1%}", "█" * round(40 * count / total))
    console.print(table)
    graded = int((found.status == GRADED).sum())
    villages = sum(one.credit_area for one in found.village_shares)
    townships = sum(one.credit_area for one in found.township_shares)
    console.print(
        f"授信率 granted: {graded / total:.1%} · 信用村 credit villages: {villages} of {len(found.village_shares)}"
        f" · 信用乡镇 credit townships: {townships} of {len(found.township_shares)}"
    )
    if found.previous_quarter:
        console.print(_movement(found))


def _movement(found: Register) -> Table:
    names = ["none", *(one.id for one in found.policy.grades)]
    table = Table(f"{found.previous_quarter} \\ {found.quarter}", *names, title="等级变动 movement")
    for before, name in enumerate(names):
        seen = found.previous_status >= 0
        row = [
            int((seen & (found.previous_grade == before - 1) & (found.grade == after - 1)).sum())
            for after in range(len(names))
        ]
        table.add_row(name, *(f"{count:,}" for count in row))
    return table


def write(found: Register, out: Path) -> None:
    """Write a register as CSV or Parquet."""
    grades = np.array(["", *(one.id for one in found.policy.grades)])
    limits = np.array(["0", *(str(one.limit_cny) for one in found.policy.grades)])
    statuses = np.array(["", *STATUSES])
    frame = polars.DataFrame(
        {
            "household_id": found.household_ids,
            "village_code": found.villages,
            "quarter": [found.quarter] * len(found.status),
            "status": statuses[found.status + 1],
            "grade": grades[found.grade + 1],
            "limit_cny": limits[found.grade + 1],
            "score": found.score,
            "previous_status": statuses[found.previous_status + 1],
            "previous_grade": grades[found.previous_grade + 1],
        }
    )
    write_frame(frame, out)
