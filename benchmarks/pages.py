"""What a page costs on a county of full size: bytes over the line, and server time against the API call behind it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2 as httpx
from rich.console import Console
from rich.table import Table

from benchmarks.load_county import LoadCounty
from benchmarks.served import served
from serving.commands.demo_callers import BANKS
from serving.console.assets import MEDIA, address

HOUSEHOLDS = 200
PAGES = (
    (
        "household, for a bank's clerk",
        "clerk",
        "/console/households/{}",
        "/v1/households/{}",
        "≤ 40 KB, ≤ 2 times the API",
    ),
    ("household, for an auditor", "auditor", "/console/audit/households/{}", "/v1/households/{}", "≤ 40 KB"),
    ("county", "county-officer", "/console/county", None, "≤ 300 ms"),
)
"""What, whose, the page, the API call behind it, and the goal."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One page. kilobytes: of all that a browser fetches at the first visit. ms, api_ms: medians; ratio: of the pairs."""

    what: str
    kilobytes: float
    page_kilobytes: float
    ms: float
    api_ms: float | None
    ratio: float | None
    goal: str


def measure(county: LoadCounty, progress: Callable[[str], None]) -> list[Cost]:
    """Each page beside the API's call, in turn, household by household; one connection each, kept open."""
    households = county.households(HOUSEHOLDS)
    with served(county) as port:
        url = f"http://127.0.0.1:{port}"
        assets = sum(_fetched(httpx.get(url + address(name))) for name in MEDIA)
        return [_cost(county, url, assets, households, one, progress) for one in PAGES]


def _cost(
    county: LoadCounty,
    url: str,
    assets: float,
    households: list[str],
    one: tuple[str, str, str, str | None, str],
    progress: Callable[[str], None],
) -> Cost:
    what, name, page, call, goal = one
    progress(f"pages: {what}")
    bearer = {"Authorization": f"Bearer {(county.folder / 'keys' / f'{BANKS[0]}.key').read_text().strip()}"}
    with httpx.Client(base_url=url, timeout=60) as person, httpx.Client(base_url=url, headers=bearer) as bank:
        password = (county.folder / "keys" / f"{name}.password").read_text().strip()
        person.post("/console/sign-in", data={"name": name, "password": password})
        pages, calls, sizes = [], [], []
        for household in households:
            seconds, answer = _timed(person, page.format(household))
            pages.append(seconds)
            sizes.append(_fetched(answer))
            if call:
                calls.append(_timed(bank, call.format(household))[0])
    return Cost(
        what,
        assets + statistics.median(sizes),
        statistics.median(sizes),
        statistics.median(pages) * 1000,
        statistics.median(calls) * 1000 if calls else None,
        statistics.median(mine / theirs for mine, theirs in zip(pages, calls, strict=True)) if calls else None,
        goal,
    )


def _timed(client: httpx.Client, path: str) -> tuple[float, httpx.Response]:
    start = time.perf_counter()
    answer = client.get(path)
    seconds = time.perf_counter() - start
    if answer.status_code != 200:
        raise RuntimeError(f"{path} was answered with {answer.status_code}")
    return seconds, answer


def _fetched(answer: httpx.Response) -> float:
    """Kilobytes over the line: the body as it was packed, and the headers."""
    heads = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    return (int(answer.headers.get("content-length", answer.num_bytes_downloaded)) + heads) / 1000


def show(found: list[Cost], households: int, console: Console) -> None:
    """Print the table."""
    table = Table(
        "page", "KB at the first visit", "KB later", "ms", "the API's call, ms", "page / API", "goal",
        title=f"pages on a synthetic county of {households:,} households",
    )  # fmt: skip
    for it in found:
        api = f"{it.api_ms:.1f}" if it.api_ms else "–"
        ratio = f"{it.ratio:.2f}" if it.ratio else "–"
        table.add_row(it.what, f"{it.kilobytes:.1f}", f"{it.page_kilobytes:.1f}", f"{it.ms:.1f}", api, ratio, it.goal)
    console.print(table)
