"""What is recorded and answered: an assessment written as canonical, explained data.

The binding part is a function of the assessment alone. Money and rates are text with a point,
points are whole numbers; there are no floats, so the same assessment always gives the same bytes.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from scoring.areas import AreaState, Stop
from scoring.assess import Assessment
from scoring.canonical import Written
from scoring.credit_file import Reported
from scoring.explained import explained, explanation
from scoring.path import Path
from scoring.policy.codes import show
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from scoring.terms import Offer

ADVISORY_NOTE = {
    "zh": "等级由已批准的评分规则决定;您有权获得解释并申请人工复核",
    "en": "The grade follows from approved rules alone; you may ask for an explanation and for review by a person",
}


def binding_of(assessment: Assessment, certificate_sha256: str) -> dict[str, Any]:
    """The binding answer, explained line by line (domain: Personal Information Protection Law art. 24)."""
    return _binding(assessment, certificate_sha256, explanation(assessment))


def _binding(assessment: Assessment, certificate_sha256: str, explained: dict[str, Any] | Written) -> dict[str, Any]:
    policy, settled, points = assessment.policy, assessment.settled, assessment.points
    shown = settled.status != "withheld"
    return {
        "status": settled.status,
        "grade": settled.grade.id if settled.grade else None,
        "grade_without_vetoes": settled.without_vetoes.id if shown and settled.without_vetoes else None,
        "score": points.score if shown else None,
        "limit_cny": money(settled.grade.limit_cny if settled.grade else Decimal(0)),
        "on": assessment.on.isoformat(),
        "vetoes": _vetoes(assessment),
        "reasons": [_reason(assessment, one.reason.id, one.about) for one in assessment.reasons],
        "possible": list(settled.possible),
        "ask": list(settled.ask),
        "known": {"scored_items": settled.scored, "known": settled.known},
        "points": explained,
        "area_control": area_data(assessment.area),
        "terms": _terms(assessment),
        "policy": {
            "id": policy.id,
            "effective_from": policy.effective_from.isoformat(),
            "sha256": policy.sha256,
            "certificate_sha256": certificate_sha256,
        },
        "note": ADVISORY_NOTE,
    }


def binding_written(assessment: Assessment, certificate_sha256: str) -> dict[str, Any]:
    """The same, its explanation written already: joined it is the canonical JSON of :func:`binding_of`, for less work."""
    return _binding(assessment, certificate_sha256, explained(assessment))


def area_data(area: AreaState | None) -> dict[str, Any] | None:
    """An area state as data; :func:`area_of` reads it back."""
    if area is None:
        return None
    return {"village": _stop(area.village), "township": _stop(area.township), "few_loans": area.few_loans}


def path_data(path: Path | None, policy: Policy) -> dict[str, Any] | None:
    """A path to the next grade, with units and directions, for people."""
    if path is None:
        return None
    return {
        "target": path.target.id,
        "reachable": path.reachable,
        "effort": path.effort,
        "wait_days": path.wait_days,
        "answer_first": list(path.ask),
        "vetoes_first": [
            {"veto": one.veto.id, "remedy": _text(one.veto.remedy), "wait_days": one.wait_days} for one in path.vetoes
        ],
        "steps": [
            {
                "indicator": step.item.indicator.id,
                "label": _text(step.item.indicator.label),
                "direction": "raise" if step.to_code > step.from_code else "lower",
                "from": show(step.item.indicator, step.from_code),
                "to": show(step.item.indicator, step.to_code),
                "unit": _text(policy.units[step.item.indicator.unit]),
                "points": step.points,
                "wait_days": step.wait_days,
            }
            for step in path.steps
        ],
    }


def sources_data(sources: dict[str, Reported]) -> dict[str, list[Any]]:
    """Per source what was read: date, filing sequence number (None: not named), batch, expiry."""
    return {
        name: [
            one.observed_on.isoformat(),
            one.filing,
            one.batch,
            one.valid_until.isoformat() if one.valid_until else None,
        ]
        for name, one in sorted(sources.items())
    }


def money(amount_cny: Decimal) -> str:
    """Yuan with two decimals, as text."""
    return str(amount_cny.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN))


def _vetoes(assessment: Assessment) -> dict[str, Any]:
    fired = [one for one in assessment.vetoes if one.state == "fired"]
    return {
        "fired": [
            {
                "id": one.veto.id,
                "kind": one.veto.kind,
                "under_observation_until": one.until.isoformat() if one.until else None,
                "remedy": _text(one.veto.remedy),
                "source": one.veto.cite.source,
            }
            for one in fired
        ],
        "checked": {one.veto.id: one.state for one in assessment.vetoes},
    }


def _terms(assessment: Assessment) -> dict[str, Any]:
    terms = assessment.terms
    return {
        "offered": terms.offer is not None,
        "offer": _offer(terms.offer) if terms.offer else None,
        "open_products": [_offer(offer) for offer in terms.offers],
        "blocks": [_reason(assessment, reason, "") for reason in terms.blocks],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "product": offer.product.id,
        "limit_cny": money(offer.limit_cny),
        "max_term_months": offer.max_term_months,
        "rate": str(offer.rate),
        "subsidy_share": str(offer.product.subsidy_share),
    }


def _reason(assessment: Assessment, reason_id: str, about: str) -> dict[str, Any]:
    reason = assessment.policy.reasons[reason_id]
    return {"id": reason.id, **_text(reason.text), "about": about, "source": reason.cite.source}


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "stopped": stop.stopped,
        "since": stop.since.isoformat() if stop.since else None,
        "ratio": f"{stop.ratio.numerator}/{stop.ratio.denominator}",
        "percent": money(Decimal(stop.ratio.numerator) * 100 / Decimal(stop.ratio.denominator)),
        "as_at": stop.as_at.isoformat() if stop.as_at else None,
        "loans": stop.n_loans,
        "awaiting_sign_off": stop.awaiting_sign_off,
    }


def area_of(data: dict[str, Any] | None) -> AreaState | None:
    """The area state that :func:`area_data` wrote, for replay."""
    if data is None:
        return None
    return AreaState(_stop_of(data["village"]), _stop_of(data["township"]), data["few_loans"])


def _stop_of(data: dict[str, Any]) -> Stop:
    day = {key: date.fromisoformat(data[key]) if data[key] else None for key in ("since", "as_at")}
    return Stop(
        data["stopped"], day["since"], Fraction(data["ratio"]), day["as_at"], data["loans"], data["awaiting_sign_off"]
    )
