"""Calls of banks to decide together, and what a county then holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from feature_store.adapters import closing_tables
from scoring.terms import Request
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.county.area_states import AreaStates
from serving.decisions.group import decide_many
from serving.decisions.request import Call, DecisionRequest
from serving.ledger.entries import Entry
from serving.ledger.verify import verify
from tests.serving.served import Served, consent_of

AREAS = AreaStates()


def call_of(household_id: str, *, tenant: str = "bank-a", key: str | None = None, **changes: Any) -> Call:
    loan = Request(changes.get("purpose", "livestock"), Decimal(changes.get("amount", 30000)), 24)
    reference = changes.get("reference", consent_of(household_id, tenant))
    caller = Caller(f"{tenant}-core", tenant, Role.BANK)
    return Call(DecisionRequest(household_id, loan, reference), caller, key)


def offered(own: Served, fresh: Iterator[str]) -> str:
    """A household to which the loan of :func:`call_of` is offered; nothing is left open."""
    with own.parts.store.engine.connect() as connection:
        for household_id in fresh:
            (entry,) = decide_many([call_of(household_id)], own.parts, AREAS)
            assert isinstance(entry, Entry)
            if closing_tables.offered(connection, entry.decision_id):
                close(own, entry)
                return household_id
    raise AssertionError("nobody is offered anything")


def close(own: Served, entry: Entry) -> None:
    with own.parts.store.engine.begin() as connection:
        at = own.clock.moment
        assert closing_tables.close(connection, entry.decision_id, cause="withdrawn_by_bank", recorded_at=at, by="test")


def log_size(own: Served) -> int:
    with own.parts.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one())


def entries_of(outcomes: Sequence[Entry | Exception]) -> list[Entry]:
    assert all(isinstance(it, Entry) for it in outcomes), outcomes
    return [it for it in outcomes if isinstance(it, Entry)]


def holds(own: Served) -> None:
    with own.parts.store.looking(own.clock.now()) as moment:
        assert verify(moment.connection, own.parts.signer).faults == []
