"""The API's description (OpenAPI): how a caller shows who it is, and every problem in its one shape."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from serving.api.access import OPEN
from serving.api.problems import MEDIA_TYPE

VERSION = "1.1.0"
"""Of the API: the first number moves when a caller must change something (docs/api.md)."""
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "lushi_…",
    "description": "A client's key: lushi client add",
}
_SESSION = {"type": "apiKey", "in": "cookie", "name": "lushi_session", "description": "A person's session"}
_PASSWORD = {"type": "http", "scheme": "basic", "description": "A person's name and password, for opening a session"}
_SESSIONS = "/v1/sessions"
_HEADERS = {
    "401": {"WWW-Authenticate": "How to show who calls"},
    "405": {"Allow": "The methods that the address takes"},
    "429": {"Retry-After": "Seconds to wait"},
    "503": {"Retry-After": "Seconds to wait"},
}


def describe(app: FastAPI) -> None:
    """Give the application its description, made at first use."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _finished(
                get_openapi(
                    title=app.title, version=app.version, description=app.description, routes=app.routes, tags=_TAGS
                )
            )
        return app.openapi_schema

    app.openapi = made  # type: ignore[method-assign]


_TAGS = [
    {"name": "decisions", "description": "Binding decisions: made, recorded, read. 授信决定"},
    {"name": "households", "description": "Households at a glance, not recorded. 农户"},
    {"name": "consents", "description": "What households consent to: recorded, withdrawn, read. 授权"},
    {"name": "objections", "description": "Objections: filed, listed, answered. 异议"},
    {"name": "overrides", "description": "What two people decide otherwise. 人工调整"},
    {"name": "reports", "description": "The subject's own report. 本人信用报告"},
    {"name": "assessments", "description": "Calculations on values that are sent, not recorded. 测算"},
    {"name": "log", "description": "The log and its proofs. 存证日志"},
    {"name": "sessions", "description": "People sign in and out. 登录与退出"},
    {"name": "health", "description": "Whether the service lives and can decide. 服务状态"},
]


def _finished(description: dict[str, Any]) -> dict[str, Any]:
    """Security and headers added; problems described in their own media type alone."""
    people = _SESSIONS in description["paths"]
    schemes = {"bearerKey": _KEY, **({"session": _SESSION} if people else {})}
    description["security"] = [{name: []} for name in schemes]
    if people:
        schemes["basic"] = _PASSWORD
    description["components"]["securitySchemes"] = schemes
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if path in OPEN:
                operation["security"] = []
            if (path, method) == (_SESSIONS, "post"):
                operation["security"] = [{"basic": []}]
            _finish(operation["responses"])
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
    return description


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without null, which an address or a header cannot say."""
    left: list[dict[str, Any]] = [it for it in schema.get("anyOf", ()) if it != {"type": "null"}]
    if len(left) != 1:
        return schema
    return {name: it for name, it in schema.items() if name != "anyOf"} | left[0]


def _finish(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if status[0] in "45":
            response["content"] = {MEDIA_TYPE: response["content"][MEDIA_TYPE]}
        for name, meaning in _HEADERS.get(status, {}).items():
            header = {"description": meaning, "required": True, "schema": {"type": "string"}}
            response.setdefault("headers", {})[name] = header
