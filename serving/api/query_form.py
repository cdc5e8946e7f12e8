"""A query parameter that a route does not know is refused, so that a mistyped one is never silently ignored."""

from __future__ import annotations

from collections import Counter
from typing import Any, get_origin

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute


def check_query(request: Request) -> None:
    """Refuse unknown query parameters, and those sent twice where one is meant.

    Raises:
        RequestValidationError: with every such parameter.
    """
    route = request.scope.get("route")
    if not request.scope["query_string"] or not isinstance(route, APIRoute):
        return
    fields = [it for it in get_flat_params(route.dependant) if isinstance(it.field_info, Query)]
    many = {it.alias for it in fields if get_origin(it.field_info.annotation) in (list, set, tuple)}
    known = {it.alias for it in fields}
    faults: list[dict[str, Any]] = []
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            faults.append({"type": "extra_forbidden", "loc": ("query", name)})
        elif times > 1 and name not in many:
            faults.append({"type": "sent_twice", "loc": ("query", name)})
    if faults:
        raise RequestValidationError(faults)
