"""Everybody of the county on a day, as known at a time: card, PD, features, and what is missing or too old."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np

from feature_store.adapters.people import registered
from feature_store.adapters.point_in_time import PointInTime
from feature_store.adapters.store import Moment
from feature_store.feature_set import FeatureSet
from scoring.areas import TOWNSHIP_DIGITS
from scoring.batch import STATUSES, assess_columns
from scoring.credit_file import MISSING, STALE
from scoring.freshness import columns_on
from scoring.policy.compiled import Compiled, compiled
from scoring.policy.schema import Policy
from scoring.terms import Request
from serving.challenger.load import Challenger
from serving.challenger.many import chances
from serving.county.advise_county import as_known
from serving.monitoring.frame import Feature, Floats, People

STANDARD = Request("planting", Decimal(30_000), 24)
"""The loan that every household is taken to ask for, so that only households differ; assumed."""
_KINDS = {"age_of_report": "calendar_feature", "loan": "calendar_feature", "area": "area_feature"}
AGEING = ("years_in_trade",)
"""Indicators that everybody's next filing moves on by itself: shown, never judged."""


def features_of(feature_set: FeatureSet) -> list[Feature]:
    """The feature set's columns."""
    return [
        Feature(it.name, it.label, "calendar_feature" if it.of in AGEING else _KINDS.get(it.kind, "feature"))
        for it in feature_set.features
    ]


def county_people(
    moment: Moment, *, on: date, policy: Policy, feature_set: FeatureSet, challenger: Challenger | None
) -> People:
    """Everybody registered on a day, as known at the moment, under one policy and one model."""
    people = registered(moment.connection, on=on, known_at=moment.known_at)
    seen = as_known(moment, people, on=on, loan=STANDARD, policy=policy, feature_set=feature_set)
    table = compiled(policy)
    columns = assess_columns(table, seen.codes, seen.observed, seen.valid_until, on=on)
    marked = columns_on(table, seen.codes, seen.observed, seen.valid_until, on=on)
    grades = np.array([*(it.id for it in policy.grades), ""])
    missing, stale = _gaps(policy, marked, seen)
    return People(
        score=columns.score.astype(np.float64),
        pd=chances(challenger, seen.matrix) if challenger else np.full(len(columns.score), np.nan),
        matrix=seen.matrix,
        status=np.array(STATUSES)[columns.status],
        grade=grades[columns.grade],
        segments={"township": np.strings.slice(people.villages, TOWNSHIP_DIGITS)},
        missing=missing,
        stale=stale,
        points=_points(table, marked),
        vetoes={it.id: hit for it, hit in zip(policy.vetoes, columns.fired, strict=True)},
    )


def _gaps(
    policy: Policy, marked: np.typing.NDArray[np.int32], seen: PointInTime
) -> tuple[Mapping[str, Floats], Mapping[str, Floats]]:
    """By source, the share of each household's indicators that are missing, and that are too old."""
    missing, stale = {}, {}
    for source in policy.sources:
        rows = [row for row, it in enumerate(policy.indicators) if it.source == source.id]
        if rows:
            codes = marked[rows]
            missing[source.id] = (codes == MISSING).mean(axis=0)
            stale[source.id] = (codes == STALE).mean(axis=0)
    return missing, stale


def _points(table: Compiled, marked: np.typing.NDArray[np.int32]) -> Mapping[str, np.typing.NDArray[np.int16]]:
    """The points that each scored indicator gave each household."""
    found = {}
    for item in table.items:
        points = np.array([line.points for line in item.lines], np.int16)
        found[item.indicator.id] = points[np.searchsorted(item.edges, marked[item.position], side="right")]
    return found
