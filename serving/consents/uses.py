"""What a credit file may be used for: the purposes that a household consents to, with their labels."""

from __future__ import annotations

from enum import StrEnum


class Use(StrEnum):
    """A purpose of use; a consent names exactly one."""

    CREDIT_DECISION = "credit_decision"
    LOAN_MONITORING = "loan_monitoring"


USES: dict[Use, dict[str, str]] = {
    Use.CREDIT_DECISION: {"zh": "贷款审批", "en": "Deciding on a loan"},
    Use.LOAN_MONITORING: {"zh": "贷后管理", "en": "Following a loan that was paid out"},
}
