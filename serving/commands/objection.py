"""``lushi objection``: which objections wait, and which have waited too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from serving.rights.objection_lists import Wanted, list_objections
from serving.wiring import Parts

MOST = 1000
"""Objections listed at once."""
ABOUT = {"datum": "数据 datum", "decision": "决定 decision", "human_review": "人工复核 human review"}


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    objection = typer.Typer(no_args_is_help=True, help="Households' objections and their 20 days. 异议")
    app.add_typer(objection, name="objection", help="Households' objections and their 20 days. 异议")

    @objection.command("list")
    def list_command(
        overdue: Annotated[bool, typer.Option("--overdue", help="Only those whose 20 days are over.")] = False,
        every: Annotated[bool, typer.Option("--all", help="Also those that were answered.")] = False,
    ) -> None:
        """List objections that wait for their answer, oldest first; not what they say. 列出异议"""
        wanted = Wanted(open_only=None if every else True, most=MOST + 1, overdue=overdue)
        found, today = list_objections(wanted, wired(), caller=None)
        table = Table("objection", "household", "about", "indicator", "filed on", "due on", "state")
        for one in found[:MOST]:
            state = "逾期 overdue" if one.overdue(today) else one.outcome or "open"
            filed, due = f"{one.recorded_at:%Y-%m-%d}", str(one.due_on)
            about = ABOUT[one.about]
            table.add_row(str(one.objection_id), one.household_id, about, one.indicator or "", filed, due, state)
        console = Console()
        console.print(table if found else "no objection waits")
        if len(found) > MOST:
            console.print(f"The first {MOST:,} are shown.")
