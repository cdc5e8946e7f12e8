"""``lushi area``: which villages and townships are stopped, and their release."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from feature_store.filing import civil_day
from serving.county.areas import area_stops, release_area
from serving.wiring import Parts


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    area = typer.Typer(no_args_is_help=True, help="Stops of villages and townships: show them, release them.")
    app.add_typer(area, name="area", help="Stops of villages and townships: show them, release them.")

    @area.command("show")
    def show(
        every: Annotated[bool, typer.Option("--all", help="Also the areas that are not stopped.")] = False,
    ) -> None:
        """Show which areas are stopped today, since when, on which figures, and what would release them."""
        parts, console = wired(), Console()
        today = civil_day(parts.clock.now())
        table = Table("area", "名称 name", "stopped since", "ratio", "as at", "loans", "to release")
        found = [one for one in area_stops(parts, today) if every or one.stop.stopped]
        for one in found:
            stop = one.stop
            todo = "two signatures" if stop.awaiting_sign_off else "get within the limit" if stop.stopped else ""
            table.add_row(
                one.code,
                f"{one.name_zh} {one.name_en}",
                str(stop.since or ""),
                f"{float(stop.ratio):.2%}",
                str(stop.as_at or ""),
                f"{stop.n_loans:,}",
                todo,
            )
        console.print(table if found else "no area is stopped")

    @area.command("release")
    def release(
        code: Annotated[str, typer.Argument(help="Code of the village or township.")],
        by: Annotated[str, typer.Option(help="Who releases it.")],
        second: Annotated[str, typer.Option(help="Who signs as the second person.")],
        why: Annotated[str, typer.Option(help="The cause, as it will stand in the record.")],
    ) -> None:
        """Release a stopped area that has served its time: two different people and a cause."""
        release_area(wired(), code, by=by, second=second, why=why)
        typer.echo(f"{code} may lend again")
