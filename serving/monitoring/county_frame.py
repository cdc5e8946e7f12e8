"""The county's periods as columns: the quarter and the one before, each as known at its own watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from feature_store.adapters import promotions, registers
from feature_store.adapters.as_lent import AsLent, as_lent, vintages
from feature_store.adapters.loan_lives import read_lives
from feature_store.adapters.promotions import Promotion
from feature_store.adapters.store import Moment
from feature_store.feature_set import FeatureSet, load_feature_set
from scoring.areas import TOWNSHIP_DIGITS
from scoring.outcomes import Outcome, outcomes_of
from scoring.policy.schema import Policy
from serving.challenger.load import Challenger
from serving.challenger.many import Progress, chances
from serving.monitoring.county_binding import binding_shares
from serving.monitoring.county_labels import labels_of
from serving.monitoring.county_people import county_people, features_of
from serving.monitoring.frame import Loans, Period, Texts
from serving.monitoring.loan_ages import ages, first_late, months_seen, seen_until
from serving.monitoring.looks import Look
from serving.wiring import Parts

LIFTED = ("registered", "lifted", "marginal")


@dataclass(frozen=True, slots=True, eq=False)
class CountyPeriod:
    """A period with what it was seen by. baseline: the quarter whose people it is compared with."""

    look: Look
    baseline: Look
    period: Period
    policy: Policy
    model: Promotion | None


class CountyFrames:
    """Reads periods of one county from one transaction; loans as lent are read once for all of them.

    Raises :class:`PolicyNotInForce` where no policy binds on the period's last day.
    """

    def __init__(self, parts: Parts, moment: Moment, look: Look, progress: Progress) -> None:
        parts.policies.in_force(look.last)  # or says that none is
        self._parts, self._moment, self._progress = parts, moment, progress
        self._moves = [it for it in promotions.history(moment.connection) if it.recorded_at <= look.known_at]
        self._models: dict[str, Challenger] = {}
        self._names = registers.villages_of(moment.connection)
        self._binding = [it for it in parts.policies.policies if it.effective_from <= look.last]
        progress("reading loans")
        self._book, self._last = read_lives(moment.connection, known_at=look.known_at), look.last
        self._lent: dict[str, tuple[Texts, AsLent]] = {}

    def period(self, look: Look) -> CountyPeriod:
        """One period as known at its look.

        Raises:
            PolicyNotInForce: where no policy binds on its last day.
            ChallengerUnusable, RegistryUnavailable: where the model that stood then cannot be asked.
        """
        policy = self._parts.policies.in_force(look.last)
        moves = [it for it in self._moves if it.recorded_at <= look.known_at]
        model = moves[-1] if moves else None
        challenger = self._load(model)
        feature_set = challenger.feature_set if challenger else load_feature_set(policy=self._parts.policies.latest)
        moment = self._moment.known(look.known_at)
        self._progress(f"{look.name}: reading filings")
        people = county_people(moment, on=look.last, policy=policy, feature_set=feature_set, challenger=challenger)
        before = _baseline(look, model)
        self._progress(f"{look.name}: reading the baseline")
        baseline = county_people(
            moment.known(before.known_at), on=before.last, policy=policy, feature_set=feature_set, challenger=challenger
        )
        about = challenger.about if challenger else None
        self._progress(f"{look.name}: loans")
        found = Period(
            name=look.name,
            people=people,
            baseline=baseline,
            features=features_of(feature_set),
            loans=self._loans(look, policy, feature_set, challenger, self._load(_previous(moves))),
            training_edges=about.score_edges if about else (),
            training_shares=about.score_shares if about else (),
            training_rows=about.trained_rows if about else 0,
            promised=about.realised if about else {},
            binding=binding_shares(moment, look, policy),
            labels=labels_of(policy, self._names),
        )
        return CountyPeriod(look, before, found, policy, model)

    def _as_lent(self, feature_set: FeatureSet) -> tuple[Texts, AsLent]:
        """The ids of the loans of every period, and the loans as one feature set saw them; read once."""
        if feature_set.version in self._lent:
            return self._lent[feature_set.version]
        lives, first = self._book, self._binding[0].effective_from.toordinal()
        rows = np.flatnonzero((lives.disbursed >= first) & (lives.disbursed <= self._last.toordinal()))
        rows = rows[np.lexsort((rows, lives.disbursed[rows]))]
        self._progress(f"seeing {len(rows):,} loans as they were granted")
        seen = as_lent(self._moment.connection, lives, rows, policies=self._binding, feature_set=feature_set)
        there = seen.village != ""
        self._lent[feature_set.version] = lives.loan_ids[rows[there]], seen.only(there)
        return self._lent[feature_set.version]

    def _loans(
        self,
        look: Look,
        policy: Policy,
        feature_set: FeatureSet,
        challenger: Challenger | None,
        previous: Challenger | None,
    ) -> Loans:
        """The loans known at a look, beside what they looked like when they were granted."""
        lives = read_lives(self._moment.connection, known_at=look.known_at)
        place = {loan: row for row, loan in enumerate(lives.loan_ids.tolist())}
        ids, lent = self._as_lent(feature_set)
        known = [(at, place[loan]) for at, loan in enumerate(ids.tolist()) if loan in place]
        at, rows = (np.array(column, np.intp) for column in zip(*known, strict=True)) if known else _NONE
        old = lives.disbursed[rows] <= look.last.toordinal()
        at, rows = at[old], rows[old]
        seen, disbursed = lent.only(at), lives.disbursed[rows]
        until = seen_until(lives, look.last)
        outcome = outcomes_of(
            lives.loan, lives.month_end, lives.balance, lives.days_past_due,
            disbursed=lives.disbursed, rules=policy.outcomes, known_until=date.fromordinal(max(until, 1)),
        ).outcome[rows]  # fmt: skip
        bad = np.select([outcome == Outcome.BAD, outcome == Outcome.GOOD], [1.0, 0.0], np.nan)
        age, first = months_seen(lives, until)[rows], first_late(lives)[rows]
        reached, late = ages(age, first)
        trained = challenger.about.trained_until if challenger else None
        lifted = np.isin(seen.poverty, LIFTED)
        return Loans(
            vintage=vintages(disbursed),
            pd=chances(challenger, seen.matrix) if challenger else np.full(len(rows), np.nan),
            previous_pd=chances(previous, self._as_lent(previous.feature_set)[1].matrix[at]) if previous else None,
            score=seen.score.astype(np.float64),
            grade=seen.grade,
            bad=bad,
            unseen=disbursed > trained.toordinal() if trained else np.ones(len(rows), np.bool_),
            new=disbursed >= look.first.toordinal(),
            reached=reached,
            late=late,
            months_seen=age,
            first_late=first,
            segments={
                "township": np.strings.slice(seen.village, TOWNSHIP_DIGITS),
                "bank": lives.bank[rows],
                "purpose": lives.purpose[rows],
                "industry": seen.industry,
                "registered_poor": np.where(lifted, "yes", np.where(seen.poverty == "unknown", "unknown", "no")),
            },
        )

    def _load(self, move: Promotion | None) -> Challenger | None:
        if move is None:
            return None
        if move.sha256 not in self._models:
            self._progress(f"loading model {move.version}")
            found = self._parts.challengers.verified(move.version, move.sha256, move.about_sha256)
            self._models[move.sha256] = found
        return self._models[move.sha256]


_NONE = (np.zeros(0, np.intp), np.zeros(0, np.intp))


def _previous(moves: Sequence[Promotion]) -> Promotion | None:
    """The model that stood before the one that stands, if it was another one."""
    others = [it for it in moves if it.sha256 != moves[-1].sha256]
    return others[-1] if others else None


def _baseline(look: Look, model: Promotion | None) -> Look:
    """The quarter that people are compared with, as known at its own watch: the newest of the same season known at promotion.

    Yearly filings make every quarter of the year another one, so only like seasons are compared. Without a model: the year before.
    """
    baseline = look if model else look.year_before()
    while model is not None and baseline.known_at > model.recorded_at:
        baseline = baseline.year_before()
    return baseline
