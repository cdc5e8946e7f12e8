"""The county's pages over one set of parts."""

from __future__ import annotations

from fastapi import APIRouter

from serving.console.county.area_pages import area_pages
from serving.console.county.filings_page import filings_page
from serving.county.county_books import KeptCountyBooks
from serving.wiring import Parts


def county_routes(parts: Parts) -> APIRouter:
    """Every page of the part; they share the loan books that were read."""
    routes = APIRouter()
    routes.include_router(area_pages(parts, KeptCountyBooks()))
    routes.include_router(filings_page(parts))
    return routes
