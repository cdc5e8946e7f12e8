"""People sign in and out: a right password opens a session, and nothing else tells anything about who is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feature_store.adapters import accounts, sessions
from feature_store.adapters.accounts import Password
from scoring.errors import LushiError
from serving.access import waits
from serving.access.callers import NotSignedIn
from serving.access.names import is_name
from serving.access.roles import Role
from serving.access.sessions import LIFETIME, Tokens, csrf_mac, name_mac, new_tokens, session_mac
from serving.wiring import Parts


class NoSession(LushiError):
    """There is no session to end: the call was made with a key."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was opened: its tokens, to be handed over once, who it is, and when it ends at the latest."""

    tokens: Tokens
    role: Role
    expires_at: datetime


def sign_in(parts: Parts, name: str, password: str) -> SignedIn:
    """Open a session for a person's name and password.

    Raises:
        NotSignedIn: for a wrong password, a name that nobody has or an account that ended; they cannot be told apart.
        MustWait: after too many wrong passwords for a name, whether anybody has it.
        Busy: where too many people sign in at once.
        StoreUnavailable: where the database is away.
    """
    counted = name_mac(name, parts.access_key)
    with parts.passwords.turn() as matches:
        with parts.store.writing() as connection:
            waits.begin_try(connection, counted)
            kept = accounts.newest_password(connection, name) if is_name(name) else None
        right = matches(kept.hash if kept else None, password)
    if kept is None or not right:
        raise NotSignedIn("the name or the password is not right")
    return _open(parts, name, kept, counted)


def sign_out(parts: Parts, token: str) -> None:
    """End the session of a cookie's token.

    Raises:
        NoSession: where it has none.
        StoreUnavailable: where the database is away.
    """
    mac = session_mac(token, parts.access_key)
    with parts.store.writing() as connection:
        if mac is None or not sessions.end(connection, mac, parts.clock.now()):
            raise NoSession("this call has no session to end; a key is ended with `lushi client revoke`")


def _open(parts: Parts, name: str, kept: Password, counted: bytes) -> SignedIn:
    tokens, now = new_tokens(), parts.clock.now()
    mac = session_mac(tokens.session, parts.access_key)
    assert mac is not None
    with parts.store.writing() as connection:
        waits.clear(connection, counted)
        # A password that was changed since it was read opens a session that never counts: sessions.find looks.
        sessions.open_session(
            connection,
            mac=mac,
            person_id=name,
            password_seq=kept.seq,
            csrf_mac=csrf_mac(tokens.csrf, parts.access_key),
            now=now,
            expires_at=now + LIFETIME,
        )
    return SignedIn(tokens, Role(kept.role), now + LIFETIME)
