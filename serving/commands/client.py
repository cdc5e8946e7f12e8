"""``lushi client``: programs of banks and others that may call, and their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from serving.access.roles import Role
from serving.accounts.clients import Issued, add_client, list_clients, revoke, rotate_key
from serving.wiring import Parts

Name = Annotated[str, typer.Argument(help="The client, for example lushi-rcb-core.")]
By = Annotated[str, typer.Option(help="Who does it, as it will stand in the log.")]
Days = Annotated[int, typer.Option(help="How long the key counts.")]


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    client = typer.Typer(no_args_is_help=True, help="Programs that may call, and their keys. 接口客户端与密钥")
    app.add_typer(client, name="client", help="Programs that may call, and their keys. 接口客户端与密钥")

    @client.command("add")
    def add(
        name: Name,
        tenant: Annotated[str, typer.Option(help="The bank or office whose decisions it sees.")],
        by: By,
        role: Annotated[Role, typer.Option(help="What it may do.")] = Role.BANK,
        days: Days = 365,
    ) -> None:
        """Make a client and show its key, once. 新增客户端"""
        _show(add_client(wired(), name, tenant=tenant, role=role, days=days, by=by))

    @client.command("rotate")
    def rotate(
        name: Name,
        by: By,
        days: Days = 365,
        grace_days: Annotated[int, typer.Option(help="How long the key before still counts.", min=0, max=90)] = 7,
    ) -> None:
        """Issue a second key; the one before counts for some days more. 轮换密钥"""
        _show(rotate_key(wired(), name, days=days, grace_days=grace_days, by=by))

    @client.command("revoke")
    def revoke_command(
        name: Name,
        by: By,
        why: Annotated[str, typer.Option(help="The cause, as it will stand in the log.")],
        key: Annotated[str | None, typer.Option(help="Only this key's id; left out: every key.")] = None,
    ) -> None:
        """End a key, or every key of a client, at once. 吊销"""
        revoke(wired(), name, key_id=key, by=by, why=why)
        typer.echo(f"{name}: {'the key ' + key if key else 'every key'} counts no more")

    @client.command("list")
    def list_command() -> None:
        """List clients and their keys' ids and ends; no secret can be shown. 列出"""
        parts, table = wired(), Table("client", "tenant", "role", "key id", "ends")
        now, found = parts.clock.now(), list_clients(parts)
        for row in found:
            over = row.ended or row.ends_at is None or row.ends_at <= now
            ends = "ended" if over else f"{row.ends_at:%Y-%m-%d %H:%M}"
            table.add_row(row.client_id, row.tenant, row.role, row.key_id or "", ends)
        Console().print(table if found else "no client yet; make one with `lushi client add`")


def _show(issued: Issued) -> None:
    """The key, and that it will not be seen again; the key alone on a line of its own, for scripts."""
    typer.echo(
        f"key of {issued.client_id}, until {issued.expires_at:%Y-%m-%d}; it is shown once, keep it safe:", err=True
    )
    typer.echo(issued.key.written)
