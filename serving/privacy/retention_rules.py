"""How long what is kept, in one list: what it is about, how many years, from when on, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scoring.policy.elements import Text
from scoring.vetoes import add_months

NEGATIVE_FILINGS = "negative_filings"
CLOSED_LOANS = "closed_loans"
DECISION_CONTENTS = "decision_contents"
PROCESSING_RECORDS = "processing_records"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. years: kept for so long after what ``since`` says. assumed: the length or its start is ours, no source states it."""

    id: str
    what: Text
    since: str
    years: int
    source: str
    assumed: bool

    def cutoff(self, on: date) -> date:
        """What ended on this day or before is kept no longer on a day."""
        return add_months(on, -12 * self.years)


RULES: tuple[Rule, ...] = (
    Rule(
        NEGATIVE_FILINGS,
        Text("不良信息报送", "Filings that hold a negative value"),
        "the day on which the same source first said something else, or named the household no more in a complete list",
        5,
        "credit_regulation art. 16; that the end is the day of the next other statement is assumed",
        True,
    ),
    Rule(
        CLOSED_LOANS,
        Text("已结清贷款", "Loans that were paid back, with their month ends and schedules"),
        "the last month end, with nothing left to pay; not while a village's or township's stop rests on them",
        5,
        "pipl art. 19; the length, taken from credit_regulation art. 16, is assumed",
        True,
    ),
    Rule(
        DECISION_CONTENTS,
        Text("决定内容", "Contents of decisions; their entries in the log stay"),
        "the decision, or the last month end of any of the household's loans disbursed since; not while one runs",
        5,
        "pipl art. 19; the length is assumed",
        True,
    ),
    Rule(
        PROCESSING_RECORDS,
        Text("个人信息处理记录", "Contents of other entries about a household (who saw its number, and why)"),
        "the entry; erased when the household is, not by a run",
        3,
        "pipl art. 56",
        False,
    ),
)
"""Every rule. The first three are carried out by a run, the last where a household is erased."""
BY_ID = {rule.id: rule for rule in RULES}
EVERY_RUN = RULES[:3]
