"""``lushi model``: the opinion suspended and resumed, whichever model stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from serving.alarms.suspend import resume, suspend
from serving.wiring import Parts

By = Annotated[str, typer.Option(help="Who does it. 经办人")]
Second = Annotated[str, typer.Option(help="Who signs as the second person. 第二经办人")]
Why = Annotated[str, typer.Option(help="The cause, as it will stand in the log. 原因")]
_HELP = "Whether the challenger's opinion is given; which model gives it: lushi models. 模型意见"


def register(app: typer.Typer, wired: Callable[[], Parts]) -> None:
    """Add the sub-commands to the program."""
    model = typer.Typer(no_args_is_help=True, help=_HELP)
    app.add_typer(model, name="model", help=_HELP)

    @model.command("suspend")
    def suspend_command(by: By, second: Second, why: Why) -> None:
        """Give no opinion from the next decision on: two different people and a cause. 暂停模型意见

        Grades, limits and vetoes go on as before, to the byte. Promoting another model does not end it.

        \b
        Example:
          lushi model suspend --by "Zhang San" --second "Li Si" --why "the early signs moved in two quarters"
        """
        done = suspend(wired(), by=by, second=second, why=why)
        typer.echo(f"opinions are suspended (entry {done.log_index} of the log); grades go on as before 模型意见已暂停")

    @model.command("resume")
    def resume_command(by: By, second: Second, why: Why) -> None:
        """Give opinions again: two different people and a cause. 恢复模型意见

        \b
        Example:
          lushi model resume --by "Zhang San" --second "Li Si" --why "version 4 was trained on the months since"
        """
        done = resume(wired(), by=by, second=second, why=why)
        typer.echo(f"opinions are given again (entry {done.log_index} of the log) 模型意见已恢复")
        if done.red:
            typer.echo(
                f"{len(done.red)} red alarms whose limits suspend stand all the same; the entry names them, and `lushi alarms` shows them"
            )
