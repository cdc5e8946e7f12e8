"""Consents from a file: all or nothing, every fault with its row and column, one entry of the log."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner

from scoring.errors import LushiError
from serving.commands import consent
from serving.consents.files import ConsentsRefused, import_consents
from serving.ledger.verify import verify
from tests.serving.served import NOW, Served, ask

TODAY = NOW.date()


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county into which these tests import consents."""
    return make_county()


def _given(household: str, **changes: Any) -> dict[str, Any]:
    until = (TODAY + timedelta(days=365)).isoformat()
    body = {"reference": f"paper-{uuid4()}", "household_id": household, "purpose": "credit_decision"}
    return {**body, "granted_on": TODAY.isoformat(), "until": until, **changes}


def _contents(own: Served, kind: str) -> list[dict[str, Any]]:
    query = "SELECT content FROM log_entries JOIN log_contents USING (index) WHERE kind = %s ORDER BY index"
    with own.parts.store.engine.connect() as connection:
        return [json.loads(bytes(it)) for it in connection.exec_driver_sql(query, (kind,)).scalars()]


def _file(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "consents.csv"
    names = ["reference", "household_id", "tenant", "purpose", "granted_on", "until"]
    path.write_text("\n".join([",".join(names), *(",".join(str(row[it]) for it in names) for row in rows)]) + "\n")
    return path


def test_a_file_of_consents_is_recorded_whole_with_one_entry(own: Served, tmp_path: Path) -> None:
    rows = [_given(one, tenant="bank-d") for one in own.ids()[:50]]
    before = len(_contents(own, "consents_imported"))
    done = import_consents(own.parts, _file(tmp_path, rows), by="Sun Li")
    assert (done.new, done.known) == (50, 0)
    (entry,) = _contents(own, "consents_imported")[before:]
    assert (entry["count"], entry["tenants"], entry["by"]) == (50, ["bank-d"], "Sun Li")
    assert len(entry["file_sha256"]) == 64
    assert import_consents(own.parts, _file(tmp_path, rows), by="Sun Li").known == 50
    assert len(_contents(own, "consents_imported")) == before + 1, "nothing new is nothing to record"
    header = own.key(tenant="bank-d")
    asked = ask(own.ids()[5], consent_reference=rows[5]["reference"])
    assert own.client.post("/v1/decisions", json=asked, headers=header).status_code == 201
    with own.parts.store.looking(own.clock.now()) as moment:
        assert verify(moment.connection, own.parts.signer).faults == []


@pytest.mark.parametrize(
    ("changes", "column", "says"),
    [
        ({"reference": "a b"}, "reference", "written as it must be"),
        ({"reference": ""}, "reference", "empty"),
        ({"tenant": "Bank"}, "tenant", "written as it must be"),
        ({"purpose": "marketing"}, "purpose", "not known"),
        ({"granted_on": "20.04.2017"}, "granted_on", "not a date"),
        ({"until": ""}, "until", "not a date"),
        ({"household_id": "411299999999-0001"}, "household_id", "no such household"),
        ({"granted_on": "2017-12-31", "until": "2018-01-01"}, "granted_on", "future"),
        ({"until": "2017-04-19"}, "until", "before"),
        ({"until": "2027-04-20"}, "until", "more than 3 years"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_of_its_file_is_recorded(
    own: Served, tmp_path: Path, changes: dict[str, str], column: str, says: str
) -> None:
    rows = [_given(own.ids()[0], tenant="bank-e"), _given(own.ids()[1], tenant="bank-e") | changes]
    with pytest.raises(ConsentsRefused) as refused:
        import_consents(own.parts, _file(tmp_path, rows), by="Sun Li")
    (fault,) = refused.value.faults
    assert (fault.row, fault.column) == (3, column)
    assert says in fault.what
    with own.parts.store.engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM consents WHERE tenant = 'bank-e'").scalar_one()
    assert count == 0


def test_references_that_are_taken_or_stand_twice_are_faults(own: Served, tmp_path: Path) -> None:
    rows = [_given(own.ids()[0], tenant="bank-f") for _ in range(2)]
    import_consents(own.parts, _file(tmp_path, rows[:1]), by="Sun Li")
    with pytest.raises(ConsentsRefused, match="1 faults") as taken:
        import_consents(own.parts, _file(tmp_path, [rows[0] | {"household_id": own.ids()[1]}, rows[1]]), by="Sun Li")
    assert "says something else" in taken.value.faults[0].what
    with pytest.raises(ConsentsRefused) as twice:
        import_consents(own.parts, _file(tmp_path, [rows[1], rows[1]]), by="Sun Li")
    assert [fault.row for fault in twice.value.faults] == [2, 3]
    with pytest.raises(LushiError, match="--by"):
        import_consents(own.parts, _file(tmp_path, rows), by=" ")


def test_the_commands_record_list_and_name_faults(own: Served, tmp_path: Path) -> None:

    app = typer.Typer()
    consent.register(app, lambda: own.parts)
    run = CliRunner(env={"COLUMNS": "200"})
    rows = [_given(own.ids()[7], tenant="bank-g", reference="paper-of-g")]
    done = run.invoke(app, ["consent", "import", str(_file(tmp_path, rows)), "--by", "Sun Li"])
    assert (done.exit_code, "1 consents recorded" in done.output) == (0, True), done.output
    listed = run.invoke(app, ["consent", "list", own.ids()[7]])
    assert "paper-of-g" in listed.output
    refused = run.invoke(app, ["consent", "import", str(_file(tmp_path, [rows[0] | {"until": "x"}])), "--by", "Sun Li"])
    assert refused.exit_code == 1
    assert "until" in refused.output
