"""A JSON answer whose bytes are made once."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Response


class Json(Response):
    """An answer from data, or from bytes that are JSON already."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return content if isinstance(content, bytes) else orjson.dumps(content)
