"""A page that is looked at in a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from serving.access.roles import Role
from tests.serving.console.site import Site


@dataclass(frozen=True)
class Looked:
    """A page. path: of it in a county. status: what it answers. county: the fixture whose county it is of."""

    name: str
    role: Role | None
    path: Callable[[Site], str]
    status: int = 200
    county: str = "site"
