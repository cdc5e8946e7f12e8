"""What a bank asks, who asks it, and with which key it may be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.canonical import canonical, sha256
from scoring.decision import money
from scoring.errors import LushiError
from scoring.terms import Request
from serving.access.callers import Caller


class KeyInUse(LushiError):
    """The first call with an idempotency key has not ended yet."""

    def __init__(self) -> None:
        super().__init__("a call with this Idempotency-Key is under way; repeat it in a moment")


class KeyReused(LushiError):
    """An idempotency key came with another request than the first time."""

    def __init__(self) -> None:
        super().__init__("this Idempotency-Key was sent with another request before; take a fresh key")


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """What a bank asks before disbursement."""

    household_id: str
    loan: Request
    consent_reference: str

    def as_data(self) -> dict[str, Any]:
        """The request as it is recorded."""
        return {
            "purpose": self.loan.purpose,
            "amount_cny": money(self.loan.amount_cny),
            "term_months": self.loan.term_months,
            "consent_reference": self.consent_reference,
        }

    def sha256(self) -> bytes:
        """The hash of everything that was asked."""
        return bytes.fromhex(sha256(canonical(self.as_data() | {"household_id": self.household_id})))


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a caller. key: of its own choice, by which it may be repeated."""

    request: DecisionRequest
    caller: Caller
    key: str | None = None

    @property
    def alone(self) -> frozenset[tuple[str, str]]:
        """What no two calls of one group may share: the household, and the key."""
        household = ("", self.request.household_id)
        return frozenset({household} if self.key is None else {household, (self.caller.tenant, self.key)})
