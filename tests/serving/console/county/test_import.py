"""A file is checked, every fault is shown, and nothing is stored before the officer lets it in; nobody else sees it."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2 as httpx
import polars
import pytest
from playwright.sync_api import Browser, expect

from serving.access.roles import Role
from serving.console import sent_files
from serving.county import waiting_files
from tests.serving.console import test_pages
from tests.serving.console.county.conftest import Troubled
from tests.serving.console.looks import Looked
from tests.serving.console.pages import person, token_of

IMPORT, FILINGS = "/console/county/import", "/console/county/filings"
STATED = {"source": "loan_months", "observed_on": "2017-03-31", "coverage": "listed", "areas": ""}
HEADER = "loan_id,month_end,balance_cny,days_past_due"


@pytest.fixture(autouse=True)
def _nothing_waits(troubled: Troubled) -> Iterator[None]:
    """No test leaves a file for the next one."""
    yield
    for folder in _kept(troubled):
        shutil.rmtree(folder)


@pytest.fixture
def loans(troubled: Troubled) -> list[str]:
    """Loans of the county."""
    with troubled.site.served.parts.store.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT loan_id FROM loans ORDER BY 1").scalars())


def _csv(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def _upload(client: httpx.Client, content: bytes, *, name: str = "months.csv", **changes: str) -> httpx.Response:
    token = token_of(client.get(IMPORT))
    fields = {"csrf_token": token, **STATED, **changes}
    return client.post(IMPORT, data=fields, files={"file": (name, content, "text/csv")})


def _act(client: httpx.Client, address: str, act: str, **fields: str) -> httpx.Response:
    return client.post(f"{address}/{act}", data={"csrf_token": token_of(client.get(address)), **fields})


def _stored(troubled: Troubled) -> int:
    with troubled.site.served.parts.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM batches").scalar_one())


def _kept(troubled: Troubled) -> list[Any]:
    return list((troubled.site.served.parts.settings.data / "uploads").iterdir())


def test_a_file_without_faults_is_let_in_and_stands_in_the_log(troubled: Troubled, loans: list[str]) -> None:
    before = _stored(troubled)
    with person(troubled.site, Role.COUNTY, language="en") as client:
        sent = _upload(client, _csv(f"{loans[-1]},2017-02-28,1000.00,0"), name="C:\\files\\<b>feb.csv")
        assert sent.status_code == 303
        page = client.get(sent.headers["location"])
        assert "No faults. 1 rows can be stored." in page.text
        assert "&lt;b&gt;feb.csv" in page.text
        assert "<b>feb" not in page.text
        assert _stored(troubled) == before, "nothing is stored before it is let in"
        done = _act(client, sent.headers["location"], "accept")
        listed = client.get(done.headers["location"])
        assert "The file is stored under number" in listed.text
        assert "<b>feb" not in listed.text
        assert client.get(sent.headers["location"]).status_code == 404, "it waits no more"
    assert _stored(troubled) == before + 1
    assert _kept(troubled) == []
    with troubled.site.served.parts.store.engine.connect() as connection:
        content = connection.exec_driver_sql(
            "SELECT content FROM log_contents JOIN log_entries USING (\"index\") WHERE kind = 'file_imported'"
            ' ORDER BY "index" DESC LIMIT 1'
        ).scalar_one()
    said = json.loads(bytes(content))
    assert (said["source"], said["rows"], said["refused"]) == ("loan_months", 1, 0)
    assert said["by"].startswith("person-")
    assert "feb" not in bytes(content).decode(), "a file's name may hold a person's"


def test_every_fault_is_shown_in_the_readers_language_a_page_at_a_time(troubled: Troubled, loans: list[str]) -> None:
    rows = [f"L-{number},2017-02-28,x,-1" for number in range(40)]
    before = _stored(troubled)
    with person(troubled.site, Role.COUNTY) as client:
        address = _upload(client, _csv(f"{loans[0]},2017-02-28,500.00,0", *rows)).headers["location"]
        first, second = client.get(address).text, client.get(address, params={"after": 100}).text
        assert first.count("<td><code>") == 100
        assert second.count("<td><code>") == 20
        assert "该笔贷款不在台账中" in first
        assert "40行中有120处错误" in first
        lines = client.get(f"{address}/faults.csv").text.splitlines()
        assert len(lines) == 121
        assert lines[1] == '3,balance_cny,余额不是金额,"请以元填写,小数不超过2位"'
        refused = _act(client, address, "accept")
        assert refused.status_code == 422
        assert _stored(troubled) == before
        assert _act(client, address, "accept", without_faulty="yes").status_code == 303
    assert _stored(troubled) == before + 1
    with troubled.site.served.parts.store.engine.connect() as connection:
        newest = connection.exec_driver_sql("SELECT n_rows, n_refused FROM batches ORDER BY batch_no DESC").first()
    assert newest is not None
    assert tuple(newest) == (1, 40)


def test_a_file_is_given_up(troubled: Troubled, loans: list[str]) -> None:
    with person(troubled.site, Role.COUNTY) as client:
        address = _upload(client, _csv(f"{loans[0]},2017-01-31,500.00,0")).headers["location"]
        assert address in client.get(IMPORT).text
        assert _act(client, address, "discard").headers["location"] == IMPORT
        assert client.get(address).status_code == 404
    assert _kept(troubled) == []


def test_the_same_file_again_changes_nothing(troubled: Troubled, loans: list[str]) -> None:
    with person(troubled.site, Role.COUNTY, language="en") as client:
        content = _csv(f"{loans[1]},2017-01-31,700.00,0")
        _act(client, _upload(client, content).headers["location"], "accept")
        before = _stored(troubled)
        address = _upload(client, content).headers["location"]
        assert "This file is stored already" in client.get(address).text
        assert _act(client, address, "accept").status_code == 303
    assert _stored(troubled) == before


def test_nobody_else_sees_a_waiting_file_and_it_goes_after_a_day(troubled: Troubled, loans: list[str]) -> None:
    served = troubled.site.served
    with person(troubled.site, Role.COUNTY) as client, person(troubled.site, Role.COUNTY, tenant="other") as other:
        address = _upload(client, _csv(f"{loans[2]},2017-01-31,500.00,0")).headers["location"]
        for path in ("", "/faults.csv"):
            assert other.get(address + path).status_code == 404
        token = token_of(other.get(IMPORT))
        assert other.post(f"{address}/accept", data={"csrf_token": token}).status_code == 404
        assert address not in other.get(IMPORT).text
    caller = troubled.site.session(Role.COUNTY)
    (folder,) = _kept(troubled)
    assert oct(folder.stat().st_mode)[-3:] == "700"
    about = json.loads((folder / "about.json").read_text())
    about["at"] = str(served.clock.now() - waiting_files.KEPT - timedelta(minutes=1))
    (folder / "about.json").write_text(json.dumps(about))
    with person(troubled.site, Role.COUNTY) as client:
        assert client.get(address).status_code == 404
        client.get(IMPORT)
    assert caller
    assert _kept(troubled) == []


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
        answer = _upload(client, _csv("x,2017-01-31,1,0"), name=name, **changes)
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == fields
    assert "<b>" not in answer.text
    for field, typed in changes.items():
        if field in ("observed_on", "areas") and "<" not in typed:
            assert f'value="{typed}"' in answer.text, "what was typed is kept"
    assert _kept(troubled) == []


@pytest.mark.parametrize("role", [it for it in Role if it not in (Role.COUNTY, Role.BANK)])
def test_others_may_not(role: Role, troubled: Troubled) -> None:
    with person(troubled.site, role) as client:
        assert client.get(IMPORT).status_code == 403
        token = token_of(client.get("/console/"))
        fields = {"csrf_token": token, **STATED}
        answer = client.post(IMPORT, data=fields, files={"file": ("months.csv", _csv(), "text/csv")})
        assert answer.status_code == 403
    assert _kept(troubled) == []


def test_what_cannot_be_a_sent_file(troubled: Troubled, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sent_files, "MOST_BYTES", 5_000)
    with person(troubled.site, Role.COUNTY) as client:
        token = token_of(client.get(IMPORT))
        file = ("months.csv", _csv(), "text/csv")
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
    assert _kept(troubled) == []


def test_an_officer_whose_area_is_not_all_the_store_holds_imports_nothing(troubled: Troubled) -> None:
    """A file may speak of any household; so nobody lets one in who may not look at all of them."""
    from serving.access.callers import Caller, Forbidden
    from serving.county.let_in import check_whole

    parts = troubled.site.served.parts
    check_whole(parts, Caller("a", "county", Role.COUNTY, troubled.village[:6]))
    for area in ("411224", troubled.township, ""):
        with pytest.raises(Forbidden):
            check_whole(parts, Caller("a", "county", Role.COUNTY, area))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_with_faults_as_a_browser_sees_it(
    language: str, troubled: Troubled, loans: list[str], browser: Browser
) -> None:
    content = _csv(f"{loans[0]},2017-02-27,500.00,0", "x,2017-02-28,y,z", f"{loans[1]},2017-02-28,1.00,0")
    with person(troubled.site, Role.COUNTY) as client:
        address = _upload(client, content).headers["location"]
        look = Looked("a waiting file", Role.COUNTY, lambda _: address)
        test_pages.test_page(look, language, troubled.site, browser)
        test_pages.test_page(Looked("import", Role.COUNTY, lambda _: IMPORT), language, troubled.site, browser)
        if language == "zh":
            test_pages.test_no_english_on_a_chinese_page(look, troubled.site, browser)
        _act(client, address, "discard")


def test_a_workbook_is_let_in_by_hand(troubled: Troubled, loans: list[str], browser: Browser) -> None:
    book = io.BytesIO()
    row = {"loan_id": [loans[3]], "month_end": ["2017-02-28"], "balance_cny": ["900.00"], "days_past_due": ["0"]}
    polars.DataFrame(row).write_excel(book)
    before = _stored(troubled)
    with troubled.site.browsing(browser, Role.COUNTY) as watched:
        page = watched.page
        watched.open(FILINGS)
        page.get_by_role("link", name="导入文件").click()
        page.get_by_label("文件", exact=True).set_input_files(
            {"name": "二月.xlsx", "mimeType": "application/octet-stream", "buffer": book.getvalue()}
        )
        page.get_by_label("报送单位名称").select_option("loan_months")
        page.get_by_label("数据时点").fill("2017-03-31")
        page.get_by_label("名单是否全量").select_option("listed")
        page.get_by_role("button", name="检查文件").click()
        expect(page.get_by_text("没有错误,1行可以入库。")).to_be_visible()
        page.get_by_role("button", name="确认入库").click()
        expect(page.get_by_role("status")).to_contain_text("文件已入库")
    assert _stored(troubled) == before + 1
