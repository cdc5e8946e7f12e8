"""What the commands of ``lushi policy`` share: policies by folder or date, refusals as lines, results for machines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path

import typer

from scoring.errors import LushiError, PolicyFaults
from scoring.policy.in_force import Policies
from scoring.policy.load import load_index, read_texts
from serving.settings import read_settings

POLICY_HELP = "A policy folder, or the date from which an approved policy (LUSHI_POLICIES) binds (2017-04-01)."


class Language(StrEnum):
    """The language of a text."""

    zh = "zh"
    en = "en"


@contextmanager
def refusals() -> Iterator[None]:
    """Turn an expected refusal into its lines and exit code 1; anything else is a defect and stays loud."""
    try:
        yield
    except PolicyFaults as refused:
        for fault in refused.faults:
            typer.echo(str(fault))
        raise typer.Exit(1) from None
    except LushiError as refused:
        typer.echo(f"{refused}.")
        raise typer.Exit(1) from None


def county() -> Path:
    """The folder of the approved policies that this process is set to."""
    return read_settings(os.environ).policies


def folder_of(policy: str) -> Path:
    """A policy folder, or that of the approved policy that takes effect on a date.

    Raises:
        PolicyFaults: where the index is faulty.
        LushiError: where no approved policy takes effect on that date.
    """
    try:
        day = date.fromisoformat(policy)
    except ValueError:
        return Path(policy)
    if Path(policy).is_dir():
        return Path(policy)
    approved: Policies = load_index(county())
    for approval in approved.approvals:
        if approval.effective_from == day:
            return county() / approval.folder
    known = ", ".join(str(approval.effective_from) for approval in approved.approvals)
    raise LushiError(f"no approved policy takes effect on {day}. Give a folder, or one of: {known}")


def texts_of(policy: str) -> dict[str, str]:
    """The texts of a policy named as in :func:`folder_of`.

    Raises:
        PolicyFaults: where the folder or the index is faulty.
        LushiError: as :func:`folder_of`.
    """
    return read_texts(folder_of(policy))


def write_json(file: Path | None, data: object) -> None:
    """Write a result for machines.

    Raises:
        LushiError: where the file cannot be written.
    """
    if file is not None:
        write_text(file, json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def write_text(file: Path, text: str) -> None:
    """Write a text.

    Raises:
        LushiError: where the file cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as failed:
        raise LushiError(
            f"{file} cannot be written ({failed.strerror}). Choose a file in a folder that exists"
        ) from failed
