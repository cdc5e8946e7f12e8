"""What the administrator's forms ask, and what is wrong with it: every fault by its field, in words that a catalogue holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query

from feature_store.adapters import accounts
from feature_store.areas import DIGITS
from serving.access.names import is_name
from serving.access.roles import COUNTY_TENANT, OF_A_BANK, OF_PEOPLE, OF_PROGRAMS, WITHIN_AREA, Role
from serving.accounts.clients import MOST_DAYS
from serving.console.sections import N_
from serving.wiring import Parts

Faults = dict[str, str]
ROLES = {
    Role.BANK: N_("Bank's program"),
    Role.CLERK: N_("Bank clerk"),
    Role.VILLAGE: N_("Village officer"),
    Role.TOWNSHIP: N_("Township officer"),
    Role.COUNTY: N_("County officer"),
    Role.ANALYST: N_("Analyst"),
    Role.AUDITOR: N_("Auditor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}
"""What each role is called."""
PEOPLES = [it for it in ROLES if it not in OF_PROGRAMS]
PROGRAMS = [it for it in ROLES if it not in OF_PEOPLE]
NAME = N_("Write 1 to 40 lower-case letters, digits and hyphens.")
TAKEN = N_("This name is taken, or was taken once. Choose another.")
BANK = N_("Name the bank with 1 to 40 lower-case letters, digits and hyphens.")
AREA = N_(
    "Give the area's code as it stands in the file of areas: 6 digits of a county, 9 of a township, 12 of a village."
)
A_PAGE = 50
"""People or programs on a page."""
After = Annotated[str, Query(pattern=r"^([a-z0-9][a-z0-9-]{0,39})?$")]
"""The name that the page before ended with; empty for the first page."""
WHY = N_("Say why, in at most 500 characters.")
DAYS = N_("A whole number of days, from 1 to 3650.")
ROLE = N_("Choose one of the list.")
MOST_WHY = 500


def after_of(form: Mapping[str, str]) -> str:
    """Where the page began on which the form stood."""
    after = form.get("after", "")
    return after if is_name(after) else ""


def back_to(path: str, form: Mapping[str, str]) -> str:
    """The address of the page on which the form stood."""
    after = after_of(form)
    return f"{path}?after={after}" if after else path


def role_of(form: Mapping[str, str], among: list[Role], faults: Faults) -> Role | None:
    """The role that was chosen."""
    found = next((it for it in among if it.value == form.get("role")), None)
    if found is None:
        faults["role"] = ROLE
    return found


def person_faults(parts: Parts, form: Mapping[str, str], role: Role | None) -> Faults:
    """What is wrong with a new person's name, bank and area."""
    faults: Faults = {}
    name, bank, area = form.get("name", ""), form.get("tenant", ""), form.get("area", "")
    if not is_name(name):
        faults["name"] = NAME
    if role in OF_A_BANK and (not is_name(bank) or bank == COUNTY_TENANT):
        faults["tenant"] = BANK
    with parts.store.looking(parts.clock.now()) as moment:
        if "name" not in faults and (
            accounts.is_person(moment.connection, name) or accounts.is_client(moment.connection, name)
        ):
            faults["name"] = TAKEN
        if role in WITHIN_AREA:
            written = area.isascii() and area.isdigit() and len(area) == DIGITS[role.value]
            if not written or accounts.kind_of_area(moment.connection, area) != role.value:
                faults["area"] = AREA
    return faults


def why_of(form: Mapping[str, str], faults: Faults) -> str:
    """The cause that was given."""
    why = form.get("why", "").strip()
    if not why or not why.isprintable() or len(why) > MOST_WHY:
        faults["why"] = WHY
    return why


def days_of(form: Mapping[str, str], name: str, faults: Faults, *, least: int = 1) -> int:
    """A number of days."""
    written = form.get(name, "")
    found = int(written) if written.isascii() and written.isdigit() and len(written) <= 4 else -1
    if not least <= found <= MOST_DAYS:
        faults[name] = DAYS
    return found
