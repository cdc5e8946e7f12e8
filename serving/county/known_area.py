"""An area that is not there, or not for the caller."""

from __future__ import annotations

from scoring.errors import LushiError


class UnknownArea(LushiError):
    """No township or village with that code is in the register of areas, or none that the caller may look at."""

    def __init__(self) -> None:
        super().__init__("no township or village with that code is known; check the code")
