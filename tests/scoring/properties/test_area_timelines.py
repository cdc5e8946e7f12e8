"""Area controls over time: a stop is never released without what the policy asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.areas import Stop, timeline
from scoring.policy.in_force import Policies
from scoring.policy.lending import AreaRules

LIMIT = Fraction(5, 100)
Ratios = list[tuple[date, Fraction, int]]


def month_ends(count: int) -> list[date]:
    """The last days of so many months from January 2018."""
    return [date(2018 + (n + 1) // 12, (n + 1) % 12 + 1, 1) - timedelta(days=1) for n in range(count)]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Ratios, list[date], int]:
    """Month ends with ratios on both sides of the limit, signed releases, and how many clear ones are asked."""
    days = month_ends(draw(st.integers(1, 12)))
    shares = st.sampled_from([Fraction(0), LIMIT, Fraction(501, 10000), Fraction(1, 2)])
    ratios = [(day, draw(shares), 20) for day in days]
    releases = draw(st.lists(st.dates(days[0], days[-1] + timedelta(days=40)), max_size=5))
    on_month_ends = draw(st.lists(st.sampled_from(days), max_size=2))
    return ratios, sorted({*releases, *on_month_ends}), draw(st.integers(1, 3))


def plainly(ratios: Ratios, releases: list[date], needed: int, sign_off: bool, upto: date) -> bool:
    """Whether the area is stopped at the end of a day: the history told day by day."""
    stopped, clear = False, 0
    day = ratios[0][0]
    by_day = {when: ratio for when, ratio, _ in ratios}
    while day <= upto:
        if day in by_day:
            if by_day[day] > LIMIT:
                stopped, clear = True, 0
            else:
                clear += 1
                if stopped and clear >= needed and not sign_off:
                    stopped = False
        if day in releases and stopped and clear >= needed:
            stopped = False
        day += timedelta(days=1)
    return stopped


def ruled(lushi: Policies, needed: int, sign_off: bool) -> AreaRules:
    return replace(lushi.latest.areas, release_month_ends=needed, release_sign_off=sign_off)


@given(history=histories(), sign_off=st.booleans())
@settings(max_examples=150)
def test_the_timeline_is_the_history_told_day_by_day(
    lushi: Policies, history: tuple[Ratios, list[date], int], sign_off: bool
) -> None:
    ratios, releases, needed = history
    states = timeline(ratios, True, LIMIT, ruled(lushi, needed, sign_off), releases)
    last: dict[date, Stop] = dict(states)
    for day, stop in last.items():
        if day >= ratios[0][0]:
            assert stop.stopped == plainly(ratios, releases, needed, sign_off, day)
            assert (stop.since is not None) == stop.stopped


@given(history=histories())
@settings(max_examples=150)
def test_a_stop_is_never_released_without_sign_off_when_the_policy_asks_for_one(
    lushi: Policies, history: tuple[Ratios, list[date], int]
) -> None:
    ratios, releases, needed = history
    states = timeline(ratios, True, LIMIT, ruled(lushi, needed, True), releases)
    for (_, before), (day, after) in pairwise(states):
        if before.stopped and not after.stopped:
            assert day in releases
            recent = [ratio for when, ratio, _ in ratios if when <= day][-needed:]
            assert len(recent) == needed
            assert all(ratio <= LIMIT for ratio in recent)
            assert before.awaiting_sign_off
    without_anybody = timeline(ratios, True, LIMIT, ruled(lushi, needed, True), [])
    assert all(after.stopped for (_, before), (_, after) in pairwise(without_anybody) if before.stopped)


@given(history=histories(), over=st.booleans())
def test_reaching_the_limit_stops_a_township_and_only_passing_it_stops_a_village(
    lushi: Policies, history: tuple[Ratios, list[date], int], over: bool
) -> None:
    ratios, _, needed = history
    first = timeline(ratios[:1], over, LIMIT, ruled(lushi, needed, True), [])[0][1]
    assert first.stopped == (ratios[0][1] > LIMIT or (ratios[0][1] == LIMIT and not over))
