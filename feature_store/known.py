"""What the store already knows, as far as a file's checks need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from feature_store.id_cipher import IdKey


@dataclass(frozen=True, slots=True)
class IdIndex:
    """What the county's index of ID numbers holds.

    owners: key id and fingerprint to the household that now has the number. sealed_under: household to the key id of its sealed number.
    """

    owners: Mapping[tuple[str, bytes], str]
    sealed_under: Mapping[str, str]


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

    def id_index(self, id_key: IdKey) -> IdIndex:
        """The county's index of ID numbers; the key stays the one in use until what asks is done.

        Raises:
            WrongIdKey: where the key in use is another.
        """
        ...
