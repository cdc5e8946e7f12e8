"""``lushi policy try`` on the command line: exit codes, limits, files, and what a flat file shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pytest
import typer
from typer.testing import CliRunner

from scoring.policy.load import load, read_texts, sha256_of
from serving.approvals import trials
from serving.approvals.approve import INDEX
from serving.commands import policy_try
from serving.trying.file import try_file
from serving.wiring import Parts
from tests.adopting.test_taiwan import CLIENTS, POLICY, needs_clients
from tests.scoring.households import values_of
from tests.serving.served import Served
from tests.serving.trying.conftest import ON
from tests.serving.trying.drafts import AA_CUT, IN_FORCE, draft_of

Run = Callable[..., Any]
LIMIT = "limits:\n  - {{limit: losing_grade, {allowed}, label: {{zh: 降级户, en: households that lose a grade}}}}\n"


def runner(wired: Callable[[], Parts]) -> Run:
    app = typer.Typer()
    policy_try.register(app, wired)
    app.command("other")(lambda: None)
    return lambda *arguments: CliRunner().invoke(app, ["try", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def run(served: Served) -> Run:
    return runner(lambda: served.parts)


def no_database() -> Parts:
    raise AssertionError("a flat file needs no parts")


def test_a_broken_limit_leaves_with_4_and_says_by_how_much(run: Run, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", AA_CUT, trial=LIMIT.format(allowed="at_most: 1"))
    result = run(draft, "--on", ON, "--lang", "en", "--json", tmp_path / "t.json")
    assert result.exit_code == 4, result.output
    (limit,) = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["limits"]
    assert limit["broken"]
    assert int(limit["over_by"]) == int(limit["measured"]) - 1
    assert f"BROKEN by {limit['over_by']}" in result.output
    assert "households that lose a grade" in result.output


def test_a_trial_is_kept_as_it_was_found_and_is_an_entry_of_the_log(run: Run, served: Served, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", AA_CUT)
    result = run(draft, "--on", ON, "--json", tmp_path / "t.json", "--keep-by", "Zhang San")
    head = trials.newest(served.parts, most=1, folder="draft")[0]
    assert (result.exit_code, f"entry {head.number} of the log" in result.output) == (0, True), result.output
    assert trials.kept(served.parts, head.number).data == json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert (head.by, head.on, head.draft_sha256) == ("Zhang San", ON, load(draft).sha256)
    with served.parts.store.engine.connect() as connection:
        query = "SELECT kind, content FROM log_entries JOIN log_contents USING (index) WHERE index = %(at)s"
        kind, content = connection.exec_driver_sql(query, {"at": head.number}).one()
    assert (kind, json.loads(bytes(content))["trial_sha256"]) == ("policy_trial", head.sha256)
    with pytest.raises(trials.NoSuchTrial):
        trials.kept(served.parts, head.number + 1)
    assert "--keep-by" in run(draft, "--on", ON, "--keep-by", "two\nlines").output


def test_a_limit_that_is_exactly_reached_is_kept(run: Run, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", AA_CUT)
    run(draft, "--on", ON, "--json", tmp_path / "t.json")
    kinds = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["movement"]["kinds"]
    lost = kinds["newly_refused"] + kinds["lower"]
    for most, code in ((lost, 0), (lost - 1, 4)):
        (draft / "trial.yaml").write_text(LIMIT.format(allowed=f"at_most: {most}"), encoding="utf-8")
        assert run(draft, "--on", ON).exit_code == code


def test_a_share_of_the_registered_poor_is_of_them_alone(run: Run, tmp_path: Path) -> None:
    trial = "limits:\n  - {limit: registered_poor_losing_grade, at_most_share: 0.02, label: {zh: 贫, en: poor}}\n"
    draft = draft_of(tmp_path / "draft", ("scorecard.yaml", "points: 100", "points: 90"), trial=trial)
    result = run(draft, "--on", ON, "--json", tmp_path / "t.json")
    found = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    poor, (limit,) = found["registered_poor"], found["limits"]
    share = (poor["kinds"]["newly_refused"] + poor["kinds"]["lower"]) / poor["households"]
    assert float(limit["measured"]) == pytest.approx(share, abs=1e-6)
    assert result.exit_code == (4 if share > 0.02 else 0)
    assert poor["households"] < found["households"]


def test_faults_of_the_draft_are_said_as_check_says_them(run: Run, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", ("grades.yaml", "id: AA, at_least: 105", "id: AA, at_least: 80"))
    result = run(draft, "--on", ON)
    assert result.exit_code == 1
    assert "grades.yaml:4: grade 'AA' begins at 80, not above 'A'." in result.output


def test_a_draft_that_reads_stored_values_otherwise_is_refused(run: Run, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft")
    path = draft / "indicators.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("categories: [none, registered", "categories: [registered, none"), encoding="utf-8")
    result = run(draft, "--on", ON)
    assert result.exit_code == 1
    assert "reads stored values differently" in result.output


def test_the_page_holds_the_figures_of_the_json_and_fetches_nothing(run: Run, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", AA_CUT)
    for lang in ("zh", "en"):
        page, data = tmp_path / "t.html", tmp_path / "t.json"
        assert run(draft, "--on", ON, "--lang", lang, "--json", data, "--html", page).exit_code == 0
        html, found = page.read_text(encoding="utf-8"), json.loads(data.read_text(encoding="utf-8"))
        assert f'<html lang="{lang}">' in html
        assert found["synthetic"][lang] in html
        for row in found["townships"]:
            assert f"<td>{row[lang]}</td><td>{row['households']:,}</td>" in html
        assert not any(word in html for word in ("<script", "http://", "https://", "src="))


def test_a_trial_changes_neither_index_nor_log(run: Run, served: Served, tmp_path: Path) -> None:
    index = served.parts.settings.policies / INDEX
    before, count = index.read_bytes(), len(served.parts.policies.policies)
    assert run(draft_of(tmp_path / "draft", AA_CUT), "--on", ON).exit_code == 0
    assert index.read_bytes() == before
    assert len(served.parts.policies.policies) == count


def test_file_and_policy_to_compare_with_go_together(run: Run, tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", AA_CUT)
    for arguments in (("--file", draft / "grades.yaml"), ("--against", IN_FORCE), ("--outcome", "bad")):
        result = run(draft, "--on", ON, *arguments)
        assert result.exit_code == 1
        assert "--file" in result.output


def flat_file(path: Path) -> Path:
    """25 households of each of two kinds, 10 of a third; half of the first kind went bad."""
    policy = load(IN_FORCE)
    columns = {it.id: it.column for it in policy.indicators}
    rows = []
    for name, values, count in (("plain", {}, 25), ("steady", {}, 25), ("weak", {"straw_burning": "0"}, 10)):
        written = {columns[key]: value for key, value in {**values_of(name), **values}.items()}
        rows += [{"household_id": f"{name}{n}", "bad": str(n % 2), **written} for n in range(count)]
    polars.DataFrame(rows).write_csv(path)
    return path


def test_a_flat_file_shows_how_movers_fared_and_hides_small_groups(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path / "draft",
        ("grades.yaml", "id: A, at_least: 90", "id: A, at_least: 91"),
        ("grades.yaml", "id: AA, at_least: 105", "id: AA, at_least: 100"),
    )
    file = flat_file(tmp_path / "households.csv")
    found = try_file(draft, IN_FORCE, file, on=ON, id_column="household_id", outcome="bad")
    kinds = found["movement"]["kinds"]
    assert (kinds["higher"], kinds["newly_refused"], kinds["unchanged"]) == (25, 10, 25)
    rows = {row["kind"]: row for row in found["realised"]}
    assert (rows["higher"]["outcomes"], rows["higher"]["bad"]) == (25, 12)
    assert rows["newly_refused"] == {"kind": "newly_refused", "suppressed": True}
    result = runner(no_database)(
        draft, "--on", ON, "--against", IN_FORCE, "--file", file, "--outcome", "bad", "--lang", "en"
    )
    assert result.exit_code == 0, result.output
    assert "under 20" in result.output
    assert "48.00%" in result.output


@needs_clients
def test_a_draft_on_real_records_shows_the_realised_default_of_those_who_move(tmp_path: Path) -> None:
    draft = draft_of(tmp_path / "draft", ("grades.yaml", "id: A, at_least: 80", "id: A, at_least: 88"), base=POLICY)
    found = try_file(draft, POLICY, CLIENTS, on=ON.replace(year=2005, month=10, day=1), id_column="ID", outcome="bad")
    frame = polars.read_csv(CLIENTS)
    assert found["households"] == frame.height
    refused = next(row for row in found["realised"] if row["kind"] == "newly_refused")
    assert refused["outcomes"] == found["movement"]["kinds"]["newly_refused"] > 20
    total = sum(row["bad"] for row in found["realised"] if not row["suppressed"])
    assert total <= int(np.sum(frame["bad"].to_numpy()))
    assert float(refused["low"]) < float(refused["rate"]) < float(refused["high"])


@pytest.mark.parametrize(("draft", "against"), [(POLICY, IN_FORCE), (IN_FORCE, IN_FORCE.parent / "2021-03-01")])
def test_two_policies_that_share_little_are_tried_too_and_the_checks_hold(
    tmp_path: Path, draft: Path, against: Path
) -> None:
    file = flat_file(tmp_path / "households.csv")
    found = try_file(draft, against, file, on=ON.replace(year=2021), id_column="household_id", outcome="bad")
    assert found["checks"]["changes_together_give_the_draft"]
    assert found["checks"]["attribution_equals_movement"]
    shares = sum(float(part["attributed"]["moved"]) for part in found["attribution"]["parts"])
    assert shares == pytest.approx(found["households"] - found["movement"]["kinds"]["unchanged"], abs=0.1)
    changes = [change for part in found["attribution"]["parts"] for change in part["changes"]]
    assert (len(changes) > 20) == (draft == POLICY)


def test_the_approved_folders_keep_their_hashes_with_their_cases_beside_them() -> None:
    folder = IN_FORCE.parent / "2021-03-01"
    assert (folder / "cases" / "rules.yaml").is_file()
    assert sha256_of(read_texts(folder)) == "bd801f2325b5f1d7e02f4bbec71583327bf362a001ec3ecb8652d9551b2c482f"
