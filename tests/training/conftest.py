"""One trained challenger for the tests that only look at it, and the real data where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training import tables
from training.pipeline import train
from training.trained import Trained


@pytest.fixture(scope="session")
def trained() -> Trained:
    """A challenger trained out of time on a drawn table, with every rival but a previous one."""
    return train(tables.table(), tables.PLAN, progress=tables.quiet, seed=7)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project."""
    return Path(__file__).parents[3] / "shared" / "data"
