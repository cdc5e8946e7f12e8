"""Real answers held against the API's description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

METHODS = {"get", "post", "put", "patch", "delete"}


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of everything that the description lists."""
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS
            yield path, method, operation


def request_schema(description: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    """The model of an operation's body; None where it takes none."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if media is None:
        return None
    found: dict[str, Any] = description["components"]["schemas"][media["schema"]["$ref"].rsplit("/", 1)[1]]
    return found


def validator(description: dict[str, Any], schema: dict[str, Any]) -> jsonschema_rs.Validator:
    """A validator of one schema of the description."""
    whole = {**schema, "components": description["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def fits(described: dict[str, Any], path: str, method: str, answer: Any) -> Any:
    """The answer's data, held against what the description says of it."""
    responses = described["paths"][path][method]["responses"]
    content = responses[str(answer.status_code)]["content"]
    schema = content[answer.headers["content-type"].split(";")[0]]["schema"]
    data = answer.json()
    validator(described, schema).validate(data)
    return data
