"""Who walks the console: every role, of one bank and another, here and elsewhere, each at a browser of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from serving.access.callers import Caller
from serving.access.roles import COUNTY_TENANT, OF_A_BANK, Role
from serving.access.sessions import COOKIE
from serving.accounts.sign_in import SignedIn, sign_in
from serving.accounts.users import add_user
from serving.console import languages, tokens
from tests.serving.served import PASSWORD, Served

ELSEWHERE = "419999"
"""A county that is registered while its officer gets an account, and at no other time."""


@dataclass(frozen=True)
class Walker:
    """Somebody who walks. caller: None for nobody signed in."""

    caller: Caller | None
    opened: SignedIn | None
    client: TestClient

    @property
    def token(self) -> str:
        """The token that this person's forms bring."""
        return tokens.masked(self.opened.tokens.csrf) if self.opened else ""


def signed_in_as(served: Served, name: str, role: Role, *, tenant: str = "", area: str = "") -> tuple[Caller, SignedIn]:
    """A new person of that name, with an open session."""
    bank = tenant if role in OF_A_BANK else ""
    add_user(served.parts, name, role=role, tenant=bank, area_code=area, password=PASSWORD, by="tests")
    return Caller(name, bank or COUNTY_TENANT, role, area), sign_in(served.parts, name, PASSWORD)


def walker(app: ASGIApp, of: tuple[Caller, SignedIn] | None) -> Walker:
    """A person at a browser of their own, in English."""
    cookies = {languages.COOKIE: "en"}
    if of is not None:
        cookies |= {COOKIE: of[1].tokens.session, tokens.COOKIE: of[1].tokens.csrf}
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False, cookies=cookies)
    return Walker(of[0] if of else None, of[1] if of else None, client)


@contextmanager
def elsewhere_registered(served: Served) -> Iterator[str]:
    """Another county that is there for a moment, past the triggers that keep history."""
    insert = (
        "INSERT INTO areas SELECT %(code)s, 'county', NULL, '另一县(虚构)', 'Another county (synthetic)', min(batch_no)"
        " FROM batches"
    )
    engine, row = served.parts.store.engine, {"code": ELSEWHERE}
    with engine.begin() as connection:
        connection.exec_driver_sql(insert, row)
    yield ELSEWHERE
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("DELETE FROM areas WHERE code = %(code)s", row)


def people_of(served: Served, here: str, there: str) -> dict[str, tuple[Caller, SignedIn] | None]:
    """Who walks, in the table's order. here, there: villages in two townships of the county."""

    def person(name: str, role: Role, **of: str) -> tuple[Caller, SignedIn]:
        return signed_in_as(served, f"walk-{name}", role, **of)

    with elsewhere_registered(served) as county:
        away = person("officer-away", Role.COUNTY, area=county)
    return {
        "nobody": None,
        "clerk": person("clerk-a", Role.CLERK, tenant="bank-a"),
        "other bank": person("clerk-b", Role.CLERK, tenant="bank-b"),
        "untrusted": person("clerk-c", Role.CLERK, tenant="bank-c"),
        "village": person("village-here", Role.VILLAGE, area=here),
        "village there": person("village-there", Role.VILLAGE, area=there),
        "township": person("township-here", Role.TOWNSHIP, area=here[:9]),
        "township there": person("township-there", Role.TOWNSHIP, area=there[:9]),
        "county": person("officer", Role.COUNTY, area=here[:6]),
        "county there": away,
        "colleague": person("officer-2", Role.COUNTY, area=here[:6]),
        "analyst": person("analyst", Role.ANALYST),
        "auditor": person("auditor", Role.AUDITOR),
        "administrator": person("administrator", Role.ADMINISTRATOR),
    }
