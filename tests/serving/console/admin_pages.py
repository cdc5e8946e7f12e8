"""The administrator's pages that are looked at."""

from serving.access.roles import Role
from tests.serving.console.looks import Looked

PAGES = [
    Looked("admin: service", Role.ADMINISTRATOR, lambda _: "/console/admin"),
    Looked("admin: people", Role.ADMINISTRATOR, lambda _: "/console/admin/users"),
    Looked("admin: programs", Role.ADMINISTRATOR, lambda _: "/console/admin/clients"),
    Looked("admin: retention", Role.ADMINISTRATOR, lambda _: "/console/admin/retention"),
]
