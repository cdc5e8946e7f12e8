"""A folder with everything a run gave: model, card and figures; whole, or as it was before."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from scoring.errors import LushiError
from training import artefact
from training.model_card import write as card
from training.trained import Trained

FIGURES = "metrics.json"


class OutUnusable(LushiError):
    """The folder of a run cannot be written."""


def check_out(folder: Path) -> None:
    """Find out before long work whether the folder can be written; raises :class:`OutUnusable`."""
    with _beside(folder):
        pass


def write_out(folder: Path, trained: Trained, now: datetime) -> None:
    """Write ``model/``, ``card/`` and ``metrics.json``; the folder is made where it is missing.

    Everything is written beside its place first, so that a full disk leaves what an earlier run wrote.

    Raises:
        OutUnusable: where it cannot be written.
    """
    with _beside(folder) as fresh:
        artefact.write(fresh / "model", trained.model_text, trained.about, now)
        card.write(fresh / "card", trained)
        (fresh / FIGURES).write_text(as_json(trained), encoding="utf-8")
        for one in sorted(it for it in fresh.rglob("*") if it.is_file()):
            place = folder / one.relative_to(fresh)
            place.parent.mkdir(parents=True, exist_ok=True)
            one.replace(place)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A fresh folder on the same disk, gone when the block ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder) as fresh:
            yield Path(fresh)
    except OSError as error:
        why = (error.strerror or "unknown cause").lower()
        raise OutUnusable(f"{folder} cannot be written: {why}; make room, or give another folder with --out") from error


def as_json(trained: Trained) -> str:
    """The verdict with its reasons, every figure, the hashes; seconds apart, since only they vary."""
    content = {
        "name": trained.table.name,
        "synthetic": trained.table.synthetic,
        "verdict": trained.gate.verdict,
        "reasons": [{"id": it.id, "zh": it.says.zh, "en": it.says.en} for it in trained.gate.reasons],
        "rivals": dict(trained.verdicts),
        "metrics": dict(trained.figures),
        "model_sha256": trained.model_sha256,
        "data_sha256": trained.data_sha256,
        "source": dict(trained.table.source),
        "seed": trained.seed,
        "seconds": {name: round(taken, 3) for name, taken in trained.seconds.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
