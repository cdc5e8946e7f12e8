"""The commands ``lushi train ...``; the county's is added by whoever calls :func:`register`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from scoring.errors import LushiError
from training.county import County
from training.county_commands import add_county
from training.shown import FAULTS, PROMOTED, REFUSED, show, steps
from training.table_run import Asked, run
from training.tracking import Record
from training.write_out import FIGURES, as_json

DEFAULT_OUT = Path("var") / "train"


def register(
    app: typer.Typer,
    record: Callable[[], Record],
    now: Callable[[], datetime],
    *,
    county: Callable[[], County] | None = None,
) -> None:
    """Add ``train`` with ``train table``; with a county also ``train`` by itself and ``retrain``."""
    train = typer.Typer(name="train", no_args_is_help=county is None)
    if county is not None:
        add_county(app, train, county)
    else:  # one command alone would lose its name

        @train.callback()
        def only() -> None:
            """Train a challenger and put it to the gate. 训练挑战者模型"""

    @train.command("table")
    def table(
        data: Annotated[
            Path, typer.Argument(help="CSV, CSV.GZ, Parquet or XLSX.", exists=True, dir_okay=False, show_default=False)
        ],
        spec: Annotated[
            Path, typer.Option(help="YAML: what is what in the table.", exists=True, dir_okay=False, show_default=False)
        ],
        out: Annotated[Path | None, typer.Option(help="Folder for model, card and metrics.", file_okay=False)] = None,
        json: Annotated[Path | None, typer.Option(help="Also write the metrics here.", dir_okay=False)] = None,
        seed: Annotated[int | None, typer.Option(help="Instead of the spec's, else 42.", min=0, max=2**31 - 2)] = None,
        search: Annotated[
            int, typer.Option(help="Parameter sets tried inside each training window.", min=0, max=50)
        ] = 0,
        previous: Annotated[
            Path | None, typer.Option(help="Folder of a model version to compare with.", exists=True, file_okay=False)
        ] = None,
        into_registry: Annotated[
            bool, typer.Option("--register", help="Register the model as a version, with its verdict.")
        ] = False,
        recorded: Annotated[bool, typer.Option("--record/--no-record", help="Keep the run in MLflow's store.")] = True,
    ) -> None:
        """Train on any flat table with outcomes, judge, and write model, card and metrics.

        Exit code: 0 the gate promotes, 3 it refuses (every reason is shown), 1 faults in spec or table, 2 wrong use.
        Example: lushi train table clients.csv.gz --spec clients.yaml --out try
        """
        if into_registry and not recorded:
            raise typer.BadParameter("a version needs a recorded run; leave out --no-record", param_hint="--register")
        if json is not None and not json.absolute().parent.is_dir():
            raise typer.BadParameter("its folder does not exist", param_hint="--json")
        where = out if out is not None else DEFAULT_OUT / spec.stem
        kept_in = record() if recorded else None
        asked = Asked(data, spec, where, seed, search, previous, kept_in, into_registry)
        console = Console()
        try:
            with steps(Console(stderr=True)) as progress:
                trained, kept = run(asked, now=now(), progress=progress)
            if json is not None:
                json.write_text(as_json(trained), encoding="utf-8")
        except (LushiError, OSError) as error:
            says = str(error)
            if isinstance(error, OSError):
                says = f"{error.filename or 'a file'} cannot be written: {(error.strerror or 'unknown cause').lower()}"
            Console(stderr=True).print(escape(says), soft_wrap=True)
            raise typer.Exit(FAULTS) from error
        show(trained, kept, console)
        console.print(f"model, card and {FIGURES} are in {escape(str(where))}", soft_wrap=True)
        raise typer.Exit(PROMOTED if trained.gate.verdict == "promote" else REFUSED)

    app.add_typer(train)
