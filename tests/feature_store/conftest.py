"""A small county in import files: one county, two townships, three villages, and whoever a test registers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from feature_store.adapters.import_file import Imported, import_file
from feature_store.adapters.store import Store
from feature_store.id_cipher import IdKey
from feature_store.sidecar import Stated
from scoring.errors import PolicyNotInForce
from scoring.policy import codes
from scoring.policy.load import ROOT, load
from scoring.policy.schema import Policy

VILLAGES = ("411299101201", "411299101202", "411299102201")
_FILES = count(1)


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The Lushi policy of 2017."""
    return load(ROOT / "lushi" / "2017-04-01")


@dataclass
class SmallCounty:
    """A store with its files: writes them, imports them, and reads back."""

    store: Store
    policy: Policy
    folder: Path
    now: datetime = datetime(2017, 4, 10, tzinfo=UTC)
    id_key: IdKey = field(default=IdKey(b"k" * 32))
    policy_from: date = field(default=date(2017, 4, 1))

    def in_force(self, on: date) -> Policy:
        """The county's one policy, from its first day on."""
        if on < self.policy_from:
            raise PolicyNotInForce(on, "from 2017-04-01")
        return self.policy

    def write(
        self,
        source: str,
        rows: Mapping[str, Sequence[str | None]] | Iterable[Mapping[str, str | None]],
        *,
        observed_on: str = "2017-03-31",
        coverage: str = "listed",
        areas: Sequence[str] = ("411299",),
        ending: str = "csv",
    ) -> Path:
        """A file with its sidecar; rows as columns, or as dictionaries."""
        frame = pl.DataFrame(rows if isinstance(rows, Mapping) else list(rows), infer_schema_length=None)
        path = self.folder / f"{source}-{next(_FILES)}.{ending}"
        if ending == "csv":
            frame.write_csv(path)
        elif ending == "parquet":
            frame.write_parquet(path)
        else:
            frame.write_excel(path)
        listed = f"areas: {list(areas)}\n" if coverage == "complete" else ""
        sidecar = f"source: {source}\nobserved_on: {observed_on}\ncoverage: {coverage}\n{listed}"
        path.with_name(path.name + ".batch.yaml").write_text(sidecar, encoding="utf-8")
        return path

    def bring(
        self, path: Path, *, stated: Stated | None = None, accept_valid_rows: bool = False, again: bool = False
    ) -> Imported:
        """Import a file at the county's present moment."""
        return import_file(
            self.store,
            path,
            policies=self,
            now=lambda: self.now,
            id_key=self.id_key,
            stated=stated or Stated(),
            accept_valid_rows=accept_valid_rows,
            again=again,
        )

    def file(self, source: str, rows: Any, **how: Any) -> Imported:
        """Write and import at once; the file must be without faults."""
        done = self.bring(self.write(source, rows, **how))
        assert done.outcome == "imported", done.faults
        return done

    def filing(self, source: str, household_id: str, **cells: str) -> dict[str, str]:
        """A row of a policy source's file: everything empty but these cells."""
        columns = [it.column for it in self.policy.indicators if it.source == source]
        assessed = any(it.subjective for it in self.policy.indicators if it.source == source)
        extra = ("evidence_id", "assessor_1", "assessor_2", "valid_until") if assessed else ()
        assert set(cells) <= {*columns, *extra, "observed_on"}
        return {"household_id": household_id, **dict.fromkeys((*columns, *extra), ""), **cells}

    def register(self, households: Mapping[str, str], *, observed_on: str = "2017-01-01") -> None:
        """Import the areas (once) and these households with their villages."""
        with self.store.engine.begin() as connection:
            empty = not connection.execute(sa.text("SELECT count(*) FROM areas")).scalar_one()
        if empty:
            self.file("areas", area_rows())
        rows = [{"household_id": it, "village_code": village, "id_number": ""} for it, village in households.items()]
        self.file("households", rows, observed_on=observed_on)

    def count(self, table: str) -> int:
        """Rows of a table."""
        with self.store.engine.begin() as connection:
            return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())

    def code(self, indicator_id: str, written: str) -> int:
        """A written value's code."""
        indicator = next(it for it in self.policy.indicators if it.id == indicator_id)
        code = codes.read(indicator, written)
        assert code is not None
        return code


def area_rows() -> list[dict[str, str]]:
    """The county's areas as rows of its file."""
    townships = sorted({it[:9] for it in VILLAGES})
    rows = [("411299", "county", "")]
    rows += [(it, "township", "411299") for it in townships]
    rows += [(it, "village", it[:9]) for it in VILLAGES]
    return [
        {"code": code, "kind": kind, "parent": parent, "name_zh": f"区{code}", "name_en": f"Area {code}"}
        for code, kind, parent in rows
    ]


@pytest.fixture
def new_county(new_database: Callable[[], sa.Engine], policy: Policy, tmp_path: Path) -> Callable[[], SmallCounty]:
    """A function that gives an empty county; for tests that need several."""
    return lambda: SmallCounty(Store(new_database()), policy, tmp_path)


@pytest.fixture
def county(new_county: Callable[[], SmallCounty]) -> SmallCounty:
    """A county with its areas and three households, A and B in one township, C in the other."""
    made = new_county()
    made.register({f"{village}-0001": village for village in VILLAGES})
    return made


@pytest.fixture
def areas_file() -> list[dict[str, str]]:
    """The rows of a faultless file of areas."""
    return area_rows()
