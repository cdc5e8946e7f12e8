"""Whatever somebody may choose is text on every page that shows it, and nothing else: names, notes, causes, answers, files, drafts."""

from __future__ import annotations

import pytest
from markupsafe import escape

from serving.console.languages import COOKIE
from tests.serving.console.walk import County
from tests.serving.console.walked import ATTEMPTS, EVIL, Things

_TAIL = EVIL.rpartition("/")[2]
"""What is left of it in a file's name, which has no folders."""
SHOWN = [
    ("a statement", f"statement of bank-a {EVIL}", "county", ["/console/objections/{objection_id}"]),
    ("an answer", f"answer {EVIL}", "county", ["/console/objections/{answered}"]),
    ("an override's cause", f"why of bank-a {EVIL}", "clerk", ["/console/decisions/{decision_id}"]),
    (
        "an override's cause in an audit",
        f"why of bank-a {EVIL}",
        "auditor",
        ["/console/audit/households/{household_id}?decision={decision_id}"],
    ),
    ("a reason of an unmasking", f"reason {EVIL}", "auditor", ["/console/audit/households/{household_id}"]),
    (
        "a review's title",
        f"review of the walk {EVIL}",
        "auditor",
        ["/console/audit", "/console/audit/reviews/{review_id}", "/console/audit/reviews/{review_id}/print"],
    ),
    (
        "a review's note",
        f"note of the walk {EVIL}",
        "auditor",
        [
            "/console/audit/reviews/{review_id}",
            "/console/audit/reviews/{review_id}/items/1",
            "/console/audit/reviews/{review_id}/print",
        ],
    ),
    (
        "a review's conclusion",
        f"conclusion {EVIL}",
        "auditor",
        ["/console/audit/reviews/{signed}", "/console/audit/reviews/{signed}/print"],
    ),
    (
        "a waiting file's name",
        f"{_TAIL}waits.csv",
        "county",
        ["/console/county/import", "/console/county/import/{upload_id}"],
    ),
    ("a stored file's name", f"{_TAIL}stored.csv", "auditor", ["/console/county/filings"]),
    (
        "a village's name",
        f"Village {EVIL}",
        "county",
        [
            "/console/county/villages/{named}",
            "/console/county/townships/{township}",
            "/console/households",
        ],
    ),
    ("a proposal's cause", f"model move {EVIL}", "analyst", ["/console/models"]),
    ("the cause of one that ended", f"ended move {EVIL}", "analyst", ["/console/models"]),
    ("the cause of a policy's", f"policy move {EVIL}", "administrator", ["/console/policies"]),
    (
        "a draft's title",
        f"Draft {EVIL}",
        "analyst",
        ["/console/policies", "/console/policies/versions/{folder}"],
    ),
    ("a gate's reason", f"gate {EVIL}", "analyst", ["/console/models/4"]),
    ("who tried a draft", "<i>analyst</i>", "county", ["/console/policies", "/console/policies/trials/{number}"]),
]


@pytest.mark.parametrize(("text", "reader", "paths"), [it[1:] for it in SHOWN], ids=[it[0] for it in SHOWN])
def test_it_is_shown_as_text(text: str, reader: str, paths: list[str], walked: County) -> None:
    township = {"{township}": walked.more["{named}"][:9]}
    things = Things(walked.made.things.of | walked.more | township)
    for path in paths:
        answer = walked.walkers[reader].client.get(things.address(path))
        assert answer.status_code == 200, path
        assert str(escape(text)) in answer.text, path
        assert text not in answer.text, path
        assert not any(it in answer.text for it in ATTEMPTS), path


@pytest.mark.parametrize(
    ("text", "reader", "paths"),
    [
        (f"村 {EVIL}", "county", ["/console/county/villages/{named}", "/console/households"]),
        (f"草案 {EVIL}", "analyst", ["/console/policies", "/console/policies/versions/{folder}"]),
        (f"门 {EVIL}", "analyst", ["/console/models/4"]),
    ],
)
def test_what_holds_both_languages_is_text_in_chinese_too(
    text: str, reader: str, paths: list[str], walked: County
) -> None:
    things = Things(walked.made.things.of | walked.more)
    client = walked.walkers[reader].client
    client.cookies.set(COOKIE, "zh")
    try:
        for path in paths:
            page = client.get(things.address(path)).text
            assert str(escape(text)) in page, path
            assert not any(it in page for it in ATTEMPTS), path
    finally:
        client.cookies.set(COOKIE, "en")


TYPED = [
    ("/console/households", "number", "clerk"),
    ("/console/households/{household_id}/decisions", "amount_cny", "clerk"),
    ("/console/households/{household_id}/objection", "statement", "village"),
    ("/console/decisions/{decision_id}/overrides", "why", "clerk"),
    ("/console/decisions/{decision_id}/closing", "cause", "clerk"),
    ("/console/consents", "reference", "clerk"),
    ("/console/objections/{objection_id}/outcome", "answer", "county"),
    ("/console/audit", "number", "auditor"),
    ("/console/audit/households/{household_id}/unmasking", "reason", "auditor"),
    ("/console/audit/reviews", "title", "auditor"),
    ("/console/audit/reviews/{review_id}/items/1", "note", "auditor"),
    ("/console/county/import", "areas", "county"),
    ("/console/policies/versions/{folder}/trials", "on", "analyst"),
    ("/console/admin/users", "name", "administrator"),
    ("/console/admin/clients", "name", "administrator"),
    ("/console/admin/clients/{program}/rotate", "days", "administrator"),
    ("/console/admin/retention", "second", "administrator"),
]


@pytest.mark.parametrize(("path", "field", "sender"), TYPED)
def test_what_was_typed_comes_back_as_text(path: str, field: str, sender: str, walked: County) -> None:
    who = walked.walkers[sender]
    text = f"{EVIL}\x01x" if field == "reason" else EVIL  # a reason that could stand would show a number
    things = Things(walked.made.things.of | {"{program}": "walk-program"})
    answer = who.client.post(things.address(path), data={"csrf_token": who.token, field: text})
    assert answer.status_code == 422
    assert not any(it in answer.text for it in ATTEMPTS)
