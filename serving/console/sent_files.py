"""A form that brings a file: read only once it is known who sends it, within bounds, the file kept on disk meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive, Scope

PATHS = frozenset({"/console/county/import"})
"""Pages whose form may bring a file."""
FORM = "multipart/form-data"
MOST_BYTES = 64 * 2**20
"""Largest form with its file."""
MOST_SECONDS = 300.0
"""Longest that it may take to arrive, on a poor line."""
MOST_FIELDS = 20
MOST_FIELD_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it came. name: as the browser gave it, whatever it holds."""

    name: str
    content: BinaryIO


class _TooLarge(MultiPartException):
    """Internal: of the parser's own kind, so that it closes what it had opened."""


def brings_file(scope: Scope) -> bool:
    """Whether a call is a form that may bring a file."""
    media = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return scope["method"] == "POST" and scope["path"] in PATHS and media == FORM


async def read(scope: Scope, receive: Receive) -> tuple[Mapping[str, str], SentFile | None]:
    """The form's fields and its file; the caller closes the file.

    Raises:
        HTTPException: 400 where it cannot be read or a field comes twice, 408 where it is too slow, 413 where it is too large.
    """
    parser = MultiPartParser(
        Headers(scope=scope), _stream(receive), max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD_BYTES
    )
    try:
        async with asyncio.timeout(MOST_SECONDS):
            form = await parser.parse()
    except TimeoutError:
        raise HTTPException(408) from None
    except _TooLarge:
        raise HTTPException(413) from None
    except (MultiPartException, UnicodeDecodeError):
        raise HTTPException(400) from None
    items = form.multi_items()
    texts = [(name, it) for name, it in items if isinstance(it, str)]
    files = [it for _, it in items if isinstance(it, UploadFile)]
    if len(dict(items)) < len(items) or any("\0" in text for _, text in texts):
        for it in files:
            it.file.close()
        raise HTTPException(400)
    return dict(texts), SentFile(files[0].filename or "", files[0].file) if files else None


async def _stream(receive: Receive) -> AsyncGenerator[bytes, None]:
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise MultiPartException("the form broke off")
        part = message.get("body", b"")
        size += len(part)
        if size > MOST_BYTES:
            raise _TooLarge("the form is too large")
        yield part
        if not message.get("more_body", False):
            return
