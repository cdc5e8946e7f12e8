"""The county's pages over one set of parts."""

from __future__ import annotations

from fastapi import APIRouter

from serving.console.county.area_pages import area_pages
from serving.console.county.filings_page import filings_page
from serving.console.county.import_pages import import_pages
from serving.county.county_books import KeptCountyBooks
from serving.wiring import Parts


def county_routes(parts: Parts, books: KeptCountyBooks) -> APIRouter:
    """Every page of the part; they share the loan books that were read."""
    routes = APIRouter()
    routes.include_router(area_pages(parts, books))
    routes.include_router(filings_page(parts))
    routes.include_router(import_pages(parts))
    return routes
