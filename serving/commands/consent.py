"""``lushi consent``: many consents recorded from a file, and a household's consents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from feature_store.faults import Fault
from serving.consents.files import COLUMNS, ConsentsRefused, import_consents
from serving.consents.uses import USES, Use
from serving.rights.lists import consents_of
from serving.wiring import Parts

SHOWN = 50
"""Faults printed; more of them are counted."""


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    consent = typer.Typer(no_args_is_help=True, help="Households' consents to the use of their credit file. 授权")
    app.add_typer(consent, name="consent", help="Households' consents to the use of their credit file. 授权")

    @consent.command("import")
    def import_command(
        file: Annotated[Path, typer.Argument(help=f"CSV, Parquet or XLSX with the columns {', '.join(COLUMNS)}.")],
        by: Annotated[str, typer.Option(help="Who records them, as it will stand in the log.")],
    ) -> None:
        """Record the consents of a file: all of them, or none where one is at fault. 批量登记授权"""
        parts, console = wired(), Console(stderr=True)
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        try:
            with Progress(*columns, console=console, transient=True) as bar:
                task = bar.add_task("opening the store", total=None)
                done = import_consents(parts, file, by=by, progress=lambda step: bar.update(task, description=step))
        except ConsentsRefused as refused:
            _show(refused.faults, console)
            raise typer.Exit(1) from None
        typer.echo(f"{done.new:,} consents recorded, {done.known:,} were there already")

    @consent.command("list")
    def list_command(household: Annotated[str, typer.Argument(help="The household's id.")]) -> None:
        """List a household's consents, newest first. 列出授权"""
        table = Table("reference", "tenant", "purpose 用途", "granted on", "until", "withdrawn")
        found = consents_of(wired(), household)
        for one in found:
            label = USES[Use(one.purpose)]
            withdrawn = f"{one.withdrawn_at:%Y-%m-%d %H:%M}" if one.withdrawn_at else ""
            purpose = f"{label['zh']} {label['en']}"
            table.add_row(one.reference, one.tenant, purpose, str(one.granted_on), str(one.until), withdrawn)
        Console().print(table if found else "no consent of this household is recorded")


def _show(faults: tuple[Fault, ...], console: Console) -> None:
    table = Table(
        "row", "column", "what", "mend", title=f"{len(faults):,} faults, nothing recorded", title_justify="left"
    )
    for fault in faults[:SHOWN]:
        table.add_row(*map(escape, (str(fault.row or ""), fault.column, fault.what, fault.mend)))
    console.print(table)
    if len(faults) > SHOWN:
        console.print(f"and {len(faults) - SHOWN:,} more")
