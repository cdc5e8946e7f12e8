"""One household, the steps in legal order: the binding assessment.

Validation has happened (see :mod:`scoring.validate`); from here on everything is whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scoring.areas import AreaState
from scoring.credit_file import CreditFile
from scoring.freshness import codes_on
from scoring.grade import Settled, settle
from scoring.path import Path, find_path
from scoring.points import Points, tally
from scoring.policy.compiled import compiled
from scoring.policy.schema import Policy
from scoring.reasons import Stated, state_reasons
from scoring.terms import Request, TermsOffered, offer_terms
from scoring.vetoes import Judged, judge


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything that was decided about one household on one day, and why.

    codes: in the policy's indicator order, missing and stale marked.
    """

    file: CreditFile
    policy: Policy
    on: date
    codes: tuple[int, ...]
    points: Points
    vetoes: tuple[Judged, ...]
    settled: Settled
    reasons: tuple[Stated, ...]
    area: AreaState | None
    terms: TermsOffered


def assess(
    file: CreditFile,
    policy: Policy,
    *,
    on: date,
    area: AreaState | None = None,
    request: Request | None = None,
) -> Assessment:
    """Assess a household under a policy on a day. Pure: the same arguments give the same answer.

    file: a validated credit file. area: the controls of its village, None where unknown.
    request: the loan asked for, None for the household's state at a glance.
    """
    table = compiled(policy)
    codes = codes_on(table, file, on)
    points = tally(table, codes)
    vetoes = judge(table, codes, on)
    settled = settle(table, codes, points, vetoes)
    reasons = state_reasons(table, settled, points, vetoes)
    terms = offer_terms(table, codes, settled.grade, area=area, request=request)
    return Assessment(file, policy, on, tuple(codes), points, vetoes, settled, reasons, area, terms)


def path_of(assessment: Assessment) -> Path | None:
    """The cheapest path from an assessment to the next grade (see :mod:`scoring.path`)."""
    return find_path(
        compiled(assessment.policy),
        assessment.codes,
        assessment.points,
        vetoes=assessment.vetoes,
        settled=assessment.settled,
        on=assessment.on,
    )
