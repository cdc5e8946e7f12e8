"""Documentation that cannot rot: settings, commands and links are held against the code."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import typer.main

import lushi
from serving.access.roles import MAY, Act, Role
from serving.settings import SETTINGS, SettingsInvalid, read_settings

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented_and_no_other() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(LUSHI_\w+)`", written, re.MULTILINE)) == {name for name, _, _ in SETTINGS}


def test_every_setting_named_in_code_exists() -> None:
    known = {name for name, _, _ in SETTINGS}
    for package in ("serving", "feature_store", "training", "scoring"):
        for path in (ROOT / package).rglob("*.py"):
            named = set(re.findall(r"\bLUSHI_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
            assert named <= known, path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LUSHI_TYPO", "x"),
        ("LUSHI_PORT", "SECRET"),
        ("LUSHI_PORT", "0"),
        ("LUSHI_NOW", "SECRET"),
        ("LUSHI_NOW", "2021-04-15T09:00:00"),
        ("LUSHI_ID_KEY", "SECRET"),
        ("LUSHI_DATABASE_URL", "mysql://SECRET"),
        ("LUSHI_HOST", "0.0.0.0"),
        ("LUSHI_TLS_CERT", "SECRET.pem"),
        ("LUSHI_LOG_LEVEL", "SECRET"),
        ("LUSHI_METRICS_PORT", "SECRET"),
        ("LUSHI_METRICS_HOST", "SECRET/"),
        ("LUSHI_INVARIANTS_SECONDS", "0"),
        ("LUSHI_ALARM_WEBHOOK", "http://SECRET.example/"),
        ("LUSHI_ALARM_WEBHOOK", "https://user:SECRET@example.org/"),
        ("LUSHI_ALARM_WEBHOOK", "https://example.org/#SECRET"),
        ("LUSHI_ALARM_WEBHOOK", "https://[SECRET/"),
        ("LUSHI_ALARM_WEBHOOK", "https://example.org:99999/SECRET"),
        ("LUSHI_ALARM_WEBHOOK", "https://example.org/SECRET\r\nX: y"),
        ("LUSHI_ALARM_WEBHOOK", "file:///SECRET"),
        ("LUSHI_ALARM_KEY", "SECRET"),
    ],
)
def test_an_unknown_or_unusable_setting_is_refused_by_name_and_not_by_value(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=name) as refused:
        read_settings({name: value})
    assert "SECRET" not in str(refused.value)


def test_every_command_stands_in_the_readme_and_has_help() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = typer.main.get_command(lushi.app).commands  # type: ignore[attr-defined]
    assert len(commands) >= 9
    for name, command in commands.items():
        assert re.search(rf"\blushi {name}\b|make {name}\b", readme), name
        assert command.help, name


def test_every_path_that_the_readme_names_exists() -> None:
    for document in (ROOT / "README.md", ROOT / "docs" / "adopting" / "README.md"):
        for path in re.findall(
            r"`((?:scoring|serving|feature_store|docs|tests)/[\w./-]+)`", document.read_text(encoding="utf-8")
        ):
            assert (ROOT / path).exists(), path


def test_every_package_has_a_map() -> None:
    for package in ("scoring", "scoring/policy", "feature_store", "training", "serving"):
        assert (ROOT / package / "README.md").is_file(), package


def test_the_table_of_what_each_role_may_do_is_the_one_in_force() -> None:
    lines = (ROOT / "docs" / "access.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| may | "))
    roles = [Role(it.strip()) for it in lines[start].split("|")[2:-1]]
    found: dict[Act, dict[Role, bool]] = {}
    for line in itertools.takewhile(lambda it: it.startswith("| "), lines[start + 2 :]):
        act, *cells = (it.strip() for it in line.split("|")[1:-1])
        assert set(cells) <= {"yes", "–"}
        found[Act(act.split("`")[1])] = {role: cell == "yes" for role, cell in zip(roles, cells, strict=True)}
    assert found == {act: {role: act in MAY[role] for role in Role} for act in Act}


def test_every_adr_is_listed() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs" / "adr").glob("0*.md"):
        assert path.name in listed
