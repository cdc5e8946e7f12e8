"""What the law forbids to collect or to score, as two visible lists.

Sources: Regulation on the Administration of the Credit Reporting Industry, article 14 (religion,
genes, fingerprints, blood type, disease and medical history); Personal Information Protection Law,
articles 6 and 28; by analogy the prohibited bases of 12 CFR 1002 (sex, marital status, national
origin, age, public assistance). Read by the loader, so that no county can approve such a policy.
"""

from __future__ import annotations

import re

ARTICLE_14 = "article 14 of the credit-reporting regulation"
EQUAL = "the rule that personal status is not scored"

NEVER_COLLECTED: dict[str, tuple[str, ...]] = {
    ARTICLE_14: (
        r"religio|宗教信仰|\bfaith\b",
        r"\bgene\b|\bgenes\b|genetic|基因",
        r"fingerprint|指纹",
        r"blood.?type|血型",
        r"disease_history|medical.?histor|illness|diagnos|病史|疾病|患病",
        r"biometric|人脸|虹膜",
    )
}
NEVER_SCORED: dict[str, tuple[str, ...]] = {
    EQUAL: (
        r"marital|marriage|married|婚姻",
        r"\bsex\b|gender|性别",
        r"ethnic|民族",
        r"disab|残疾",
        r"低保|五保|subsistence.?allowance|public.?assistance",
        r"poverty_status|建档立卡",
        r"\bage\b|_age\b|年龄",
    )
}


def never_collected(words: str) -> str | None:
    """The law that forbids to collect what an indicator's id and labels say, if one does."""
    return _first(NEVER_COLLECTED, words)


def never_scored(words: str) -> str | None:
    """The rule that forbids to score what an indicator's id and labels say, if one does."""
    return never_collected(words) or _first(NEVER_SCORED, words)


def _first(lists: dict[str, tuple[str, ...]], words: str) -> str | None:
    for law, patterns in lists.items():
        if any(
            re.search(pattern, words.lower().replace("_", " ")) or re.search(pattern, words.lower())
            for pattern in patterns
        ):
            return law
    return None
