"""Every page that is looked at in a browser: whose it is, and where. Each part of the console adds its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from serving.access.roles import Role
from tests.serving.console.site import Site


@dataclass(frozen=True)
class Looked:
    """A page. path: of it in a county. status: what it answers."""

    name: str
    role: Role | None
    path: Callable[[Site], str]
    status: int = 200


FRAME = [
    Looked("sign-in", None, lambda _: "/console/sign-in"),
    Looked("start", Role.CLERK, lambda _: "/console/"),
    Looked("no such page", Role.CLERK, lambda _: "/console/nowhere", 404),
]
PAGES = [*FRAME]
