"""Who may send a file, and what a sent file may be: bounds, names, and every fault of the form beside its field."""

from __future__ import annotations

import pytest

from serving.access.callers import Caller, Forbidden
from serving.access.roles import Role
from serving.console import sent_files
from serving.county.let_in import check_whole
from tests.serving.console.county.conftest import Troubled
from tests.serving.console.county.sending import IMPORT, STATED, csv_of, kept, upload
from tests.serving.console.pages import person, token_of

pytestmark = pytest.mark.usefixtures("nothing_waits")


@pytest.mark.parametrize(
    ("changes", "name", "fields"),
    [
        ({"source": "weather", "observed_on": "2018-01-01", "coverage": "", "areas": ""}, "x.exe", 4),
        ({"source": "loans", "observed_on": "31.3.2017"}, ".csv", 2),
        ({"coverage": "complete", "areas": "999999"}, "a" * 300 + ".csv", 2),
        ({"coverage": "complete", "areas": "<b>"}, "months.csv", 1),
    ],
)
def test_every_fault_of_the_form_stands_by_its_field(
    changes: dict[str, str], name: str, fields: int, troubled: Troubled
) -> None:
    with person(troubled.site, Role.COUNTY, language="en") as client:
        answer = upload(client, csv_of("x,2017-01-31,1,0"), name=name, **changes)
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == fields
    assert "<b>" not in answer.text
    for field, typed in changes.items():
        if field in ("observed_on", "areas") and "<" not in typed:
            assert f'value="{typed}"' in answer.text, "what was typed is kept"
    assert kept(troubled) == []


@pytest.mark.parametrize("role", [it for it in Role if it not in (Role.COUNTY, Role.BANK)])
def test_others_may_not(role: Role, troubled: Troubled) -> None:
    with person(troubled.site, role) as client:
        assert client.get(IMPORT).status_code == 403
        token = token_of(client.get("/console/"))
        fields = {"csrf_token": token, **STATED}
        answer = client.post(IMPORT, data=fields, files={"file": ("months.csv", csv_of(), "text/csv")})
        assert answer.status_code == 403
    assert kept(troubled) == []


def test_what_cannot_be_a_sent_file(troubled: Troubled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_files, "MOST_BYTES", 5_000)
    with person(troubled.site, Role.COUNTY) as client:
        token = token_of(client.get(IMPORT))
        file = ("months.csv", csv_of(), "text/csv")
        assert client.post(IMPORT, data=STATED, files={"file": file}).status_code == 403, "no token"
        assert client.post(IMPORT, data={"csrf_token": token, **STATED}).status_code == 422, "no file"
        large = ("months.csv", b"x" * 9_000, "text/csv")
        assert client.post(IMPORT, data={"csrf_token": token, **STATED}, files={"file": large}).status_code == 413
        two = [("file", file), ("other", file)]
        assert client.post(IMPORT, data={"csrf_token": token, **STATED}, files=two).status_code == 400
        twice = [("csrf_token", (None, token)), ("csrf_token", (None, token)), ("file", file)]
        assert client.post(IMPORT, files=twice).status_code == 400
        broken = {"Content-Type": "multipart/form-data; boundary=x"}
        assert client.post(IMPORT, content=b"--y\r\n", headers=broken).status_code in (400, 403)
        assert client.post("/console/sign-out", files={"file": file}).status_code == 415, "no other page takes a file"
    with person(troubled.site, None) as nobody:
        assert nobody.post(IMPORT, data=STATED, files={"file": file}).status_code == 303
    assert kept(troubled) == []


def test_an_officer_whose_area_is_not_all_the_store_holds_imports_nothing(troubled: Troubled) -> None:
    """A file may speak of any household; so nobody lets one in who may not look at all of them."""
    parts = troubled.site.served.parts
    check_whole(parts, Caller("a", "county", Role.COUNTY, troubled.village[:6]))
    for area in ("411224", troubled.township, ""):
        with pytest.raises(Forbidden):
            check_whole(parts, Caller("a", "county", Role.COUNTY, area))
