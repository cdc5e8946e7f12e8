"""``lushi policy try``: a draft against the policy in force, on the whole county as known then."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feature_store.adapters import registers
from feature_store.adapters.loan_lives import read_lives
from feature_store.adapters.people import People
from feature_store.adapters.store import Moment, county
from feature_store.filing import CIVIL_TIME, civil_day, time_text
from feature_store.vector import Matrix
from scoring.errors import LushiError
from scoring.outcomes import outcomes_of
from scoring.policy.load import policy_of, read_texts
from scoring.policy.schema import Policy
from scoring.terms import Request
from serving.challenger.arithmetic import Unsound, pd_alone
from serving.challenger.load import Challenger
from serving.challenger.many import OpinionsUnsound
from serving.county.advise_county import as_known, check_fits, standing_challenger
from serving.trying.attribution import Trial
from serving.trying.books import CountyStops
from serving.trying.cases import changed_cases
from serving.trying.groups import loans_of, mean_pd, realised, to_be_asked
from serving.trying.report import Progress, finish, try_on
from serving.trying.seen import Seen
from serving.wiring import Parts

AMOUNT_CNY, TERM_MONTHS = Decimal(30_000), 24
"""The loan that each mover is taken to ask for when the challenger is asked: as ``lushi advise`` takes it."""


class NobodyKnown(LushiError):
    """No household was known at the time in question."""


def try_county(
    parts: Parts, folder: Path, on: date, *, known_now: bool = False, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Try the draft in a folder on every household registered on a day, as known by the end of that day.

    known_now: as known now instead, for what was filed later. How loans went, and what the challenger says, is as known
    now in either case. Nothing is written.

    Raises:
        PolicyFaults: where the draft is faulty.
        PolicyNotInForce, NobodyKnown, DraftUnfit, NotMeasured, StoreUnavailable: where it cannot be tried.
        TrialUnsound: where the trial's own checks fail.
    """
    texts = read_texts(folder)
    draft, policy = policy_of(texts), parts.policies.in_force(on)
    home = parts.settings.policies / parts.policies.approvals[parts.policies.policies.index(policy)].folder
    now = parts.store.now(parts.clock.now)
    known_at = now if known_now else min(now, _end_of(on))
    with parts.store.looking(known_at) as moment:
        progress("reading filings · 读取报送")
        seen = _seen(moment, on, policy)
        if not seen.rows:
            raise NobodyKnown(
                f"no household was known by the end of {on}; give a later day, or --known-now for what is known today"
            )
        names = registers.villages_of(moment.connection)
        trial, data = try_on(seen, read_texts(home), draft, texts, names=names, progress=progress)
        progress("how their loans went · 贷款表现")
        data["known_at"], data["outcomes_known_at"] = time_text(known_at), time_text(now)
        lives = read_lives(moment.connection, known_at=now)
        judged = outcomes_of(
            lives.loan,
            lives.month_end,
            lives.balance,
            lives.days_past_due,
            disbursed=lives.disbursed,
            rules=policy.outcomes,
            known_until=civil_day(now),
        )
        data["realised"] = realised(trial.found, *loans_of(seen, lives, judged))
        progress("the challenger's view · 模型意见")
        data["challenger"] = _challenger(parts, moment, trial, policy, now)
    data["cases"] = changed_cases(home, policy, draft)
    return finish(data, draft)


def _seen(moment: Moment, on: date, policy: Policy) -> Seen:
    found = county(moment.connection, on=on, known_at=moment.known_at, policy=policy)
    return Seen(
        on=on,
        policy=policy,
        household_ids=found.household_ids,
        household_no=found.household_no,
        villages=found.villages,
        codes=found.codes,
        observed=found.observed,
        valid_until=found.valid_until,
        stops=CountyStops(moment, on),
    )


def _challenger(parts: Parts, moment: Moment, trial: Trial, policy: Policy, now: datetime) -> dict[str, Any]:
    """Mean PD by kind of move; where there is no opinion, why."""
    seen, movers = trial.seen, to_be_asked(trial.found)
    purpose = next((it.id for it in policy.terms.purposes if it.allowed), "")
    try:
        model = standing_challenger(parts, now)
        check_fits(model, policy)
        people = People(seen.household_ids[movers], seen.household_no[movers], seen.villages[movers])
        loan = Request(purpose, AMOUNT_CNY, TERM_MONTHS)
        pd = np.zeros(0)
        if len(movers):
            asked = as_known(moment, people, on=seen.on, loan=loan, policy=policy, feature_set=model.feature_set)
            pd = _pd(model, asked.matrix)
    except LushiError as absent:
        return {"available": False, "why": str(absent), "groups": []}
    return {"available": True, "version": model.model.version, "groups": mean_pd(trial.found, movers, pd)}


def _pd(model: Challenger, matrix: Matrix) -> NDArray[np.float64]:
    try:
        return pd_alone(model, matrix)
    except Unsound as unsound:
        raise OpinionsUnsound(unsound, model.model.version) from None


def _end_of(on: date) -> datetime:
    return datetime.combine(on + timedelta(days=1), time(0), CIVIL_TIME) - timedelta(microseconds=1)
