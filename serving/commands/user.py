"""``lushi user``: people who may sign in, and their passwords."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scoring.errors import LushiError
from serving.access.roles import Role
from serving.accounts.users import add_user, change_password, end_user, list_users
from serving.wiring import Parts

Name = Annotated[str, typer.Argument(help="The person, for example wang-li.")]
By = Annotated[str, typer.Option(help="Who does it, as it will stand in the log.")]
PasswordFile = Annotated[
    str, typer.Option(help="File with the password in one line; - for standard input. Left out: asked for, twice.")
]
_MOST_BYTES = 10_000


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    user = typer.Typer(no_args_is_help=True, help="People who may sign in, and their passwords. 用户与密码")
    app.add_typer(user, name="user", help="People who may sign in, and their passwords. 用户与密码")

    @user.command("add")
    def add(
        name: Name,
        role: Annotated[Role, typer.Option(help="What the person may do.")],
        by: By,
        tenant: Annotated[str, typer.Option(help="A clerk's bank.")] = "",
        area: Annotated[
            str, typer.Option(help="Code of the village, township or county where one of the service network may look.")
        ] = "",
        password_file: PasswordFile = "",
    ) -> None:
        """Give a person an account. 新增用户"""
        add_user(wired(), name, role=role, tenant=tenant, area_code=area, password=_password(password_file), by=by)
        typer.echo(f"{name} may sign in now")

    @user.command("password")
    def password(name: Name, by: By, password_file: PasswordFile = "") -> None:
        """Give a person a new password; all sessions of before end at once. 修改密码"""
        change_password(wired(), name, password=_password(password_file), by=by)
        typer.echo(f"{name} has a new password; sessions of before have ended")

    @user.command("end")
    def end(
        name: Name, by: By, why: Annotated[str, typer.Option(help="The cause, as it will stand in the log.")]
    ) -> None:
        """End a person's account and sessions at once; the name is never given again. 停用用户"""
        end_user(wired(), name, by=by, why=why)
        typer.echo(f"{name} can sign in no more")

    @user.command("list")
    def list_command() -> None:
        """List people with role, bank, area, and since when their password counts. 列出"""
        found, table = list_users(wired()), Table("person", "role", "tenant", "area", "password of", "ended")
        for row in found:
            ended = f"{row.ended_at:%Y-%m-%d %H:%M}" if row.ended_at else ""
            table.add_row(row.person_id, row.role, row.tenant, row.area_code, f"{row.password_at:%Y-%m-%d}", ended)
        Console().print(table if found else "nobody yet; give a person an account with `lushi user add`")


def _password(file: str) -> str:
    """The password from a file, from standard input, or asked for twice without showing it."""
    if file:
        return _read(file)
    if not sys.stdin.isatty():
        raise LushiError(
            "there is no terminal to ask for the password on; give --password-file FILE, or - for standard input"
        )
    asked: str = typer.prompt("Password 密码", hide_input=True, confirmation_prompt="Again 再输入一次")
    return asked


def _read(file: str) -> str:
    """The one line of a password file."""
    where = "standard input" if file == "-" else file
    if file != "-" and not Path(file).is_file():
        raise LushiError(f"{where} is not a regular file; name one that holds the password in one line")
    with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
        written = source.read(_MOST_BYTES + 1)
    try:
        line, *more = written.decode().splitlines() or [""]
    except UnicodeDecodeError:
        raise LushiError(f"{where} is not UTF-8 text; write the password in UTF-8, in one line") from None
    if more or len(written) > _MOST_BYTES:
        raise LushiError(f"{where} holds more than one line; write the password alone, in one line")
    return line
