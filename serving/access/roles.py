"""What each role may do, in one table. Whatever does not stand here is denied."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """Something that a caller asks the service to do."""

    DECIDE = "decide"
    CLOSE_DECISION = "close_decision"
    READ_DECISION = "read_decision"
    REPLAY = "replay"
    OVERRIDE = "override"
    READ_HOUSEHOLD = "read_household"
    SEARCH_HOUSEHOLD = "search_household"
    READ_REPORT = "read_report"
    RECORD_CONSENT = "record_consent"
    OBJECT = "object"
    RESOLVE_OBJECTION = "resolve_objection"
    UNMASK = "unmask"
    ASSESS = "assess"
    READ_LOG = "read_log"
    READ_ALARMS = "read_alarms"
    READ_SERVICE = "read_service"
    SIGN_OUT = "sign_out"
    ADMINISTER = "administer"
    AUDIT = "audit"


class Role(StrEnum):
    """What a caller is. A bank's program or clerk sees its own bank's decisions only; an auditor sees every bank's.

    village, township, county: people of the three-level service network, each within their area.
    """

    BANK = "bank"
    CLERK = "clerk"
    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_ANYBODY = frozenset({Act.READ_LOG, Act.READ_SERVICE, Act.SIGN_OUT})
_BANK = _ANYBODY | {
    Act.DECIDE,
    Act.CLOSE_DECISION,
    Act.READ_DECISION,
    Act.REPLAY,
    Act.READ_HOUSEHOLD,
    Act.SEARCH_HOUSEHOLD,
    Act.RECORD_CONSENT,
    Act.OBJECT,
    Act.ASSESS,
}
_NETWORK = _ANYBODY | {
    Act.READ_HOUSEHOLD,
    Act.SEARCH_HOUSEHOLD,
    Act.READ_REPORT,
    Act.RECORD_CONSENT,
    Act.OBJECT,
}

MAY: dict[Role, frozenset[Act]] = {
    Role.BANK: _BANK,
    Role.CLERK: _BANK | {Act.OVERRIDE},
    Role.VILLAGE: _NETWORK,
    Role.TOWNSHIP: _NETWORK,
    Role.COUNTY: _NETWORK | {Act.RESOLVE_OBJECTION, Act.UNMASK, Act.ASSESS, Act.READ_ALARMS},
    Role.ANALYST: _ANYBODY | {Act.ASSESS, Act.READ_ALARMS},
    Role.AUDITOR: _ANYBODY
    | {
        Act.READ_DECISION,
        Act.REPLAY,
        Act.READ_HOUSEHOLD,
        Act.SEARCH_HOUSEHOLD,
        Act.UNMASK,
        Act.ASSESS,
        Act.READ_ALARMS,
        Act.AUDIT,
    },
    Role.ADMINISTRATOR: _ANYBODY | {Act.ADMINISTER},
}
EVERY_TENANT = frozenset({Role.AUDITOR})
"""Roles that read what every tenant asked; all others read their own tenant's."""
WITHIN_AREA = frozenset({Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY})
"""Roles that see only households of their own area."""
OF_A_BANK = frozenset({Role.BANK, Role.CLERK})
"""Roles that stand for a bank; what they see of a household needs its consent."""
OF_PROGRAMS = frozenset({Role.BANK})
"""Roles that only a program has, behind a key."""
OF_PEOPLE = frozenset({Role.CLERK, Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY})
"""Roles that only a person has, behind a password: what they do stands for somebody by name."""
COUNTY_TENANT = "county"
"""The tenant of everybody who stands for the county and not for a bank."""
