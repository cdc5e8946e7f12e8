"""The one place that joins settings, clock, policies and store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feature_store.adapters import embedded, pool
from feature_store.adapters.connect import USUAL_CONNECTIONS, Engine, connect, engine_on
from feature_store.adapters.lead import Lead
from feature_store.adapters.lifetime import stop_unless_used
from feature_store.adapters.store import Store
from feature_store.feature_set import load_feature_set
from feature_store.id_cipher import IdKey
from scoring.errors import LushiError
from scoring.policy.certify import Certificate, certify
from scoring.policy.in_force import Policies
from scoring.policy.load import load_index
from serving.access.passwords import Passwords
from serving.challenger.registry import MlflowRegistry
from serving.challenger.standing import Challengers
from serving.clock import Clock, StartedClock, SystemClock
from serving.key_files import id_key, key_file
from serving.ledger.checkpoint import Signer
from serving.settings import Settings
from serving.telemetry.metrics import DATABASE_CONNECTIONS
from serving.turns import Turns


@dataclass(frozen=True)
class Parts:
    """Everything a use case needs, made once per process; the store opens at first use."""

    settings: Settings
    clock: Clock
    policies: Policies
    certificates: Mapping[str, Certificate]
    passwords: Passwords = field(default_factory=Passwords)

    @cached_property
    def store(self) -> Store:
        """The store, its embedded server started and its schema up to date."""
        url = self.settings.database_url or embedded.start(self.settings.data / "postgres")
        return _watched(Store(connect(url, most=self.settings.database_connections or USUAL_CONNECTIONS)))

    @property
    def id_key(self) -> IdKey:
        """Key of ID numbers, read anew each time: a running service sees that keys are being changed."""
        return id_key(self.settings)

    @cached_property
    def turns(self) -> Turns:
        """How many calls are decided at once."""
        return Turns()

    @cached_property
    def access_key(self) -> bytes:
        """Key under which clients' keys are hashed."""
        return self.settings.access_key or key_file(self.settings.data / "access.key")

    @cached_property
    def alarm_key(self) -> bytes:
        """Key that signs what the webhook is told."""
        return self.settings.alarm_key or key_file(self.settings.data / "alarm.key")

    @cached_property
    def signer(self) -> Signer:
        """What signs the log's checkpoints."""
        key = self.settings.log_key or key_file(self.settings.data / "log.key")
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

    @cached_property
    def lead(self) -> Lead:
        """Whether this process does the service's background work."""
        return Lead(self.store.engine, "background work")

    def close(self) -> None:
        """Let the database go; the embedded server stops unless somebody else is using it."""
        self.let_go_of_lead()
        store = self.__dict__.pop("store", None)
        if store is None:
            return
        if self.settings.database_url:
            store.engine.dispose()
        else:
            stop_unless_used(self.settings.data / "postgres", store.engine)

    def let_go_of_lead(self) -> None:
        """Let another process do the background work."""
        if lead := self.__dict__.pop("lead", None):
            lead.let_go()

    def joined(self) -> Parts:
        """The same parts on the database as another process of the service has prepared it: no start, no migration."""
        most = self.settings.database_connections or USUAL_CONNECTIONS
        self.__dict__["store"] = _watched(Store(engine_on(self.settings.database_url, most=most)))
        return self

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


def _watched(store: Store) -> Store:
    pool.watch(store.engine, DATABASE_CONNECTIONS.set)
    return store


@contextmanager
def unmigrated(settings: Settings) -> Iterator[Engine]:
    """The database as it is: no step is run on it. An embedded server is started, and stopped unless it is used.

    Raises:
        StoreUnavailable: where it cannot be reached.
    """
    folder = settings.data / "postgres"
    engine = engine_on(settings.database_url or embedded.start(folder))
    try:
        yield engine
    finally:
        engine.dispose()
        if not settings.database_url:
            stop_unless_used(folder, engine)
