"""What ``challenger.json`` says about a model, checked before anything relies on it.

The file comes from training, perhaps from another machine: every key is required in its form,
every number finite, every text short and writable, and all faults are named at once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import LushiError
from scoring.policy.elements import Text
from serving.challenger.about_fields import MOST_FEATURES, MOST_LABEL, FaultyFields

FORMAT = 1
MOST_BYTES = 4 * 2**20


class AboutUnusable(LushiError):
    """``challenger.json`` cannot be used; ``faults`` has every reason."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("challenger.json: " + "; ".join(faults))


@dataclass(frozen=True, slots=True, eq=False)
class About:
    """A model's description.

    low, high: range of each feature at training, (n_features,); infinite where none is stated.
    slope, intercept: calibrated log-odds = intercept + slope * margin. base_value: of the log-odds.
    pd_edges: inner limits of the bands of PD, ascending; pd_low, pd_high: 95 % interval of each
    band's realised rate, one more than the limits. score_edges: inner limits of the bins of PD for the
    stability index; score_shares: each bin's share at training; both empty where none is stated. usual_pd: mean
    PD of held-out loans by the card's grade. trained_until, trained_rows: of the rows that trained; None and 0 where not stated. realised: statistics on the rows that judged; empty where not stated.
    """

    name: str
    created_at: datetime
    model_sha256: str
    feature_set: str
    feature_set_sha256: str
    features: tuple[str, ...]
    labels: tuple[Text, ...]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    slope: float
    intercept: float
    base_value: float
    pd_edges: tuple[float, ...]
    pd_low: tuple[float, ...]
    pd_high: tuple[float, ...]
    score_edges: tuple[float, ...]
    score_shares: tuple[float, ...]
    verdict: str
    gate_reasons: tuple[str, ...]
    usual_pd: Mapping[str, float]
    trained_until: date | None = None
    trained_rows: int = 0
    realised: Mapping[str, float] = field(default_factory=dict)


def read_about(content: bytes) -> About:
    """The description that the bytes of ``challenger.json`` state.

    Raises:
        AboutUnusable: with every fault found.
    """
    if len(content) > MOST_BYTES:
        raise AboutUnusable([f"has more than {MOST_BYTES} bytes"])
    try:
        data = json.loads(content.decode())
    except (ValueError, RecursionError):
        raise AboutUnusable(["is not JSON in UTF-8"]) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise AboutUnusable([f"is not a description of format {FORMAT}"])
    return _Reader(data).about()


class _Reader(FaultyFields):
    """Takes the description apart, noting every fault."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self._data = data

    def about(self) -> About:
        feature_set, calibration = self._inner("feature_set"), self._inner("calibration")
        interval, gate = self._inner("pd_interval"), self._inner("gate")
        names, labels = self._features()
        low, high = self._support(len(names))
        pd_low, pd_high = self._rates(interval, "low"), self._rates(interval, "high")
        pd_edges = self._edges(interval.get("edges"), len(pd_low), "pd_interval.edges")
        if len(pd_low) != len(pd_high) or any(one > other for one, other in zip(pd_low, pd_high, strict=False)):
            self._faults.append("'pd_interval' has a lower end above its upper one")
        shares = self._numbers(self._data.get("score_shares", []), "score_shares")
        if any(share < 0 for share in shares) or (shares and not math.isclose(sum(shares), 1, abs_tol=1e-6)):
            self._faults.append("'score_shares' are not shares of one whole")
        bins = self._data.get("score_bins", [])
        if isinstance(bins, list) and len(shares) == len(bins) + 2:
            shares = shares[:-1]  # the last bin is for scores that are missing, and none is
        score_edges = self._edges(bins, len(shares), "score_bins") if shares else ()
        slope = self._number(calibration, "slope")
        if slope <= 0:
            self._faults.append("'slope' is not above 0")
        found = About(
            name=self._text(self._data, "name"),
            created_at=self._time(),
            model_sha256=self._hash(self._data, "model_sha256"),
            feature_set=self._text(feature_set, "version"),
            feature_set_sha256=self._hash(feature_set, "sha256"),
            features=names,
            labels=labels,
            low=low,
            high=high,
            slope=slope,
            intercept=self._number(calibration, "intercept"),
            base_value=self._number(self._data, "base_value"),
            pd_edges=pd_edges,
            pd_low=pd_low,
            pd_high=pd_high,
            score_edges=score_edges,
            score_shares=shares,
            verdict=self._text(gate, "verdict"),
            gate_reasons=self._reasons(gate),
            usual_pd=self._usual(),
            trained_until=self._trained_until(),
            trained_rows=self._trained_rows(),
            realised=self._realised(),
        )
        if self._faults:
            raise AboutUnusable(self._faults)
        return found

    def _inner(self, key: str) -> dict[str, Any]:
        found = self._data.get(key)
        if isinstance(found, dict):
            return found
        self._faults.append(f"'{key}' is missing or not a mapping")
        return {}

    def _features(self) -> tuple[tuple[str, ...], tuple[Text, ...]]:
        rows = self._data.get("features")
        if (
            not isinstance(rows, list)
            or not 1 <= len(rows) <= MOST_FEATURES
            or not all(isinstance(it, dict) for it in rows)
        ):
            self._faults.append(f"'features' is not a list of 1 to {MOST_FEATURES} features")
            return (), ()
        names = tuple(self._text(row, "name") for row in rows)
        if len(set(names)) != len(names):
            self._faults.append("two features have one name")
        labels = [row["label"] if isinstance(row.get("label"), dict) else {} for row in rows]
        return names, tuple(Text(self._text(label, "zh"), self._text(label, "en")) for label in labels)

    def _support(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows = self._data.get("support")
        low, high = np.full(count, -np.inf), np.full(count, np.inf)
        if not isinstance(rows, list) or len(rows) != count:
            self._faults.append("'support' does not have a range for each feature")
            return low, high
        for place, row in enumerate(rows):
            if row is None or (isinstance(row, dict) and row.get("low") is None and row.get("high") is None):
                continue
            given = row if isinstance(row, dict) else {}
            low[place], high[place] = self._number(given, "low"), self._number(given, "high")
        return low, high

    def _rates(self, interval: dict[str, Any], key: str) -> tuple[float, ...]:
        rates = self._numbers(interval.get(key), f"pd_interval.{key}")
        if not rates or not all(0 <= rate <= 1 for rate in rates):
            self._faults.append(f"'pd_interval.{key}' does not hold rates from 0 to 1")
        return rates

    def _time(self) -> datetime:
        with suppress(ValueError):
            found = datetime.fromisoformat(str(self._data.get("created_at")))
            if found.tzinfo is not None:
                return found
        self._faults.append("'created_at' is not a time with a zone")
        return datetime.min.replace(tzinfo=UTC)

    def _trained_until(self) -> date | None:
        """The last day of the rows that trained, where it is stated."""
        window = self._data.get("trained")
        with suppress(ValueError):
            return date.fromisoformat(str(window.get("to"))) if isinstance(window, dict) else None
        return None

    def _trained_rows(self) -> int:
        window = self._data.get("trained")
        rows = window.get("rows") if isinstance(window, dict) else None
        return rows if isinstance(rows, int) and not isinstance(rows, bool) and rows > 0 else 0

    def _realised(self) -> dict[str, float]:
        given = self._data.get("realised", {})
        if not isinstance(given, dict) or len(given) > MOST_FEATURES:
            self._faults.append("'realised' is not a mapping of statistics to numbers")
            return {}
        return {name: self._number(given, name) for name in given}

    def _reasons(self, gate: dict[str, Any]) -> tuple[str, ...]:
        """The gate's reasons as they are to be shown; they decide nothing."""
        rows = gate.get("reasons", [])
        said = [row.get("en", "") if isinstance(row, dict) else row for row in rows] if isinstance(rows, list) else []
        return tuple(str(one)[:MOST_LABEL] for one in said[:50])

    def _usual(self) -> dict[str, float]:
        given = self._data.get("card_grade", {})
        if not isinstance(given, dict) or len(given) > MOST_FEATURES:
            self._faults.append("'card_grade' is not a mapping of grades to rates")
            return {}
        return {grade: self._number(given, grade) for grade in given}
