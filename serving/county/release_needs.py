"""What is still missing before a stopped village or township may lend again, asked of the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from scoring.areas import LONGEST_MONTH, TOWNSHIP_DIGITS, Stop
from scoring.policy.lending import AreaRules


@dataclass(frozen=True, slots=True)
class ReleaseNeeds:
    """What a stop's release takes, and how much of it is there.

    limit: the share that the area must be within. reached: whether reaching the limit is too much already (a township).
    clear, clear_needed: month ends in a row within it, the newest included. book_days: most days since the newest;
    book_is_old: it is older. sign_off: whether two people must sign, after all the rest.
    """

    limit: Fraction
    reached: bool
    clear: int
    clear_needed: int
    book_days: int
    book_is_old: bool
    sign_off: bool

    @property
    def clear_missing(self) -> int:
        """Month ends within the limit that are still to come."""
        return max(0, self.clear_needed - self.clear)


def release_needs(code: str, timeline: Sequence[tuple[date, Stop]], rules: AreaRules, on: date) -> ReleaseNeeds:
    """What would release an area on a day. timeline: its stop after each month end and release, ascending."""
    reached = len(code) <= TOWNSHIP_DIGITS
    limit = Fraction(rules.township_stopped_at_least if reached else rules.village_bad_ratio_over)
    clear, last = 0, None
    for day, stop in timeline:
        if stop.as_at != day or day > on:
            continue  # a release, or later
        within = stop.ratio < limit or (stop.ratio == limit and not reached)
        without_gap = last is None or (day - last).days <= LONGEST_MONTH
        clear = (clear if without_gap else 0) + 1 if within else 0
        last = day
    old = last is None or (on - last).days > rules.release_book_days
    return ReleaseNeeds(
        limit, reached, clear, rules.release_month_ends, rules.release_book_days, old, rules.release_sign_off
    )
