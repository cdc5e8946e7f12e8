"""Who applies, who is granted by the policy in force, and what loan each one takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from feature_store.synthetic.arrays import Flags, Ints, Longs, Random
from feature_store.synthetic.settings import LoanSettings
from feature_store.synthetic.traits import TRAITS, Traits
from scoring.batch import assess_columns
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy

AMOUNT_STEP_CNY, LEAST_CNY, MOST_CNY = 5_000, 10_000, 100_000
BANKS = ("synthetic_farm_bank", "synthetic_postal_bank", "synthetic_village_bank")
_SUGGESTS = {
    "mushroom": "planting",
    "herbs": "planting",
    "walnut": "forestry",
    "cattle": "livestock",
    "pigs": "livestock",
    "chicken": "livestock",
    "tourism": "rural_tourism",
}


@dataclass(frozen=True, slots=True)
class Granted:
    """The grades under each policy that binds during a quarter, by its first day: -1 for none, (n_households,)."""

    grades: tuple[tuple[date, Ints, Longs], ...]
    """(effective from, grade, limit of the grade in yuan by position, 0 for none at the end)"""

    def limit_cny(self, household: Longs, disbursed: Longs) -> Longs:
        """The unsecured limit of each household on the day, 0 where it has no grade."""
        found = np.zeros(household.size, np.int64)
        for effective_from, grade, limits in self.grades:
            found = np.where(disbursed >= effective_from.toordinal(), limits[grade[household]], found)
        return found


def granted(policies: Sequence[Policy], positions: Mapping[str, int], values: Ints, *, on: date) -> Granted:
    """Grade everybody on what was true on a day, under each policy. values: codes (n_indicators, n_households)."""
    found = []
    for policy in policies:
        rows = [positions[item.id] for item in policy.indicators]
        codes = values if rows == list(range(len(values))) else values[rows]
        seen = np.full((len(policy.sources), values.shape[1]), on.toordinal(), np.int32)
        columns = assess_columns(compiled(policy), codes, seen, np.zeros_like(seen), on=on)
        limits = np.array([int(grade.limit_cny) for grade in policy.grades] + [0], np.int64)
        found.append((policy.effective_from, columns.grade.astype(np.int32), limits))
    first = found[0]
    return Granted(((date.min, first[1], first[2]), *found[1:]))


@dataclass(frozen=True, slots=True)
class Asked:
    """New loans, one element each: position of household, bank and purpose; day number; yuan; months."""

    household: Longs
    bank: Longs
    disbursed: Longs
    amount_cny: Longs
    term_months: Longs
    purpose: Longs


def applicants(random: Random, traits: Traits, industry: Ints, may: Flags, wanted: int) -> Longs:
    """So many of the households that may borrow, ascending; the poor and those with a project ask more often."""
    wanted = max(0, min(wanted, int(may.sum())))
    weight = np.where(may, 1.0 + 0.5 * traits.poor + 0.5 * (industry > 0), 0.0)
    with np.errstate(divide="ignore"):
        order = random.exponential(1.0, may.size) / weight
    return np.sort(np.argpartition(order, wanted - 1)[:wanted]) if wanted else np.zeros(0, np.int64)


def take_loans(
    random: Random,
    household: Longs,
    disbursed: Longs,
    *,
    limit_cny: Longs,
    traits: Traits,
    industry: Sequence[str],
    purposes: Sequence[str],
    settings: LoanSettings,
) -> Asked:
    """What each borrower takes. limit_cny, industry (its name): of each borrower."""
    n = household.size
    weak = traits.values[TRAITS.index("discipline")][household] < settings.weak
    months = np.array(list(settings.terms))
    term = np.where(weak, months[0], random.choice(months, n, p=list(settings.terms.values())))
    low, high = settings.of_limit
    share = low + (high - low) * random.beta(1.2, 1.8, n)
    amount = np.rint(limit_cny * share / AMOUNT_STEP_CNY).astype(np.int64) * AMOUNT_STEP_CNY
    cap = np.where(traits.poor[household], settings.poor_cap_cny, MOST_CNY)
    cap = np.minimum(np.where(weak, settings.weak_cap_cny, cap), limit_cny)
    any_purpose = random.integers(0, len(purposes), n)
    own = random.random(n) < settings.own_purpose
    suggested = np.array([purposes.index(_SUGGESTS[name]) if name in _SUGGESTS else -1 for name in industry], np.int64)
    return Asked(
        household=household,
        bank=random.integers(0, len(BANKS), n),
        disbursed=disbursed,
        amount_cny=np.clip(amount, LEAST_CNY, cap),
        term_months=term,
        purpose=np.where(own & (suggested >= 0), suggested, any_purpose),
    )
