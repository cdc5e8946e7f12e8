"""The demonstration's banks and people: keys, accounts with passwords, and the households' consents to both banks."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from feature_store.filing import INVENTED_COUNTY, civil_day
from serving.access.roles import Role
from serving.accounts.clients import add_client
from serving.accounts.users import add_user
from serving.consents.files import record_many
from serving.consents.record import Given
from serving.consents.uses import Use
from serving.county.grade_county import Register
from serving.wiring import Parts

BANKS = ("bank-one", "bank-two")
BY = "demonstration"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. tenant: a clerk's bank. area_code: where the service network's people may look."""

    name: str
    role: Role
    tenant: str = ""
    area_code: str = ""


PEOPLE = (
    Person("clerk", Role.CLERK, tenant=BANKS[0]),
    Person("analyst", Role.ANALYST),
    Person("auditor", Role.AUDITOR),
    Person("county-officer", Role.COUNTY, area_code=INVENTED_COUNTY),
    Person("administrator", Role.ADMINISTRATOR),
)


def give_callers(parts: Parts, found: Register) -> None:
    """Make the demonstration's callers, and record that every household consents to both banks' decisions.

    Each key or password stands in a file of its own, readable by its owner only.
    """
    keys_of(parts).mkdir(parents=True, exist_ok=True)
    for bank in BANKS:
        issued = add_client(parts, bank, tenant=bank, role=Role.BANK, days=365, by=BY)
        _write(key_file(parts, bank), issued.key.written)
    for one in PEOPLE:
        password = secrets.token_urlsafe(15)
        add_user(parts, one.name, role=one.role, tenant=one.tenant, area_code=one.area_code, password=password, by=BY)
        _write(password_file(parts, one.name), password)
    today = civil_day(parts.clock.now())
    until = today.replace(year=today.year + 1)
    given = [
        Given(consent_of(str(household), bank), str(household), bank, Use.CREDIT_DECISION, today, until)
        for bank in BANKS
        for household in found.household_ids
    ]
    record_many(parts, given, by=BY)


def consent_of(household_id: str, bank: str) -> str:
    """The reference of a household's consent to a bank's decisions."""
    return f"consent-{bank}-{household_id}"


def keys_of(parts: Parts) -> Path:
    """The folder of keys and passwords."""
    return parts.settings.data / "keys"


def key_file(parts: Parts, bank: str) -> Path:
    """The file of a bank's key."""
    return keys_of(parts) / f"{bank}.key"


def password_file(parts: Parts, name: str) -> Path:
    """The file of a person's password."""
    return keys_of(parts) / f"{name}.password"


def _write(path: Path, secret: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secret + "\n")
