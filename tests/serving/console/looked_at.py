"""Every page that is looked at in a browser: whose it is, and where. Each part of the console adds its own."""

from __future__ import annotations

from serving.access.roles import Role
from tests.serving.console import admin_pages, audit_pages, county_pages, households_pages, workshop_pages
from tests.serving.console.looks import Looked

FRAME = [
    Looked("sign-in", None, lambda _: "/console/sign-in"),
    Looked("start", Role.CLERK, lambda _: "/console/"),
    Looked("no such page", Role.CLERK, lambda _: "/console/nowhere", 404),
]
PAGES = [
    *FRAME,
    *admin_pages.PAGES,
    *audit_pages.PAGES,
    *county_pages.PAGES,
    *households_pages.PAGES,
    *workshop_pages.WORKSHOP,
]
