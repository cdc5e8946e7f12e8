"""What each role may do, in one table. Whatever does not stand here is denied."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """Something that a caller asks the service to do."""

    DECIDE = "decide"
    READ_DECISION = "read_decision"
    READ_HOUSEHOLD = "read_household"
    ASSESS = "assess"
    READ_LOG = "read_log"
    READ_SERVICE = "read_service"


class Role(StrEnum):
    """What a client is. A bank sees its own decisions only; an auditor sees every bank's."""

    BANK = "bank"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


MAY: dict[Role, frozenset[Act]] = {
    Role.BANK: frozenset(
        {Act.DECIDE, Act.READ_DECISION, Act.READ_HOUSEHOLD, Act.ASSESS, Act.READ_LOG, Act.READ_SERVICE}
    ),
    Role.ANALYST: frozenset({Act.ASSESS, Act.READ_LOG, Act.READ_SERVICE}),
    Role.AUDITOR: frozenset({Act.READ_DECISION, Act.READ_HOUSEHOLD, Act.ASSESS, Act.READ_LOG, Act.READ_SERVICE}),
    Role.ADMINISTRATOR: frozenset({Act.READ_LOG, Act.READ_SERVICE}),
}
EVERY_TENANT = frozenset({Role.AUDITOR})
"""Roles that read what every tenant asked; all others read their own tenant's."""
