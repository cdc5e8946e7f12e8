"""The excess at equal age: where it is, nothing of young loans, nothing in quiet books, and an alarm that names every place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.metrics.false_discovery import benjamini_hochberg
from scoring.metrics.vintage import NEVER
from serving.monitoring import excess
from serving.monitoring.alarms import alarm_data, alarms_of
from serving.monitoring.figure import Figure
from serving.monitoring.frame import Loans
from serving.monitoring.judge import judge
from serving.monitoring.limits import load_limits
from tests.serving.monitoring.drawn_books import book, known_by, period

LIMITS = load_limits()
HIT = ("T1", "T2", "T3", "T4")


def _figures(loans: Loans) -> dict[tuple[str, str], Figure]:
    return {(it.about.kind, it.about.id): it for it in excess.figures(period("q", loans=loans))}


def _alarms(loans: Loans, quarter: int) -> list[dict]:  # type: ignore[type-arg]
    now, before = (excess.figures(period("", loans=known_by(loans, it))) for it in (quarter, quarter - 1))
    judged = judge(now, before, LIMITS)
    return [alarm_data(it) for it in alarms_of(judged, LIMITS, period="now", before="before")]


def test_a_loan_counts_in_a_month_only_once_it_was_seen_through_it() -> None:
    loans = known_by(book(1, per_quarter=500), 12)
    assert loans.months_seen is not None
    young = loans.months_seen < 1
    assert young.any()
    without = _figures(replace(loans, months_seen=np.where(young, -1, loans.months_seen)))
    worse = _figures(replace(loans, first_late=np.where(young, 1, loans.first_late)))
    assert _figures(loans) == worse
    assert all(found == without[key] for key, found in worse.items())
    later = replace(loans, first_late=np.where(loans.first_late > loans.months_seen, NEVER, loans.first_late))
    assert _figures(later) == _figures(loans), "what happens after the newest known month does not enter"


def test_counts_are_those_made_loan_by_loan() -> None:
    loans = known_by(book(2, per_quarter=60), 14)
    assert loans.months_seen is not None
    assert loans.first_late is not None
    lived = excess.Lived.of(loans.months_seen, loans.first_late, np.full(len(loans), "p"), newest=0, oldest=6)
    late, there, people = (it[0] for it in lived.counted(np.zeros(len(loans), np.int64), 1))
    found = np.zeros((2, excess.OLDEST), np.int64)
    whose = set()
    for loan, (seen, first) in enumerate(zip(loans.months_seen.tolist(), loans.first_late.tolist(), strict=True)):
        for month in range(max(1, seen - 5), min(seen, excess.OLDEST) + 1):
            if first >= month:
                whose.add(loan)
                found[:, month - 1] += first == month, 1
    assert late.tolist() == found[0].tolist()
    assert there.tolist() == found[1].tolist()
    assert people.tolist() == len(whose)


def test_quiet_books_raise_next_to_nothing() -> None:
    red = 0
    for seed in range(8):
        loans = book(seed, per_quarter=1500)
        red += sum(any(it["level"] == "red" for it in _alarms(loans, quarter)) for quarter in (11, 13, 15))
    assert red <= 1, "of 24 quarters"


def test_a_shock_in_four_townships_is_red_in_its_second_quarter_and_its_first_line_names_all_four() -> None:
    """From the eighth quarter on; of the loans that it hits, the first are late in the tenth."""
    loans = book(3, per_quarter=4000, hit=(1, 2, 3, 4), from_quarter=8, add=0.9)
    assert _alarms(loans, 9) == []
    amber, red, third = (
        next(it for it in _alarms(loans, quarter) if it["about"]["kind"] == "township") for quarter in (10, 11, 12)
    )
    assert [it["level"] for it in (amber, red, third)] == ["amber", "red", "red"]
    for alarm in (red, third):  # at first some of them as "perhaps also"
        assert all(name in alarm["lines"][language][0] for name in HIT for language in ("zh", "en"))
    assert set(third["about"]["ids"]) == set(HIT)


def test_the_parts_of_every_kind_are_one_family(monkeypatch: pytest.MonkeyPatch) -> None:
    now = period("q", loans=known_by(book(5, per_quarter=1500), 12))
    whole, *parts = excess.figures(now)
    monkeypatch.setattr(excess, "together", list)
    whole_alone, *alone = excess.figures(now)
    assert len({it.about.kind for it in parts}) > 1
    assert [it.p for it in parts] == benjamini_hochberg(np.array([it.p for it in alone])).tolist()
    assert whole == whole_alone, "the whole is a question of its own"


def test_what_is_surest_is_named_first() -> None:
    loans = book(3, per_quarter=4000, hit=(1, 2, 3, 4), from_quarter=8, add=0.9)
    (red,) = [it for it in _alarms(loans, 12) if it["about"]["kind"] == "township"]
    figures = _figures(known_by(loans, 12))
    lows = [figures["township", name].low for name in red["about"]["ids"]]
    assert lows == sorted(lows, reverse=True)


def test_a_table_without_months_has_none() -> None:
    loans = replace(book(1, per_quarter=50), months_seen=None, first_late=None)
    assert excess.figures(period("q", loans=loans)) == []
