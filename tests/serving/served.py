"""A served county for the tests, and valid requests to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from feature_store.adapters import id_numbers
from feature_store.adapters.import_file import import_file
from feature_store.areas import DIGITS
from feature_store.filing import CIVIL_TIME, civil_day
from feature_store.importing import files_in_order
from serving.access.callers import Caller
from serving.access.passwords import Passwords
from serving.access.roles import OF_A_BANK, OF_PEOPLE, WITHIN_AREA, Role
from serving.access.sessions import COOKIE
from serving.accounts.clients import add_client
from serving.accounts.sign_in import SignedIn, sign_in
from serving.accounts.users import add_user
from serving.api.app import create_app
from serving.clock import FixedClock
from serving.consents.files import record_many
from serving.consents.record import Given
from serving.consents.uses import Use
from serving.wiring import Parts

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""The one place where tests make argon2 cheap; production takes the library's parameters."""
PASSWORD = "a long word for tests"
NOW = datetime.combine(date(2017, 4, 20), time(9), CIVIL_TIME)


@dataclass(frozen=True)
class Served:
    """The parts of a running county, its data folder, and a client of its service."""

    parts: Parts
    clock: FixedClock
    folder: Path
    client: TestClient

    def key(self, role: Role = Role.BANK, tenant: str = "bank-a", area: str | None = None) -> dict[str, str]:
        """The headers of a fresh caller with that role: a program's key, or for roles of people a person's session."""
        return header_of(self.parts, role, tenant, area)

    def village(self, household_id: str) -> str:
        """The village that a household was last registered in."""
        return village_of(self.parts, household_id)

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


class Calls(TestClient):
    """A client whose own key stands back where a call brings a session's cookie: both together are refused."""

    def request(self, method: str, url: Any, **kinds: Any) -> Any:
        """As the test client's."""
        if COOKIE in dict(kinds.get("headers") or {}).get("Cookie", ""):
            kinds["auth"] = _without_key
        return super().request(method, url, **kinds)


def _without_key(request: Any) -> Any:
    del request.headers["Authorization"]
    return request


def header_of(parts: Parts, role: Role = Role.BANK, tenant: str = "bank-a", area: str | None = None) -> dict[str, str]:
    """The headers of a fresh caller on these parts.

    area: of the service network's people; None for the one in which the county's first household lives.
    """
    if role in OF_PEOPLE:
        return session_header(signed_in(parts, role, tenant, area))
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


def session_header(opened: SignedIn) -> dict[str, str]:
    """The headers of a session, for calls that change something, too."""
    return {"Cookie": f"{COOKIE}={opened.tokens.session}", "X-CSRF-Token": opened.tokens.csrf}


def signed_in(parts: Parts, role: Role, tenant: str = "bank-a", area: str | None = None) -> SignedIn:
    """The session of a fresh person with that role; tenant is a clerk's bank."""
    name = f"person-{uuid4().hex[:12]}"
    if area is None and role in WITHIN_AREA:
        area = village_of(parts)[: DIGITS[role.value]]
    bank = tenant if role in OF_A_BANK else ""
    add_user(parts, name, role=role, tenant=bank, area_code=area or "", password=PASSWORD, by="tests")
    return sign_in(parts, name, PASSWORD)


def village_of(parts: Parts, household_id: str = "") -> str:
    """The village that a household was last registered in; of the first one where none is named."""
    query = (
        "SELECT r.village_code FROM registrations r JOIN households h USING (household_no)"
        " WHERE %(one)s IN (h.household_id, '') ORDER BY h.household_id, r.observed_on DESC, r.seq DESC LIMIT 1"
    )
    with parts.store.engine.connect() as connection:
        return str(connection.exec_driver_sql(query, {"one": household_id}).scalar_one())


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
