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
    READ_MODELS = "read_models"
    MOVE_CHALLENGER = "move_challenger"
    READ_POLICIES = "read_policies"
    PROPOSE_POLICY = "propose_policy"
    CONFIRM_POLICY = "confirm_policy"
    READ_SERVICE = "read_service"
    SIGN_OUT = "sign_out"
    ADMINISTER = "administer"
    READ_COUNTY = "read_county"
    IMPORT = "import"
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
    Act.READ_COUNTY,
}
_WORKSHOP = frozenset({Act.READ_MODELS, Act.MOVE_CHALLENGER, Act.READ_POLICIES, Act.PROPOSE_POLICY})
"""Of those who judge models and drafts; what moves anything needs a second one of them, a policy one of the county's."""

MAY: dict[Role, frozenset[Act]] = {
    Role.BANK: _BANK,
    Role.CLERK: _BANK | {Act.OVERRIDE},
    Role.VILLAGE: _NETWORK,
    Role.TOWNSHIP: _NETWORK,
    Role.COUNTY: _NETWORK
    | _WORKSHOP
    | {Act.RESOLVE_OBJECTION, Act.UNMASK, Act.ASSESS, Act.READ_ALARMS, Act.CONFIRM_POLICY, Act.IMPORT},
    Role.ANALYST: _ANYBODY | _WORKSHOP | {Act.ASSESS, Act.READ_ALARMS, Act.READ_COUNTY},
    Role.AUDITOR: _ANYBODY
    | {
        Act.READ_DECISION,
        Act.REPLAY,
        Act.READ_HOUSEHOLD,
        Act.SEARCH_HOUSEHOLD,
        Act.UNMASK,
        Act.ASSESS,
        Act.READ_ALARMS,
        Act.READ_MODELS,
        Act.READ_POLICIES,
        Act.READ_COUNTY,
        Act.AUDIT,
    },
    Role.ADMINISTRATOR: _ANYBODY | {Act.READ_POLICIES, Act.ADMINISTER},
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
