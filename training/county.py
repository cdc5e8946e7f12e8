"""The county's challenger: what the store knows by a time, through the whole pipeline, to a registered version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from feature_store.adapters import promotions
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.store import Store
from feature_store.feature_set import FeatureSet
from feature_store.quarter import Quarter
from training.cohort import NothingToTrain, Policies, cohort
from training.dataset import judged_from, table_of
from training.pipeline import train
from training.plan import Plan
from training.previous import PreviousModel, PreviousUnusable, read_previous
from training.spec import TrainBefore
from training.table import Table
from training.tracking import Kept, Record, RecordUnavailable, check_ready, keep, registered, version_folder
from training.trained import Trained
from training.write_out import check_out, write_out

_WORK = "train the county's challenger"


@dataclass(frozen=True, slots=True)
class County:
    """What training needs of a county. feature_set: what the challenger may know. now: the clock."""

    store: Store
    policies: Policies
    feature_set: FeatureSet
    record: Record
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Asked:
    """How to train.

    judged_from: first day of the loans that judge, None for the newest quarter of all. previous: whether the
    challenger that advises is a rival. out: folder for a copy of model, card and metrics. register: as a version.
    """

    judged_from: date | None = None
    seed: int = 42
    search: int = 0
    previous: bool = True
    out: Path | None = None
    register: bool = True


def train_county(county: County, asked: Asked, *, progress: Callable[[str], None]) -> tuple[Trained, Kept]:
    """Train on everything known now; raises :class:`scoring.errors.LushiError` for whatever a person can mend."""
    with county.store.alone(_WORK):
        return _train(county, asked, county.store.now(county.now), quarter="", progress=progress)


def retrain(
    county: County,
    asked: Asked,
    quarter: Quarter,
    *,
    again: bool,
    progress: Callable[[str], None],
    known_at: datetime | None = None,
) -> tuple[Trained | None, Kept]:
    """A quarter's training: as known when its books closed, or at an earlier ``known_at``; registered once.

    None with the version that is there, where the quarter was trained already and ``again`` does not ask for more.
    """
    now = county.store.now(county.now)
    with county.store.alone(_WORK):
        if not again and (kept := registered(county.record, str(quarter))) is not None:
            return None, kept
        closed = quarter.closed(now)
        known_at = closed if known_at is None else min(known_at, closed)
        return _train(county, asked, known_at, quarter=str(quarter), progress=progress)


def _train(
    county: County, asked: Asked, known_at: datetime, *, quarter: str, progress: Callable[[str], None]
) -> tuple[Trained, Kept]:
    progress("read")
    check_ready(county.record)
    if asked.out is not None:
        check_out(asked.out)
    with county.store.looking(known_at) as moment:
        standing = _standing(promotions.history(moment.connection), known_at)
        found = cohort(moment, county.policies, feature_set=county.feature_set)
    if not len(found.bad):
        why = ", ".join(f"{count} {words}" for words, count in found.left_out if count)
        raise NothingToTrain(
            f"no loan known by {known_at:%Y-%m-%d} can be judged{f' ({why})' if why else ''}; "
            "import loans and month ends, and wait until a whole quarter's loans have matured"
        )
    table = table_of(found)
    plan = Plan(TrainBefore(asked.judged_from or judged_from(found)), search=asked.search)
    with _previous(county.record, standing if asked.previous else None, table) as previous:
        trained = train(table, plan, progress=progress, seed=asked.seed, previous=previous)
    progress("write")
    now = county.now()
    if asked.out is not None:
        write_out(asked.out, trained, now)
    progress("record")
    return trained, keep(trained, county.record, now=now, register=asked.register, quarter=quarter)


def _standing(moves: list[Promotion], known_at: datetime) -> Promotion | None:
    by_then = [move for move in moves if move.recorded_at <= known_at]
    return by_then[-1] if by_then else None


@contextmanager
def _previous(record: Record, standing: Promotion | None, table: Table) -> Iterator[PreviousModel | None]:
    """The challenger that advised by then, as it reads this table; None where none did."""
    if standing is None:
        yield None
        return
    try:
        with version_folder(record, standing.version) as folder:
            found = read_previous(folder, sha256=standing.sha256).reading(table.features)
    except (PreviousUnusable, RecordUnavailable) as error:
        raise PreviousUnusable(
            f"version {standing.version}, which advises, cannot be compared with: {error}; "
            "restore it, or leave it out with --no-previous"
        ) from error
    yield found
