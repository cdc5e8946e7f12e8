"""A household's page: grade, limit, may we pay out and why, how to the next grade; and the form for a decision."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Path, Response

from feature_store.filing import INVENTED_COUNTY
from scoring.assess import path_of
from scoring.decision import binding_of, path_data
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.access.roles import Act
from serving.api.asked import HouseholdId
from serving.consents.uses import USES, Use
from serving.console.households.form_state import Fields
from serving.console.households.shown_binding import shown
from serving.console.households.words import all_words
from serving.console.visit import Visit, page
from serving.county.area_states import AreaStates
from serving.decisions.at_a_glance import Glance, glance
from serving.decisions.rights import rights_of
from serving.rights.held_data import in_words
from serving.rights.openable import openable
from serving.wiring import Parts

Which = Annotated[HouseholdId, Path()]


def household_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The page over one set of parts."""
    routes = APIRouter()

    @routes.get("/console/households/{household_id}")
    def get_household(household_id: Which, visit: Annotated[Visit, page(Act.READ_HOUSEHOLD)]) -> Response:
        """The household as it stands today; nothing is recorded."""
        return show_household(visit, glance(household_id, parts, areas, caller=visit.caller), parts)

    return routes


def show_household(
    visit: Visit,
    found: Glance,
    parts: Parts,
    *,
    faults: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page; faults: of the form for a decision, by field, with what was typed as ``form``."""
    assessment = found.state.assessment
    policy = assessment.policy
    consents, may_decide = found.live(Use.CREDIT_DECISION), visit.caller.may(Act.DECIDE)
    return visit.show(
        "households/household.html",
        status=status,
        words=all_words(),
        uses={use.value: label for use, label in USES.items()},
        found=found,
        household_id=assessment.file.household_id,
        synthetic=assessment.file.village_code.startswith(INVENTED_COUNTY),
        binding=shown(binding_of(assessment, parts.certificates[policy.sha256].sha256), policy),
        policy=policy,
        path=_path(found, policy),
        marks=_marks(found, policy),
        openable=openable(found.state.marks, parts, caller=visit.caller),
        latest=_latest(found, parts),
        rights=rights_of(assessment) or [],
        purposes=[one for one in policy.terms.purposes if one.allowed],
        consents=consents,
        hindered=may_decide and not consents,
        faults=Fields(faults or {}),
        form=Fields(form or {}),
        key=(form or {}).get("key") or str(uuid4()),
        may_decide=may_decide,
        may_object=visit.caller.may(Act.OBJECT),
        may_record_consent=visit.caller.may(Act.RECORD_CONSENT),
        may_report=visit.caller.may(Act.READ_REPORT),
    )


def _path(found: Glance, policy: Policy) -> dict[str, Any] | None:
    """The way to the next grade, its values in words."""
    told = path_data(path_of(found.state.assessment), policy)
    if told is None:
        return None
    kinds = {one.id: one for one in policy.indicators}
    for step in told["steps"]:
        for end in ("from", "to"):
            value = step[end]
            step[end] = in_words(kinds[step["indicator"]], value, policy) if value else None
    told["ask_first"] = [kinds[it].label for it in told["answer_first"]]
    return told


def _marks(found: Glance, policy: Policy) -> list[dict[str, Any]]:
    """What open objections say of the data, with the indicators' labels."""
    labels = {one.id: one.label for one in policy.indicators}
    return [
        one | {"label": labels.get(one["indicator"], Text(one["indicator"], one["indicator"]))}
        for one in found.state.marks
    ]


def _latest(found: Glance, parts: Parts) -> dict[str, Any] | None:
    """The newest decision that the reader may see: its id, what was recorded, its binding part in words."""
    entry = found.decision
    if entry is None:
        return None
    if entry.content is None:
        return {"id": entry.decision_id, "erased": True}
    content = json.loads(entry.content)
    policy = parts.policies.by_sha256(content["binding"]["policy"]["sha256"])
    binding = shown(content["binding"], policy, purpose=content["request"]["purpose"])
    return {"id": entry.decision_id, "erased": False, "said": content, "binding": binding}
