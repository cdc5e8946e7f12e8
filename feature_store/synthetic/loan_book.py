"""A simple loan book: who borrows, what is owed at each month-end, who falls behind.

Kept apart and small so that a deeper one can take its place: the county needs only ``quarter``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import polars

from feature_store.synthetic.arrays import Doubles, Flags, Ints, Longs, Random
from feature_store.synthetic.places import Places
from feature_store.synthetic.rounds import FIRST, LAST, Round
from feature_store.synthetic.settings import LoanSettings
from feature_store.synthetic.traits import TRAITS, Traits

BANKS = ("synthetic_farm_bank", "synthetic_postal_bank", "synthetic_village_bank")
AMOUNTS_CNY = np.arange(10_000, 100_001, 5_000)
POOR_CAP_CNY = 50_000
WEAK = -0.3
"""Below this discipline (standard deviations) banks lend little and for a year."""
WEAK_CAP_CNY = 20_000
TERMS_MONTHS = np.array([12, 24, 36])
NEVER = 10_000
_DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Loans:
    """All loans ever made, one element each. behind: month of the term in which a household falls behind, or NEVER.

    cured: months after which it has caught up again, or NEVER.
    """

    household: Longs
    bank: Longs
    disbursed: Longs
    amount_cny: Longs
    term_months: Longs
    purpose: Longs
    behind: Longs
    cured: Longs

    def plus(self, more: Loans) -> Loans:
        """These loans, then those."""
        return Loans(*(np.concatenate([getattr(self, name), getattr(more, name)]) for name in self.__slots__))


@dataclass(slots=True)
class LoanBook:
    """The county's loans so far; ``closed`` marks those whose last month-end has been filed."""

    random: Random
    settings: LoanSettings
    traits: Traits
    village_of: Longs
    risky: Flags
    purposes: Sequence[str]
    loans: Loans = field(default_factory=lambda: Loans(*(np.zeros(0, np.int64) for _ in Loans.__slots__)))
    closed: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))

    def quarter(
        self, at: Round, household_ids: polars.Series, *, first: bool
    ) -> tuple[polars.DataFrame, polars.DataFrame]:
        """The files ``loans`` (made since the last round) and ``loan_months`` (three month-ends)."""
        already = self.loans.household.size
        self._lend(at, first)
        made = replace(self.loans, **{name: getattr(self.loans, name)[already:] for name in Loans.__slots__})
        months = polars.concat([self._month_end(day) for day in at.month_ends])
        numbers = np.arange(already + 1, self.loans.household.size + 1)
        loans = polars.DataFrame(
            {
                "loan_id": _loan_ids(numbers),
                "household_id": household_ids.gather(made.household),
                "bank": polars.Series(BANKS).gather(made.bank),
                "disbursed_on": _days(made.disbursed),
                "amount_cny": made.amount_cny,
                "term_months": made.term_months,
                "purpose": polars.Series(self.purposes).gather(made.purpose),
            }
        )
        return loans, months

    def _lend(self, at: Round, first: bool) -> None:
        """Lend until the share of households with a running loan is where it should be."""
        today = at.observed_on.toordinal()
        n = self.village_of.size
        passed = (today - FIRST.toordinal()) / (LAST.toordinal() - FIRST.toordinal())
        share = self.settings.households_from + passed * (self.settings.households_to - self.settings.households_from)
        served = (today - self.loans.disbursed) / _DAYS_A_MONTH
        running = ~self.closed & ((served < self.loans.term_months) | (self.loans.behind < NEVER))
        may = self.traits.values[TRAITS.index("discipline")] > -1.8
        may[self.loans.household[running | (self.loans.cured == NEVER)]] = False
        wanted = max(0, min(round(share * n) - int(running.sum()), int(may.sum())))
        weight = np.where(may, 1.0 + 0.5 * self.traits.poor, 0.0)
        with np.errstate(divide="ignore"):
            order = self.random.exponential(1.0, n) / weight
        household = np.sort(np.argpartition(order, wanted - 1)[:wanted]) if wanted else np.zeros(0, np.int64)
        weak = self.traits.values[TRAITS.index("discipline")][household] < WEAK
        term = np.where(weak, TERMS_MONTHS[0], self.random.choice(TERMS_MONTHS, wanted, p=[0.35, 0.35, 0.30]))
        age = self.random.random(wanted) * (term - 1) * _DAYS_A_MONTH if first else self.random.random(wanted) * 90
        amount = self.random.choice(AMOUNTS_CNY, wanted)
        amount = np.where(self.traits.poor[household], np.minimum(amount, POOR_CAP_CNY), amount)
        amount = np.where(weak, np.minimum(amount, WEAK_CAP_CNY), amount)
        disbursed = today - age.astype(np.int64)
        behind, cured = self._troubles(
            household, disbursed, term, started=np.ceil(age / _DAYS_A_MONTH).astype(np.int64)
        )
        bank = self.random.integers(0, len(BANKS), wanted)
        purpose = self.random.integers(0, len(self.purposes), wanted)
        self.loans = self.loans.plus(Loans(household, bank, disbursed, amount, term, purpose, behind, cured))
        self.closed = np.concatenate([self.closed, np.zeros(wanted, np.bool_)])

    def _troubles(self, household: Longs, disbursed: Longs, term: Longs, *, started: Longs) -> tuple[Longs, Longs]:
        """The month in which each loan falls behind, and after how many months it has caught up (or never).

        started: months already served when the first round begins; those passed without trouble.
        """
        rules, n = self.settings, household.size
        discipline = self.traits.values[TRAITS.index("discipline")][household].astype(np.float64)
        tilt: Doubles = np.exp(-rules.by_discipline * discipline - rules.by_discipline**2 / 2)
        risky = self.risky[self.village_of[household]] & (disbursed >= rules.risky_from.toordinal())
        fails = np.where(risky, rules.risky_fails, np.minimum(0.5, rules.fails * tilt))
        draw = self.random.random(n)
        failed = draw < fails
        stumbled = ~failed & (draw < fails + rules.stumbles * np.minimum(tilt, 5.0))
        month = np.where(risky, self.random.integers(2, 6, n), self.random.integers(6, 9, n))
        behind = np.where((failed | stumbled) & (month > started) & (month < term), month, NEVER)
        return behind, np.where(failed & (behind < NEVER), NEVER, self.random.integers(1, 4, n))

    def _month_end(self, day: date) -> polars.DataFrame:
        """Balances and days past due of every running loan on a month's last day."""
        loans, today = self.loans, day.toordinal()
        running = np.flatnonzero(~self.closed & (loans.disbursed <= today))
        age = ((today - loans.disbursed[running]) / _DAYS_A_MONTH).astype(np.int64)
        term, behind = loans.term_months[running], loans.behind[running]
        late = np.where((age >= behind) & (age < behind + loans.cured[running]), age - behind + 1, 0)
        paid = np.minimum(np.where(late > 0, behind - 1, age), term)
        cents = loans.amount_cny[running] * 100 * (term - paid) // term
        settled = late > self.settings.months_until_settled
        cents[settled] = 0
        late[settled] = 0
        self.closed[running[cents == 0]] = True
        return polars.DataFrame(
            {
                "loan_id": _loan_ids(running + 1),
                "month_end": polars.repeat(day, running.size, eager=True),
                "balance_cny": cents / 100,
                "days_past_due": (late * _DAYS_A_MONTH).astype(np.int64),
            }
        )


def risky_villages(random: Random, places: Places, *, share: float) -> Flags:
    """Villages with a local failure: two fifths of the smallest township's, the others anywhere; shape (n_villages,)."""
    n = len(places.village_codes)
    smallest = int(np.argmin(np.bincount(places.township_of)))
    there = np.flatnonzero(places.township_of == smallest)
    together = there[: int(np.ceil(0.4 * there.size))]
    elsewhere = np.flatnonzero(places.township_of != smallest)
    chosen = random.choice(elsewhere, max(0, min(elsewhere.size, round(share * n) - together.size)), replace=False)
    risky = np.zeros(n, dtype=np.bool_)
    risky[together] = True
    risky[chosen] = True
    return risky


def _loan_ids(numbers: Longs) -> polars.Series:
    return polars.Series("loan_id", numbers).cast(polars.String).str.zfill(7).str.replace("^", "L")


def _days(ordinals: Longs | Ints) -> polars.Series:
    return (polars.Series(ordinals) - date(1970, 1, 1).toordinal()).cast(polars.Int32).cast(polars.Date)
