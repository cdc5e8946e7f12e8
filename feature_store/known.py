"""What the store already knows, as far as a file's checks need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import polars as pl


class Known(Protocol):
    """Asked only for what a source needs; the tables have columns 'id' (text) and 'no' (int32)."""

    def households(self) -> pl.DataFrame:
        """Every household of the register."""
        ...

    def loans(self) -> pl.DataFrame:
        """Every loan of the loan book."""
        ...

    def areas(self) -> Mapping[str, str]:
        """Area code to kind: county, township or village."""
        ...

    def id_macs(self) -> Mapping[bytes, str]:
        """ID fingerprint to the household that now has it."""
        ...
