"""``lushi policy``: check, show, compare and try policy files before anybody signs them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from feature_store.filing import civil_day
from scoring.policy.certify import Certificate, certify
from scoring.policy.differ import differences
from scoring.policy.in_force import Policies
from scoring.policy.load import TRIAL, load_index, policy_of, sha256_of
from scoring.policy.schema import Policy
from scoring.probe import Effect, sensitivity
from serving.clock import SystemClock
from serving.commands import policy_approve, policy_cases, policy_frame, policy_try
from serving.commands.policy_end import end_line
from serving.commands.policy_read import POLICY_HELP, Language, county, refusals, texts_of, write_json
from serving.commands.policy_tables import Section, console, print_certificate, print_effects, print_section
from serving.settings import read_settings
from serving.wiring import Parts

_PolicyArgument = Annotated[str, typer.Argument(metavar="POLICY", help=POLICY_HELP, show_default=False)]
_JsonOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Also write the result as JSON to this file.")
]

policy_app = typer.Typer(
    no_args_is_help=True,
    help="Check, show, compare, try and approve policy files. 政策文件的检查、查看、比较、试算与批准。",
)


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add ``policy`` and its commands to the program."""
    policy_approve.register(policy_app, wired)
    policy_try.register(policy_app, wired)
    policy_cases.register(policy_app)
    policy_frame.register(policy_app)
    app.add_typer(policy_app, name="policy")


@policy_app.command("check")
def check(
    what: Annotated[
        str,
        typer.Argument(
            metavar="POLICY|COUNTY",
            help="A policy folder, an approved date, or a folder with an index.yaml (default: LUSHI_POLICIES).",
        ),
    ] = "",
    json_file: _JsonOption = None,
) -> None:
    """Prove policies whole, or say what is wrong with them. 检查政策是否完整。

    Prints a certificate for each policy: what can be reached, what is dead,
    what is covered, worded and sourced. Leaves with 0 where all are whole.
    Leaves with 1 on faults of the files (one line each: file, line, what is
    wrong, how to mend it) or findings of the certificate.

    \b
    Examples:
      lushi policy check                      all approved policies
      lushi policy check 2017-04-01           one approved policy
      lushi policy check drafts/2027-01-01    a draft folder
      lushi policy check 2017-04-01 --json certificate.json
    """
    with refusals():
        approved, policies = _policies(what)
        certificates = [certify(policy) for policy in policies]
        write_json(json_file, [{**one.as_data(), "sha256": one.sha256} for one in certificates])
    out = console()
    for certificate in certificates:
        print_certificate(out, certificate)
    out.print(_verdict(certificates))
    if approved is not None:
        out.print(end_line(approved, civil_day(read_settings(os.environ).now or SystemClock().now())))
    raise typer.Exit(int(any(one.findings for one in certificates)))


@policy_app.command("show")
def show(
    policy: _PolicyArgument,
    section: Annotated[Section | None, typer.Option(help="Only this section.", show_default=False)] = None,
) -> None:
    """Show a policy as tables; what is assumed stands apart. 查看政策。

    Values that no source states (assumed: true) are printed under their own
    heading, so that nobody takes a proposal for a published rule.

    \b
    Examples:
      lushi policy show 2017-04-01
      lushi policy show 2021-03-01 --section terms
    """
    with refusals():
        texts = texts_of(policy)
        loaded = policy_of(texts)
    out = console()
    until = f" – {loaded.effective_to}" if loaded.effective_to else ""
    out.print(f"{loaded.title.zh} · {loaded.title.en}\n{loaded.effective_from}{until}  sha256 {loaded.sha256}")
    for name in [section] if section else Section:
        print_section(out, name, loaded, texts)


@policy_app.command("diff")
def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help=POLICY_HELP, show_default=False)],
    after: Annotated[str, typer.Argument(metavar="AFTER", help=POLICY_HELP, show_default=False)],
    lang: Annotated[Language, typer.Option(help="Language of the sentences.")] = Language.en,
) -> None:
    """Say in words what changes from one policy to another. 用文字说明两份政策的差别。

    Rows are matched by id, never by position. Layout and comments are not differences.

    \b
    Examples:
      lushi policy diff 2017-04-01 2021-03-01
      lushi policy diff 2021-03-01 drafts/2027-01-01 --lang zh
    """
    with refusals():
        old, new = texts_of(before), texts_of(after)
        changes = differences(old, new)
    marks = {"added": "+", "removed": "-", "changed": "~"}
    for file in dict.fromkeys(change.file for change in changes):
        typer.echo(file)
        for change in (one for one in changes if one.file == file):
            typer.echo(f"  {marks[change.kind]} {change.text.zh if lang is Language.zh else change.text.en}")
    if old.get(TRIAL) != new.get(TRIAL):
        typer.echo(f"{TRIAL}\n  ~ {'试算限度不同' if lang is Language.zh else 'the limits of the trial differ'}")
    elif not changes:
        same = sha256_of(old) == sha256_of(new)
        zh, en = (
            ("两份政策相同。", "The two policies are the same.")
            if same
            else (
                "两份政策仅排版或注释不同。",
                "The two policies differ only in layout or comments.",
            )
        )
        typer.echo(zh if lang is Language.zh else en)


@policy_app.command("sensitivity")
def sensitivity_of(policy: _PolicyArgument, json_file: _JsonOption = None) -> None:
    """Change every number by its smallest unit and see whom it moves. 逐个数值的敏感性。

    Twenty thousand generated households stand at and beside every limit. A
    number that moves none of them does nothing: it is a promise, or a rule
    that never binds. Takes about a minute.

    \b
    Examples:
      lushi policy sensitivity 2017-04-01
      lushi policy sensitivity drafts/2027-01-01 --json effects.json
    """
    with refusals():
        effects = _with_progress(texts_of(policy))
        write_json(json_file, [_effect_data(effect) for effect in effects])
    print_effects(console(), effects)


@policy_app.command("in-force")
def in_force(
    on: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day, as YYYY-MM-DD.", show_default=False)
    ],
) -> None:
    """Say which approved policy binds on a day. 某日有效的政策。

    Never a neighbouring policy: leaves with 1 where none binds.

    \b
    Examples:
      lushi policy in-force --on 2019-06-30
    """
    with refusals():
        approved = load_index(county())
        found = approved.in_force(on.date())
    approval = approved.approvals[approved.policies.index(found)]
    for zh, en, value in (
        ("政策", "policy", found.id),
        ("标题", "title", f"{found.title.zh} · {found.title.en}"),
        ("生效日", "effective from", found.effective_from.isoformat()),
        (
            "失效日",
            "effective to",
            found.effective_to.isoformat() if found.effective_to else "另行通知 · further notice",
        ),
        ("批准", "approved", f"{approval.approved_on}, {approval.approved_by}; {approval.second}"),
        ("原因", "why", approval.why),
        ("哈希", "sha256", found.sha256),
    ):
        typer.echo(f"{zh} · {en}: {value}")


def _policies(what: str) -> tuple[Policies | None, tuple[Policy, ...]]:
    """What is to be checked, with the county's approvals where it is a county."""
    folder = Path(what) if what else county()
    if not what or (folder / "index.yaml").is_file():
        approved = load_index(folder)
        return approved, approved.policies
    return None, (policy_of(texts_of(what)),)


def _with_progress(texts: Mapping[str, str]) -> list[Effect]:
    """The sensitivity of a policy, with a bar on the error stream where that is a terminal."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("数值 · numbers")
        told: Callable[[int, int], None] = lambda done, total: bar.update(task, completed=done, total=total)  # noqa: E731
        return sensitivity(texts, told)


def _effect_data(effect: Effect) -> dict[str, object]:
    number = effect.number
    place = {"file": number.file, "line": number.line, "path": number.path, "text": number.text}
    return {**place, "moved": effect.moved, "note": effect.note}


def _verdict(certificates: list[Certificate]) -> str:
    faulty = sum(bool(one.findings) for one in certificates)
    if faulty:
        return f"[red]{faulty} of {len(certificates)} policies have findings. 有{faulty}份政策存在问题。[/red]"
    return f"[green]{len(certificates)} of {len(certificates)} policies are whole. {len(certificates)}份政策均完整。[/green]"
