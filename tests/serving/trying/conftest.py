"""A trial on the small synthetic county."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serving.trying.county import try_county
from tests.serving.served import NOW, Served
from tests.serving.trying.drafts import Edit, draft_of

ON = NOW.date()
Tried = Callable[..., dict[str, Any]]


@pytest.fixture
def tried(served: Served, tmp_path: Path) -> Tried:
    """A function that tries a draft made by edits on the county."""

    def run(*edits: Edit, **made: Any) -> dict[str, Any]:
        return try_county(served.parts, draft_of(tmp_path / "draft", *edits, **made), ON)

    return run
