"""``train table``: a file and its spec through the whole pipeline, to a folder and the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from training.faults import TableFaults
from training.pipeline import train
from training.plan import Plan
from training.previous import read_previous
from training.read_data import read_data
from training.read_spec import read_spec
from training.spec import Folds
from training.tracking import COUNTY, Kept, Record, check_ready, keep
from training.trained import Trained
from training.write_out import check_out, write_out


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
    if spec.name == COUNTY:
        raise TableFaults(
            [f"{asked.spec.name}: the name '{COUNTY}' is the county's own. Give the table's model another."]
        )
    table = read_data(asked.data, spec)
    if asked.record is not None:
        check_ready(asked.record)
    check_out(asked.out)
    previous = read_previous(asked.previous).reading(table.features) if asked.previous is not None else None
    own = spec.split.seed if isinstance(spec.split, Folds) else 42
    plan = Plan(spec.split, spec.accept_rate, asked.search)
    seed = own if asked.seed is None else asked.seed
    trained = train(table, plan, progress=progress, seed=seed, previous=previous)
    progress("write")
    write_out(asked.out, trained, now)
    if asked.record is None:
        return trained, None
    progress("record")
    return trained, keep(trained, asked.record, now=now, register=asked.register)
