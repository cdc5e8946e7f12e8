"""What reviews are called by: strata, findings, and what a field of their forms needs."""

from __future__ import annotations

from serving.console.households.words import STATUSES
from serving.console.sections import N_
from serving.reviews.draw import MOST_DRAWN
from serving.reviews.notes import Finding

STRATIFIED_BY = {
    "grade": N_("Grade"),
    "township": N_("Township"),
    "bank": N_("Bank"),
    "month": N_("Month"),
}
FINDINGS = {
    Finding.IN_ORDER.value: N_("In order"),
    Finding.QUESTION.value: N_("Open question"),
    Finding.WRONG.value: N_("Wrong"),
}
STRATA = STATUSES | {"erased": N_("Content erased"), "unknown": N_("Before banks were told apart")}
"""Strata that are codes and not names."""
FAULTS = {
    "title": N_("Say what is reviewed, in at most 200 characters."),
    "stratified_by": N_("Choose one of the list."),
    "first_day": N_("Give a first day, not in the future, from which decisions were recorded."),
    "last_day": N_("Give a last day, not before the first one, and not too many days at once."),
    "tenant": N_("Write the bank's code as it stands in decisions, such as lushi-rcb, or leave it empty."),
    "area_code": N_("Choose one of the list."),
    "per_stratum": N_("Write a whole number from 1 on, so that no more than 500 decisions are drawn in all."),
    "seed": N_("Write 1 to 40 letters or digits: the same seed draws the same decisions again."),
}
"""What a field needs, by field."""
NO_DECISION = N_("No decision was recorded then, for that bank and area. Choose other days.")
NO_FINDING = N_("Choose what the look at it came to.")
NO_NOTE = N_("Write what is open or wrong, in at most 2,000 characters.")
NO_CONCLUSION = N_("Write what the review came to, in 1 to 2,000 characters.")
assert MOST_DRAWN == 500  # as FAULTS says
