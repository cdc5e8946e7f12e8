"""The true chance that a loan fails within its first year: what the best possible model would know.

It depends on the household's latent traits, on values of its file that the card weighs otherwise or
not at all, on the loan, the industry, the year, and on things that no file states. Some items of
the card mean nothing beyond what the traits say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from feature_store.synthetic.arrays import Doubles, Flags, Ints, Longs, Random
from feature_store.synthetic.places import Places
from feature_store.synthetic.scenarios import NewCauses
from feature_store.synthetic.settings import RiskSettings
from feature_store.synthetic.traits import TRAITS, Traits
from scoring.credit_file import MISSING
from scoring.policy import codes
from scoring.policy.elements import Indicator

YEAR_DAYS = 365
LEAST_INCOME_CNY, UNKNOWN_INCOME_CNY = 1_500, 5_000


@dataclass(frozen=True, slots=True)
class Standing:
    """What a quarter's borrowers bring with them, as it stood when the quarter began. All (n_households,).

    odds: log-odds from traits, file and what is unseen. income_cny: yearly, per head. industry: code.
    linked: whether an enterprise stands behind the project.
    """

    odds: Doubles
    income_cny: Doubles
    industry: Ints
    linked: Flags


@dataclass(frozen=True, slots=True)
class TrueRisk:
    """The risk's fixed parts. household: log-odds of each household that do not change, (n_households,).

    hit, risky: townships of the regional shock and villages with a local failure, by household.
    later: the first day from which loans fail for other reasons, and the risk from then on.
    """

    settings: RiskSettings
    indicators: Mapping[str, tuple[int, Indicator]]
    household: Doubles
    hit: Flags
    risky: Flags
    later: tuple[date, TrueRisk] | None = None

    def on(self, day: date) -> TrueRisk:
        """The risk of loans that are made on a day."""
        return self.later[1] if self.later and day >= self.later[0] else self

    def standing(self, values: Ints) -> Standing:
        """Every household's standing, from codes (n_indicators, n_households)."""
        odds = self.household.copy()
        for rule in self.settings.values:
            position, indicator = self.indicators[rule.indicator]
            odds += rule.add * (values[position] >= _code(indicator, rule.at_least))
        for joint in self.settings.together:
            held = np.ones(odds.size, np.bool_)
            for name, words in joint.when.items():
                position, indicator = self.indicators[name]
                held &= np.isin(values[position], [_code(indicator, word) for word in words])
            odds += joint.add * held
        income = values[self.indicators["net_income_per_head_cny"][0]].astype(np.float64)
        income = np.where(income == MISSING, UNKNOWN_INCOME_CNY, np.maximum(income, LEAST_INCOME_CNY))
        linked = values[self.indicators["linked_enterprise"][0]] == 1
        return Standing(odds, income, values[self.indicators["industry"][0]].copy(), linked)

    def chance(
        self,
        standing: Standing,
        household: Longs,
        *,
        disbursed: Longs,
        amount_cny: Longs,
        term_months: Longs,
        purpose: Longs,
        purposes: Sequence[str],
    ) -> Doubles:
        """The true chance of each loan (0-1), (n_loans,)."""
        rules = self.settings
        odds = rules.base + standing.odds[household]
        odds += rules.amount_to_income * np.log2(amount_cny / (3 * standing.income_cny[household]))
        odds += sum(add * (term_months == term) for term, add in rules.terms.items())
        odds += np.array([rules.purposes.get(name, 0.0) for name in purposes])[purpose]
        names = self.indicators["industry"][1].categories
        industry = standing.industry[household]
        # A missing industry has no effect of its own: the extra last entry.
        effects = np.array([rules.industries.get(name, 0.0) for name in names] + [0.0])
        odds += effects[np.where(industry == MISSING, len(names), industry)]
        price, regional = rules.price_shock, rules.regional_shock
        in_time = (disbursed >= price.first.toordinal()) & (disbursed <= price.last.toordinal())
        fallen = np.where(standing.linked[household], price.with_enterprise, price.add)
        odds += np.where(in_time & (industry == names.index(price.industry)), fallen, 0.0)
        begins = np.maximum(disbursed, regional.first.toordinal())
        ends = np.minimum(disbursed + YEAR_DAYS, regional.last.toordinal() + 1)
        inside = np.clip(ends - begins, 0, YEAR_DAYS) / YEAR_DAYS
        odds += np.where(self.hit[household], regional.add * inside, 0.0)
        odds += rules.risky_add * (self.risky[household] & (disbursed >= rules.risky_from.toordinal()))
        chance: Doubles = 1 / (1 + np.exp(-odds))
        return chance


def draw_risk(
    random: Random,
    places: Places,
    traits: Traits,
    *,
    settings: RiskSettings,
    indicators: Sequence[Indicator],
    new_causes: NewCauses | None,
) -> TrueRisk:
    """The fixed parts: traits, what no file states, the townships that will be hit, the risky villages."""
    n = places.village_of.size
    unseen = settings.unseen_household * random.standard_normal(n)
    unseen += settings.unseen_village * random.standard_normal(len(places.village_codes))[places.village_of]
    hit = np.zeros(len(places.township_codes), np.bool_)
    hit[random.choice(len(hit), min(settings.regional_shock.townships, len(hit)), replace=False)] = True
    risky = risky_villages(random, places, share=settings.risky_villages)
    risk = TrueRisk(
        settings=settings,
        indicators={item.id: (position, item) for position, item in enumerate(indicators)},
        household=_household(unseen, traits, settings),
        hit=hit[places.township_of][places.village_of],
        risky=risky[places.village_of] & (settings.risky_add != 0),
    )
    if new_causes is None:
        return risk
    other = replace(risk, settings=new_causes.risk, household=_household(unseen, traits, new_causes.risk))
    return replace(risk, later=(new_causes.first, other))


def _household(unseen: Doubles, traits: Traits, settings: RiskSettings) -> Doubles:
    """The log-odds of each household that do not change."""
    household = unseen.copy()
    for trait, weight in settings.traits.items():
        household += weight * traits.values[TRAITS.index(trait)].astype(np.float64)
    return household


def risky_villages(random: Random, places: Places, *, share: float) -> Flags:
    """Villages with a local failure: two fifths of the smallest township's, the others anywhere; (n_villages,)."""
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


def _code(indicator: Indicator, written: str) -> int:
    code = codes.read(indicator, written)
    if code is None:
        raise ValueError(f"county.yaml gives '{indicator.id}' a value that the policy does not allow; mend 'risk'")
    return code
