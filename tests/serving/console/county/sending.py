"""Files sent by an officer's hand: what tests of the import centre share."""

from __future__ import annotations

from pathlib import Path

import httpx2 as httpx

from tests.serving.console.county.conftest import Troubled
from tests.serving.console.pages import token_of

IMPORT, FILINGS = "/console/county/import", "/console/county/filings"
STATED = {"source": "loan_months", "observed_on": "2017-03-31", "coverage": "listed", "areas": ""}
HEADER = "loan_id,month_end,balance_cny,days_past_due"


def csv_of(*rows: str) -> bytes:
    """A file of month ends."""
    return "\n".join([HEADER, *rows]).encode()


def upload(client: httpx.Client, content: bytes, *, name: str = "months.csv", **changes: str) -> httpx.Response:
    """Send a file for a check; what comes back."""
    token = token_of(client.get(IMPORT))
    fields = {"csrf_token": token, **STATED, **changes}
    return client.post(IMPORT, data=fields, files={"file": (name, content, "text/csv")})


def act(client: httpx.Client, address: str, act: str, **fields: str) -> httpx.Response:
    """Send a form of a waiting file's page."""
    return client.post(f"{address}/{act}", data={"csrf_token": token_of(client.get(address)), **fields})


def stored(troubled: Troubled) -> int:
    """How many files the store holds."""
    with troubled.site.served.parts.store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM batches").scalar_one())


def kept(troubled: Troubled) -> list[Path]:
    """Where files wait."""
    return list((troubled.site.served.parts.settings.data / "uploads").glob("*"))
