"""The command ``lushi synthetic``: write the invented county into a folder."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from feature_store.synthetic.county import write_county
from feature_store.synthetic.rounds import MOST
from feature_store.synthetic.scenarios import USUAL, names
from scoring.errors import LushiError
from scoring.policy.load import ROOT, load


class FileFormat(StrEnum):
    """How the import files are written."""

    csv = "csv"
    parquet = "parquet"


def register(app: typer.Typer) -> None:
    """Add ``synthetic`` to the command line."""

    @app.command()
    def synthetic(
        out: Annotated[Path, typer.Argument(help="Folder to write into; it must be new or empty.", show_default=False)],
        households: Annotated[int, typer.Option(min=1, help="Households in the county.")] = 107_000,
        seed: Annotated[int, typer.Option(min=0, help="Same seed and size: same files, byte for byte.")] = 2017,
        format: Annotated[FileFormat, typer.Option(help="CSV to look at, Parquet for speed.")] = FileFormat.csv,
        full_rows: Annotated[
            bool,
            typer.Option(
                "--full-rows/--quarters",
                help="Full rows: the first round only, every source listing every household with all 144 "
                "values (for benchmarks). Quarters: rounds in which police, court, traffic, civil affairs and "
                "insurers name only households with something to report.",
            ),
        ] = False,
        rounds: Annotated[
            int | None,
            typer.Option(min=1, max=MOST, help="Write so many rounds; 20 end with 2021.", show_default="17"),
        ] = None,
        scenario: Annotated[str, typer.Option(help=f"What the county lives through: {', '.join(names())}.")] = USUAL,
    ) -> None:
        """Write an invented county as import files: 19 townships, 352 villages, 17 quarters from April 2017.

        Nobody in it exists: county code 411299 is assigned to no place. Each round is a folder named by the
        day on which it is to be recorded; import them in that order with `lushi import`. Later rounds also
        hold late filings and corrections of earlier ones.
        """
        console = Console(stderr=True)
        columns = (TextColumn("{task.description:<34}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        try:
            with Progress(*columns, console=console) as bar:
                task = bar.add_task("laying out the county", total=1.0)
                folders = write_county(
                    out,
                    policy_2017=load(ROOT / "lushi" / "2017-04-01"),
                    policy_2021=load(ROOT / "lushi" / "2021-03-01"),
                    households=households,
                    seed=seed,
                    format=format.value,
                    full_rows=full_rows,
                    rounds=rounds,
                    progress=lambda what, done: bar.update(task, description=what, completed=done),
                    lives_through=scenario,
                )
        except (LushiError, ValueError, OSError) as fault:
            console.print(f"[red]Nothing more was written:[/red] {fault}", highlight=False)
            raise typer.Exit(2) from None
        typer.echo(
            f"{households} households, {len(folders)} round{'s' * (len(folders) != 1)}: {folders[0]} … {folders[-1].name}"
        )
        typer.echo("Next: lushi import " + str(out))
