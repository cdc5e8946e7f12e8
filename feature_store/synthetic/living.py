"""Living through a synthetic county: its rounds are imported one after another, each as recorded on its day.

For tests and benchmarks that may see no more at any time than was known then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from feature_store.adapters.import_file import import_file
from feature_store.adapters.store import Store
from feature_store.filing import CIVIL_TIME
from feature_store.id_cipher import IdKey
from feature_store.importing import Policies, files_in_order
from feature_store.synthetic.county import TRUTH
from scoring.errors import LushiError

EVENING = time(18)
"""When a round's files come in on their day."""


@dataclass(slots=True)
class Life:
    """A county's life so far. county: the folder that ``write_county`` filled; rounds: those still to come, in order."""

    store: Store
    policies: Policies
    id_key: IdKey
    county: Path
    rounds: list[Path] = field(init=False)

    def __post_init__(self) -> None:
        self.rounds = sorted(it for it in self.county.iterdir() if it.is_dir() and it.name != TRUTH)

    def until(self, moment: datetime, progress: Callable[[str], None] = lambda _: None) -> list[date]:
        """Import every further round that is recorded by a moment; the days on which they were.

        Raises:
            LushiError: where a file is not imported, with its first faults.
        """
        days = []
        while self.rounds and recorded_at(self.rounds[0]) <= moment:
            folder = self.rounds.pop(0)
            progress(f"importing the files of {folder.name}")
            self._import(folder, recorded_at(folder))
            days.append(date.fromisoformat(folder.name))
        return days

    def _import(self, folder: Path, at: datetime) -> None:
        for path in files_in_order([folder]):
            done = import_file(self.store, path, policies=self.policies, now=lambda: at, id_key=self.id_key)
            if done.outcome == "refused":
                raise LushiError(f"{path} was refused: {'; '.join(map(str, done.faults[:3]))}")


def recorded_at(round_folder: Path) -> datetime:
    """When a round's files are recorded; its folder is named by the day."""
    return datetime.combine(date.fromisoformat(round_folder.name), EVENING, CIVIL_TIME)
