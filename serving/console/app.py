"""The console as an application, and the whole service: the API with the console beside it."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from serving.api.app import create_app
from serving.api.request_form import RequestForm
from serving.api.safe_headers import SafeHeaders
from serving.console.admin.routes import admin_routes
from serving.console.assets import assets
from serving.console.audit.routes import audit
from serving.console.county.books_kept import keep_books
from serving.console.county.routes import county_routes
from serving.console.entrance import entrance
from serving.console.faults import FaultPages, leave_to_pages
from serving.console.forms import Forms
from serving.console.headers import PAGE_HEADERS, VARY
from serving.console.households.routes import households
from serving.console.models.routes import model_routes
from serving.console.policies.routes import policy_routes
from serving.console.signed import SignedIn
from serving.console.watch.routes import watch_routes
from serving.county.area_states import AreaStates
from serving.county.county_books import KeptCountyBooks
from serving.wiring import Parts

SMALLEST_PACKED = 500
"""Bytes from which an answer is compressed."""
PACKED = 6
"""How hard (1-9): above it a long page takes twice the time to be a hundredth smaller."""


def create_site(parts: Parts) -> FastAPI:
    """The service: API and console on one port, over one set of parts."""
    books = KeptCountyBooks()
    return create_app(parts, console=partial(create_console, books=books), meanwhile=[partial(keep_books, books=books)])


def create_console(parts: Parts, areas: AreaStates, books: KeptCountyBooks | None = None) -> FastAPI:
    """The console over one set of parts. books: the county's, where something else looks after them too."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    leave_to_pages(app)
    app.add_middleware(SignedIn, parts=parts)
    app.add_middleware(Forms)
    app.add_middleware(RequestForm)
    app.add_middleware(FaultPages)
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_PACKED, compresslevel=PACKED)
    app.add_middleware(SafeHeaders, headers=PAGE_HEADERS, vary=VARY)
    app.include_router(assets)
    app.include_router(entrance(parts))
    app.include_router(households(parts, areas))
    app.include_router(admin_routes(parts))
    app.include_router(model_routes(parts))
    app.include_router(watch_routes(parts))
    app.include_router(policy_routes(parts))
    app.include_router(county_routes(parts, books or KeptCountyBooks()))
    app.include_router(audit(parts, areas))
    return app
