"""What every test of the binding path shares: the repository on the path, the Lushi policies, the row count."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scoring.policy.in_force import Policies  # noqa: E402
from scoring.policy.load import ROOT as POLICIES  # noqa: E402
from scoring.policy.load import load_index  # noqa: E402
from scoring.policy.schema import Policy  # noqa: E402

settings.register_profile(
    "law",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
settings.load_profile("law")

COVERAGE = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def lushi() -> Policies:
    """Both approved policies of Lushi county."""
    return load_index(POLICIES / "lushi")


@pytest.fixture(scope="session", params=["lushi_2017_04_01", "lushi_2021_03_01"])
def policy(lushi: Policies, request: pytest.FixtureRequest) -> Policy:
    """Each policy of Lushi county in turn."""
    return next(policy for policy in lushi.policies if policy.id == request.param)


@pytest.fixture(scope="session")
def coverage_lines(pytestconfig: pytest.Config) -> list[str]:
    """Lines that are printed at the end of the run."""
    return pytestconfig.stash.setdefault(COVERAGE, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how many policy rows the generated cases exercised."""
    for line in config.stash.get(COVERAGE, []):
        terminalreporter.write_line(line)
