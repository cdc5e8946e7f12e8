"""The HTTP application: routes over the use cases, nothing decided here."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from feature_store.adapters.promotions import standing
from scoring.errors import LushiError
from serving.api.access import KeyNeeded
from serving.api.alarm_routes import alarm_routes
from serving.api.answers import install
from serving.api.assessment_routes import assessment_routes
from serving.api.batch import batch_routes
from serving.api.beside import Beside
from serving.api.consent_routes import consent_routes
from serving.api.decisions_routes import decisions_routes
from serving.api.description import VERSION, describe
from serving.api.health_routes import health_routes
from serving.api.household_routes import household_routes
from serving.api.id_number_routes import id_number_routes
from serving.api.json_response import Json
from serving.api.limits import BodyLimits
from serving.api.log_routes import log_routes
from serving.api.objection_routes import objection_routes
from serving.api.observed import Observed
from serving.api.override_routes import override_routes
from serving.api.replay_routes import replay_routes
from serving.api.report_routes import report_routes
from serving.api.request_form import RequestForm
from serving.api.safe_headers import SafeHeaders
from serving.api.session_routes import session_routes
from serving.approvals.approve import adopt_policies
from serving.challenger.advise import warm
from serving.county.area_states import AreaStates
from serving.operations.background import keep_doing
from serving.operations.database_kept import keep_database
from serving.operations.readiness import Readiness
from serving.wiring import Parts

WARM_MS = 5_000
"""Most milliseconds that the start waits for the challenger to load: a registry that never answers may not hold up binding answers."""


def create_app(
    parts: Parts,
    console: Callable[[Parts, AreaStates], ASGIApp] | None = None,
    meanwhile: Sequence[Callable[[Parts], Coroutine[None, None, None]]] = (),
) -> FastAPI:
    """The application over one set of parts; with the pages of a console beside it, where one is given.

    meanwhile: what every process does while it runs, besides what one alone does; never ends by itself.
    """

    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(_adopt, parts)
        await run_in_threadpool(_warm, parts)
        gc.collect()
        gc.freeze()  # what is there now stays: the collector need not walk through it again and again
        kept = [asyncio.create_task(keep(parts)) for keep in (keep_doing, keep_database, *meanwhile)]
        yield
        for task in kept:
            task.cancel()
        await run_in_threadpool(parts.let_go_of_lead)

    app = FastAPI(
        lifespan=opened,
        redirect_slashes=False,
        title="Lushi Credit",
        version=VERSION,
        description="The binding grade of rural households: explained, recorded, repeatable.",
        docs_url=None,
        redoc_url=None,
        default_response_class=Json,
        generate_unique_id_function=lambda route: route.name,
    )
    areas, readiness = AreaStates(), Readiness(parts)
    install(app)
    app.add_middleware(BodyLimits)
    app.add_middleware(RequestForm)
    app.add_middleware(KeyNeeded, parts=parts)
    if console is not None:
        app.add_middleware(Beside, console=console(parts, areas))
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observed)
    app.include_router(decisions_routes(parts, areas))
    app.include_router(batch_routes(parts, areas))
    app.include_router(replay_routes(parts, areas))
    app.include_router(household_routes(parts, areas))
    app.include_router(id_number_routes(parts))
    app.include_router(consent_routes(parts))
    app.include_router(objection_routes(parts))
    app.include_router(override_routes(parts, areas))
    app.include_router(report_routes(parts, areas))
    app.include_router(assessment_routes(parts))
    app.include_router(log_routes(parts))
    app.include_router(alarm_routes(parts))
    app.include_router(session_routes(parts))
    app.include_router(health_routes(readiness))
    describe(app)
    return app


def _adopt(parts: Parts) -> None:
    """Record which policies the index approves, where the log does not say so yet."""
    with suppress(LushiError):  # said again by `lushi ledger verify`
        adopt_policies(parts)


def _warm(parts: Parts) -> None:
    """Load the promoted challenger, so that the first decision need not go without an opinion."""
    with suppress(LushiError):  # decisions say then what is missing
        with parts.store.moment(parts.clock.now) as moment:
            promotion = standing(moment.connection)
        warm(promotion, parts.challengers, known_at=moment.known_at, within_ms=WARM_MS)
