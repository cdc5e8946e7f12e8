"""``train table``: a file and its spec through the whole pipeline, to a folder and the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from training import artefact
from training.model_card import write as card
from training.pipeline import train
from training.plan import Plan
from training.previous import read_previous
from training.read_data import read_data
from training.read_spec import read_spec
from training.spec import Folds
from training.tracking import Kept, Record, keep
from training.trained import Trained

FIGURES = "metrics.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was asked. seed: None for the spec's own. previous: folder of a model version, or None."""

    data: Path
    spec: Path
    out: Path
    seed: int | None = None
    search: int = 0
    previous: Path | None = None
    record: Record | None = None
    register: bool = False


def run(asked: Asked, *, now: datetime, progress: Callable[[str], None]) -> tuple[Trained, Kept | None]:
    """Read, train, judge, write; raises :class:`scoring.errors.LushiError` for whatever a person can mend."""
    progress("read")
    spec = read_spec(asked.spec)
    table = read_data(asked.data, spec)
    previous = read_previous(asked.previous) if asked.previous is not None else None
    own = spec.split.seed if isinstance(spec.split, Folds) else 42
    plan = Plan(spec.split, spec.accept_rate, asked.search)
    seed = own if asked.seed is None else asked.seed
    trained = train(table, plan, progress=progress, seed=seed, previous=previous)
    progress("write")
    artefact.write(asked.out / "model", trained.model_text, trained.about, now)
    card.write(asked.out / "card", trained)
    (asked.out / FIGURES).write_text(as_json(trained), encoding="utf-8")
    if asked.record is None:
        return trained, None
    progress("record")
    return trained, keep(trained, asked.record, now=now, register=asked.register)


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
