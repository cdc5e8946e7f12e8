"""Pages of the challenger's versions: figures as training recorded them, and moves that two people make."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from serving.access.roles import Role
from serving.approvals import proposals
from serving.approvals.promote import list_models
from serving.approvals.proposals import OF_MODELS
from serving.console.models.judged import judged
from serving.console.models.routes import CARD_POLICY
from tests.fakes.registry import FakeRegistry
from tests.serving.console.pages import person, send
from tests.serving.console.site import Site
from tests.serving.console.workshop import CARD, run

SAID = "<script>alert(1)</script>"


def _registry(site: Site) -> FakeRegistry:
    found = site.served.parts.challengers.registry
    assert isinstance(found, FakeRegistry)
    return found


@pytest.fixture
def waiting(workshop: Site) -> Iterator[int]:
    """A proposal by somebody else, ended when the test has."""
    made = proposals.propose(workshop.served.parts, "promote", "2", by="somebody", why=SAID)
    yield made.number
    if any(it.number == made.number and it.open for it in proposals.newest(workshop.served.parts, OF_MODELS, most=50)):
        proposals.close(workshop.served.parts, made.number, by="tests", kinds=OF_MODELS)


def test_the_list_shows_every_version_and_which_stands(workshop: Site) -> None:
    with person(workshop, Role.ANALYST, language="en") as client:
        page = client.get("/console/models").text
    rows = re.findall(r'<th scope="row"><a href="/console/models/(\d)">.*?</tr>', page, re.DOTALL)
    assert rows == ["3", "2", "1"], "the newest first"
    assert page.count("advises</span>") == 1
    assert page.count('bad">refused') == 1


def test_every_figure_of_the_page_is_one_that_training_recorded(workshop: Site) -> None:
    figures = run().figures
    with person(workshop, Role.AUDITOR, language="en") as client:
        page = client.get("/console/models/1").text
    for name in ("overall.auc", "overall.auc.low", "rival.binding.auc", "rival.woe.ks", "rival.binding.auc_difference"):
        digits = 4 if name.endswith("difference") else 3
        assert f"{figures[name]:.{digits}f}" in page, name
    for kind in ("both", "swapped_in", "swapped_out", "neither"):
        assert f'<td class="n">{figures[f"rival.binding.swap.{kind}.rows"]:,.0f}</td>' in page
    assert "Trained on synthetic data" in page
    assert "importance" not in page
    assert page.count('class="curve k') >= 4


def test_what_was_not_recorded_is_left_out_and_a_challenger_before_has_its_column() -> None:
    assert judged({}).statistics == ()
    assert judged({}).roc is None
    figures = dict(run().figures)
    figures |= {name.replace(".woe.", ".previous."): value for name, value in figures.items() if ".woe." in name}
    found = judged(figures)
    assert found.titles == ("challenger", "the card's score", "the challenger before", "logistic regression")
    assert found.rivals[1].auc.value == figures["rival.woe.auc_difference"]
    assert [len(it.values) for it in found.statistics] == [4] * len(found.statistics)
    assert found.roc is not None
    assert [it.name for it in found.roc.curves] == list(found.titles)
    assert found.roc_rows[-1] == (100, (1.0,) * 4)


def test_a_refused_version_says_why_in_the_readers_language_and_cannot_be_proposed(workshop: Site) -> None:
    for language, says in (("zh", "区分能力不足"), ("en", "It does not tell good from bad")):
        with person(workshop, Role.ANALYST, language=language) as client:
            page = client.get("/console/models/3").text
        assert says in page
        assert 'value="promote"' not in page


def test_the_card_is_shown_as_written_and_may_do_nothing(workshop: Site) -> None:
    with person(workshop, Role.AUDITOR) as client:
        found = client.get("/console/models/1/card")
        assert (found.status_code, found.text) == (200, CARD)
        assert found.headers["content-security-policy"] == CARD_POLICY
        assert client.get("/console/models/2/card").status_code == 404, "none was kept"
        assert client.get("/console/models/9/card").status_code == 404
        assert client.get("/console/models/9").status_code == 404
        assert client.get("/console/models/x").status_code == 422


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ANALYST, 200),
        (Role.COUNTY, 200),
        (Role.AUDITOR, 200),
        (Role.CLERK, 403),
        (Role.VILLAGE, 403),
        (Role.TOWNSHIP, 403),
        (Role.ADMINISTRATOR, 403),
    ],
)
def test_who_may_look(workshop: Site, role: Role, status: int) -> None:
    with person(workshop, role) as client:
        answers = [client.get(f"/console/models{it}").status_code for it in ("", "/1", "/1/card")]
    assert answers == [status] * 3


def test_who_only_looks_has_no_form_and_moves_nothing(workshop: Site, waiting: int) -> None:
    with person(workshop, Role.AUDITOR) as client:
        page = client.get("/console/models").text
        assert "/console/models/proposals" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert SAID not in page
        for path in ("", f"/{waiting}/confirm", f"/{waiting}/close"):
            answer = send(client, f"/console/models/proposals{path}", act="suspend", subject="", why="x")
            assert answer.status_code == 403
    assert proposals.newest(workshop.served.parts, OF_MODELS, most=1)[0].open


def test_a_version_is_let_advise_by_two_people(moved_workshop: Site) -> None:
    parts = moved_workshop.served.parts
    with person(moved_workshop, Role.ANALYST) as one, person(moved_workshop, Role.COUNTY) as other:
        fields = {"act": "promote", "subject": "2", "why": "the gate passed it"}
        answer = send(one, "/console/models/proposals", seen_on="/console/models/2", **fields)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/models")
        number = proposals.newest(parts, OF_MODELS, most=1)[0].number
        path = f"/console/models/proposals/{number}/confirm"
        assert path not in one.get("/console/models").text, "nobody confirms their own"
        mine = send(one, path)
        assert mine.status_code == 409
        assert "须由他人确认" in mine.text
        assert path in other.get("/console/models").text
        assert send(other, path).status_code == 303
        assert [it.version.version for it in list_models(parts) if it.stands] == ["2"]
        again = send(other, path)
        assert again.status_code == 409
        assert "已经结束" in again.text
        assert send(other, "/console/models/proposals/999999/confirm").status_code == 404


@pytest.mark.parametrize("act", ["promote", "resume"])
def test_a_form_without_a_cause_comes_back_with_what_is_wrong_and_what_was_typed(workshop: Site, act: str) -> None:
    with person(workshop, Role.ANALYST) as client:
        typed = "x" * 600
        answer = send(client, "/console/models/proposals", act=act, subject="2" if act == "promote" else "", why=typed)
        assert answer.status_code == 422
        assert f'id="fault-{act}"' in answer.text
        assert "最多500字" in answer.text
        assert f'value="{typed}"' in answer.text
        gone = send(client, "/console/models/proposals", act="suspend", subject="", why="")
        assert gone.status_code == 422
        assert "最多500字" in gone.text, "said also where the page no longer has the form"
        assert send(client, "/console/models/proposals", act="delete", subject="", why="x").status_code == 400


def test_a_registry_that_is_away_leaves_the_page_and_its_state(workshop: Site) -> None:
    _registry(workshop).away = True
    try:
        with person(workshop, Role.ANALYST, language="en") as client:
            page = client.get("/console/models")
            assert (page.status_code, "cannot be read now" in page.text) == (200, True)
            assert client.get("/console/models/1").status_code == 503
    finally:
        _registry(workshop).away = False
