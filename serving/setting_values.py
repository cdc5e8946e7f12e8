"""How a setting's written value is read, or refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scoring.errors import LushiError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Keys must not travel unencrypted, so without TLS the service listens on its own machine only."""


class SettingsInvalid(LushiError):
    """A setting cannot be used; the message names it, never its value."""


class Values:
    """The written settings of an environment, each read by its kind.

    Every reader raises :class:`SettingsInvalid` with the setting's name and what to give instead.
    """

    def __init__(self, environment: Mapping[str, str], settings: Iterable[tuple[str, str, str]]) -> None:
        defaults = {name: default for name, default, _ in settings}
        if unknown := sorted(name for name in environment if name.startswith("LUSHI_") and name not in defaults):
            raise SettingsInvalid(
                f"unknown setting {', '.join(unknown)}; the settings are {', '.join(sorted(defaults))}"
            )
        self._written = {name: environment.get(name) or default for name, default in defaults.items()}

    def text(self, name: str) -> str:
        """As it is written."""
        return self._written[name]

    def path(self, name: str) -> Path:
        """A path."""
        return Path(self._written[name])

    def file(self, name: str) -> Path | None:
        """A path; None where it is empty."""
        return Path(self._written[name]) if self._written[name] else None

    def port(self, name: str, *, least: int = 1) -> int:
        """A TCP port."""
        written = self._written[name]
        if not re.fullmatch("[0-9]{1,5}", written) or not least <= int(written) <= 65535:
            raise SettingsInvalid(f"{name} is not a port; give a whole number from {least} to 65535")
        return int(written)

    def whole(self, name: str, *, most: int, least: int = 1) -> int:
        """A whole number."""
        written = self._written[name]
        if not re.fullmatch("[1-9][0-9]{0,4}", written) or not least <= int(written) <= most:
            raise SettingsInvalid(f"{name} is not a number; give a whole number from {least} to {most}")
        return int(written)

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        """One of some words, in small letters."""
        written = self._written[name].lower()
        if written not in words:
            raise SettingsInvalid(f"{name} is not one of {', '.join(words)}; give one of them")
        return written

    def address(self, name: str) -> str:
        """The name or number of a host's address."""
        written = self._written[name]
        if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.-]{0,252}|[0-9A-Fa-f:]{2,39}", written):
            raise SettingsInvalid(f"{name} is not an address; give one such as 127.0.0.1, 0.0.0.0 or ::1")
        return written

    def webhook(self, name: str) -> str:
        """An address that messages may be sent to: https, or http that stays on this machine; '' where it is empty."""
        written = self._written[name]
        if not written:
            return ""
        try:
            parts = urlsplit(written)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            host = ""
        plain = written.isascii() and written.isprintable() and " " not in written and len(written) <= 2_000
        if not (plain and host) or parts.username is not None or parts.fragment:
            raise SettingsInvalid(f"{name} is not an address; write https://host/path, without a user or a fragment")
        if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
            raise SettingsInvalid(
                f"{name} must begin with https:// (http:// for this machine alone: {', '.join(LOOPBACK)})"
            )
        return written

    def database_url(self, name: str) -> str:
        """A PostgreSQL address as SQLAlchemy writes it; '' where it is empty."""
        written = self._written[name]
        for plain in ("postgresql://", "postgres://"):
            if written.startswith(plain):
                return "postgresql+psycopg://" + written.removeprefix(plain)
        if written and not written.startswith("postgresql+psycopg://"):
            raise SettingsInvalid(f"{name} is not a PostgreSQL address; begin it with postgresql://")
        return written

    def time(self, name: str) -> datetime | None:
        """A time with a zone; None where it is empty."""
        if not self._written[name]:
            return None
        moment: datetime | None = None
        with suppress(ValueError):
            moment = datetime.fromisoformat(self._written[name])
        if moment is None or moment.tzinfo is None or not 1950 <= moment.year <= 2100:
            raise SettingsInvalid(f"{name} is not a time with a zone; write it as 2021-04-15T09:00:00+08:00")
        return moment

    def log_name(self, name: str) -> str:
        """The name of a log."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}", self._written[name]):
            raise SettingsInvalid(f"{name} is not a name; give letters, digits, dots, hyphens and slashes")
        return self._written[name]

    def key(self, name: str) -> bytes | None:
        """A key of 32 bytes; None where it is empty."""
        if not self._written[name]:
            return None
        try:
            key = bytes.fromhex(self._written[name])
        except ValueError:
            key = b""
        if len(key) != 32:
            raise SettingsInvalid(f"{name} is not a key; give 64 hexadecimal digits")
        return key
