"""Settings from the environment: one visible list, each with its default and meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scoring.errors import LushiError
from scoring.policy.load import ROOT

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("LUSHI_DATA", "var", "Folder for what the service keeps: the embedded database and the key file."),
    ("LUSHI_DATABASE_URL", "", "A running PostgreSQL (postgresql://user:password@host/db). Empty: the embedded one."),
    ("LUSHI_POLICIES", str(ROOT / "lushi"), "Folder with index.yaml and the approved policy folders."),
    (
        "LUSHI_HOST",
        "127.0.0.1",
        "Address that the service listens on; this machine only: a gateway in front speaks TLS.",
    ),
    ("LUSHI_PORT", "8000", "Port that the service listens on, 1 to 65535."),
    (
        "LUSHI_NOW",
        "",
        "For demonstrations: the time (2021-04-15T09:00:00+08:00) at which the clock starts. Empty: now.",
    ),
    (
        "LUSHI_MLRUNS",
        "mlruns",
        "Folder of MLflow's store, which holds the challengers. MLFLOW_TRACKING_URI comes first.",
    ),
    ("LUSHI_OPINION_TIMEOUT_MS", "250", "Most milliseconds that a decision waits for its opinion, 1 to 60000."),
    (
        "LUSHI_ID_KEY",
        "",
        "Key for ID numbers, 64 hexadecimal digits. Empty: the file id.key in LUSHI_DATA, made at need.",
    ),
    (
        "LUSHI_ID_KEY_BEFORE",
        "",
        "The key for ID numbers until now, while LUSHI_ID_KEY is a new one: lushi id rotate moves every number from one to the other.",
    ),
    (
        "LUSHI_ACCESS_KEY",
        "",
        "Key under which clients' keys are hashed, 64 hexadecimal digits. Empty: the file access.key in LUSHI_DATA, made at need.",
    ),
    (
        "LUSHI_CALLS_PER_SECOND",
        "100",
        "Calls a second that one client may make in the long run, 1 to 10000; five times as many at once.",
    ),
    ("LUSHI_CHECKPOINT_SECONDS", "60", "Seconds between two signed checkpoints of the log, 1 to 86400."),
    ("LUSHI_LOG_NAME", "lushi-credit/log", "Name under which the log signs; its own for every installation."),
    (
        "LUSHI_LOG_KEY",
        "",
        "Key with which the log signs, 64 hexadecimal digits. Empty: the file log.key in LUSHI_DATA, made at need.",
    ),
)


LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Keys must not travel unencrypted, so the service listens on its own machine only."""


class SettingsInvalid(LushiError):
    """A setting cannot be used; the message names it, never its value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force.

    now: start of a demonstration clock, None for the real one. mlflow_uri: of a registry elsewhere, '' for
    the one in ``mlruns``.
    """

    data: Path
    database_url: str
    policies: Path
    host: str
    port: int
    now: datetime | None
    id_key: bytes | None
    id_key_before: bytes | None
    mlruns: Path
    mlflow_uri: str
    opinion_timeout_ms: int
    access_key: bytes | None
    calls_per_second: int
    checkpoint_seconds: int
    log_name: str
    log_key: bytes | None

    @property
    def tracking_uri(self) -> str:
        """Where MLflow's store is."""
        return self.mlflow_uri or f"sqlite:///{self.mlruns / 'mlflow.db'}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment, defaults where a name is not set.

    Raises:
        SettingsInvalid: for a value that cannot be used, or a LUSHI_ name that does not exist.
    """
    known = {name for name, _, _ in SETTINGS}
    if unknown := sorted(name for name in environment if name.startswith("LUSHI_") and name not in known):
        raise SettingsInvalid(f"unknown setting {', '.join(unknown)}; the settings are {', '.join(sorted(known))}")
    value = {name: environment.get(name) or default for name, default, _ in SETTINGS}
    port = value["LUSHI_PORT"]
    if not (port.isascii() and port.isdigit() and len(port) <= 5) or not 1 <= int(port) <= 65535:
        raise SettingsInvalid("LUSHI_PORT is not a port; give a whole number from 1 to 65535")
    host = value["LUSHI_HOST"]
    if host not in LOOPBACK:
        raise SettingsInvalid(
            f"LUSHI_HOST must be one of {', '.join(LOOPBACK)} , since keys must not travel unencrypted: put a "
            "gateway that speaks TLS in front of the service"
        )
    if value["LUSHI_ID_KEY_BEFORE"] and not value["LUSHI_ID_KEY"]:
        raise SettingsInvalid("LUSHI_ID_KEY_BEFORE is set without LUSHI_ID_KEY; set that to the new key")
    return Settings(
        data=Path(value["LUSHI_DATA"]),
        database_url=_url(value["LUSHI_DATABASE_URL"]),
        policies=Path(value["LUSHI_POLICIES"]),
        host=host,
        port=int(port),
        now=_time(value["LUSHI_NOW"]),
        id_key=_key("LUSHI_ID_KEY", value["LUSHI_ID_KEY"]),
        id_key_before=_key("LUSHI_ID_KEY_BEFORE", value["LUSHI_ID_KEY_BEFORE"]),
        mlruns=Path(value["LUSHI_MLRUNS"]),
        mlflow_uri=environment.get("MLFLOW_TRACKING_URI", ""),
        opinion_timeout_ms=_whole("LUSHI_OPINION_TIMEOUT_MS", value["LUSHI_OPINION_TIMEOUT_MS"], most=60_000),
        access_key=_key("LUSHI_ACCESS_KEY", value["LUSHI_ACCESS_KEY"]),
        calls_per_second=_whole("LUSHI_CALLS_PER_SECOND", value["LUSHI_CALLS_PER_SECOND"], most=10_000),
        checkpoint_seconds=_whole("LUSHI_CHECKPOINT_SECONDS", value["LUSHI_CHECKPOINT_SECONDS"], most=86_400),
        log_name=_log_name(value["LUSHI_LOG_NAME"]),
        log_key=_key("LUSHI_LOG_KEY", value["LUSHI_LOG_KEY"]),
    )


def _url(written: str) -> str:
    for plain in ("postgresql://", "postgres://"):
        if written.startswith(plain):
            return "postgresql+psycopg://" + written.removeprefix(plain)
    if written and not written.startswith("postgresql+psycopg://"):
        raise SettingsInvalid("LUSHI_DATABASE_URL is not a PostgreSQL address; begin it with postgresql://")
    return written


def _whole(name: str, written: str, *, most: int) -> int:
    if not re.fullmatch("[1-9][0-9]{0,4}", written) or int(written) > most:
        raise SettingsInvalid(f"{name} is not a number; give a whole number from 1 to {most}")
    return int(written)


def _time(written: str) -> datetime | None:
    if not written:
        return None
    moment: datetime | None = None
    with suppress(ValueError):
        moment = datetime.fromisoformat(written)
    if moment is None or moment.tzinfo is None or not 1950 <= moment.year <= 2100:
        raise SettingsInvalid("LUSHI_NOW is not a time with a zone; write it as 2021-04-15T09:00:00+08:00")
    return moment


def _log_name(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}", written):
        raise SettingsInvalid("LUSHI_LOG_NAME is not a name; give letters, digits, dots, hyphens and slashes")
    return written


def _key(name: str, written: str) -> bytes | None:
    if not written:
        return None
    try:
        key = bytes.fromhex(written)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingsInvalid(f"{name} is not a key; give 64 hexadecimal digits")
    return key
