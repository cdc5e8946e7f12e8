"""The command ``lushi``: joins the packages' subcommands.

The only file that may see training and serving together.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

import typer

import feature_store.commands
import feature_store.synthetic.command
import serving.commands.advise
import serving.commands.alarms
import serving.commands.area
import serving.commands.assess
import serving.commands.client
import serving.commands.consent
import serving.commands.database
import serving.commands.demo
import serving.commands.grade
import serving.commands.id_numbers
import serving.commands.invariants
import serving.commands.ledger
import serving.commands.model
import serving.commands.models
import serving.commands.objection
import serving.commands.openapi
import serving.commands.policy
import serving.commands.quarter
import serving.commands.retention
import serving.commands.serve
import serving.commands.user
import serving.commands.watch
import training.commands
from feature_store.feature_set import load_feature_set
from feature_store.quarter import Quarter, read_quarter
from scoring.errors import LushiError
from serving.quarter.step import NothingTrained
from serving.quarter.watched import watch_quarter
from serving.settings import Settings, read_settings
from serving.wiring import Parts, wire
from training.cohort import NothingToTrain
from training.county import Asked, County, retrain
from training.faults import TableFaults
from training.tracking import Kept, Record

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


def county_of(parts: Parts) -> County:
    """What training needs of these parts."""
    record = Record(parts.settings.mlruns, parts.settings.mlflow_uri)
    return County(parts.store, parts.policies, load_feature_set(), record, parts.clock.now)


def train_quarter(parts: Parts, quarter: str, progress: Callable[[str], None]) -> Kept:
    """A quarter's version of the challenger, on these parts."""
    return retrain(county_of(parts), Asked(), read_quarter(quarter), again=False, progress=progress)[1]


def train_known(parts: Parts, quarter: Quarter, known_at: datetime, progress: Callable[[str], None]) -> Kept:
    """The same as known at a time; a quarter with too few judged loans has none."""
    try:
        return retrain(county_of(parts), Asked(), quarter, again=False, progress=progress, known_at=known_at)[1]
    except (NothingToTrain, TableFaults) as error:
        raise NothingTrained(str(error)) from error


serving.commands.demo.register(app, settings, train_quarter)
feature_store.synthetic.command.register(app)
feature_store.commands.register(app, wired)
serving.commands.policy.register(app, wired)
serving.commands.grade.register(app, wired)
serving.commands.quarter.register(app, wired, train_known, watch_quarter)
serving.commands.advise.register(app, wired)
serving.commands.area.register(app, wired)
serving.commands.client.register(app, wired)
serving.commands.consent.register(app, wired)
serving.commands.invariants.register(app, wired)
serving.commands.user.register(app, wired)
serving.commands.database.register(app, settings)
serving.commands.ledger.register(app, wired)
serving.commands.models.register(app, wired)
serving.commands.model.register(app, wired)
serving.commands.alarms.register(app, wired)
serving.commands.objection.register(app, wired)
serving.commands.id_numbers.register(app, wired)
serving.commands.retention.register(app, wired)
serving.commands.assess.register(app)
serving.commands.openapi.register(app, wired)
serving.commands.watch.register(app, wired)
serving.commands.serve.register(app, wired, settings)
training.commands.register(
    app,
    lambda: Record(settings().mlruns, settings().mlflow_uri),
    lambda: wired().clock.now(),
    county=lambda: county_of(wired()),
)


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
