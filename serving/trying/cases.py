"""Cases that analysts write: a household's values, a day, and what must be decided (``cases/*.yaml`` in a policy's folder).

They test the rules and are no rules: the folder's hash does not cover them, so cases can be added to an approved policy.
A case with an ``owner`` is a bank's golden case: a draft that moves it names the bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scoring.assess import Assessment, assess
from scoring.credit_file import CreditFile
from scoring.errors import CreditFileInvalid
from scoring.policy.schema import Policy
from scoring.validate import credit_file_of
from serving.trying.case_files import Case, read_cases


@dataclass(frozen=True, slots=True)
class Judged:
    """A case under a policy. found: what was decided of what it expects. cannot: why it cannot be read there, or ''."""

    case: Case
    found: Mapping[str, str | tuple[str, ...]]
    cannot: str = ""

    @property
    def holds(self) -> bool:
        """Whether everything expected was decided."""
        return not self.cannot and dict(self.found) == dict(self.case.expect)


def judge_case(case: Case, policy: Policy) -> Judged:
    """Assess a case under a policy."""
    try:
        file = credit_file_of(case.values, policy, on=case.on, household_id="case")
    except CreditFileInvalid as refused:
        return Judged(case, {}, "; ".join(str(it) for it in refused.problems))
    found = _said(assess(_dated(file, case), policy, on=case.on, request=case.request))
    return Judged(case, {key: found[key] for key in case.expect})


def changed_cases(home: Path, in_force: Policy, draft: Policy) -> dict[str, Any]:
    """The cases of the policy in force that the draft moves, and the banks whose golden cases are among them.

    Raises:
        PolicyFaults: where a case is faulty.
    """
    cases = read_cases(home)
    moved = []
    for case in cases:
        before, after = judge_case(case, in_force), judge_case(case, draft)
        if (before.found, before.cannot) != (after.found, after.cannot):
            moved.append(
                {
                    "name": case.name,
                    "owner": case.owner or None,
                    "before": _plain(before.found),
                    "after": _plain(after.found),
                    "cannot": after.cannot or None,
                }
            )
    owners = sorted({str(it["owner"]) for it in moved if it["owner"]})
    return {"cases": len(cases), "moved": moved, "banks_whose_golden_cases_move": owners}


def _plain(found: Mapping[str, str | tuple[str, ...]]) -> dict[str, Any]:
    return {key: list(it) if isinstance(it, tuple) else it for key, it in found.items()}


def _said(one: Assessment) -> dict[str, str | tuple[str, ...]]:
    settled, offer = one.settled, one.terms.offer
    return {
        "status": settled.status,
        "grade": settled.grade.id if settled.grade else "none",
        "without_vetoes": settled.without_vetoes.id if settled.without_vetoes else "none",
        "score": str(one.points.score),
        "limit_cny": str(settled.grade.limit_cny) if settled.grade else "none",
        "vetoes": tuple(it.veto.id for it in one.vetoes if it.state == "fired"),
        "reasons": tuple(it.reason.id for it in one.reasons),
        "blocks": tuple(one.terms.blocks),
        "offer": offer.product.id if offer else "none",
        "offer_limit_cny": str(offer.limit_cny) if offer else "none",
        "rate": str(offer.rate) if offer else "none",
    }


def _dated(file: CreditFile, case: Case) -> CreditFile:
    sources = dict(file.sources)
    for name in {*case.observed, *case.valid_until} & sources.keys():
        observed_on, valid_until = case.observed.get(name, case.on), case.valid_until.get(name)
        sources[name] = replace(sources[name], observed_on=observed_on, valid_until=valid_until)
    return replace(file, sources=sources)
