"""A file is checked, every fault is shown, and nothing is stored before the officer lets it in; nobody else sees it."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import polars
import pytest
from playwright.sync_api import Browser, expect

from serving.access.roles import Role
from serving.county import waiting_files
from tests.serving.console import test_pages
from tests.serving.console.county.conftest import Troubled
from tests.serving.console.county.sending import FILINGS, IMPORT, act, csv_of, kept, stored, upload
from tests.serving.console.looks import Looked
from tests.serving.console.pages import person, token_of

pytestmark = pytest.mark.usefixtures("nothing_waits")


def test_a_file_without_faults_is_let_in_and_stands_in_the_log(troubled: Troubled, loans: list[str]) -> None:
    before = stored(troubled)
    with person(troubled.site, Role.COUNTY, language="en") as client:
        sent = upload(client, csv_of(f"{loans[-1]},2017-02-28,1000.00,0"), name="C:\\files\\<b>feb.csv")
        assert sent.status_code == 303
        page = client.get(sent.headers["location"])
        assert "No faults. 1 rows can be stored." in page.text
        assert "&lt;b&gt;feb.csv" in page.text
        assert "<b>feb" not in page.text
        assert stored(troubled) == before, "nothing is stored before it is let in"
        done = act(client, sent.headers["location"], "accept")
        listed = client.get(done.headers["location"])
        assert "The file is stored under number" in listed.text
        assert "<b>feb" not in listed.text
        assert client.get(sent.headers["location"]).status_code == 404, "it waits no more"
    assert stored(troubled) == before + 1
    assert kept(troubled) == []
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
    before = stored(troubled)
    with person(troubled.site, Role.COUNTY) as client:
        address = upload(client, csv_of(f"{loans[0]},2017-02-28,500.00,0", *rows)).headers["location"]
        first, second = client.get(address).text, client.get(address, params={"after": 100}).text
        assert first.count("<td><code>") == 100
        assert second.count("<td><code>") == 20
        assert "该笔贷款不在台账中" in first
        assert '<td class="code">loan_id</td><td>该笔贷款不在台账中</td><td class="n">40</td>' in first
        assert 'class="code">loan_id' not in second, "the summary stands on the first page alone"
        assert "40行中有120处错误" in first
        lines = client.get(f"{address}/faults.csv").text.splitlines()
        assert len(lines) == 121
        assert lines[1] == '3,balance_cny,余额不是金额,"请以元填写,小数不超过2位"'
        refused = act(client, address, "accept")
        assert refused.status_code == 422
        assert stored(troubled) == before
        assert act(client, address, "accept", without_faulty="yes").status_code == 303
    assert stored(troubled) == before + 1
    with troubled.site.served.parts.store.engine.connect() as connection:
        newest = connection.exec_driver_sql("SELECT n_rows, n_refused FROM batches ORDER BY batch_no DESC").first()
    assert newest is not None
    assert tuple(newest) == (1, 40)


def test_a_file_is_given_up(troubled: Troubled, loans: list[str]) -> None:
    with person(troubled.site, Role.COUNTY) as client:
        address = upload(client, csv_of(f"{loans[0]},2017-01-31,500.00,0")).headers["location"]
        assert address in client.get(IMPORT).text
        assert act(client, address, "discard").headers["location"] == IMPORT
        assert client.get(address).status_code == 404
    assert kept(troubled) == []


def test_the_same_file_again_changes_nothing(troubled: Troubled, loans: list[str]) -> None:
    with person(troubled.site, Role.COUNTY, language="en") as client:
        content = csv_of(f"{loans[1]},2017-01-31,700.00,0")
        act(client, upload(client, content).headers["location"], "accept")
        before = stored(troubled)
        address = upload(client, content).headers["location"]
        assert "This file is stored already" in client.get(address).text
        assert act(client, address, "accept").status_code == 303
    assert stored(troubled) == before


def test_nobody_else_sees_a_waiting_file_and_it_goes_after_a_day(troubled: Troubled, loans: list[str]) -> None:
    served = troubled.site.served
    with person(troubled.site, Role.COUNTY) as client, person(troubled.site, Role.COUNTY, tenant="other") as other:
        address = upload(client, csv_of(f"{loans[2]},2017-01-31,500.00,0")).headers["location"]
        for path in ("", "/faults.csv"):
            assert other.get(address + path).status_code == 404
        token = token_of(other.get(IMPORT))
        assert other.post(f"{address}/accept", data={"csrf_token": token}).status_code == 404
        assert address not in other.get(IMPORT).text
    (folder,) = kept(troubled)
    assert oct(folder.stat().st_mode)[-3:] == "700"
    sent = served.clock.now() - waiting_files.KEPT - timedelta(minutes=1)
    about = json.loads((folder / "about.json").read_text())
    (folder / "about.json").write_text(json.dumps(about | {"at": str(sent)}))
    with person(troubled.site, Role.COUNTY) as client:
        assert client.get(address).status_code == 404
        assert kept(troubled) != []
        (folder / "since").write_text(sent.isoformat())
        waiting_files.sweep(served.parts)
    assert kept(troubled) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_with_faults_as_a_browser_sees_it(
    language: str, troubled: Troubled, loans: list[str], browser: Browser
) -> None:
    content = csv_of(f"{loans[0]},2017-02-27,500.00,0", "x,2017-02-28,y,z", f"{loans[1]},2017-02-28,1.00,0")
    with person(troubled.site, Role.COUNTY) as client:
        address = upload(client, content).headers["location"]
        look = Looked("a waiting file", Role.COUNTY, lambda _: address)
        test_pages.test_page(look, language, troubled.site, browser)
        test_pages.test_page(Looked("import", Role.COUNTY, lambda _: IMPORT), language, troubled.site, browser)
        if language == "zh":
            test_pages.test_no_english_on_a_chinese_page(look, troubled.site, browser)
        act(client, address, "discard")


def test_a_workbook_is_let_in_by_hand(troubled: Troubled, loans: list[str], browser: Browser) -> None:
    book = io.BytesIO()
    row = {"loan_id": [loans[3]], "month_end": ["2017-02-28"], "balance_cny": ["900.00"], "days_past_due": ["0"]}
    polars.DataFrame(row).write_excel(book)
    before = stored(troubled)
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
    assert stored(troubled) == before + 1


def test_what_a_file_was_called_is_seen_by_who_imports_and_by_auditors(troubled: Troubled, loans: list[str]) -> None:
    with person(troubled.site, Role.COUNTY) as client:
        sent = upload(client, csv_of(f"{loans[1]},2017-02-28,900.00,0"), name="of-wang-fang.csv")
        act(client, sent.headers["location"], "accept")
    seen = {}
    for role in (Role.COUNTY, Role.AUDITOR, Role.ANALYST, Role.TOWNSHIP, Role.VILLAGE):
        with person(troubled.site, role) as client:
            page = client.get(FILINGS)
        assert page.status_code == 200
        seen[role] = "of-wang-fang.csv" in page.text
    assert seen == {role: role in (Role.COUNTY, Role.AUDITOR) for role in seen}
