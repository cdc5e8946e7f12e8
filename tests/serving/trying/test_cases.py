"""Cases that analysts and banks write, and the edge cases with which a bank proves its copy."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest
import typer
from typer.testing import CliRunner

from scoring.assess import assess
from scoring.credit_file import CreditFile, Reported
from scoring.errors import PolicyFaults
from scoring.policy.compiled import compiled
from scoring.policy.load import load
from scoring.policy.schema import Policy
from scoring.validate import credit_file_of
from serving.commands import policy_cases, policy_frame
from serving.trying.case_files import read_cases
from serving.trying.cases import changed_cases, judge_case
from tests.serving.trying.drafts import NEXT, draft_of

ROOT = Path(__file__).parents[3]
GOLDEN = """cases:
  - name: the household on which our branch trains its clerks
    on: 2021-03-01
    household: steady
    owner: lushi-rcb
    values: {income_sources: 2}
    expect: {grade: AAA, score: 120}
"""


def run(*arguments: object) -> tuple[int, str]:
    app = typer.Typer()
    policy_cases.register(app)
    policy_frame.register(app)
    result = CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})
    return result.exit_code, result.output


def test_every_case_of_the_approved_policy_holds() -> None:
    policy, cases = load(NEXT), read_cases(NEXT)
    assert len(cases) >= 10
    assert all(judge_case(case, policy).holds for case in cases)
    assert run("cases", NEXT)[0] == 0


def test_a_case_that_does_not_hold_is_named_with_its_place_and_leaves_with_1(tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", ("grades.yaml", "id: AAA, at_least: 120", "id: AAA, at_least: 121"), base=NEXT)
    code, said = run("cases", draft)
    assert code == 1
    assert "cases/rules.yaml:" in said
    assert "grade: expected AAA, decided AA" in said


def test_a_draft_that_moves_a_golden_case_names_the_bank(tmp_path: Path) -> None:
    home = draft_of(tmp_path / "home", base=NEXT)
    (home / "cases" / "rcb.yaml").write_text(GOLDEN, encoding="utf-8")
    draft = draft_of(tmp_path / "draft", ("grades.yaml", "id: AAA, at_least: 120", "id: AAA, at_least: 121"), base=NEXT)
    found = changed_cases(home, load(home), load(draft))
    assert load(home).sha256 == load(NEXT).sha256
    assert found["banks_whose_golden_cases_move"] == ["lushi-rcb"]
    golden = next(it for it in found["moved"] if it["owner"])
    assert (golden["before"]["grade"], golden["after"]["grade"]) == ("AAA", "AA")
    assert changed_cases(home, load(home), load(home))["moved"] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("household: steady", "household: nobody", "'household: nobody', which does not exist"),
        ("grade: AAA", "rating: AAA", "expects 'rating', which is nothing that is decided"),
        ("on: 2021-03-01", "on: yesterday", "has a day under 'on' that is none"),
        ("owner: lushi-rcb", "bank: lushi-rcb", "unknown key 'bank'"),
        ("cases:", "cases: [", "the file is not YAML"),
    ],
)
def test_a_faulty_case_is_refused_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    home = draft_of(tmp_path / "home", base=NEXT)
    (home / "cases" / "rcb.yaml").write_text(GOLDEN.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyFaults) as refused:
        read_cases(home)
    assert any(said in str(fault) and str(fault).startswith("cases/rcb.yaml:") for fault in refused.value.faults)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(NEXT)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("frame")
    code, said = run("frame", NEXT, "--out", folder / "frame.csv", "--values", folder / "values.csv")
    assert code == 0, said
    return folder / "frame.csv", folder / "values.csv"


def read(path: Path) -> polars.DataFrame:
    return polars.read_csv(path, infer_schema_length=0).fill_null("")


def test_each_edge_case_is_what_one_household_is_assessed_as(files: tuple[Path, Path], policy: Policy) -> None:
    for row in read(files[0]).sample(150, seed=1).iter_rows(named=True):
        on = policy.effective_from
        file = credit_file_of({it.id: row[it.id] for it in policy.indicators}, policy, on=on)
        ages = {it.id: int(row[f"days_old {it.id}"]) for it in policy.sources}
        dated = {name: Reported(on.fromordinal(on.toordinal() - age)) for name, age in ages.items()}
        one = assess(CreditFile("", "", file.codes, dated), policy, on=on)
        assert (row["score"], row["status"]) == (str(one.points.score), one.settled.status)
        assert row["grade"] == (one.settled.grade.id if one.settled.grade else "")
        assert row["vetoes"].split() == [it.veto.id for it in one.vetoes if it.state == "fired"]


def test_every_rule_stands_in_some_edge_case(files: tuple[Path, Path], policy: Policy) -> None:
    frame, values = read(files[0]), read(files[1])
    assert {veto for cell in frame["vetoes"] for veto in cell.split()} == {it.id for it in policy.vetoes}
    assert set(frame["grade"]) == {"", *(it.id for it in policy.grades)}
    assert set(frame["status"]) == {"graded", "below_a", "vetoed", "withheld"}
    given = {(it, points) for it, points in zip(values["indicator"], values["points"], strict=True)}
    for item in policy.items:
        assert {(item.indicator, str(band.points)) for band in item.bands} <= given
    missing = set(values.filter(polars.col("state") == "missing")["indicator"])
    assert {item.indicator for item in policy.items} <= missing


@pytest.fixture(scope="module")
def bank(files: tuple[Path, Path], policy: Policy) -> Iterator[sqlite3.Connection]:
    """A bank's database: both files as they are, and its own copy of the points."""
    database = sqlite3.connect(":memory:")
    for name, path in zip(("frame", "values"), files, strict=True):
        table = read(path)
        columns = ", ".join(f'"{it}" TEXT' for it in table.columns)
        database.execute(f'CREATE TABLE "{name}" ({columns})')
        database.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * table.width)})', table.rows())
    database.execute('CREATE INDEX by_case ON "values" ("case")')
    database.execute("CREATE TABLE band (indicator TEXT, at_least INTEGER, points INTEGER)")
    database.execute("CREATE TABLE unknown (indicator TEXT, state TEXT, points INTEGER)")
    database.execute("CREATE TABLE cap (heading TEXT, most_added INTEGER, most_deducted INTEGER)")
    for item in compiled(policy).items:
        name = item.indicator.id
        database.executemany(
            "INSERT INTO band VALUES (?, ?, ?)", [(name, it.at_least, it.points) for it in item.item.bands]
        )
        states = zip(("missing", "stale"), item.lines, strict=False)
        database.executemany("INSERT INTO unknown VALUES (?, ?, ?)", [(name, state, it.points) for state, it in states])
    caps = [(it.id, it.most_added, it.most_deducted) for it in policy.headings]
    database.executemany("INSERT INTO cap VALUES (?, ?, ?)", caps)
    database.execute("CREATE INDEX by_band ON band (indicator, at_least)")
    database.commit()
    yield database
    database.close()


def query() -> str:
    """The query as the guide shows it."""
    found = re.search(r"```sql\n(.*?)```", (ROOT / "docs" / "policies.md").read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def test_an_equal_copy_differs_on_no_edge_case(bank: sqlite3.Connection) -> None:
    assert bank.execute(query()).fetchall() == []


@pytest.mark.parametrize(
    "mistake",
    [
        "UPDATE band SET at_least = at_least + 1 WHERE indicator = 'public_order_penalties' AND at_least = 2",
        "UPDATE band SET points = points - 1 WHERE indicator = 'farmland_mu' AND points > 0",
        "UPDATE unknown SET points = points - 1 WHERE indicator = 'farmland_mu' AND state = 'missing'",
        "UPDATE cap SET most_deducted = most_deducted + 1 WHERE heading = 'law_abiding'",
        "UPDATE cap SET most_added = most_added - 1 WHERE heading = 'law_abiding'",
    ],
)
def test_a_copy_with_one_mistake_differs_on_some_edge_case(bank: sqlite3.Connection, mistake: str) -> None:
    assert bank.execute(mistake).rowcount > 0
    try:
        assert bank.execute(query()).fetchall() != []
    finally:
        bank.rollback()
