"""Generated lives of loans at the limits of the outcome rules, and what the rules make of each."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from scoring.outcomes import LoanMonth, add_months, outcome_of
from scoring.policy.lending import OutcomeRules

_DISBURSED = date(2017, 6, 15)
_OWED, _NOTHING = Decimal(100), Decimal(0)


@dataclass(frozen=True, slots=True)
class Lives:
    """Loans of one day: (month ends, day until which they are known)."""

    cases: tuple[tuple[tuple[LoanMonth, ...], date], ...]

    def outcomes(self, rules: OutcomeRules) -> list[Hashable]:
        """Outcome and reason of each."""
        return [outcome_of(months, _DISBURSED, rules, known_until=until) for months, until in self.cases]


def lives(rules: OutcomeRules) -> Lives:
    """The lives that stand at and beside the limits of some rules."""
    window = rules.window_months
    ends = [add_months(date(2017, 6, 30), number) for number in range(window + 3)]
    late = add_months(_DISBURSED, window + 3)
    cases = []
    for limit in (rules.bad_at_least_days, rules.indeterminate_at_least_days):
        for days in (limit - 1, limit, limit + 1):
            # past due in the window's last month end, and only in the one after it
            cases += [(_life(ends, {ends[at]: days}), late) for at in (0, window - 1, window)]
    cases += [(_life(ends, {}), add_months(_DISBURSED, window + step)) for step in (-1, 0, 1)]
    cases += [(_life(ends[lost:], {}), late) for lost in range(rules.missing_month_ends + 3)]
    for paid in {0, window // 2, window - 1}:
        cases.append(((*_life(ends[:paid], {}), LoanMonth(ends[paid], _NOTHING, 0)), late))
    return Lives(tuple(cases))


def _life(ends: list[date], days: dict[date, int]) -> tuple[LoanMonth, ...]:
    return tuple(LoanMonth(end, _OWED, max(days.get(end, 0), 0)) for end in ends)
