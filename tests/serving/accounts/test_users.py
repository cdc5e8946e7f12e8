"""People's accounts: what is refused and why, all faults at once, and the commands that make and end them."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typer
from typer.testing import CliRunner

from scoring.errors import LushiError
from serving.access.callers import NotSignedIn
from serving.access.roles import Role
from serving.accounts.clients import ClientRefused, add_client, list_clients
from serving.accounts.sign_in import sign_in
from serving.accounts.users import UserRefused, add_user, change_password, end_user, list_users
from serving.commands.user import register
from tests.serving.served import NOW, PASSWORD, Served, village_of


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose people these tests make and end."""
    made = make_county()
    add_user(made.parts, "taken", role=Role.ANALYST, password=PASSWORD, by="tests")
    add_user(made.parts, "gone", role=Role.ANALYST, password=PASSWORD, by="tests")
    end_user(made.parts, "gone", by="tests", why="left")
    add_client(made.parts, "a-program", tenant="bank-a", role=Role.BANK, days=1, by="tests")
    return made


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"person_id": "Wang Li"}, ["lower-case letters"]),
        ({"person_id": "王丽"}, ["lower-case letters"]),
        ({"person_id": "w" * 41}, ["lower-case letters"]),
        ({"person_id": "taken"}, ["there is, or was, a person taken"]),
        ({"person_id": "gone"}, ["there is, or was, a person gone"]),
        ({"person_id": "a-program"}, ["there is a client a-program"]),
        ({"by": " "}, ["who does it"]),
        ({"by": "a\nb"}, ["who does it"]),
        ({"password": "eleven char"}, ["fewer than 12"]),
        ({"password": "x" * 201}, ["more than 200"]),
        ({"password": "twelve\x07 chars"}, ["cannot be printed"]),
        ({"person_id": "wang-li-of-lushi", "password": "Wang-Li-of-Lushi"}, ["the password is the name"]),
        ({"role": Role.BANK}, ["lushi client add"]),
        ({"role": Role.CLERK}, ["needs a bank"]),
        ({"role": Role.CLERK, "tenant": "county"}, ["needs a bank"]),
        ({"role": Role.CLERK, "tenant": "bank-a", "area_code": "411299101"}, ["has no area"]),
        ({"tenant": "bank-a"}, ["stands for the county"]),
        ({"area_code": "411299101"}, ["has no area"]),
        ({"role": Role.VILLAGE}, ["of 12 digits"]),
        ({"role": Role.TOWNSHIP, "area_code": "411299"}, ["of 9 digits"]),
        ({"role": Role.COUNTY, "area_code": "411299101"}, ["of 6 digits"]),
        ({"role": Role.VILLAGE, "area_code": "411299999999"}, ["no village of that code"]),
        ({"role": Role.VILLAGE, "area_code": "abcdefghijkl"}, ["no village of that code"]),
        ({"role": Role.VILLAGE, "area_code": "\x00" * 12}, ["no village of that code"]),
        (
            {"role": Role.COUNTY, "area_code": "419998", "tenant": "bank-a"},
            ["no county of that code", "leave --tenant"],
        ),
        (
            {"person_id": "", "by": "", "password": "", "role": Role.TOWNSHIP},
            ["lower-case", "who does it", "fewer than 12", "the password is the name", "of 9 digits"],
        ),
    ],
)
def test_what_is_not_right_is_refused_with_every_fault_and_nothing_is_kept(
    own: Served, changes: dict[str, Any], says: list[str]
) -> None:
    before = list_users(own.parts)
    good = {"person_id": "fresh", "role": Role.ANALYST, "password": PASSWORD, "by": "tests"}
    with pytest.raises(UserRefused) as refused:
        add_user(own.parts, **good | changes)
    for words in says:
        assert words in str(refused.value)
    assert len(refused.value.reasons) == len(says)
    assert list_users(own.parts) == before


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.BANK}))
def test_every_role_of_people_can_be_given(own: Served, role: Role) -> None:
    village = village_of(own.parts)
    areas = {Role.VILLAGE: village, Role.TOWNSHIP: village[:9], Role.COUNTY: village[:6]}
    tenant = "bank-a" if role is Role.CLERK else ""
    name = f"person-{uuid4().hex[:8]}"
    add_user(own.parts, name, role=role, tenant=tenant, area_code=areas.get(role, ""), password=PASSWORD, by="tests")
    assert sign_in(own.parts, name, PASSWORD).role is role
    kept = next(it for it in list_users(own.parts) if it.person_id == name)
    assert (kept.role, kept.tenant, kept.area_code) == (role.value, tenant or "county", areas.get(role, ""))
    assert (kept.recorded_at, kept.ended_at) == (NOW, None)


def test_a_name_belongs_to_a_person_or_a_program_for_good(own: Served) -> None:
    before = list_clients(own.parts)
    for name in ("taken", "gone"):
        with pytest.raises(ClientRefused, match="there is a person"):
            add_client(own.parts, name, tenant="bank-a", role=Role.BANK, days=1, by="tests")
    assert list_clients(own.parts) == before


@pytest.mark.parametrize("name", ["nobody-here", "gone", "a-program", "No Name", "\x00"])
def test_nobody_can_be_changed_or_ended_who_is_not_there(own: Served, name: str) -> None:
    with pytest.raises(UserRefused, match="no such person"):
        change_password(own.parts, name, password="another long word", by="tests")
    with pytest.raises(UserRefused, match="no such person"):
        end_user(own.parts, name, by="tests", why="left")


def test_an_ending_needs_who_and_why(own: Served) -> None:
    with pytest.raises(UserRefused) as refused:
        end_user(own.parts, "taken", by="", why=" ")
    assert len(refused.value.reasons) == 2
    with pytest.raises(UserRefused) as refused:
        change_password(own.parts, "taken", password="short", by="")
    assert len(refused.value.reasons) == 2
    assert sign_in(own.parts, "taken", PASSWORD)


# The commands


def _lushi(own: Served, *arguments: str, said: bytes = b"") -> tuple[str, str]:
    """What a command says, and how it refuses ('' where it does not); there is no terminal."""
    app = typer.Typer()
    register(app, lambda: own.parts)
    found = CliRunner().invoke(app, ["user", *arguments], input=said, env={"COLUMNS": "200"})
    assert found.exception is None or isinstance(found.exception, LushiError), found.exception
    return found.output, str(found.exception or "")


def test_the_commands_make_list_change_and_end_an_account(own: Served, tmp_path: Path) -> None:
    name, file = "sun-mei", tmp_path / "password"
    new = ("add", name, "--role", "clerk", "--tenant", "bank-a", "--by", "Zhang San", "--password-file", "-")
    assert _lushi(own, *new, said="卢氏县一个很长的口令哦嗯\n".encode()) == (f"{name} may sign in now\n", "")
    assert sign_in(own.parts, name, "卢氏县一个很长的口令哦嗯")
    change = ("password", name, "--by", "Zhang San", "--password-file", str(file))
    file.write_text("卢氏县一个很长的口令哦\r\n", encoding="utf-8")
    assert "fewer than 12 characters" in _lushi(own, *change)[1]
    file.write_text("卢氏县另一个很长很长的口令\r\n", encoding="utf-8")
    assert _lushi(own, *change)[1] == ""
    assert sign_in(own.parts, name, "卢氏县另一个很长很长的口令")
    listed, refused = _lushi(own, "list")
    assert (name in listed, "argon2" in listed, refused) == (True, False, "")
    assert _lushi(own, "end", name, "--by", "Zhang San", "--why", "left")[1] == ""
    with pytest.raises(NotSignedIn):
        sign_in(own.parts, name, "卢氏县另一个很长很长的口令")


@pytest.mark.parametrize(
    ("file", "said", "says"),
    [
        ("", b"", "give --password-file"),
        ("-", b"\xff\xfe", "not UTF-8"),
        ("-", b"one line of it\nand another", "more than one line"),
        ("-", b"x" * 20_000, "more than one line"),
        ("-", b"", "fewer than 12"),
        ("none", b"", "not a regular file"),
        ("/dev/zero", b"", "not a regular file"),
    ],
)
def test_a_password_that_cannot_be_read_is_told_and_never_repeated(
    own: Served, file: str, said: bytes, says: str
) -> None:
    shown, refused = _lushi(
        own, "password", "taken", "--by", "tests", *(["--password-file", file] if file else []), said=said
    )
    assert says in refused
    assert "and another" not in shown + refused


def _settings(own: Served) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUSHI_")}
    return clean | {"LUSHI_DATA": str(own.folder), "LUSHI_NOW": NOW.isoformat()}


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(own: Served) -> None:
    person, ours = f"person-{uuid4().hex[:8]}", "typed on a terminal"
    here, there = pty.openpty()
    arguments = ["user", "add", person, "--role", "analyst", "--by", "tests"]
    program = subprocess.Popen(
        [sys.executable, "-m", "lushi", *arguments],
        env=_settings(own), stdin=there, stdout=there, stderr=there, start_new_session=True,
    )  # fmt: skip
    os.close(there)
    shown = ""
    for prompt in ("密码: ", "再输入一次: "):
        shown += _read_until(here, prompt)
        os.write(here, ours.encode() + b"\n")
    shown += _read_until(here, "may sign in now")
    assert program.wait(timeout=60) == 0, shown
    os.close(here)
    assert ours not in shown
    assert sign_in(own.parts, person, ours)


def _read_until(terminal: int, words: str) -> str:
    """What a terminal shows until these words stand there."""
    shown = b""
    while words not in shown.decode(errors="replace"):
        assert select.select([terminal], [], [], 60)[0], shown
        shown += os.read(terminal, 1000)
    return shown.decode()
