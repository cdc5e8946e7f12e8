"""The one place that joins settings, clock, policies and store."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feature_store.adapters import embedded
from feature_store.adapters.connect import connect
from feature_store.adapters.lifetime import stop_unless_used
from feature_store.adapters.store import Store
from feature_store.feature_set import load_feature_set
from scoring.errors import LushiError
from scoring.policy.certify import Certificate, certify
from scoring.policy.in_force import Policies
from scoring.policy.load import load_index
from serving.challenger.registry import MlflowRegistry
from serving.challenger.standing import Challengers
from serving.clock import Clock, StartedClock, SystemClock
from serving.ledger.checkpoint import Signer
from serving.settings import Settings
from serving.turns import Turns


@dataclass(frozen=True)
class Parts:
    """Everything a use case needs, made once per process; the store opens at first use."""

    settings: Settings
    clock: Clock
    policies: Policies
    certificates: Mapping[str, Certificate]

    @cached_property
    def store(self) -> Store:
        """The store, its embedded server started and its schema up to date."""
        url = self.settings.database_url or embedded.start(self.settings.data / "postgres")
        return Store(connect(url))

    @cached_property
    def turns(self) -> Turns:
        """How many calls are decided at once."""
        return Turns()

    @cached_property
    def id_key(self) -> bytes:
        """Key under which ID numbers are hashed."""
        return self.settings.id_key or _key_file(self.settings.data / "id.key")

    @cached_property
    def access_key(self) -> bytes:
        """Key under which clients' keys are hashed."""
        return self.settings.access_key or _key_file(self.settings.data / "access.key")

    @cached_property
    def signer(self) -> Signer:
        """What signs the log's checkpoints."""
        key = self.settings.log_key or _key_file(self.settings.data / "log.key")
        return Signer(self.settings.log_name, Ed25519PrivateKey.from_private_bytes(key))

    @cached_property
    def challengers(self) -> Challengers:
        """The models that may advise; none is loaded before one is needed."""
        newest = self.policies.latest
        return Challengers(
            MlflowRegistry(self.settings.tracking_uri),
            lambda version: load_feature_set(version, policy=newest),
            timeout_ms=self.settings.opinion_timeout_ms,
        )

    def close(self) -> None:
        """Let the database go; the embedded server stops unless somebody else is using it."""
        store = self.__dict__.pop("store", None)
        if store is None:
            return
        if self.settings.database_url:
            store.engine.dispose()
        else:
            stop_unless_used(self.settings.data / "postgres", store.engine)

    def at(self, clock: Clock) -> Parts:
        """The same parts under another clock, on the same store."""
        other = replace(self, clock=clock)
        other.__dict__["store"] = self.store
        other.__dict__["challengers"] = self.challengers
        other.__dict__["turns"] = self.turns
        return other


def wire(settings: Settings) -> Parts:
    """Parts from settings.

    Raises:
        PolicyFaults: where an approved policy is faulty or not the approved one.
        LushiError: where an approved policy's certificate has findings.
    """
    policies = load_index(settings.policies)
    certificates = {policy.sha256: certify(policy) for policy in policies.policies}
    for policy in policies.policies:
        if findings := certificates[policy.sha256].findings:
            raise LushiError(f"the policy {policy.id} is not whole: {'; '.join(findings)}. Run: lushi policy check")
    clock = StartedClock(settings.now) if settings.now else SystemClock()
    return Parts(settings, clock, policies, certificates)


def _key_file(path: Path) -> bytes:
    """The key in a file, made once: written whole beside it first, so that no crash leaves half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its key counts
            os.link(fresh, path)
        fresh.unlink()
    key = path.read_bytes()
    if len(key) != 32:
        raise LushiError(f"{path} does not hold a key of 32 bytes; restore it from your backup")
    return key
