"""The command ``lushi``: joins the packages' subcommands.

The only file that may see training and serving together.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache

import typer

import feature_store.commands
import feature_store.synthetic.command
import serving.commands.advise
import serving.commands.area
import serving.commands.assess
import serving.commands.demo
import serving.commands.grade
import serving.commands.models
import serving.commands.policy
import serving.commands.serve
import training.commands
from scoring.errors import LushiError
from serving.settings import Settings, read_settings
from serving.wiring import Parts, wire
from training.tracking import Record

app = typer.Typer(
    name="lushi",
    help="Lushi Credit: the binding grade of rural households, explained, recorded and repeatable. 农户信用评价",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once from its environment."""
    return read_settings(os.environ)


@lru_cache(maxsize=1)
def wired() -> Parts:
    """The parts of this process, joined once."""
    return wire(settings())


serving.commands.demo.register(app, settings)
feature_store.synthetic.command.register(app)
feature_store.commands.register(app, wired)
serving.commands.policy.register(app)
serving.commands.grade.register(app, wired)
serving.commands.advise.register(app, wired)
serving.commands.area.register(app, wired)
serving.commands.models.register(app, wired)
serving.commands.assess.register(app)
serving.commands.serve.register(app, wired, settings)
training.commands.register(app, lambda: Record(settings().mlruns, settings().mlflow_uri), lambda: wired().clock.now())


def main() -> None:
    """Run the command line; an expected error is one message and exit code 1."""
    try:
        app()
    except LushiError as error:
        sys.stderr.write(f"lushi: {error}\n")
        sys.exit(1)
    except OSError as error:
        cause = (error.strerror or "a file cannot be used").lower()
        sys.stderr.write(
            f"lushi: {cause}{f': {error.filename}' if error.filename else ''}; check the path and its permissions\n"
        )
        sys.exit(1)
    finally:
        if wired.cache_info().currsize:
            wired().close()


if __name__ == "__main__":
    main()
