"""The command ``lushi import``: files into the store, every fault on screen and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from feature_store.adapters.import_file import Imported, import_file
from feature_store.adapters.store import Store
from feature_store.faults import Fault, csv_rows
from feature_store.filing import Coverage
from feature_store.id_cipher import IdKey
from feature_store.importing import Clock, Policies, files_in_order
from feature_store.sidecar import NOTHING, Stated

SHOWN = 50
"""Faults shown on screen; ``--faults-csv`` has all of them."""


class Parts(Protocol):
    """What the program is wired from, as far as importing needs it."""

    @property
    def store(self) -> Store:
        """The store."""
        ...

    @property
    def policies(self) -> Policies:
        """The approved policies."""
        ...

    @property
    def clock(self) -> Clock:
        """The clock."""
        ...

    @property
    def id_key(self) -> IdKey:
        """The key of ID numbers."""
        ...


def register(app: typer.Typer, wire: Callable[[], Parts]) -> None:
    """Add ``import`` to the command line; ``wire`` is called when the command runs."""

    @app.command("import")
    def import_(
        paths: Annotated[
            list[Path], typer.Argument(metavar="PATH...", help="Files, or folders of files.", show_default=False)
        ],
        source: Annotated[
            str | None, typer.Option(help="Who files it, e.g. police; instead of the sidecar's.", show_default=False)
        ] = None,
        observed_on: Annotated[
            datetime | None,
            typer.Option(formats=["%Y-%m-%d"], help="Day on which it was true.", show_default=False),
        ] = None,
        coverage: Annotated[
            Coverage | None,
            typer.Option(help="complete: everybody with something to report is named.", show_default=False),
        ] = None,
        areas: Annotated[
            list[str] | None, typer.Option(help="Area code of a complete list; may be repeated.", show_default=False)
        ] = None,
        accept_valid_rows: Annotated[
            bool, typer.Option("--accept-valid-rows", help="Store the faultless rows of a file with faults.")
        ] = False,
        again: Annotated[
            bool, typer.Option("--again", help="State a file once more that is already stored, as said now.")
        ] = False,
        faults_csv: Annotated[
            Path | None, typer.Option(help="Write every fault to this file.", dir_okay=False, show_default=False)
        ] = None,
    ) -> None:
        """Import files: CSV, CSV.GZ, Parquet or XLSX, each with its sidecar FILE.batch.yaml.

        A file with faults changes nothing and every fault is shown. The same file again changes nothing.
        Folders are read by name; in each, areas and households come first.
        Exit code: 0 all imported, 1 something refused, 2 wrong use.
        """
        files = _files(paths)
        if faults_csv is not None:
            _write_csv(faults_csv, ())  # before anything is stored: a result that cannot be kept is told first
        stated = Stated(source, _day(observed_on), coverage, tuple(areas) if areas is not None else None)
        results = import_all(files, wire(), stated=stated, accept_valid_rows=accept_valid_rows, again=again)
        faults = tuple(fault for result in results for fault in result.faults)
        if faults_csv is not None:
            _write_csv(faults_csv, faults)
        _report(results, faults, faults_csv)
        if faults:
            raise typer.Exit(1)


def import_all(
    files: Sequence[Path],
    parts: Parts,
    *,
    stated: Stated = NOTHING,
    accept_valid_rows: bool = False,
    again: bool = False,
) -> list[Imported]:
    """Import files one after the other, each in its own transaction, with a progress bar on stderr."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    results = []
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("importing", total=len(files))
        for path in files:
            bar.update(task, description=escape(path.name))
            results.append(
                import_file(
                    parts.store,
                    path,
                    policies=parts.policies,
                    now=parts.clock.now,
                    id_key=parts.id_key,
                    stated=stated,
                    accept_valid_rows=accept_valid_rows,
                    again=again,
                )
            )
            bar.advance(task)
    return results


def _files(paths: Sequence[Path]) -> list[Path]:
    for path in paths:
        if not path.exists():
            raise typer.BadParameter(f"{path} does not exist", param_hint="PATH")
    files = files_in_order(list(paths))
    if not files:
        raise typer.BadParameter("no CSV, CSV.GZ, Parquet or XLSX file is there", param_hint="PATH")
    return files


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _write_csv(path: Path, faults: tuple[Fault, ...]) -> None:
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark lets spreadsheets see UTF-8
            csv.writer(file).writerows(csv_rows(faults))
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written ({error.strerror})", param_hint="--faults-csv") from error


def _report(results: Sequence[Imported], faults: tuple[Fault, ...], faults_csv: Path | None) -> None:
    console = Console()
    done = Table("file", "source", "outcome", "rows", "faults", box=None, pad_edge=False)
    words = {
        "imported": "imported",
        "already": "already imported, nothing changed (--again states it once more)",
        "refused": "refused, nothing changed",
    }
    for it in results:
        rows = f"{it.n_rows:,}" if it.outcome == "imported" else "-"
        done.add_row(escape(it.file), it.source or "?", words[it.outcome], rows, f"{len(it.faults):,}")
    console.print(done)
    if not faults:
        return
    table = Table("file", "row", "column", "what", "mend", title=f"{len(faults):,} faults", title_justify="left")
    for fault in faults[:SHOWN]:
        table.add_row(*map(escape, (fault.file, str(fault.row or ""), fault.column, fault.what, fault.mend)))
    console.print(table)
    if len(faults) > SHOWN:
        where = f"in {faults_csv}" if faults_csv else "with --faults-csv FILE"
        console.print(f"The first {SHOWN} are shown; all of them are {where}.", soft_wrap=True)
