"""``lushi policy``: what it prints, and how it leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

import serving.commands.policy as command
from scoring.policy.load import ROOT
from scoring.policy.numbers import Number
from scoring.probe import Effect

Texts = dict[str, str]
Replace = Callable[..., Texts]
FAULT = re.compile(r"^[\w./-]+:\d+: .+\. .+\.$")

app = typer.Typer()
command.register(app, lambda: pytest.fail("no command of these needs the parts"))


@app.command("other")
def other() -> None:
    """A second command, as the whole program has."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policy", *arguments])


def folder_of(texts: Mapping[str, str], where: Path) -> str:
    where.mkdir(parents=True)
    for name, text in texts.items():
        (where / name).write_text(text, encoding="utf-8")
    return str(where)


def test_check_finds_every_approved_policy_whole() -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "lushi_2017_04_01" in result.output
    assert "lushi_2021_03_01" in result.output
    assert "2 of 2 policies are whole" in result.output
    assert run("check").output == result.output == run("check", str(ROOT / "lushi")).output


def test_check_prints_one_line_per_proof_in_both_languages() -> None:
    lines = [line for line in run("check", "2017-04-01").output.splitlines() if " · " in line and "│" in line]
    assert len(lines) >= 15
    assert any("等级 · grades" in line and "AAA+ 135–163" in line for line in lines)
    assert any("无作用计分项 · items that change no grade" in line and "none" in line for line in lines)


def test_check_writes_the_certificate(tmp_path: Path) -> None:
    file = tmp_path / "certificate.json"
    assert run("check", str(ROOT / "lushi" / "2021-03-01"), "--json", str(file)).exit_code == 0
    (certificate,) = json.loads(file.read_text(encoding="utf-8"))
    assert certificate["policy"] == "lushi_2021_03_01"
    assert certificate["findings"] == []
    assert re.fullmatch(r"[0-9a-f]{64}", certificate["sha256"])


def test_check_says_each_fault_on_its_own_line_and_leaves_with_1(
    tmp_path: Path, texts_2017: Texts, replace: Replace
) -> None:
    texts = replace(
        texts_2017, "grades.yaml", ("at_least: 105", "at_least: 80"), ("known_percent: 90", "known_percent: 190")
    )
    texts = replace(texts, "areas.yaml", ("bad_ratio_over: 0.05", "bad_ratio_over: five"))
    result = run("check", folder_of(texts, tmp_path / "draft"))
    lines = result.output.splitlines()
    assert result.exit_code == 1
    assert len(lines) == 3
    assert all(FAULT.match(line) for line in lines), lines
    assert [line.split(":")[0] for line in lines] == ["areas.yaml", "grades.yaml", "grades.yaml"]


def test_check_shows_findings_and_leaves_with_1(tmp_path: Path, texts_2017: Texts, replace: Replace) -> None:
    extra = "reasons:\n  - {id: never_said, zh: 从不, en: Never said, source: project §4, assumed: true}\n"
    result = run("check", folder_of(replace(texts_2017, "reasons.yaml", ("reasons:\n", extra)), tmp_path / "draft"))
    assert result.exit_code == 1
    assert "finding: the reason 'never_said' is never given" in result.output
    assert "1 of 1 policies have findings" in result.output


@pytest.mark.parametrize("what", ["2018-01-01", "no/such/folder"])
def test_what_does_not_exist_is_said_and_leaves_with_1(what: str) -> None:
    for verb in ("check", "show", "sensitivity"):
        result = run(verb, what)
        assert result.exit_code == 1
        assert "no approved policy takes effect" in result.output or "there is no such policy folder" in result.output
        assert "Traceback" not in result.output


def test_a_json_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    result = run("check", "2017-04-01", "--json", str(tmp_path / "missing" / "c.json"))
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_show_prints_every_section_and_assumed_values_apart() -> None:
    result = run("show", "2017-04-01")
    assert result.exit_code == 0
    for title in ("Headings and caps", "Items", "Vetoes", "Grades", "Area controls", "Terms"):
        assert title in result.output
    published, assumed = run("show", "2017-04-01", "--section", "areas").output.split(
        "Assumed (our proposal, never published)"
    )
    assert "bad_ratio_over 0.05" in published
    assert "substandard" in assumed
    assert "substandard" not in published


def test_show_one_section_shows_no_other() -> None:
    output = run("show", "2021-03-01", "--section", "terms").output
    assert "3.85 %" in output
    assert "subsidy 50 %" in output
    assert "Vetoes" not in output


@pytest.mark.parametrize(("lang", "words"), [("en", ("yearly rate", "subsidy share", "eligibility")), ("zh", ("年利率", "贴息比例", "适用对象"))])  # fmt: skip
def test_diff_speaks_both_languages(lang: str, words: tuple[str, ...]) -> None:
    result = run("diff", "2017-04-01", str(ROOT / "lushi" / "2021-03-01"), "--lang", lang)
    assert result.exit_code == 0
    assert all(word in result.output for word in words)
    assert result.output.index("about.yaml") < result.output.index("terms.yaml")


def test_diff_of_the_same_policy_and_of_another_layout(tmp_path: Path, texts_2017: Texts) -> None:
    assert run("diff", "2017-04-01", "2017-04-01").output == "The two policies are the same.\n"
    commented = folder_of({**texts_2017, "areas.yaml": f"# read\n{texts_2017['areas.yaml']}"}, tmp_path / "draft")
    assert run("diff", "2017-04-01", commented, "--lang", "zh").output == "两份政策仅排版或注释不同。\n"


def test_sensitivity_names_the_numbers_without_effect(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    number = Number("terms.yaml", 44, 9, "terms.yaml: promise household_processing, value", "4")
    found = [Effect(number, 0, "no effect: a promise"), Effect(number, 3, "4 -> 5"), Effect(number, 0, "refused: x")]

    def fake(texts: Mapping[str, str], progress: Callable[[int, int], None]) -> list[Effect]:
        assert "terms.yaml" in texts
        progress(3, 3)
        return found

    monkeypatch.setattr(command, "sensitivity", fake)
    result = run("sensitivity", "2017-04-01", "--json", str(tmp_path / "e.json"))
    assert result.exit_code == 0
    assert "promise household_processing, value" in result.output
    assert "3 numbers: 1 move a generated household, 1 cannot be changed alone" in result.output
    assert [one["moved"] for one in json.loads((tmp_path / "e.json").read_text(encoding="utf-8"))] == [0, 3, 0]


@pytest.mark.parametrize(("day", "name"), [("2017-04-01", "lushi_2017_04_01"), ("2021-02-28", "lushi_2017_04_01"), ("2021-03-01", "lushi_2021_03_01")])  # fmt: skip
def test_in_force_says_which_policy_binds(day: str, name: str) -> None:
    result = run("in-force", "--on", day)
    assert result.exit_code == 0
    assert f"policy: {name}" in result.output


def test_in_force_before_the_first_policy_leaves_with_1_and_names_no_neighbour_as_binding() -> None:
    result = run("in-force", "--on", "2017-03-31")
    assert result.exit_code == 1
    assert "no approved policy is in force on 2017-03-31" in result.output
    assert run("in-force", "--on", "yesterday").exit_code == 2


def test_the_guide_names_every_command_and_no_other() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
    written = set(re.findall(r"lushi policy ([a-z-]+)", guide))
    assert written == {one.name for one in command.policy_app.registered_commands}


@pytest.mark.parametrize(
    "name", ["check", "show", "diff", "sensitivity", "in-force", "try", "cases", "frame", "approve"]
)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert f"lushi policy {name}" in result.output
