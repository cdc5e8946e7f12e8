"""A served county for the tests, and valid requests to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

from starlette.testclient import TestClient

from feature_store.adapters import id_numbers
from feature_store.adapters.import_file import import_file
from feature_store.filing import CIVIL_TIME
from feature_store.importing import files_in_order
from serving.access.roles import Role
from serving.clients import add_client
from serving.clock import FixedClock
from serving.wiring import Parts

NOW = datetime.combine(date(2017, 4, 20), time(9), CIVIL_TIME)


@dataclass(frozen=True)
class Served:
    """The parts of a running county, its data folder, and a client of its service."""

    parts: Parts
    clock: FixedClock
    folder: Path
    client: TestClient

    def key(self, role: Role = Role.BANK, tenant: str = "bank-a") -> dict[str, str]:
        """The header of a fresh key of a client with that role and tenant."""
        return header_of(self.parts, role, tenant)

    def ids(self) -> list[str]:
        """Every household id, ascending."""
        with self.parts.store.engine.connect() as connection:
            return list(connection.exec_driver_sql("SELECT household_id FROM households ORDER BY 1").scalars())


def header_of(parts: Parts, role: Role = Role.BANK, tenant: str = "bank-a") -> dict[str, str]:
    """The header of a fresh key on these parts."""
    issued = add_client(parts, f"test-{uuid4().hex[:12]}", tenant=tenant, role=role, days=3650, by="tests")
    return {"Authorization": f"Bearer {issued.key.written}"}


def ask(of: str, **changes: Any) -> dict[str, Any]:
    """A valid decision request, with changes."""
    return {
        "household_id": of,
        "purpose": "livestock",
        "amount_cny": 30000,
        "term_months": 24,
        "consent_reference": "consent-1",
        **changes,
    }


UNUSED = "11010519491231002X"
"""A valid ID number that nobody in the county has."""


def numbers_of(served: Served) -> dict[str, str]:
    """Every ID number that the county keeps, by household."""
    with served.parts.store.engine.connect() as connection:
        return id_numbers.opened(connection, served.ids(), id_key=served.parts.id_key)


def import_round(parts: Parts, folder: Path, clock: FixedClock) -> None:
    """Import one round's files as recorded on the day that its folder names."""
    clock.moment = datetime.combine(date.fromisoformat(folder.name), time(18), CIVIL_TIME)
    for path in files_in_order([folder]):
        done = import_file(parts.store, path, policies=parts.policies, now=clock.now, id_key=parts.id_key)
        assert done.outcome == "imported", done.faults[:3]
