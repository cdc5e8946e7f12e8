"""What a loan may be asked for: one of the purposes that the policy in force lists."""

from __future__ import annotations

from scoring.errors import LushiError
from scoring.policy.schema import Policy


class UnknownPurpose(LushiError):
    """The policy in force lists no such purpose; ``purposes`` are those it does list."""

    def __init__(self, purposes: tuple[str, ...]) -> None:
        self.purposes = purposes
        super().__init__(f"the purpose is not one that the policy lists; use one of: {', '.join(purposes)}")


def check_purpose(purpose: str, policy: Policy) -> None:
    """Raises :class:`UnknownPurpose` for a purpose that the policy does not list."""
    purposes = tuple(it.id for it in policy.terms.purposes)
    if purpose not in purposes:
        raise UnknownPurpose(purposes)
