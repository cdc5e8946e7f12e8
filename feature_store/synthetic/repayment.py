"""What becomes of each loan: instalments every three months, falling behind, catching up, failing, paying early."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feature_store.synthetic.arrays import Doubles, Flags, Longs, Random
from feature_store.synthetic.settings import LoanSettings
from scoring.outcomes import months_after

NEVER = 2**22
"""A day number after every day."""
INSTALMENT_MONTHS = 3
MOST_INSTALMENTS = 12
LEAST_CURE_DAYS, MOST_CURE_DAYS = 5, 85
EARLIEST_PAID_DAYS, LATEST_PAID_DAYS = 100, 330


@dataclass(frozen=True, slots=True)
class Fates:
    """Day numbers, NEVER where it does not happen; (n_loans,).

    behind: the due day whose instalment is not paid. over: when the loan has caught up, or is settled by
    the fund. fails: 1 where it is settled. fund: when the fund pays most of it. repaid: when it is paid off early.
    """

    behind: Longs
    over: Longs
    fails: Longs
    fund: Longs
    repaid: Longs


def due_days(disbursed: Longs) -> Longs:
    """The days on which instalments are due, (n_loans, MOST_INSTALMENTS); a loan uses as many as its term has."""
    months = np.arange(1, MOST_INSTALMENTS + 1) * INSTALMENT_MONTHS
    return np.stack([months_after(disbursed, int(number)) for number in months], axis=1)


def draw_fates(
    random: Random,
    chance: Doubles,
    due: Longs,
    term_months: Longs,
    *,
    insured: Flags,
    settings: LoanSettings,
    stock_until: int,
) -> Fates:
    """The fate of each loan, whose true chance of failing within its year is ``chance``.

    A loan that fails within the year stops paying at its first or second instalment, so that its third
    month past due lies inside. insured: whether the compensation fund would pay. stock_until: loans that were running before this day number have come
    through until then.
    """
    n = chance.size
    each = np.arange(n)
    draw = random.random(n)
    within_year = draw < chance
    later = ~within_year & (draw < chance * (1 + settings.later)) & (term_months > 12)
    stumbles = ~within_year & ~later
    stumbles &= random.random(n) < settings.stumbles + settings.stumbles_with_risk * chance
    instalments = term_months // INSTALMENT_MONTHS
    spread = random.random(n)
    number = np.where(within_year, (spread < 0.6).astype(np.int64), 0)
    number = np.where(later, 3 + (spread * (instalments - 3)).astype(np.int64), number)
    number = np.where(stumbles, (spread * instalments).astype(np.int64), number)
    troubled = within_year | later | stumbles
    behind = np.where(troubled, due[each, number], NEVER)
    troubled &= behind >= stock_until
    behind = np.where(troubled, behind, NEVER)
    fails = troubled & ~stumbles
    low, high = settings.settled_after_days
    lasts = np.where(fails, random.integers(low, high + 1, n), random.integers(LEAST_CURE_DAYS, MOST_CURE_DAYS + 1, n))
    early = ~troubled & (random.random(n) < settings.repaid_early)
    first_due = months_after(due[:, 0], -INSTALMENT_MONTHS)
    paid_on = first_due + random.integers(EARLIEST_PAID_DAYS, LATEST_PAID_DAYS + 1, n)
    early &= paid_on >= stock_until
    return Fates(
        behind=behind,
        over=np.where(troubled, behind + lasts, NEVER),
        fails=fails.astype(np.int64),
        fund=np.where(fails & insured, behind + settings.fund_after_days, NEVER),
        repaid=np.where(early, paid_on, NEVER),
    )
