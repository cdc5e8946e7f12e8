"""Drafts made of an approved folder by changing what is written in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from scoring.policy.load import ROOT

LUSHI = ROOT / "lushi"
IN_FORCE = LUSHI / "2017-04-01"
NEXT = LUSHI / "2021-03-01"

Edit = tuple[str, str, str]
"""File, what stands in it exactly once, what is written instead."""


def draft_of(folder: Path, *edits: Edit, base: Path = IN_FORCE, trial: str = "") -> Path:
    """A copy of a policy's folder with the edits made."""
    shutil.copytree(base, folder)
    for file, old, new in edits:
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old, text.count(old))
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    if trial:
        (folder / "trial.yaml").write_text(trial, encoding="utf-8")
    return folder


AA_CUT = ("grades.yaml", "id: AA, at_least: 105", "id: AA, at_least: 107")
SINGLE: dict[str, Edit] = {
    "base points": ("scorecard.yaml", "points: 100", "points: 97"),
    "cut of A": ("grades.yaml", "id: A, at_least: 90", "id: A, at_least: 96"),
    "cut of AA": AA_CUT,
    "cut of AAA": ("grades.yaml", "id: AAA, at_least: 120", "id: AAA, at_least: 116"),
    "cut of AAA+": ("grades.yaml", "id: AAA+, at_least: 135", "id: AAA+, at_least: 128"),
    "limit of A": ("grades.yaml", "limit_cny: 50000", "limit_cny: 40000"),
    "limit of AAA+": ("grades.yaml", "limit_cny: 200000", "limit_cny: 250000"),
    "share that must be known": ("grades.yaml", "known_percent: 90", "known_percent: 99"),
    "subsidy": ("terms.yaml", "subsidy_share: 1.00", "subsidy_share: 0.80"),
    "oldest borrower": ("terms.yaml", "at_most: 65}, reason: age_outside", "at_most: 50}, reason: age_outside"),
}
"""Ten drafts that change one number each."""
