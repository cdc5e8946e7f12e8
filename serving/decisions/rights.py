"""The rights of the person a decision is about, in the words in which an answer and a report state them.

how: for programs, the call that exercises the right; left out where it is asked for in person.
Recorded with each decision that they belong to; a changed wording is a new one from then on.
Law: Personal Information Protection Law articles 15, 24, 45 to 47, 50; Credit Reporting Regulation articles 16, 17, 25.
"""

from __future__ import annotations

from scoring.assess import Assessment

Right = dict[str, str]

EXPLANATION: Right = {
    "id": "explanation",
    "zh": "您有权要求说明本结果的理由和依据",
    "en": "You may ask why this outcome was reached and on what data",
}
HUMAN_REVIEW: Right = {
    "id": "human_review",
    "zh": "您有权要求人工复核,20日内书面答复",
    "en": "You may ask for review by a person, answered in writing within 20 days",
    "how": "POST /v1/objections, about: human_review",
}
REPORT: Right = {
    "id": "report",
    "zh": "您有权查询本人信用报告,每年两次免费",
    "en": "You may have a report of everything that is held about you, twice a year free of charge",
}
OBJECTION: Right = {
    "id": "objection",
    "zh": "您认为信息有误的,有权提出异议,20日内书面答复;异议期间该信息会被标注",
    "en": "You may object to a datum that is wrong; it is marked meanwhile, and answered in writing within 20 days",
    "how": "POST /v1/objections, about: datum",
}
WITHDRAWAL: Right = {
    "id": "withdrawal",
    "zh": "您有权随时撤回对银行的授权;撤回前已作出的决定不受影响",
    "en": "You may withdraw a bank's consent at any time; what was decided before stays as it is",
}
DELETION: Right = {
    "id": "deletion",
    "zh": "保存期满或授权撤回后,您有权要求删除不再需要的信息;不良信息自行为终止之日起保存5年",
    "en": "You may ask that what is needed no more be deleted; adverse data go 5 years after the matter ended",
}

OF_A_DECISION: tuple[Right, ...] = (EXPLANATION, HUMAN_REVIEW, REPORT, OBJECTION)
OF_THE_SUBJECT: tuple[Right, ...] = (OBJECTION, HUMAN_REVIEW, WITHDRAWAL, DELETION)


def rights_of(assessment: Assessment) -> list[Right] | None:
    """The rights that go with an outcome; None for the best grade with nothing in a loan's way."""
    best = assessment.policy.grades[-1]
    if assessment.settled.grade == best and not assessment.terms.blocks:
        return None
    return list(OF_A_DECISION)
