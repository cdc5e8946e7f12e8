"""``lushi openapi``: the API's description, for callers' generators and for the snapshot in docs/openapi."""

from __future__ import annotations

import json
from collections.abc import Callable

import typer

from serving.api.app import create_app
from serving.wiring import Parts


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the command to the program."""

    @app.command("openapi")
    def openapi() -> None:
        """Print the API's description (OpenAPI 3.1) as JSON; no database is needed. 接口说明

        Example: lushi openapi > docs/openapi/v1.json
        """
        typer.echo(written(wired()), nl=False)


def written(parts: Parts) -> str:
    """The description as it is kept: keys in order, so that a change shows as what it is."""
    return json.dumps(create_app(parts).openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
