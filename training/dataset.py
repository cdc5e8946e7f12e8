"""The cohort as the table that the pipeline trains on, and the day from which it judges."""

from __future__ import annotations

from datetime import date

import numpy as np

from feature_store.feature_set import Feature as StoreFeature
from feature_store.filing import INVENTED_COUNTY
from scoring.policy.elements import Text
from training.cohort import Cohort
from training.table import Feature, Monotone, Table

NAME = "lushi-challenger"
JUDGED_SHARE = 0.25
"""At least so many of the newest rows judge, whole vintages at a time."""
_SIGNS: dict[int, Monotone] = {-1: -1, 0: 0, 1: 1}


def table_of(cohort: Cohort) -> Table:
    """The cohort's rows as a table: a household's rows share a group, results are shown by segment.

    One row of the invented county makes the table synthetic.
    """
    policy, rules = cohort.policy, cohort.policy.outcomes
    lifted = np.isin(cohort.poverty, ("registered", "lifted", "marginal"))
    return Table(
        name=NAME,
        matrix=cohort.matrix,
        features=tuple(_feature(it) for it in cohort.feature_set.features),
        target=cohort.bad,
        ids=cohort.loan_ids,
        groups=cohort.household_no.astype(np.int64),
        dates=(cohort.disbursed - date(1970, 1, 1).toordinal()).astype("datetime64[D]"),
        segments={
            "vintage": cohort.vintage,
            "township": cohort.township,
            "industry": cohort.industry,
            "registered_poor": np.where(lifted, "yes", np.where(cohort.poverty == "unknown", "unknown", "no")),
            "grade": cohort.grade,
        },
        protected=("registered_poor",),
        binding=cohort.score.astype(np.float64),
        source={
            "county": f"{policy.county.zh} {policy.county.en}",
            "known_at": cohort.known_at.isoformat(),
            "policy": policy.id,
            "policy_sha256": policy.sha256,
            "feature_set": cohort.feature_set.version,
            "feature_set_sha256": cohort.feature_set.sha256,
            **{f"left out: {why}": str(count) for why, count in cohort.left_out},
            **{f"loans {it.name.lower()}, {why.name.lower()}": str(n) for it, why, n in cohort.counted.rows},
        },
        definition=Text(
            f"放款后 {rules.window_months} 个月内任一月末逾期达到 {rules.bad_at_least_days} 天",
            f"at least {rules.bad_at_least_days} days past due at a month end "
            f"within {rules.window_months} months of disbursement",
        ),
        granted_only=True,
        synthetic=bool(np.strings.startswith(cohort.township, INVENTED_COUNTY).any()),
        words={**policy.units, **policy.words, **{it.id: it.label for it in policy.terms.purposes}},
    )


def judged_from(cohort: Cohort, *, share: float = JUDGED_SHARE) -> date:
    """The first day of the latest vintage from which at least ``share`` of the rows judge."""
    vintages, counts = np.unique(cohort.vintage, return_counts=True)
    total = 0
    for vintage, count in zip(vintages[::-1].tolist(), counts[::-1].tolist(), strict=True):
        total += count
        if total >= share * len(cohort.bad):
            return date(int(vintage[:4]), 3 * int(vintage[5]) - 2, 1)
    raise ValueError("the cohort has no rows, so nothing can judge; import loans that have matured")


def _feature(feature: StoreFeature) -> Feature:
    # Only a category's levels: an ordered one is a number whose order the feature set states.
    levels = {"levels": list(feature.values)} if feature.dtype == "category" else {}
    return Feature(feature.name, feature.label, feature.dtype, _SIGNS[feature.monotone], feature.unit, special=levels)
