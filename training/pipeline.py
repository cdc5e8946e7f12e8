"""All steps of training in order: split, fit, calibrate, rivals, explain, check, judge, gate.

Pure but for the processor's time: no file, no registry, no clock. What comes out is a function of the
table, the plan and the seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from scoring.metrics.arrays import FloatArray, IntArray
from training import (
    artefact,
    compare,
    directions,
    evaluate,
    explain,
    fairness,
    figures,
    gate,
    leakage,
    monotone,
    run_figures,
    stability,
)
from training.boost import raw
from training.calibrate import Calibration, calibrate
from training.fit import Fitted, fit
from training.judged import Judged
from training.parameters import candidates, scaled
from training.plan import Plan
from training.results import Results
from training.rivals import Judgement, Previous, judge_rivals
from training.seconds import Seconds
from training.split import Split, splits
from training.table import Table
from training.trained import Trained

Progress = Callable[[str], None]
STEPS = ("fit", "judge", "rivals", "explain", "checks", "intervals", "compare", "segments", "fairness", "gate")
"""What ``progress`` is called with, in order; the first three once for every split."""
SAMPLED = 5_000
"""Training rows whose PDs are compared with those of the judged rows."""
BOOTSTRAPS = ("intervals", "compare", "segments", "fairness")
"""Steps whose time is that of resampling."""


@dataclass(frozen=True, slots=True)
class Model:
    """A booster and the calibration of its log-odds."""

    fitted: Fitted
    calibration: Calibration

    def odds(self, matrix: FloatArray) -> FloatArray:
        """Calibrated log-odds (n,)."""
        return self.calibration.odds(raw(self.fitted.booster, matrix, threads=self.fitted.parameters.threads))


def train(table: Table, plan: Plan, *, progress: Progress, seed: int, previous: Previous | None = None) -> Trained:
    """Train on a table and judge what came out; raises :class:`training.faults.TableFaults`.

    Linear algebra runs on one thread, so that figures do not depend on the number of cores.
    """
    with threadpool_limits(limits=1):
        return _train(table, plan, progress=progress, seed=seed, previous=previous)


def _train(table: Table, plan: Plan, *, progress: Progress, seed: int, previous: Previous | None) -> Trained:
    seconds = Seconds(progress)
    parts = splits(table, plan.split)
    models, judged = _judged(table, parts, plan, seed, previous, seconds)
    if len(parts) == 1:  # out of time: what was judged is what goes into force
        model, trains = models[0], table.take(parts[0].train)
    else:  # folds judge the method; the model itself learns from every row
        trains = table
        with seconds.of("fit"):
            model = _model(trains, plan, seed)
    with seconds.of("explain"):
        explained = explain.explain(
            model.fitted.booster,
            model.calibration,
            table.matrix[judged.rows],
            seed=seed,
            threads=plan.parameters.threads,
        )
    results = _results(table, trains, parts[0], model, judged, plan, seed, explained.error, seconds)
    with seconds.of("gate"):
        verdict = gate.judge(results, int(trains.target.sum()), int(judged.bad.sum()), plan.limits)
    text = model.fitted.booster.model_to_string()
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    content = artefact.about(
        trains,
        model_sha256=sha256,
        calibration=model.calibration,
        base=explained.base,
        judged=judged,
        gate=verdict,
        realised=results.overall,
    )
    numbers = (
        run_figures.counts(table, trains, judged, parts, plan)
        | figures.of_results(results)
        | run_figures.of_source(table)
        | run_figures.of_vintages(table)
        | run_figures.of_model(table, model.fitted, model.calibration, explained)
    )
    return Trained(
        table=table,
        plan=plan,
        seed=seed,
        model_text=text,
        model_sha256=sha256,
        about=content,
        figures=numbers | figures.of_reliability(judged) | figures.of_curves(judged),
        verdicts={name: it.verdict for name, it in results.compared.items()},
        gate=verdict,
        parts={name: tuple(parts) for name, parts in results.segments.items()},
        groups={name: tuple(it.accepted) for name, it in results.fair.items()},
        parameters=model.fitted.parameters.as_dict(),
        data_sha256=table.sha256(),
        judged=judged,
        explained=explained,
        seconds=seconds.by_step,
    )


def _model(table: Table, plan: Plan, seed: int) -> Model:
    base = scaled(plan.parameters, len(table))
    fitted = fit(table, candidates(base, plan.search, seed=seed), seed=seed)
    held = fitted.held
    return Model(fitted, calibrate(fitted.margins, table.target[held], fitted.parts[held]))


def _judged(
    table: Table, parts: tuple[Split, ...], plan: Plan, seed: int, previous: Previous | None, seconds: Seconds
) -> tuple[list[Model], Judged]:
    """One model per split, and what each and its rivals said of the rows it never saw, pooled."""
    models: list[Model] = []
    ours: list[FloatArray] = []
    seen: list[FloatArray] = []
    theirs: list[dict[str, Judgement]] = []
    for split in parts:
        train, test = table.take(split.train), table.take(split.test)
        with seconds.of("fit"):
            models.append(_model(train, plan, seed))
        with seconds.of("judge"):
            ours.append(models[-1].odds(test.matrix))
            seen.append(models[-1].odds(train.matrix[_spread(len(train))]))
        with seconds.of("rivals"):
            theirs.append(judge_rivals(train, test, previous))
    rows = np.concatenate([split.test for split in parts])
    odds = np.concatenate(ours)
    sure = Calibration()
    pooled = Judged(
        rows=rows,
        bad=table.target[rows],
        groups=table.groups[rows],
        odds=odds,
        chance=sure.chance(odds),
        in_training=sure.chance(np.concatenate(seen)),
        rivals={name: _pool([it[name] for it in theirs]) for name in theirs[0]},
        segments={name: labels[rows] for name, labels in table.segments.items()},
    )
    return models, pooled


def _spread(rows: int) -> IntArray:
    """At most ``SAMPLED`` row numbers, evenly apart: enough for shares of tenths."""
    return np.linspace(0, rows - 1, min(rows, SAMPLED)).round().astype(np.int64)


def _pool(found: list[Judgement]) -> Judgement:
    chances = [it.chance for it in found if it.chance is not None]
    chance = np.concatenate(chances) if len(chances) == len(found) else None
    return Judgement(np.concatenate([it.score for it in found]), chance)


def _results(
    table: Table,
    trains: Table,
    split: Split,
    model: Model,
    judged: Judged,
    plan: Plan,
    seed: int,
    additivity: float,
    seconds: Seconds,
) -> Results:
    accept = plan.accept_rate
    with seconds.of("checks"):
        booster, threads = model.fitted.booster, plan.parameters.threads
        reversals = monotone.reversals(booster, table.features, trains.matrix, seed=seed, threads=threads)
        pairs = directions.broken(booster, table.features)
        alone = leakage.alone(trains)
        first, second = table.take(split.train), table.take(split.test)
        copied = leakage.copied(first, second)
        moved = stability.of_features(first, second)
        score_psi = stability.of_score(judged.in_training, judged.chance)
    with seconds.of("intervals"):
        overall = evaluate.overall(judged, seed=seed)
        rivals = {name: evaluate.of_rival(judged, name, seed=seed) for name in judged.rivals}
    with seconds.of("compare"):
        compared = {name: compare.compare(judged, name, accept_rate=accept, seed=seed) for name in judged.rivals}
    with seconds.of("segments"):
        segments = evaluate.of_segments(judged, seed=seed)
    with seconds.of("fairness"):
        fair = fairness.fairness(judged, table.protected, accept_rate=accept, seed=seed)
    return Results(
        overall=overall,
        rivals=rivals,
        compared=compared,
        segments=segments,
        fair=fair,
        alone=alone,
        afterwards=leakage.known_afterwards(table.features),
        copied=copied,
        reversals={name: count + reversals.get(name, 0) for name, count in pairs.items()},
        moved=moved,
        score_psi=score_psi,
        additivity=additivity,
    )
