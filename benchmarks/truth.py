"""How much of what can be known about a synthetic county the challenger finds.

A synthetic county states the true chance of each loan, in a file that no import reads. Beside the binding score
and the WoE logistic regression the challenger is then judged against the best that any model could do, out of time.
The judged loans meet a regional shock in 2020 that no file foretells: it shows as an error in the large, by vintage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars
from rich.console import Console
from rich.table import Table

from feature_store.adapters.store import Store
from feature_store.feature_set import load_feature_set
from scoring.metrics.arrays import FloatArray, IntArray
from scoring.metrics.calibration import in_the_large
from scoring.metrics.estimate import Estimate
from scoring.metrics.gini import auc_of
from scoring.metrics.roc import rank, roc
from scoring.metrics.wilson import wilson
from scoring.policy.load import ROOT, load_index
from training.arrays import TextArray
from training.cohort import Cohort, cohort
from training.dataset import judged_from, table_of
from training.evaluate import SEGMENT_DRAWS
from training.intervals import estimates
from training.judged import Judged
from training.pipeline import train
from training.plan import Plan
from training.rivals import BINDING, WOE
from training.spec import TrainBefore

KNOWN_AT = datetime(2021, 4, 15, 1, tzinfo=UTC)
"""When the outcomes are looked at: all four years of the synthetic county are imported by then."""
SEED = 42
SCORES = (BINDING, WOE, "challenger", "truth")


@dataclass(frozen=True, slots=True)
class Vintage:
    """The loans of one quarter. mean_pd, in_the_large: of the challenger, None where it learned from them.

    bad_rate: with its Wilson interval. in_the_large: realised less said, in log-odds, with a bootstrap interval.
    """

    name: str
    rows: int
    bads: int
    bad_rate: Estimate
    mean_true_pd: float
    mean_pd: float | None
    in_the_large: Estimate | None


@dataclass(frozen=True, slots=True)
class Found:
    """auc: out of time, of each of :data:`SCORES`. closed: (challenger - binding) / (truth - binding) of the AUCs.

    figures: every figure of the training run, by name. trained, judged: (rows, bads).
    """

    since: date
    trained: tuple[int, int]
    judged: tuple[int, int]
    auc: dict[str, Estimate]
    closed: Estimate
    figures: Mapping[str, float]
    verdict: str
    reasons: tuple[str, ...]
    vintages: tuple[Vintage, ...]


def measure(
    store: Store, true_pd: Path, *, known_at: datetime = KNOWN_AT, progress: Callable[[str], None] = lambda _: None
) -> Found:
    """Build the cohort, train on it, judge out of time. true_pd: Parquet of ``loan_id`` and ``true_pd``."""
    progress("building the cohort")
    with store.looking(known_at) as moment:
        loans = cohort(moment, load_index(ROOT / "lushi"), feature_set=load_feature_set())
    since = judged_from(loans)
    table = table_of(loans)
    trained = train(table, Plan(TrainBefore(since)), progress=lambda step: progress(f"training: {step}"), seed=SEED)
    judged, true = trained.judged, _true(true_pd, loans.loan_ids)
    progress("comparing with the truth")
    compared = _compared(judged, true[judged.rows])
    figures = trained.figures
    return Found(
        since=since,
        trained=(int(figures["train.rows"]), int(figures["train.bads"])),
        judged=(len(judged.rows), int(judged.bad.sum())),
        auc={name: compared[name] for name in SCORES},
        closed=compared["closed"],
        figures=figures,
        verdict=trained.gate.verdict,
        reasons=tuple(it.says.en for it in trained.gate.reasons),
        vintages=_vintages(loans, judged, true),
    )


def _true(path: Path, loan_ids: TextArray) -> FloatArray:
    stated = polars.read_parquet(path)
    known = dict(zip(stated["loan_id"], stated["true_pd"], strict=True))
    return np.array([known[it] for it in loan_ids.tolist()], np.float64)


def _compared(judged: Judged, true: FloatArray) -> dict[str, Estimate]:
    """The AUCs and the share of the gap closed, all under the same draws of households."""
    scores = {name: judged.rivals[name].score for name in (BINDING, WOE)}
    rankings = {name: rank(it) for name, it in (scores | {"challenger": judged.odds, "truth": true}).items()}

    def statistics(weights: FloatArray | None) -> dict[str, FloatArray]:
        auc = {name: auc_of(roc(it, judged.bad, weights)) for name, it in rankings.items()}
        return auc | {"closed": (auc["challenger"] - auc[BINDING]) / (auc["truth"] - auc[BINDING])}

    return estimates(statistics, judged.groups, seed=SEED)


def _vintages(loans: Cohort, judged: Judged, true: FloatArray) -> tuple[Vintage, ...]:
    place = np.full(len(loans.bad), -1)
    place[judged.rows] = np.arange(len(judged.rows))
    found = []
    for name in np.unique(loans.vintage).tolist():
        rows = loans.vintage == name
        bads, seen = int(loans.bad[rows].sum()), place[rows][place[rows] >= 0]
        of_model = len(seen) == int(rows.sum())
        chance = judged.chance[seen]
        found.append(
            Vintage(
                name=name,
                rows=int(rows.sum()),
                bads=bads,
                bad_rate=Estimate(bads / rows.sum(), *wilson(bads, int(rows.sum()))),
                mean_true_pd=float(true[rows].mean()),
                mean_pd=float(chance.mean()) if of_model else None,
                in_the_large=_in_the_large(chance, judged.bad[seen], judged.groups[seen]) if of_model else None,
            )
        )
    return tuple(found)


def _in_the_large(chance: FloatArray, bad: FloatArray, groups: IntArray) -> Estimate:
    def statistics(weights: FloatArray | None) -> dict[str, FloatArray]:
        return {"shift": in_the_large(chance, bad, weights=weights)}

    return estimates(statistics, groups, seed=SEED, count=SEGMENT_DRAWS)["shift"]


def show(found: Found, households: int, console: Console) -> None:
    """Print what was found, with the goals beside it."""
    (trained, trained_bads), (judged, judged_bads) = found.trained, found.judged
    console.print(
        f"[bold]synthetic county[/] of {households:,} households: {trained:,} loans trained ({trained_bads:,} bad), "
        f"{judged:,} from {found.since} on judged ({judged_bads:,} bad)"
    )
    table = Table(
        "out of time, synthetic", *SCORES, "gap closed", "goal", title="against the truth of a synthetic county"
    )
    table.add_row("AUC", *(_three(found.auc[name]) for name in SCORES), _share(found.closed), "≥ 60 %")
    console.print(table)
    figures = found.figures
    slope = Estimate(*(figures.get(f"overall.slope{end}", float("nan")) for end in ("", ".low", ".high")))
    console.print(
        f"calibration slope of the challenger {_two(slope)} (goal 0.9 – 1.1) · gate: [bold]{found.verdict}[/]"
    )
    for reason in found.reasons:
        console.print(f"- {reason}", markup=False)
    table = Table(
        "vintage", "loans", "bad", "bad rate (95 %)", "mean true PD", "mean PD said", "in the large (95 %)",
        title="by vintage, synthetic; the challenger learned from those without a PD",
    )  # fmt: skip
    for one in found.vintages:
        said = "–" if one.mean_pd is None else f"{one.mean_pd:.1%}"
        large = "–" if one.in_the_large is None else _two(one.in_the_large, sign="+")
        rate = _share(one.bad_rate, digits=1)
        table.add_row(one.name, f"{one.rows:,}", f"{one.bads:,}", rate, f"{one.mean_true_pd:.1%}", said, large)
    console.print(table)


def _three(it: Estimate) -> str:
    return f"{it.value:.3f} ({it.low:.3f} – {it.high:.3f})"


def _two(it: Estimate, *, sign: str = "") -> str:
    return " – ".join(f"{end:{sign}.2f}" for end in (it.low, it.high)).join((f"{it.value:{sign}.2f} (", ")"))


def _share(it: Estimate, *, digits: int = 0) -> str:
    return f"{it.value:.{digits}%} ({it.low:.{digits}%} – {it.high:.{digits}%})"
