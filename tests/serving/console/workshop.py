"""A county for the pages of models, watch and policies: two versions of the challenger, a report with a red alarm, drafts, a trial.

``models/run.json`` holds figures of one training on a synthetic county of 10,000 households, ``watch/report.json.gz`` the last
report of the synthetic county of ``tests/serving/monitoring/lived.py``, as the watch stored it.
"""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from feature_store.adapters import watch_reports
from feature_store.adapters.watch_reports import WatchReport
from feature_store.feature_set import load_feature_set
from scoring.canonical import sha256
from scoring.policy.load import ROOT
from serving.alarms.raise_alarms import raise_alarms
from serving.api.app import create_app
from serving.challenger.standing import Challengers
from serving.challenger.versions import Run
from serving.trying.kept import try_and_keep
from tests.fakes import models
from tests.fakes.registry import FakeRegistry
from tests.serving.registered import promote
from tests.serving.served import NOW, Served

HERE = Path(__file__).parent
DRAFT, FAULTY, CERTAIN = "2027-01-01", "2027-02-01", "2027-03-01"
"""A whole draft that was tried, one with faults, and a whole one that was never tried."""
CARD = "<!doctype html><title>card</title><h1>Model card</h1>"
REPORTED = date(2018, 7, 31)


def run() -> Run:
    """What training recorded of a version."""
    found = json.loads((HERE / "models" / "run.json").read_text(encoding="utf-8"))
    return Run(found["figures"], found["parameters"])


def report() -> bytes:
    """A report of the watch as it was stored, canonical JSON."""
    return gzip.decompress((HERE / "watch" / "report.json.gz").read_bytes())


def furnish(bare: Served, folder: Path) -> Served:
    """The county with all of it; its policies lie in a folder of its own."""
    policies = folder / "policies"
    shutil.copytree(ROOT / "lushi", policies)
    for name in (DRAFT, FAULTY, CERTAIN):
        make_draft(policies, name)
    _change(policies / FAULTY / "grades.yaml", "grades:", "grade:")
    parts = replace(bare.parts, settings=replace(bare.parts.settings, policies=policies))
    parts.__dict__.update({"store": bare.parts.store, "access_key": bare.parts.access_key})
    served = replace(bare, parts=parts, client=TestClient(create_app(parts), headers=dict(bare.client.headers)))
    _models(served)
    _watched(served)
    try_and_keep(parts, policies / DRAFT, NOW.date(), by="<i>analyst</i>")
    return served


def make_draft(policies: Path, name: str) -> None:
    """A draft that begins on the day of its name, with two other cuts."""
    folder = policies / name
    shutil.copytree(policies / "2017-04-01", folder)  # the policy in force, so that little changes and a trial is short
    _change(folder / "about.yaml", "effective_from: 2017-04-01", f"effective_from: {name}")
    _change(folder / "about.yaml", "effective_to: 2021-02-28\n", "")
    _change(folder / "about.yaml", "id: lushi_2017_04_01", f"id: lushi_{name.replace('-', '_')}")
    _change(folder / "grades.yaml", "id: AA, at_least: 105", "id: AA, at_least: 107")
    _change(folder / "grades.yaml", "id: AAA, at_least: 120", "id: AAA, at_least: 116")


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, (file, old)
    file.write_text(text.replace(old, new), encoding="utf-8")


def _models(served: Served) -> None:
    registry, feature_set = FakeRegistry(), load_feature_set()
    made = [models.artefact(feature_set, seed=seed) for seed in range(2)]
    refused = [{"id": "auc", "zh": "区分能力不足", "en": "It does not tell good from bad"}]
    poor: dict[str, Any] = {"gate": {"verdict": "refuse", "reasons": refused}}
    registry.add(made[0])
    registry.add(made[1])
    registry.add(models.artefact(feature_set, seed=2, **poor), verdict="refuse")
    registry.runs = {number: run() for number in ("1", "2", "3")}
    registry.cards = {"1": CARD}
    registry.bearer = "1"
    served.parts.__dict__["challengers"] = Challengers(registry, load_feature_set, timeout_ms=60_000)
    promote(served, "1", made[0])


def _watched(served: Served) -> None:
    content = report()
    stored = WatchReport(REPORTED, "2018Q2", NOW, content, sha256(content), NOW)
    with served.parts.store.engine.begin() as connection:
        watch_reports.add(connection, stored)
    raise_alarms(served.parts, json.loads(content), on=REPORTED)
