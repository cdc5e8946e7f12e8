"""A folder with everything a run gave: model, card and figures."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from training import artefact
from training.model_card import write as card
from training.trained import Trained

FIGURES = "metrics.json"


def write_out(folder: Path, trained: Trained, now: datetime) -> None:
    """Write ``model/``, ``card/`` and ``metrics.json``; the folder is made where it is missing."""
    artefact.write(folder / "model", trained.model_text, trained.about, now)
    card.write(folder / "card", trained)
    (folder / FIGURES).write_text(as_json(trained), encoding="utf-8")


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
