"""Result files: known to be writable before the work, and never left half-written."""

from __future__ import annotations

import os
from pathlib import Path

import polars

from scoring.errors import LushiError


class OutputUnusable(LushiError):
    """A result file cannot be written where it was asked for."""


def check_output(out: Path | None) -> None:
    """Find out before the work whether a result can be written.

    Raises:
        OutputUnusable: with what is in the way.
    """
    if out is None:
        return
    if out.is_dir():
        raise OutputUnusable(f"{out} is a folder; name a file in it")
    if not out.parent.is_dir():
        raise OutputUnusable(f"the folder {out.parent} does not exist; make it first")
    if not os.access(out.parent, os.W_OK):
        raise OutputUnusable(f"the folder {out.parent} may not be written to; choose another")


def write_frame(frame: polars.DataFrame, out: Path, *, about: dict[str, str] | None = None) -> None:
    """Write a table as Parquet or CSV by the file's ending; the file appears whole or not at all.

    about: facts for the footer of a Parquet file; a CSV file has no place for them.

    Raises:
        OutputUnusable: where it cannot be written.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        if out.suffix == ".parquet":
            frame.write_parquet(part, metadata=about)
        else:
            frame.write_csv(part)
        part.replace(out)
    except OSError as error:
        raise OutputUnusable(f"{out} cannot be written: {(error.strerror or 'unknown cause').lower()}") from error
    finally:
        part.unlink(missing_ok=True)
