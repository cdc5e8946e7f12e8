"""What training writes, serving reads: one model through both, without a database."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from feature_store.feature_set import load_feature_set
from scoring.canonical import canonical
from scoring.opinion import Opinion, opinion_data
from scoring.policy.elements import Text
from serving.challenger.load import load, read_folder
from serving.challenger.opinion import CardSays, opine
from tests.fakes import models
from training import artefact
from training.pipeline import train
from training.plan import Plan
from training.spec import TrainBefore
from training.table import Feature, Table

SET = load_feature_set()
ROWS = 2000


def test_a_model_that_training_wrote_gives_opinions(tmp_path: Path) -> None:
    draw, x = np.random.default_rng(0), models.columns(len(SET.features), rows=ROWS, seed=0)
    margin = np.nan_to_num(x[:, 0]) / 10 - np.nan_to_num(x[:, 11]) / 20 - 2
    table = Table(
        name="lushi-challenger",
        matrix=x,
        features=tuple(Feature(it.name, it.label, it.dtype, it.monotone, it.unit) for it in SET.features),  # type: ignore[arg-type]
        target=(draw.random(ROWS) < 1 / (1 + np.exp(-margin))).astype(np.float64),
        ids=np.array([f"loan-{number}" for number in range(ROWS)]),
        groups=np.arange(ROWS),
        dates=np.datetime64("2017-04-01") + np.sort(draw.integers(0, 1400, ROWS)).astype("timedelta64[D]"),
        segments={"grade": draw.choice(["A", "AA", "AAA"], ROWS)},
        source={"feature_set": SET.version, "feature_set_sha256": SET.sha256},
        definition=Text("逾期", "past due"),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        trained = train(table, Plan(TrainBefore(date(2020, 1, 1))), progress=lambda *_: None, seed=1)
    artefact.write(tmp_path, trained.model_text, trained.about, datetime(2021, 4, 1, tzinfo=UTC))

    challenger = load(read_folder(tmp_path), load_feature_set, version="1", wanted_sha256=trained.model_sha256)

    assert challenger.about.verdict == trained.gate.verdict
    assert set(challenger.about.usual_pd) == {"A", "AA", "AAA"}
    for row in x[:50]:
        found = opine(challenger, row.reshape(1, -1), on=date(2021, 4, 15), card=CardSays("graded", "AA", False))
        assert isinstance(found, Opinion)
        assert found.agreement.usual_pd == challenger.about.usual_pd["AA"]
        canonical(opinion_data(found))
