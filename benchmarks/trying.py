"""A draft policy tried on a whole county, from the store to the finished trial."""

from __future__ import annotations

import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.advising import NOW, parts_on
from feature_store.adapters.store import Store
from scoring.policy.load import ROOT
from serving.trying.county import try_county

BASE = ROOT / "lushi" / "2017-04-01"
EIGHT = (
    ("scorecard.yaml", "points: 100", "points: 101"),
    ("grades.yaml", "id: A, at_least: 90", "id: A, at_least: 92"),
    ("grades.yaml", "at_least: 105", "at_least: 104"),
    ("grades.yaml", "at_least: 120", "at_least: 118"),
    ("grades.yaml", "at_least: 135", "at_least: 136"),
    ("grades.yaml", "limit_cny: 50000", "limit_cny: 60000"),
    ("grades.yaml", "limit_cny: 200000", "limit_cny: 210000"),
    ("grades.yaml", "known_percent: 90", "known_percent: 95"),
)
MORE = (("grades.yaml", "limit_cny: 150000", "limit_cny: 160000"), ("terms.yaml", "0.0435}", "0.0400}"))


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial. seconds: of the clock, the model's view included. moved: households that come out otherwise."""

    what: str
    method: str
    households: int
    moved: int
    seconds: float


def measure(store: Store) -> list[Tried]:
    """Drafts with one, eight (every combination) and more changes (in order), and the rules of 2021."""
    with tempfile.TemporaryDirectory(prefix="lushi-trying-") as name:
        folder = Path(name)
        parts = parts_on(store, folder / "data")
        drafts = [
            ("one number", _draft(folder / "one", EIGHT[2:3])),
            ("eight numbers, all 256 combinations", _draft(folder / "eight", EIGHT)),
            ("eleven numbers, in order", _draft(folder / "more", EIGHT + MORE)),
            ("the rules of 2021 against those of 2017", ROOT / "lushi" / "2021-03-01"),
        ]
        found = []
        for what, draft in drafts:
            start = time.perf_counter()
            data = try_county(parts, draft, NOW.date())
            seconds = time.perf_counter() - start
            if not data["challenger"]["available"]:
                raise RuntimeError(f"the model was to be asked too: {data['challenger']['why']}")
            moved = data["households"] - data["movement"]["kinds"]["unchanged"]
            found.append(Tried(what, data["attribution"]["method"], data["households"], moved, seconds))
    return found


def _draft(folder: Path, edits: tuple[tuple[str, str, str], ...]) -> Path:
    shutil.copytree(BASE, folder)
    for file, old, new in edits:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise RuntimeError(f"{file} no longer holds '{old}'")
        path.write_text(text.replace(old, new), encoding="utf-8")
    return folder
