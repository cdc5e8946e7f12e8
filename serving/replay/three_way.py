"""Replay three ways: the same data under another policy, today's data under the old policy, another model's opinion.

Nothing is recorded. First the decision is repeated exactly; only then is anything changed, and each change by itself.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass, replace
from uuid import UUID

from feature_store.adapters.attempt import attempt
from scoring.errors import LushiError
from scoring.policy.in_force import Policies
from scoring.policy.schema import Policy
from serving.access.callers import Caller
from serving.county.area_states import AreaStates
from serving.ledger import postgres as ledger
from serving.replay.again import Difference, Replayed, repeat
from serving.replay.made import CannotRepeat, Changed, Data, Maker
from serving.replay.outcome import Outcome
from serving.replay.words import CANNOT, OPINION_CANNOT, Kind, Verdict
from serving.wiring import Parts

_PASSES = OPINION_CANNOT | {Kind.CERTIFICATE}
"""What may be found in the exact replay while its outcome can still be compared."""
_BY = {
    "policy": Verdict.CHANGED_BY_POLICY,
    "data": Verdict.CHANGED_BY_DATA,
    "model": Verdict.CHANGED_BY_MODEL,
}


class UnknownPolicy(LushiError):
    """A replay names a policy that is not among the approved ones."""


class ReplaysBusy(LushiError):
    """As many replays as may be made at once are under way."""


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """What a replay comes to.

    causes: the changes that move the outcome each by itself. why: what could not be repeated, or differs already in
    the exact replay. stated: what is not compared, and why. recorded, again: None where nothing could
    be compared.
    """

    decision_id: UUID
    entry_no: int
    changed: Changed
    verdict: Verdict
    causes: tuple[Verdict, ...]
    why: tuple[Difference, ...]
    stated: tuple[str, ...]
    recorded: Outcome | None = None
    again: Outcome | None = None


def replay_otherwise(
    decision_id: UUID,
    parts: Parts,
    areas: AreaStates,
    *,
    policy: str | None = None,
    data: Data = "then",
    model: str | None = None,
    caller: Caller | None = None,
    statement_ms: int | None = None,
) -> ThreeWay:
    """Assess a recorded decision again with what is named changed; with nothing named it is the exact replay.

    policy: the day from which an approved policy binds, or its hash. data: as known then, on the day of the decision;
    or as known now, on today's day. model: a version of the registry. caller: who asks, None for the operator.
    statement_ms: most milliseconds for each of the database's statements.

    Raises:
        UnknownDecision: where the ledger does not hold it, or not for this caller.
        UnknownPolicy, NoSuchVersion: for a policy that was not approved, a model that is not registered.
        StoreUnavailable: where the database is away or takes too long.
    """
    with parts.store.looking(parts.clock.now()) as moment:
        entry = ledger.seen_by(moment, decision_id, caller)
        changed = Changed(None if policy is None else policy_of(parts.policies, policy), data, model)
        with attempt(moment.connection, within_ms=statement_ms) if statement_ms else nullcontext():
            exact = repeat(entry, moment, parts, areas)
            if entry.content is None or any(it.kind not in _PASSES for it in exact.found):
                return _answer(exact, changed, _plain(exact.found), why=exact.found)
            recorded = json.loads(entry.content)
            own = parts.policies.by_sha256(recorded["binding"]["policy"]["sha256"])
            assert own is not None  # the exact replay found it
            if changed.policy == own:
                changed = replace(changed, policy=None)
            return _compared(Maker(recorded, moment, own, areas, parts.challengers), exact, changed)


def policy_of(policies: Policies, named: str) -> Policy:
    """The approved policy that begins on a day or has a hash; raises :class:`UnknownPolicy`."""
    for approval, policy in zip(policies.approvals, policies.policies, strict=True):
        if named in (approval.folder, approval.effective_from.isoformat(), approval.sha256):
            return policy
    known = ", ".join(it.effective_from.isoformat() for it in policies.approvals)
    raise UnknownPolicy(f"no approved policy has that day or hash; the approved ones begin on {known}")


def _compared(maker: Maker, exact: Replayed, changed: Changed) -> ThreeWay:
    """The verdict on these changes to a decision whose own replay holds."""
    wanted = changed.singly()
    try:
        made = maker.made(changed)
        moves = maker.moves(made)
        if moves and len(wanted) > 1:
            alone = [name for name, one in wanted.items() if maker.moves(maker.made(one))]
        else:
            alone = list(wanted) if moves else []
    except CannotRepeat as cannot:
        return _answer(exact, changed, Verdict.CANNOT, why=(cannot.why,))
    outcomes = maker.recorded, made.outcome
    # What the exact replay found bears on what is asked for only where the same was asked for again.
    why = exact.found if not wanted else (made.no_pd,) if made.no_pd is not None else ()
    if not wanted or not moves:
        verdict = Verdict.DIFFERS if moves else _plain(why)
        return _answer(exact, changed, verdict, why=why, outcomes=outcomes)
    causes = tuple(_BY[name] for name in alone)
    verdict = causes[0] if len(causes) == 1 else Verdict.CHANGED_BY_SEVERAL
    return _answer(exact, changed, verdict, causes=causes, why=why, outcomes=outcomes)


def _plain(found: tuple[Difference, ...]) -> Verdict:
    """The verdict where no change moves anything."""
    if any(it.kind not in CANNOT for it in found):
        return Verdict.DIFFERS
    return Verdict.CANNOT if found else Verdict.SAME


def _answer(
    exact: Replayed,
    changed: Changed,
    verdict: Verdict,
    *,
    causes: tuple[Verdict, ...] = (),
    why: tuple[Difference, ...] = (),
    outcomes: tuple[Outcome, Outcome] | None = None,
) -> ThreeWay:
    recorded, again = outcomes or (None, None)
    return ThreeWay(exact.decision_id, exact.entry_no, changed, verdict, causes, why, exact.stated, recorded, again)
