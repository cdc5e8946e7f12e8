"""What makes training impossible before it starts: every fault of a spec or a table at once."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.errors import LushiError


class TableFaults(LushiError):
    """A spec or its data was refused; ``faults`` are messages with place, cause and mend."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))
