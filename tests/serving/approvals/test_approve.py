"""Policies approved by two people: a line of the index and an entry of the log, both or neither."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import typer
from starlette.testclient import TestClient
from typer.testing import CliRunner

from feature_store.adapters.connect import StoreUnavailable
from feature_store.adapters.store import AtWork, Store
from scoring.policy.load import ROOT, load_index
from serving.api.app import create_app
from serving.approvals import approve
from serving.approvals.approve import ApprovalRefused, adopt_policies, approve_policy, unrecorded_policies
from serving.clock import FixedClock
from serving.commands import policy_approve
from serving.ledger.verify import verify
from serving.settings import read_settings
from serving.wiring import Parts, wire

PEOPLE = {"by": "Zhang San", "second": 'Li Si: "head" # 主任', "why": "county order 12"}
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def wired(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """Parts over the policies that come with the product."""
    return wire(read_settings({"LUSHI_DATA": str(tmp_path_factory.mktemp("data"))}))


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A county's folder of its own with a draft that begins in 2027."""
    folder = tmp_path / "lushi"
    shutil.copytree(ROOT / "lushi", folder)
    _draft(folder, "2027-01-01")
    return folder


@pytest.fixture
def parts(wired: Parts, county: Path, database: sa.Engine) -> Parts:
    found = replace(wired, settings=replace(wired.settings, policies=county), clock=FixedClock(NOW))
    found.__dict__["store"] = Store(database)
    return found


def _draft(county: Path, begins: str, *changes: tuple[str, str, str]) -> Path:
    folder = county / begins
    shutil.copytree(county / "2021-03-01", folder)
    dates = ("about.yaml", "effective_from: 2021-03-01", f"effective_from: {begins}")
    for name, old, new in (
        dates,
        ("about.yaml", "id: lushi_2021_03_01", f"id: lushi_{begins.replace('-', '_')}"),
        *changes,
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def _entries(parts: Parts) -> list[tuple[str, dict[str, Any]]]:
    with parts.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT kind, content FROM log_entries JOIN log_contents USING (index) ORDER BY index"
        )
        return [(row.kind, json.loads(bytes(row.content))) for row in rows]


def test_an_approved_policy_stands_in_the_index_and_in_the_log(parts: Parts, county: Path) -> None:
    before = (county / "index.yaml").read_text(encoding="utf-8")
    found = approve_policy(parts, county / "2027-01-01", **PEOPLE)
    after = (county / "index.yaml").read_text(encoding="utf-8")
    assert after.startswith(before), "only ever appended to"
    policies = load_index(county)
    last = policies.approvals[-1]
    assert (last.approved_by, last.second, last.why) == tuple(PEOPLE.values())
    assert (last.approved_on, last.effective_from) == (date(2026, 12, 1), date(2027, 1, 1))
    ((kind, said),) = _entries(parts)
    assert (kind, found.log_index) == ("policy_approved", 0)
    assert (
        said.items()
        >= {"folder": "2027-01-01", "sha256": policies.policies[-1].sha256, "second": PEOPLE["second"]}.items()
    )
    newer = replace(wire(parts.settings), clock=parts.clock)
    newer.__dict__["store"] = parts.store
    assert said["certificate_sha256"] == newer.certificates[found.policy.sha256].sha256
    assert unrecorded_policies(newer) == ["2017-04-01", "2021-03-01"]
    assert adopt_policies(newer) == ["2017-04-01", "2021-03-01"]
    assert unrecorded_policies(newer) == []
    assert [kind for kind, _ in _entries(parts)] == ["policy_approved", "policy_adopted", "policy_adopted"]
    with parts.store.engine.connect() as connection:
        assert verify(connection, parts.signer).faults == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"second": "ZHANG  SAN"}, "two different people"),
        ({"second": ""}, "two different people"),
        ({"why": " "}, "needs a cause"),
        ({"by": "Zhang\nSan"}, "printable"),
        ({"folder": "2021-03-01"}, "begins on 2021-03-01; a policy cannot bind days that have passed"),
        ({"folder": "../elsewhere"}, "beside index.yaml"),
    ],
)
def test_what_is_not_right_is_refused_and_nothing_changes(
    parts: Parts, county: Path, changes: dict[str, str], says: str
) -> None:
    shutil.copytree(county / "2027-01-01", county.parent / "elsewhere")
    before = (county / "index.yaml").read_bytes()
    words = PEOPLE | changes
    folder = county / words.pop("folder", "2027-01-01")
    with pytest.raises(ApprovalRefused, match=says):
        approve_policy(parts, folder, **words)
    assert ((county / "index.yaml").read_bytes(), _entries(parts)) == (before, [])


def test_a_policy_with_faults_is_refused_with_all_of_them_and_with_what_else_is_wrong(
    parts: Parts, county: Path
) -> None:
    folder = _draft(county, "2027-06-01", ("grades.yaml", "grades:", "grade:"))
    with pytest.raises(ApprovalRefused) as refused:
        approve_policy(parts, folder, **PEOPLE | {"why": ""})
    assert len(refused.value.reasons) >= 3
    assert any("grades.yaml" in it for it in refused.value.reasons)


def test_a_policy_never_begins_before_one_that_is_approved(parts: Parts, county: Path) -> None:
    _draft(county, "2026-12-15")
    approve_policy(parts, county / "2027-01-01", **PEOPLE)
    for name, says in (("2026-12-15", "begins before the one above"), ("2027-01-01", "two policies begin on")):
        with pytest.raises(ApprovalRefused, match=says):
            approve_policy(parts, county / name, **PEOPLE)
    assert len(_entries(parts)) == 1


def test_where_the_commit_fails_the_index_is_as_before(
    parts: Parts, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, seen, real = (county / "index.yaml").read_bytes(), [], approve._replace

    def replaced(path: Path, text: str) -> None:
        real(path, text)
        seen.append(text)
        if len(seen) == 1:  # the connection is lost between the file and the commit
            with parts.store.engine.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                )

    monkeypatch.setattr(approve, "_replace", replaced)
    with pytest.raises(StoreUnavailable):
        approve_policy(parts, county / "2027-01-01", **PEOPLE)
    assert len(seen) == 2
    assert ((county / "index.yaml").read_bytes(), _entries(parts)) == (before, [])
    assert sorted(it.name for it in county.iterdir() if it.is_file()) == ["index.yaml"]


def test_where_the_index_cannot_be_written_there_is_no_entry(
    parts: Parts, county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path, __: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(approve, "_replace", full)
    with pytest.raises(OSError, match="No space"):
        approve_policy(parts, county / "2027-01-01", **PEOPLE)
    assert _entries(parts) == []


def test_two_that_approve_at_once_leave_one_line(parts: Parts, county: Path) -> None:
    def attempt(_: int) -> bool:
        try:
            approve_policy(parts, county / "2027-01-01", **PEOPLE)
        except (ApprovalRefused, AtWork):
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        assert sum(people.map(attempt, range(4))) == 1
    assert [it.folder for it in load_index(county).approvals] == ["2017-04-01", "2021-03-01", "2027-01-01"]
    assert len(_entries(parts)) == 1


def test_a_service_that_starts_adopts_what_has_no_entry_once(parts: Parts) -> None:
    parts.clock.moment = datetime(2021, 4, 15, tzinfo=UTC)  # type: ignore[attr-defined]
    for _ in range(2):
        with TestClient(create_app(parts)):
            pass
    entries = _entries(parts)
    assert [(kind, said["folder"]) for kind, said in entries] == [
        ("policy_adopted", "2017-04-01"),
        ("policy_adopted", "2021-03-01"),
    ]
    assert entries[0][1]["approved_by"] == "head of the county finance office"


def test_several_services_that_start_at_once_adopt_each_line_once(parts: Parts) -> None:
    with ThreadPoolExecutor(6) as services:
        adopted = list(services.map(lambda _: adopt_policies(parts), range(6)))
    assert sorted(map(len, adopted)) == [0, 0, 0, 0, 0, 2]
    assert len(_entries(parts)) == 2


def test_the_command_approves_and_says_what_to_do_next(parts: Parts, county: Path) -> None:
    app = typer.Typer()
    app.callback()(lambda: None)
    policy_approve.register(app, lambda: parts)
    run: Callable[..., Any] = CliRunner().invoke
    words = ["approve", str(county / "2027-01-01"), "--by", "Zhang San", "--second", "Li Si", "--why", "order 12"]
    done = run(app, words)
    assert (done.exit_code, "restart the service" in done.output) == (0, True)
    assert isinstance(run(app, words).exception, ApprovalRefused)
    assert run(app, [*words[:4]]).exit_code == 2
