"""The console's own stylesheet, script and icon: small, kept by the browser for good, named by their content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

MEDIA = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "proof.js": "text/javascript; charset=utf-8",
    "proof_page.js": "text/javascript; charset=utf-8",
    "favicon.svg": "image/svg+xml",
}
KEPT = "public, max-age=31536000, immutable"
assets = APIRouter()


@lru_cache(maxsize=8)
def read(name: str) -> bytes:
    """An asset's bytes."""
    return (files("serving.console") / "static" / name).read_bytes()


@lru_cache(maxsize=8)
def address(name: str) -> str:
    """Where an asset lies; another content has another address."""
    return f"/console/assets/{hashlib.sha256(read(name)).hexdigest()[:16]}/{name}"


@assets.get("/console/assets/{version}/{name}")
def get_asset(version: str, name: str) -> Response:
    """One of the assets; a version that is no more is answered with the newest, and not kept."""
    if name not in MEDIA:
        raise HTTPException(404)
    kept = KEPT if address(name) == f"/console/assets/{version}/{name}" else "no-cache"
    return Response(read(name), media_type=MEDIA[name], headers={"Cache-Control": kept})
