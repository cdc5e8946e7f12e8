"""How programs, people and tenants are named: what may stand in a log, an address and a command alike."""

from __future__ import annotations

import re

_FORM = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
WRITTEN = "1 to 40 lower-case letters, digits and hyphens"


def is_name(written: str) -> bool:
    """Whether it is written as a name must be."""
    return _FORM.fullmatch(written) is not None
