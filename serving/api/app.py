"""The HTTP application: routes over the use cases, nothing decided here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import FastAPI, Path, Response
from starlette.concurrency import run_in_threadpool

from feature_store.adapters.connect import StoreUnavailable
from feature_store.adapters.promotions import standing
from feature_store.filing import civil_day
from scoring.assess import assess, path_of
from scoring.decision import binding_of, path_data, sources_data
from scoring.validate import credit_file_of
from serving.api.access import Assessing, Deciding, KeyNeeded, ReadingDecisions, ReadingHouseholds, ReadingService
from serving.api.answers import install
from serving.api.asked import AssessmentAsked, DecisionAsked, HouseholdId, IdempotencyKey
from serving.api.batch import batch_routes
from serving.api.limits import BodyLimits
from serving.api.log_routes import log_routes
from serving.api.problems import documented
from serving.api.receipts import answer
from serving.area_states import AreaStates
from serving.challenger.advise import warm
from serving.checkpoints import keep_signing
from serving.database_kept import keep_database
from serving.decide import DecisionRequest, decide, state_of
from serving.ledger import postgres as ledger
from serving.purposes import check_purpose
from serving.replay import UnknownDecision
from serving.wiring import Parts

WARM_MS = 30_000
"""Most milliseconds that the start waits for the challenger to load."""
NOT_BINDING = {
    "zh": "仅供测算,不具约束力,未作记录",
    "en": "A calculation only: not binding, not recorded",
}


class Json(Response):
    """A JSON answer whose bytes are made once."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content)


def create_app(parts: Parts) -> FastAPI:
    """The application over one set of parts."""

    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(_warm, parts)
        kept = [asyncio.create_task(keep(parts)) for keep in (keep_signing, keep_database)]
        yield
        for task in kept:
            task.cancel()

    app = FastAPI(
        lifespan=opened,
        redirect_slashes=False,
        title="Lushi Credit",
        version="1",
        description="The binding grade of rural households: explained, recorded, repeatable.",
        docs_url=None,
        redoc_url=None,
        default_response_class=Json,
    )
    areas = AreaStates()
    install(app)
    app.add_middleware(BodyLimits)
    app.add_middleware(KeyNeeded, parts=parts)
    app.include_router(log_routes(parts, Json))
    app.include_router(batch_routes(parts, areas))

    @app.post(
        "/v1/decisions",
        status_code=201,
        responses=documented(400, 404, 408, 409, 413, 415, 422, 503),
        tags=["decisions"],
    )
    def post_decision(asked: DecisionAsked, caller: Deciding, key: IdempotencyKey = None) -> Response:
        """Decide before disbursement: recorded, binding, with the challenger's advice and a receipt.

        With an Idempotency-Key a call may be repeated: the same key and body give the first call's answer.
        """
        request = DecisionRequest(asked.household_id, asked.as_request(), asked.consent_reference)
        entry = decide(request, parts, areas, caller=caller, key=key)
        return Json(answer(entry), status_code=201, headers={"Location": f"/v1/decisions/{entry.decision_id}"})

    @app.get("/v1/decisions/{decision_id}", responses=documented(404, 422, 503), tags=["decisions"])
    def get_decision(decision_id: UUID, caller: ReadingDecisions) -> Response:
        """A recorded decision, exactly as it was answered; a bank's own, an auditor's any."""
        with parts.store.looking(parts.clock.now()) as moment:
            entry = ledger.find(moment, decision_id)
        if entry is None or not caller.sees(entry.tenant):
            raise UnknownDecision("the ledger holds no decision with that id; check the id")
        return Json(answer(entry))

    @app.get("/v1/households/{household_id}", responses=documented(404, 409, 422, 503), tags=["households"])
    def get_household(household_id: Annotated[HouseholdId, Path()], caller: ReadingHouseholds) -> Response:
        """A household's state now, at a glance: not recorded, with the path to the next grade."""
        now, latest = state_of(household_id, parts, areas, caller=caller)
        return Json(
            {
                "household_id": household_id,
                "village_code": now.file.village_code,
                "recorded": False,
                "state": binding_of(now, parts.certificates[now.policy.sha256].sha256),
                "path": path_data(path_of(now), now.policy),
                "sources": sources_data(dict(now.file.sources)),
                "latest_decision": str(latest) if latest else None,
            }
        )

    @app.post("/v1/assessments", responses=documented(400, 408, 409, 413, 415, 422, 503), tags=["assessments"])
    def post_assessment(asked: AssessmentAsked, caller: Assessing) -> Response:
        """Assess a submitted credit file: not binding, not recorded, no database read."""
        on = asked.on or civil_day(parts.clock.now())
        policy = parts.policies.in_force(on)
        if asked.request:
            check_purpose(asked.request.purpose, policy)
        file = credit_file_of(asked.values, policy, on=on)
        found = assess(file, policy, on=on, request=asked.request.as_request() if asked.request else None)
        return Json(
            {
                "binding_effect": False,
                "notice": NOT_BINDING,
                "assessment": binding_of(found, parts.certificates[policy.sha256].sha256),
                "path": path_data(path_of(found), policy),
            }
        )

    @app.get("/livez", tags=["health"])
    async def livez() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive"}

    @app.get("/readyz", responses=documented(409, 503), tags=["health"])
    def readyz(caller: ReadingService) -> dict[str, str]:
        """The database answers and an approved policy is in force today."""
        with parts.store.moment(parts.clock.now) as moment:
            policy = parts.policies.in_force(civil_day(moment.known_at))
        return {"status": "ready", "policy": policy.id, "policy_sha256": policy.sha256}

    return app


def _warm(parts: Parts) -> None:
    """Load the promoted challenger, so that the first decision need not go without an opinion."""
    with suppress(StoreUnavailable):
        with parts.store.moment(parts.clock.now) as moment:
            promotion = standing(moment.connection)
        warm(promotion, parts.challengers, known_at=moment.known_at, within_ms=WARM_MS)
