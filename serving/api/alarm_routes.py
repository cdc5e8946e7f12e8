"""The alarms of the watch over HTTP: those that stand, and whether opinions are suspended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from serving.access.callers import Caller
from serving.access.roles import Act
from serving.alarms.standing import list_alarms
from serving.api.access import allowed
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.schemas_alarm import AlarmsAnswer
from serving.challenger.suspended import advisory_of
from serving.wiring import Parts

ReadingAlarms = Annotated[Caller, allowed(Act.READ_ALARMS)]


def alarm_routes(parts: Parts) -> APIRouter:
    """The route over one set of parts."""
    routes = APIRouter(prefix="/v1", tags=["alarms"], default_response_class=Json)

    @routes.get("/alarms", response_model=AlarmsAnswer, responses=documented())
    def get_alarms(caller: ReadingAlarms) -> Response:
        """The alarms that stand, red ones first, with what each says, and whether opinions are suspended. 预警"""
        found = list_alarms(parts, caller=caller)
        return Json(
            {
                "on": found.on.isoformat() if found.on is not None else None,
                "alarms": [one.as_data() for one in found.shown],
                "opinion": advisory_of(found.suspension) if found.suspension is not None else None,
            }
        )

    return routes
