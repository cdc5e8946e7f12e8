"""The two real sets with repayment outcomes, where they are: what the pipeline reaches beside reference figures.

Neither is of rural households: no public data set of those with repayment outcomes could be found.
The project ships neither set; the run is that of ``lushi train table`` with the specs beside this file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.superlender import build
from training.model_card.blocks import Number, numbers_of, written
from training.table_run import Asked, run
from training.trained import Trained

SPECS = Path(__file__).parent / "specs"
TAIWAN, SUPERLENDER = Path("taiwan") / "taiwan.csv.gz", Path("superlender") / "loans.csv.gz"
MADE = datetime(2021, 4, 15, tzinfo=UTC)
"""The time written into the model's description: a fixed one, so that runs are the same."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Figures of a plain regularised LightGBM, and of a WoE logistic regression, on the same split; '' where unknown."""

    auc: str
    brier: str
    ece: str
    woe_auc: str


REFERENCES = {
    "taiwan": Reference("0.785 ± 0.007", "0.1336", "0.011", "0.769"),
    "superlender": Reference("0.697, monotone 0.702", "", "", "0.692"),
}
WHAT = {
    "taiwan": "30,000 card clients (UCI 350), 5 folds",
    "superlender": "repeat borrowers of a micro-lender, out of time from 2017-07-22",
}


def measure(data: Path, progress: Callable[[str], None]) -> Iterator[tuple[str, Trained | None]]:
    """Each set's run; None for one whose file is not in the folder."""
    with tempfile.TemporaryDirectory(prefix="lushi-real-") as name:
        folder = Path(name)
        yield "taiwan", _run(data / TAIWAN, "taiwan", folder, progress) if (data / TAIWAN).is_file() else None
        if not (data / SUPERLENDER).is_file():
            yield "superlender", None
            return
        loans = folder / "loans.csv"
        build((data / SUPERLENDER).parent).write_csv(loans)
        yield "superlender", _run(loans, "superlender", folder, progress)


def _run(data: Path, name: str, folder: Path, progress: Callable[[str], None]) -> Trained:
    asked = Asked(data, SPECS / f"{name}.yaml", folder / name)
    return run(asked, now=MADE, progress=lambda step: progress(f"{name}: {step}"))[0]


def show(data: Path, console: Console) -> None:
    """Run and print."""
    table = Table("set", "", "AUC", "Brier", "ECE", "gate", "against WoE (AUC difference, 95 %)", title="two real sets")
    with console.status("real data") as status:
        for name, found in measure(data, status.update):
            if found is None:
                console.print(f"{name} is skipped: it is not in {data}, and the project does not ship it; give --data")
            else:
                _rows(table, name, found)
    if table.row_count:
        console.print(table)
        console.print("No public set of rural households with repayment outcomes could be found; these are of others.")


def _rows(table: Table, name: str, found: Trained) -> None:
    figures, reference = found.figures, REFERENCES[name]
    cells = []
    for key, format in (("overall.auc", "three"), ("overall.brier", "four"), ("overall.ece", "four")):
        cells.append(_with_interval(figures, key, format))
    against = f"{found.verdicts['woe']}, {_with_interval(figures, 'rival.woe.auc_difference', 'four')}"
    table.add_row(WHAT[name], "ours", *cells, found.gate.verdict, against)
    woe = f"WoE {figures['rival.woe.auc']:.3f} here, {reference.woe_auc} in the reference"
    table.add_row("", "reference", reference.auc, reference.brier or "–", reference.ece or "–", "–", woe)


def _with_interval(figures: object, key: str, format: str) -> str:
    value, low, high = (written(it, format) for _, it in numbers_of(Number(key, format, True), figures))  # type: ignore[arg-type]
    return f"{value} ({low} – {high})"
