"""``lushi id``: the key of ID numbers changed for another, and numbers shown whole to two people."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from serving.commands.output import OutputUnusable, check_output
from serving.privacy.rotate_id_key import rotate
from serving.privacy.unmask import UnmaskingRefused, households_of, unmask_many
from serving.wiring import Parts

_ID = re.compile("[0-9A-Za-z][0-9A-Za-z-]{0,39}")
_HELP = "ID numbers: change their key, show them whole. 身份证号码:换钥与查看"


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    numbers = typer.Typer(no_args_is_help=True, help=_HELP)
    app.add_typer(numbers, name="id", help=_HELP)

    @numbers.command("rotate")
    def rotate_command(
        by: Annotated[str, typer.Option(help="Who does it, as it will stand in the log.")],
        drop_without_number: Annotated[
            bool,
            typer.Option("--drop-without-number", help="Forget fingerprints whose numbers were never kept."),
        ] = False,
    ) -> None:
        """Put every ID number under a new key; interrupted, it goes on when run again. 更换密钥

        With the key file id.key a new one is made and the old one removed at the end. With keys in the environment set LUSHI_ID_KEY
        to the new key and LUSHI_ID_KEY_BEFORE to the old one first. Back up the new key.
        """
        columns = TextColumn("moving numbers"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("moving", total=None)
            done = rotate(
                wired(),
                by=by,
                drop_without_number=drop_without_number,
                progress=lambda now, of: bar.update(task, completed=now, total=of),
            )
        forgotten = f", {done.dropped:,} fingerprints forgotten" if done.dropped else ""
        typer.echo(
            f"{done.numbers:,} numbers are under the key {done.key_id} ({done.moved:,} moved now{forgotten}); back the key up"
        )

    @numbers.command("unmask")
    def unmask_command(
        by: Annotated[str, typer.Option(help="Who needs the numbers.")],
        second: Annotated[str, typer.Option(help="Who signs as the second person.")],
        why: Annotated[str, typer.Option(help="The cause, as it will stand in the log.")],
        out: Annotated[Path, typer.Option(help="A new CSV file, which only its owner may read.", dir_okay=False)],
        file: Annotated[
            Path | None, typer.Argument(help="Household ids, each on a line.", dir_okay=False, show_default=False)
        ] = None,
        village: Annotated[
            str | None, typer.Option(help="Instead of a file: everybody of this village.", show_default=False)
        ] = None,
    ) -> None:
        """Write the ID numbers of many households to a file; in the log before anybody sees them. 批量查看"""
        if (file is None) == (village is None):
            raise typer.BadParameter("name either a file or --village")
        check_output(out)
        if out.exists():
            raise OutputUnusable(f"{out} exists; name a new file")
        parts = wired()
        asked = _ids(file) if file is not None else households_of(parts, village or "")
        found = unmask_many(asked, parts, by=by, second=second, why=why)
        _write(out, found)
        missing = sum(it is None for it in found.values())
        typer.echo(
            f"{len(found) - missing:,} numbers in {out}, {missing:,} households without one; remove the file when it has served"
        )


def _ids(file: Path) -> list[str]:
    """The household ids of a file; what is wrong with it names lines, never what stands there."""
    try:
        lines = [it.strip() for it in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise UnmaskingRefused(f"{file.name} cannot be read; give a text file in UTF-8") from None
    wrong = [str(place) for place, it in enumerate(lines, start=1) if it and not _ID.fullmatch(it)]
    if wrong:
        raise UnmaskingRefused(f"{file.name} holds no household id on these lines: {', '.join(wrong[:20])}")
    return [it for it in lines if it]


def _write(out: Path, found: dict[str, str | None]) -> None:
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("household_id", "id_number"))
            rows.writerows((household_id, number or "") for household_id, number in found.items())
    except OSError as error:
        raise OutputUnusable(f"{out} cannot be written: {(error.strerror or 'unknown cause').lower()}") from error
