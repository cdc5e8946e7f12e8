"""A county in trouble: a village whose loans are overdue and a township with it, graded, on a port of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from feature_store.adapters.import_file import import_file
from feature_store.filing import Coverage
from feature_store.sidecar import Stated
from serving.console.app import create_site
from serving.county.grade_county import Register, grade_county
from tests.serving.console.site import Site
from tests.serving.served import Served

ON = date(2017, 4, 20)
_LOANS = """
    SELECT l.loan_id, r.village_code FROM loans l JOIN registrations r USING (household_no) ORDER BY 2, 1"""


@dataclass(frozen=True)
class Troubled:
    """The county's site, its register, and the village that stands stopped."""

    site: Site
    register: Register
    village: str

    @property
    def township(self) -> str:
        return self.village[:9]


@pytest.fixture(scope="session")
def troubled(make_county: Callable[[], Served], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troubled]:
    """The county; tests may import into it, but stop and release nothing."""
    served = make_county()
    village = _overdue(served, tmp_path_factory.mktemp("overdue"))
    register = grade_county(served.parts, ON)
    server = uvicorn.Server(uvicorn.Config(create_site(served.parts), port=0, log_config=None, access_log=False))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Troubled(Site(served, f"http://127.0.0.1:{port}"), register, village)
    server.should_exit = True
    thread.join(timeout=20)


def _overdue(served: Served, folder: Path) -> str:
    """State the newest month end anew for the loans of one village: overdue for 120 days. The village."""
    parts = served.parts
    with parts.store.engine.connect() as connection:
        loans = [tuple(row) for row in connection.exec_driver_sql(_LOANS)]
    village = str(loans[0][1])
    path = folder / "loan_months.csv"
    rows = [f"{loan},2017-03-31,20000.00,120" for loan, home in loans if home == village]
    path.write_text("\n".join(["loan_id,month_end,balance_cny,days_past_due", *rows]), encoding="utf-8")
    stated = Stated("loan_months", date(2017, 3, 31), Coverage.LISTED, ())
    done = import_file(
        parts.store, path, policies=parts.policies, now=parts.clock.now, id_key=parts.id_key, stated=stated
    )
    assert done.outcome == "imported", done.faults
    return village


@pytest.fixture
def nothing_waits(troubled: Troubled) -> Iterator[None]:
    """No test leaves a file for the next one."""
    yield
    for folder in (troubled.site.served.parts.settings.data / "uploads").glob("*"):
        shutil.rmtree(folder)


@pytest.fixture
def loans(troubled: Troubled) -> list[str]:
    """Loans of the county."""
    with troubled.site.served.parts.store.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT loan_id FROM loans ORDER BY 1").scalars())
