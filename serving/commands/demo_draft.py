"""The demonstration's draft policy: two other cuts of the grades, tried on the whole synthetic county before anybody signs it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from scoring.errors import LushiError
from serving.approvals.trials import Trial
from serving.settings import Settings
from serving.trying.kept import try_and_keep
from serving.wiring import Parts

BEGINS, BASE = "2021-07-01", "2021-03-01"
BY = "analyst"
EDITS = (
    ("about.yaml", f"effective_from: {BASE}", f"effective_from: {BEGINS}"),
    ("about.yaml", "id: lushi_2021_03_01", "id: lushi_2021_07_01"),
    ("about.yaml", "办法(2021年)", "办法(2021年7月草案)"),
    ("about.yaml", "households (2021)", "households (draft of July 2021)"),
    ("grades.yaml", "id: AA, at_least: 105", "id: AA, at_least: 107"),
    ("grades.yaml", "id: AAA, at_least: 120", "id: AAA, at_least: 116"),
)
"""File, what stands in it once, what the draft says instead."""


def with_draft(settings: Settings, folder: Path) -> Settings:
    """Settings whose policies are copies in a folder of their own, with the draft beside them; for :func:`serving.wiring.wire`.

    Raises:
        LushiError: where the policies in use are not those that the draft is made of.
    """
    if not (settings.policies / BASE).is_dir():
        raise LushiError(f"the demonstration's draft is made of {BASE}, which LUSHI_POLICIES does not hold; unset it")
    shutil.copytree(settings.policies, folder)
    shutil.copytree(folder / BASE, folder / BEGINS)
    for name, old, new in EDITS:
        file = folder / BEGINS / name
        text = file.read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise LushiError(f"the demonstration's draft cannot be made: {name} of {BASE} was changed")
        file.write_text(text.replace(old, new), encoding="utf-8")
    return replace(settings, policies=folder)


def try_draft(parts: Parts, on: date, progress: Callable[[str], None] = lambda _: None) -> Trial:
    """Try the draft on the county as of a day, and keep what was found for the console."""
    return try_and_keep(parts, parts.settings.policies / BEGINS, on, by=BY, progress=progress)
