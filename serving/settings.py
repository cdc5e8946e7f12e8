"""Settings from the environment: one visible list, each with its default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scoring.policy.load import ROOT
from serving.setting_values import LOOPBACK, SettingsInvalid, Values

__all__ = ["SETTINGS", "Settings", "SettingsInvalid", "read_settings"]

LOG_LEVELS = ("debug", "info", "warning", "error")

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("LUSHI_DATA", "var", "Folder for what the service keeps: the embedded database and the key file."),
    ("LUSHI_DATABASE_URL", "", "A running PostgreSQL (postgresql://user:password@host/db). Empty: the embedded one."),
    (
        "LUSHI_DATABASE_CONNECTIONS",
        "",
        "Most connections of one process to the database, 4 to 200. Empty: 24, or each worker's share of 80.",
    ),
    ("LUSHI_POLICIES", str(ROOT / "lushi"), "Folder with index.yaml and the approved policy folders."),
    (
        "LUSHI_HOST",
        "127.0.0.1",
        "Address that the service listens on; without TLS this machine only.",
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
    ("LUSHI_TLS_CERT", "", "PEM file of the service's certificate chain; together with LUSHI_TLS_KEY it speaks HTTPS."),
    ("LUSHI_TLS_KEY", "", "PEM file of the certificate's private key, not encrypted, readable by its owner only."),
    ("LUSHI_LOG_LEVEL", "info", "Least serious lines of the process log: debug, info, warning or error."),
    (
        "LUSHI_METRICS_PORT",
        "",
        "Port of the metrics for Prometheus, 1 to 65535; 0: none. Empty: 9464 with lushi serve, none with lushi demo.",
    ),
    ("LUSHI_METRICS_HOST", "127.0.0.1", "Address of the metrics; whoever reaches it reads them without a key."),
    ("LUSHI_INVARIANTS_SECONDS", "300", "Seconds between two checks of the invariants on live data, 1 to 86400."),
    (
        "LUSHI_ALARM_WEBHOOK",
        "",
        "Address that alarms are sent to: https, or http on this machine. Empty: nobody is told.",
    ),
    (
        "LUSHI_ALARM_KEY",
        "",
        "Key that signs what the webhook is told, 64 hexadecimal digits. Empty: the file alarm.key in LUSHI_DATA, made at need.",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force.

    now: start of a demonstration clock, None for the real one. mlflow_uri: of a registry elsewhere, '' for
    the one in ``mlruns``. tls_cert, tls_key: both or neither. database_connections, metrics_port: 0 for no metrics, None where it was not set.
    alarm_webhook: '' for none.
    """

    data: Path
    database_url: str
    database_connections: int | None
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
    tls_cert: Path | None
    tls_key: Path | None
    log_level: str
    metrics_port: int | None
    metrics_host: str
    invariants_seconds: int
    alarm_webhook: str
    alarm_key: bytes | None

    @property
    def tracking_uri(self) -> str:
        """Where MLflow's store is."""
        return self.mlflow_uri or f"sqlite:///{self.mlruns / 'mlflow.db'}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment, defaults where a name is not set.

    Raises:
        SettingsInvalid: for a value that cannot be used, or a LUSHI_ name that does not exist.
    """
    values = Values(environment, SETTINGS)
    tls_cert, tls_key = values.file("LUSHI_TLS_CERT"), values.file("LUSHI_TLS_KEY")
    if (tls_cert is None) != (tls_key is None):
        raise SettingsInvalid("LUSHI_TLS_CERT and LUSHI_TLS_KEY belong together; set both, or neither")
    host = values.address("LUSHI_HOST")
    if tls_cert is None and host not in LOOPBACK:
        raise SettingsInvalid(
            f"LUSHI_HOST must be one of {', '.join(LOOPBACK)} , since keys must not travel unencrypted: set LUSHI_TLS_CERT "
            "and LUSHI_TLS_KEY, or put a gateway that speaks TLS in front of the service"
        )
    if values.text("LUSHI_ID_KEY_BEFORE") and not values.text("LUSHI_ID_KEY"):
        raise SettingsInvalid("LUSHI_ID_KEY_BEFORE is set without LUSHI_ID_KEY; set that to the new key")
    metrics = values.text("LUSHI_METRICS_PORT")
    return Settings(
        data=values.path("LUSHI_DATA"),
        database_url=values.database_url("LUSHI_DATABASE_URL"),
        database_connections=values.whole("LUSHI_DATABASE_CONNECTIONS", least=4, most=200)
        if values.text("LUSHI_DATABASE_CONNECTIONS")
        else None,
        policies=values.path("LUSHI_POLICIES"),
        host=host,
        port=values.port("LUSHI_PORT"),
        now=values.time("LUSHI_NOW"),
        id_key=values.key("LUSHI_ID_KEY"),
        id_key_before=values.key("LUSHI_ID_KEY_BEFORE"),
        mlruns=values.path("LUSHI_MLRUNS"),
        mlflow_uri=environment.get("MLFLOW_TRACKING_URI", ""),
        opinion_timeout_ms=values.whole("LUSHI_OPINION_TIMEOUT_MS", most=60_000),
        access_key=values.key("LUSHI_ACCESS_KEY"),
        calls_per_second=values.whole("LUSHI_CALLS_PER_SECOND", most=10_000),
        checkpoint_seconds=values.whole("LUSHI_CHECKPOINT_SECONDS", most=86_400),
        log_name=values.log_name("LUSHI_LOG_NAME"),
        log_key=values.key("LUSHI_LOG_KEY"),
        tls_cert=tls_cert,
        tls_key=tls_key,
        log_level=values.one_of("LUSHI_LOG_LEVEL", LOG_LEVELS),
        metrics_port=values.port("LUSHI_METRICS_PORT", least=0) if metrics else None,
        metrics_host=values.address("LUSHI_METRICS_HOST"),
        invariants_seconds=values.whole("LUSHI_INVARIANTS_SECONDS", most=86_400),
        alarm_webhook=values.webhook("LUSHI_ALARM_WEBHOOK"),
        alarm_key=values.key("LUSHI_ALARM_KEY"),
    )
