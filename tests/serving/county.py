"""A served county for the tests, and valid requests to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from feature_store.adapters.import_file import import_file
from feature_store.filing import CIVIL_TIME, civil_day
from feature_store.importing import files_in_order
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.api.app import create_app
from serving.clients import add_client
from serving.clock import FixedClock
from serving.consent_files import record_many
from serving.consents import Given
from serving.uses import Use
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
        return ids_of(self.parts)

    def as_caller(self, role: Role, *, name: str = "person", tenant: str = "county", area: str = "") -> TestClient:
        """A client that calls as this person: who it is is taken as settled, all else is as for any caller."""
        app = create_app(self.parts)
        app.user_middleware.append(Middleware(_As, caller=Caller(name, tenant, role, area)))
        return TestClient(app, raise_server_exceptions=False, headers=header_of(self.parts))


class _As:
    """Innermost of all: puts a caller in the place of the one whose key was sent."""

    def __init__(self, app: ASGIApp, caller: Caller) -> None:
        self._app, self._caller = app, caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["state"]["caller"] = self._caller
        await self._app(scope, receive, send)


def header_of(parts: Parts, role: Role = Role.BANK, tenant: str = "bank-a") -> dict[str, str]:
    """The header of a fresh key on these parts."""
    issued = add_client(parts, f"test-{uuid4().hex[:12]}", tenant=tenant, role=role, days=3650, by="tests")
    return {"Authorization": f"Bearer {issued.key.written}"}


def consent_of(household_id: str, tenant: str = "bank-a") -> str:
    """The reference of the household's consent that :func:`give_consents` records."""
    return f"consent-{tenant}-{household_id}"


def give_consents(parts: Parts, *household_ids: str, tenants: Sequence[str] = ("bank-a", "bank-b")) -> None:
    """Consents of these households (every one where none is named) to decisions of these banks, from today on."""
    today = civil_day(parts.clock.now())
    until = today.replace(year=today.year + 3)
    given = [
        Given(consent_of(one, tenant), one, tenant, Use.CREDIT_DECISION, today, until)
        for tenant in tenants
        for one in household_ids or ids_of(parts)
    ]
    record_many(parts, given, by="tests")


def ids_of(parts: Parts) -> list[str]:
    """Every household id, ascending."""
    with parts.store.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT household_id FROM households ORDER BY 1").scalars())


def ask(of: str, *, tenant: str = "bank-a", **changes: Any) -> dict[str, Any]:
    """A valid decision request of a bank, with changes."""
    return {
        "household_id": of,
        "purpose": "livestock",
        "amount_cny": 30000,
        "term_months": 24,
        "consent_reference": consent_of(of, tenant),
        **changes,
    }


def import_round(parts: Parts, folder: Path, clock: FixedClock) -> None:
    """Import one round's files as recorded on the day that its folder names."""
    clock.moment = datetime.combine(date.fromisoformat(folder.name), time(18), CIVIL_TIME)
    for path in files_in_order([folder]):
        done = import_file(parts.store, path, policies=parts.policies, now=clock.now, id_key=parts.id_key)
        assert done.outcome == "imported", done.faults[:3]
