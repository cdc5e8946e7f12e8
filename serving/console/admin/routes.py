"""The administrator's pages over one set of parts."""

from __future__ import annotations

from fastapi import APIRouter

from serving.console.admin.clients_pages import clients_pages
from serving.console.admin.retention_page import retention_page
from serving.console.admin.service_page import service_page
from serving.console.admin.users_pages import users_pages
from serving.wiring import Parts


def admin_routes(parts: Parts) -> APIRouter:
    """Every page of the part."""
    routes = APIRouter()
    for pages in (service_page, users_pages, clients_pages, retention_page):
        routes.include_router(pages(parts))
    return routes
