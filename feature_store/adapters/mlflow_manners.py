"""How MLflow is kept quiet and its errors are known: for the one file of training and the one of the service that use it.

This file does not import MLflow, which takes a second.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import warnings

_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    # Its lines take the way of ours, and are not written past the process log.
    "MLFLOW_CONFIGURE_LOGGING": "false",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # A registry that is away is told within seconds instead of minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
_THEIRS = ("The ``noload`` loader strategy is deprecated",)
"""Beginnings of warnings that MLflow's own code calls forth, which nobody here can heed."""


def set_up() -> None:
    """Before MLflow is imported: no telemetry, no long waits; what the environment says already stands."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)


def hush() -> None:
    """Ignore MLflow's own warnings, and let its log say errors only: what matters is said in our own words."""
    for about in _THEIRS:
        warnings.filterwarnings("ignore", about)
    logging.getLogger("mlflow").setLevel(logging.ERROR)


def is_theirs(error: Exception, mlflow_exception: type[Exception]) -> bool:
    """Whether an error is MLflow's, of its files, its connection or its database.

    MLflow lets the errors of its database through as they are; their cause is the driver's.
    """
    return isinstance(error, (mlflow_exception, OSError)) or isinstance(error.__cause__, sqlite3.Error)
