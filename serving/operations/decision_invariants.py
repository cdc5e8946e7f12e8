"""What must hold of each recorded decision by itself: one function for each invariant, which says what does not hold."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import Any

from feature_store.adapters.recorded import Newest, Row
from scoring.policy.schema import Policy
from serving.ledger.commitment import commitment


def points_sum_to_the_score(said: dict[str, Any], policy: Policy) -> Iterator[str]:
    """Base and headings sum to the score, and the lines to the headings' additions and deductions."""
    points, score = said["points"], said["score"]
    headings = list(points["by_heading"].values())
    if points["base"] != policy.base_points:
        yield "the base is not the policy's"
    if score is not None and points["base"] + sum(total for total, _, _ in headings) != score:
        yield "base and headings do not sum to the score"
    if (score is None) is not (said["status"] == "withheld"):
        yield "there is a score where it is withheld, or none where it is not"
    lines = [row[3] for row in points["by_indicator"] if len(row) > 2]
    if sum(line for line in lines if line > 0) != sum(added for _, added, _ in headings):
        yield "the lines' additions are not the headings'"
    if sum(line for line in lines if line < 0) != sum(deducted for _, _, deducted in headings):
        yield "the lines' deductions are not the headings'"


def grade_is_its_band(said: dict[str, Any], policy: Policy) -> Iterator[str]:
    """The grade is the band that the score falls into under the decision's policy, and there is none unless it is graded."""
    status, grade, score = said["status"], said["grade"], said["score"]
    if status != "graded":
        if grade is not None:
            yield f"it has a grade where it is {status}"
        if status == "below_a" and _band(score, policy) is not None:
            yield "it is below A where its score has a grade"
    elif grade is None or grade != _band(score, policy):
        yield "its grade is not the band of its score"


def veto_means_no_grade(said: dict[str, Any], policy: Policy) -> Iterator[str]:
    """A veto that fired leaves no grade, no limit and no offer, and nothing else is called vetoed."""
    fired = bool(said["vetoes"]["fired"])
    if fired is not (said["status"] == "vetoed"):
        yield "a veto fired and it is not vetoed, or none did and it is"
    if fired and (said["grade"] is not None or said["limit_cny"] != "0.00" or said["terms"]["offered"]):
        yield "a veto fired and there is a grade, a limit or an offer"


def content_is_as_committed(row: Row | Newest) -> Iterator[str]:
    """The content is what the entry in the log commits to; one that was erased after its time is not there to differ."""
    if row.content is None or row.salt is None:
        return
    said = read(row.body).get("commitment")
    if not compare_digest(str(said), commitment(row.content, row.salt)):
        yield "its content is not what its entry commits to"


OF_A_BINDING: tuple[tuple[str, Callable[[dict[str, Any], Policy], Iterator[str]]], ...] = (
    ("points_sum_to_the_score", points_sum_to_the_score),
    ("grade_is_its_band", grade_is_its_band),
    ("veto_means_no_grade", veto_means_no_grade),
)
"""Of the binding part of each decision."""


def _band(score: int, policy: Policy) -> str | None:
    """The grade whose band holds a score; None below the lowest."""
    place = bisect_right([grade.at_least for grade in policy.grades], score)
    return policy.grades[place - 1].id if place else None


def read(content: bytes | None) -> dict[str, Any]:
    """What the bytes say; nothing where they are erased or not JSON."""
    try:
        said = json.loads(content) if content is not None else {}
    except ValueError:
        said = {}
    return said if isinstance(said, dict) else {}
