"""People's accounts: made, their passwords changed, ended, each change an entry of the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feature_store.adapters import accounts
from feature_store.adapters.accounts import Account
from feature_store.adapters.log_tables import Connection
from feature_store.areas import DIGITS
from scoring.canonical import canonical
from scoring.errors import LushiError
from serving.access import waits
from serving.access.names import WRITTEN, is_name
from serving.access.passwords import wrong_with
from serving.access.roles import COUNTY_TENANT, OF_A_BANK, OF_PROGRAMS, WITHIN_AREA, Role
from serving.access.sessions import name_mac
from serving.ledger import log
from serving.wiring import Parts

_NOBODY = "there is no such person, or the account has ended; see `lushi user list`"


class UserRefused(LushiError):
    """A change of people's accounts that is not allowed; ``reasons`` says why and what to do, all of them."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("; ".join(reasons))


def add_user(
    parts: Parts, person_id: str, *, role: Role, tenant: str = "", area_code: str = "", password: str, by: str
) -> None:
    """Give a person an account. tenant: a clerk's bank. area_code: where the service network's people may look.

    Raises:
        UserRefused: with everything that is not right; then nothing is kept.
        StoreUnavailable: where the database is away.
    """
    reasons = _named(person_id) + _who(by) + wrong_with(password, person_id) + _place(role, tenant, area_code)
    with parts.store.looking(parts.clock.now()) as moment:
        reasons += _known(moment.connection, role, area_code)
    if reasons:
        raise UserRefused(reasons)
    kept, tenant = parts.passwords.hash(password), tenant or COUNTY_TENANT
    said = {"by": by.strip(), "person_id": person_id, "role": role.value, "tenant": tenant, "area_code": area_code}
    with parts.store.moment(parts.clock.now) as moment:
        connection, now = moment.connection, moment.known_at
        if not accounts.add(
            connection, person_id=person_id, role=role.value, tenant=tenant, area_code=area_code, now=now
        ):
            raise UserRefused([f"there is, or was, a person {person_id}; see `lushi user list`"])
        accounts.add_password(connection, person_id=person_id, hash=kept, now=now)
        _append(connection, "user_added", now, said)
        # Only now, while nobody else can append to the log: whoever takes the name meanwhile is seen here.
        if accounts.is_client(connection, person_id):
            raise UserRefused([f"there is a client {person_id}; a person needs a name of their own"])


def change_password(parts: Parts, person_id: str, *, password: str, by: str) -> None:
    """Give a person a new password; every session opened with one before ends at once.

    Raises:
        UserRefused: with everything that is not right.
        StoreUnavailable: where the database is away.
    """
    if reasons := _who(by) + wrong_with(password, person_id):
        raise UserRefused(reasons)
    kept = parts.passwords.hash(password)
    with parts.store.moment(parts.clock.now) as moment:
        connection, now = moment.connection, moment.known_at
        _live(connection, person_id)
        accounts.add_password(connection, person_id=person_id, hash=kept, now=now)
        waits.clear(connection, name_mac(person_id, parts.access_key))
        _append(connection, "user_password_changed", now, {"by": by.strip(), "person_id": person_id})


def end_user(parts: Parts, person_id: str, *, by: str, why: str) -> None:
    """End a person's account and sessions at once; the name is never given again.

    Raises:
        UserRefused: with everything that is not right.
        StoreUnavailable: where the database is away.
    """
    reasons = _who(by)
    if not why.strip() or not why.isprintable() or len(why) > 500:
        reasons.append("an ending needs a cause of at most 500 printable characters; give --why")
    if reasons:
        raise UserRefused(reasons)
    with parts.store.moment(parts.clock.now) as moment:
        connection, now = moment.connection, moment.known_at
        _live(connection, person_id)
        if not accounts.end(connection, person_id=person_id, why=why.strip(), now=now):
            raise UserRefused([_NOBODY])
        _append(connection, "user_ended", now, {"by": by.strip(), "person_id": person_id, "why": why.strip()})


def list_users(parts: Parts) -> Sequence[Account]:
    """Every account; raises :class:`StoreUnavailable`."""
    with parts.store.looking(parts.clock.now()) as moment:
        return accounts.every(moment.connection)


def users_page(parts: Parts, *, after: str, most: int) -> tuple[Sequence[Account], bool]:
    """Accounts after a name ('' from the first on), and whether others follow; raises :class:`StoreUnavailable`."""
    with parts.store.looking(parts.clock.now()) as moment:
        found = accounts.page(moment.connection, after=after, most=most + 1)
    return found[:most], len(found) > most


def _append(connection: Connection, kind: str, now: datetime, said: dict[str, str]) -> None:
    log.append(connection, kind=kind, recorded_at=now, content=canonical(said))


def _named(person_id: str) -> list[str]:
    return [] if is_name(person_id) else [f"a person is named with {WRITTEN}, as wang-li"]


def _who(by: str) -> list[str]:
    good = by.strip() and by.isprintable() and len(by) <= 200
    return [] if good else ["it must be known who does it; give --by"]


def _place(role: Role, tenant: str, area_code: str) -> list[str]:
    """What is wrong with bank and area, for the role."""
    if role in OF_PROGRAMS:
        return [
            f"{role.value} is a program's role; make a client with `lushi client add`, or a person with --role clerk"
        ]
    found = []
    if role in OF_A_BANK:
        if not is_name(tenant) or tenant == COUNTY_TENANT:
            found.append(f"a {role.value} needs a bank, named with {WRITTEN}; give --tenant")
    elif tenant not in ("", COUNTY_TENANT):
        found.append(f"{role.value} stands for the county; leave --tenant out")
    if role in WITHIN_AREA:
        if len(area_code) != DIGITS[role.value]:
            found.append(f"the role {role.value} needs an area code of {DIGITS[role.value]} digits; give --area")
    elif area_code:
        found.append(f"{role.value} has no area; leave --area out")
    return found


def _known(connection: Connection, role: Role, area_code: str) -> list[str]:
    """What is wrong with an area that is written as it should be."""
    if role not in WITHIN_AREA or len(area_code) != DIGITS[role.value]:
        return []
    good = area_code.isascii() and area_code.isdigit() and accounts.kind_of_area(connection, area_code) == role.value
    return [] if good else [f"there is no {role.value} of that code; import the file of areas first, or mend --area"]


def _live(connection: Connection, person_id: str) -> None:
    """Refuse a name that nobody has any more; asks only for what can be a name."""
    if not is_name(person_id) or accounts.newest_password(connection, person_id) is None:
        raise UserRefused([_NOBODY])
