"""The loan book: loans as they are granted, their schedules, their month ends, and the true chance of each.

Banks lend on in stopped areas: the book is what would have happened, and the stops show on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date

import numpy as np
import polars

from feature_store.synthetic.arrays import Doubles, Flags, Ints, Longs, Random
from feature_store.synthetic.lending import BANKS, Asked, Granted, applicants, take_loans
from feature_store.synthetic.repayment import INSTALMENT_MONTHS, Fates, draw_fates, due_days
from feature_store.synthetic.rounds import FIRST, LAST, Round
from feature_store.synthetic.settings import LoanSettings
from feature_store.synthetic.traits import Traits
from feature_store.synthetic.true_risk import Standing, TrueRisk
from scoring.credit_file import MISSING

QUARTER_DAYS = 90
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Loans:
    """All loans ever made, one element each; due: (n_loans, most instalments). true_pd: NaN for those of the first round."""

    asked: Asked
    fates: Fates
    due: Longs
    true_pd: Doubles

    def plus(self, more: Loans) -> Loans:
        """These loans, then those."""
        asked = [(getattr(self.asked, part.name), getattr(more.asked, part.name)) for part in fields(Asked)]
        fates = [(getattr(self.fates, part.name), getattr(more.fates, part.name)) for part in fields(Fates)]
        return Loans(
            Asked(*map(np.concatenate, asked)),
            Fates(*map(np.concatenate, fates)),
            np.concatenate([self.due, more.due]),
            np.concatenate([self.true_pd, more.true_pd]),
        )

    def since(self, already: int) -> Loans:
        """All but the first so many."""
        asked = Asked(*(getattr(self.asked, part.name)[already:] for part in fields(Asked)))
        fates = Fates(*(getattr(self.fates, part.name)[already:] for part in fields(Fates)))
        return Loans(asked, fates, self.due[already:], self.true_pd[already:])

    def __len__(self) -> int:
        return self.true_pd.size


@dataclass(slots=True)
class LoanBook:
    """The county's loans so far; ``closed`` marks those whose last month end has been filed."""

    random: Random
    settings: LoanSettings
    traits: Traits
    risk: TrueRisk
    purposes: Sequence[str]
    loans: Loans | None = None
    closed: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))

    def quarter(
        self, at: Round, household_ids: polars.Series, *, standing: Standing, granted: Granted, first: bool
    ) -> dict[str, polars.DataFrame]:
        """The quarter's files by name: loans, loan_schedules, loan_months.

        standing, granted: as it stood when the quarter began (in the first round: now).
        """
        already = 0 if self.loans is None else len(self.loans)
        self._lend(at, standing, granted, first=first)
        assert self.loans is not None
        made = self.loans.since(already)
        ids = _loan_ids(np.arange(already + 1, already + len(made) + 1))
        loans = polars.DataFrame(
            {
                "loan_id": ids,
                "household_id": household_ids.gather(made.asked.household),
                "bank": polars.Series(BANKS, dtype=polars.String).gather(made.asked.bank),
                "disbursed_on": _days(made.asked.disbursed),
                "amount_cny": made.asked.amount_cny,
                "term_months": made.asked.term_months,
                "purpose": polars.Series(self.purposes, dtype=polars.String).gather(made.asked.purpose),
            }
        )
        months = polars.concat([self._month_end(day) for day in at.month_ends])
        return {"loans": loans, "loan_schedules": _schedules(made, ids), "loan_months": months}

    def true_pd(self) -> polars.DataFrame:
        """The true chance of every loan made after the first round: ``loan_id``, ``true_pd``."""
        if self.loans is None:
            return polars.DataFrame(schema={"loan_id": polars.String, "true_pd": polars.Float64})
        place = np.flatnonzero(~np.isnan(self.loans.true_pd))
        return polars.DataFrame({"loan_id": _loan_ids(place + 1), "true_pd": self.loans.true_pd[place]})

    def _lend(self, at: Round, standing: Standing, granted: Granted, *, first: bool) -> None:
        """Lend until the share of households with a running loan is where it should be."""
        today, n = at.observed_on.toordinal(), self.traits.poor.size
        passed = min(1.0, (today - FIRST.toordinal()) / (LAST.toordinal() - FIRST.toordinal()))
        share = self.settings.households_from + passed * (self.settings.households_to - self.settings.households_from)
        may = granted.limit_cny(np.arange(n), np.full(n, today - QUARTER_DAYS + 1)) > 0
        running = 0
        if self.loans is not None:
            may[self.loans.asked.household[~self.closed | (self.loans.fates.fails == 1)]] = False
            running = int((~self.closed).sum())
        household = applicants(self.random, self.traits, standing.industry, may, round(share * n) - running)
        days = self.random.random(household.size)
        # The first round's loans are a stock: made at any time of their longest possible first year.
        age = (days * (365 if first else QUARTER_DAYS)).astype(np.int64)
        disbursed = today - age
        limit = granted.limit_cny(household, disbursed)
        household, disbursed, limit = household[limit > 0], disbursed[limit > 0], limit[limit > 0]
        names = (*self.risk.indicators["industry"][1].categories, "")
        industry = standing.industry[household]
        asked = take_loans(
            self.random,
            household,
            disbursed,
            limit_cny=limit,
            traits=self.traits,
            industry=[names[code] for code in np.where(industry == MISSING, -1, industry).tolist()],
            purposes=self.purposes,
            settings=self.settings,
        )
        chance = self.risk.on(at.observed_on).chance(
            standing,
            household,
            disbursed=disbursed,
            amount_cny=asked.amount_cny,
            term_months=asked.term_months,
            purpose=asked.purpose,
            purposes=self.purposes,
        )
        due = due_days(disbursed)
        stock_until = at.month_ends[0].toordinal() if first else 0
        fates = draw_fates(
            self.random,
            chance,
            due,
            asked.term_months,
            insured=~self.risk.risky[household],
            settings=self.settings,
            stock_until=stock_until,
        )
        made = Loans(asked, fates, due, np.full(household.size, np.nan) if first else chance)
        self.loans = made if self.loans is None else self.loans.plus(made)
        self.closed = np.concatenate([self.closed, np.zeros(household.size, np.bool_)])

    def _month_end(self, day: date) -> polars.DataFrame:
        """Balances and days past due of every running loan on a month's last day."""
        assert self.loans is not None
        today, asked, fates = day.toordinal(), self.loans.asked, self.loans.fates
        running = np.flatnonzero(~self.closed & (asked.disbursed <= today))
        behind, over = fates.behind[running], fates.over[running]
        late = (behind <= today) & (today < over)
        counted_until = np.where(late, behind - 1, today)
        instalments = asked.term_months[running] // INSTALMENT_MONTHS
        paid = np.minimum((self.loans.due[running] <= counted_until[:, None]).sum(axis=1), instalments)
        cents = asked.amount_cny[running] * 100 * (instalments - paid) // instalments
        paid_by_fund = late & (fates.fund[running] <= today)
        cents[paid_by_fund] = np.rint(cents[paid_by_fund] * (1 - self.settings.fund_pays)).astype(np.int64)
        settled = (fates.fails[running] == 1) & (over <= today)
        cents[settled | (fates.repaid[running] <= today)] = 0
        self.closed[running[cents == 0]] = True
        return polars.DataFrame(
            {
                "loan_id": _loan_ids(running + 1),
                "month_end": polars.repeat(day, running.size, eager=True),
                "balance_cny": cents / 100,
                "days_past_due": np.where(late, today - behind, 0),
            }
        )


def _schedules(made: Loans, ids: polars.Series) -> polars.DataFrame:
    """What is due when: equal instalments of the principal."""
    instalments = made.asked.term_months // INSTALMENT_MONTHS
    loan = np.repeat(np.arange(len(made)), instalments)
    number = np.arange(loan.size) - np.repeat(np.cumsum(instalments) - instalments, instalments)
    whole, of = made.asked.amount_cny[loan] * 100, instalments[loan]
    due_cents = whole * (of - number) // of - whole * (of - number - 1) // of
    return polars.DataFrame(
        {"loan_id": ids.gather(loan), "due_on": _days(made.due[loan, number]), "due_cny": due_cents / 100}
    )


def _loan_ids(numbers: Longs) -> polars.Series:
    return polars.Series("loan_id", numbers).cast(polars.String).str.zfill(7).str.replace("^", "L")


def _days(ordinals: Longs | Ints) -> polars.Series:
    return (polars.Series(ordinals) - date(1970, 1, 1).toordinal()).cast(polars.Int32).cast(polars.Date)
