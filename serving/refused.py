"""A request that cannot be taken as it is: every fault with its place and its mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.errors import LushiError


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong: where (as 'body.until'), what, and what to do. Never repeats what was sent."""

    where: str
    what: str
    mend: str


class Refused(LushiError):
    """A request with faults; nothing was recorded. ``faults`` holds all of them."""

    def __init__(self, faults: Sequence[Wrong]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{one.where} {one.what}. {one.mend}" for one in faults))
