"""``lushi alarms``: the alarms of the watch that stand, and the webhook's key."""

from __future__ import annotations

from collections.abc import Callable

import typer
from rich.console import Console
from rich.markup import escape

from serving.alarms import signing
from serving.alarms.standing import Shown, list_alarms
from serving.challenger.suspended import standing_words
from serving.wiring import Parts

_LEVELS = {"red": "[bold red]红色 red[/]", "amber": "[yellow]黄色 amber[/]"}
_DELIVERY = {
    "delivered": "已送达 the webhook was told",
    "waiting": "待送达 the webhook has not been told yet",
    "given_up": "未能送达 the webhook could not be told",
    "no_webhook": "未设通知地址 no webhook is set",
}


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    alarms = typer.Typer(invoke_without_command=True)
    app.add_typer(alarms, name="alarms")

    @alarms.callback()
    def every(context: typer.Context) -> None:
        """The alarms of the watch that stand, in both languages. 预警

        Each with what and where, since when, how sure, what it cannot see, what to do, and whether the webhook was told.

        \b
        Examples:
          lushi alarms
          lushi alarms key
        """
        if context.invoked_subcommand is not None:
            return
        found, console = list_alarms(wired()), Console()
        if found.suspension is not None:
            console.print(f"[bold]模型意见已暂停 opinions are {standing_words(found.suspension)}[/]", soft_wrap=True)
        if not found.shown:
            console.print("no alarm stands" + (f" (report of {found.on})" if found.on else "; there is no report yet"))
        for one in found.shown:
            _show(one, console)

    @alarms.command("key")
    def key() -> None:
        """Show the key that signs what the webhook is told; hand it to the receiver alone, it is a secret. 通知签名密钥"""
        typer.echo(signing.shown(wired().alarm_key))


def _show(one: Shown, console: Console) -> None:
    it = one.alarm
    console.print(
        f"{_LEVELS[it.level]} {escape(it.figure)} ({escape(str(it.about['kind']))}), 自 since {it.since}",
        soft_wrap=True,
    )
    for line in (*one.lines["zh"], *one.lines["en"]):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    suspends = ";暂停模型意见 suspends the opinion" if it.suspends else ""
    console.print(
        f"  {it.alarm_id} · entry {it.entry_no} · {_DELIVERY[one.delivery]}{suspends}", highlight=False, soft_wrap=True
    )
