"""Values that exist in a served county, for requests that are to be answered and not only refused."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from serving.access.roles import MAY, Act, Role
from serving.api.access import act_of
from tests.serving.county import Served, ask


@dataclass(frozen=True)
class Real:
    """What exists, by the name under which it is asked for; the same choice for the same request."""

    by_name: dict[str, list[Any]]

    @classmethod
    def of(cls, served: Served) -> Real:
        """What exists in a county once a few decisions were made."""
        ids = served.ids()
        decided = [served.client.post("/v1/decisions", json=ask(it)).json()["decision_id"] for it in ids[:5]]
        return cls(
            {
                "household_id": ids,
                "decision_id": decided,
                "purpose": ["livestock", "planting", "wedding"],
                "consent_reference": ["consent-1"],
                "on": ["2017-04-20", "2021-03-01"],
                "values": [{}, {"late_1_30": 0}, {"late_1_30": 3, "query_consent": "yes", "borrower_age": 40}],
                "index": [0, 1],
                "first": [0, 1, 2],
                "second": [2, 3],
                "decisions": [[ask(ids[0])], [ask(ids[1]), {"no": "field"}]],
            }
        )

    def within(self, given: Any) -> Any:
        """The same data with real values in their places, at every depth; two times in three."""
        if isinstance(given, list):
            return [self.within(it) for it in given]
        if not isinstance(given, dict):
            return given
        chance = zlib.crc32(repr(sorted(given.items(), key=repr)).encode(errors="replace"))
        return {
            name: self.by_name[name][chance % len(self.by_name[name])]
            if name in self.by_name and (chance >> 8) % 3
            else self.within(it)
            for name, it in given.items()
        }


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of an application, those of its routers too."""
    found, left = [], list(app.routes)
    while left:
        route = left.pop()
        left += getattr(getattr(route, "original_router", None), "routes", [])
        if isinstance(route, APIRoute):
            found.append(route)
    return found


def roles_by_operation(app: FastAPI) -> dict[str, Role | None]:
    """Per operation ('GET /v1/…') a role that may call it, a bank's where that may; None where no key is needed."""
    found: dict[str, Role | None] = {}
    for route in routes_of(app):
        acts = [act for it in route.dependant.dependencies if it.call and (act := act_of(it.call))]
        for method in route.methods:
            found[f"{method} {route.path_format}"] = _role(acts[0]) if acts else None
    return found


def _role(act: Act) -> Role:
    return next(role for role in Role if act in MAY[role])
