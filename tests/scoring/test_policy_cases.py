"""Cases that an analyst writes without Python: one household, one day, and what must be decided.

Keys of a case: ``name`` (a sentence), ``policy`` (folder), ``on`` (day), ``household`` (a name in
``households.yaml``; plain where not said), ``values`` (empty: missing), ``observed`` and
``valid_until`` (source to day; the day itself where not said), ``area`` (``villages``: village code to
month ends as ``[balance, bad balance, loans]``; ``releases``: area code to days), ``request`` and
``expect``. Only what ``expect`` names is compared.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scoring.areas import AreaState, MonthEnd, area_state
from scoring.assess import Assessment, assess
from scoring.policy.in_force import Policies
from scoring.policy.schema import Policy
from scoring.terms import Request
from tests.scoring.households import VILLAGE, file_of, read_as_written

FOLDER = Path(__file__).parent / "policy_cases"
KEYS = {"name", "policy", "on", "household", "values", "observed", "valid_until", "area", "request", "expect"}


def all_cases() -> list[dict[str, Any]]:
    """Every case of every file, in file order."""
    cases: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found = read_as_written(path)
        assert isinstance(found, list)
        cases += [{**case, "from": path.stem} for case in found]
    return cases


CASES = all_cases()


def day_of(written: str) -> date:
    return date.fromisoformat(written)


def area_of(case: dict[str, Any], policy: Policy) -> AreaState | None:
    """The state of the household's village from the month ends that the case lists."""
    if "area" not in case:
        return None
    villages = {
        code: [
            MonthEnd(day_of(day), Decimal(row[0]), Decimal(row[1]), int(row[2])) for day, row in (months or {}).items()
        ]
        for code, months in case["area"]["villages"].items()
    }
    releases = {code: [day_of(day) for day in days] for code, days in case["area"].get("releases", {}).items()}
    return area_state(VILLAGE, villages, policy.areas, on=day_of(case["on"]), releases=releases)


def request_of(case: dict[str, Any]) -> Request | None:
    """The loan that the case asks for."""
    if "request" not in case:
        return None
    asked = case["request"]
    return Request(asked["purpose"], Decimal(asked["amount_cny"]), int(asked["term_months"]))


def found_in(one: Assessment) -> dict[str, Any]:
    """What was decided, in the words that cases use."""
    settled, offer, area = one.settled, one.terms.offer, one.area
    return {
        "status": settled.status,
        "grade": settled.grade.id if settled.grade else "none",
        "without_vetoes": settled.without_vetoes.id if settled.without_vetoes else "none",
        "score": str(one.points.score),
        "limit_cny": str(settled.grade.limit_cny) if settled.grade else "none",
        "known": str(settled.known),
        "reasons": [stated.reason.id for stated in one.reasons],
        "about": [stated.about for stated in one.reasons],
        "vetoes": [judged.veto.id for judged in one.vetoes if judged.state == "fired"],
        "until": [judged.until.isoformat() for judged in one.vetoes if judged.until],
        "blocks": list(one.terms.blocks),
        "possible": list(settled.possible),
        "ask": list(settled.ask),
        "offer": offer.product.id if offer else "none",
        "offers": [each.product.id for each in one.terms.offers],
        "offer_limit_cny": str(offer.limit_cny) if offer else "none",
        "rate": str(offer.rate) if offer else "none",
        "subsidy": str(offer.product.subsidy_share) if offer else "none",
        "few_loans": str(area.few_loans).lower() if area else "none",
        "awaiting_sign_off": str(area.village.awaiting_sign_off).lower() if area else "none",
    }


@pytest.mark.parametrize("case", CASES, ids=[f"{case['from']}: {case['name']}" for case in CASES])
def test_a_case_is_decided_as_written(case: dict[str, Any], lushi: Policies) -> None:
    assert case.keys() - {"from"} <= KEYS
    on = day_of(case["on"])
    policy = lushi.in_force(on)
    assert policy.id == "lushi_" + case["policy"].replace("-", "_"), "the case is dated outside its policy"
    dates = {
        key: {source: day_of(day) for source, day in case.get(key, {}).items()} for key in ("observed", "valid_until")
    }
    file = file_of(
        policy,
        on,
        household=case.get("household", "plain"),
        values=case.get("values"),
        observed=dates["observed"],
        valid_until=dates["valid_until"],
    )
    found = found_in(assess(file, policy, on=on, area=area_of(case, policy), request=request_of(case)))
    assert {key: found[key] for key in case["expect"]} == case["expect"]


def test_there_are_enough_cases_and_each_is_a_sentence_of_its_own() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) >= 60
    assert len(set(names)) == len(names)
    assert all(len(name.split()) >= 4 for name in names)
