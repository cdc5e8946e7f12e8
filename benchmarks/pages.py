"""What a page costs on a county of full size: bytes over the line, and server time against the API's calls behind it."""

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
from serving.console.assets import MEDIA, address

HOUSEHOLDS = 200
GLANCE, DECISION = "/v1/households/{household}", "/v1/decisions/{decision}"
OBJECTIONS = "/v1/objections?state=all&household_id={household}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page. who: reads it. calls: of the API, whose answers it shows; a bank's program asks for the clerk's, a person for the others."""

    what: str
    who: str
    address: str
    calls: tuple[str, ...]
    goal: str


_AUDITED = "/console/audit/households/{household}"
PAGES = (
    Page(
        "household, for a bank's clerk",
        "clerk",
        "/console/households/{household}",
        (GLANCE,),
        "≤ 40 KB, ≤ 2 times the call",
    ),
    Page(
        "household, for an auditor: its newest decision",
        "auditor",
        _AUDITED,
        (GLANCE, DECISION, OBJECTIONS),
        "≤ 40 KB, ≤ 2 times the calls",
    ),
    Page(
        "household, for an auditor: the state of today",
        "auditor",
        _AUDITED + "?at=today",
        (GLANCE, OBJECTIONS),
        "≤ 40 KB, ≤ 2 times the calls",
    ),
    Page("county", "county-officer", "/console/county", (), "≤ 300 ms"),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """A page. kilobytes: of all that a browser fetches at the first visit. Medians; ratios: of the pairs; None without calls.

    glance_ms: the first call alone. calls_ms: all of them, one after the other.
    """

    page: Page
    kilobytes: float
    page_kilobytes: float
    ms: float
    glance_ms: float | None
    to_glance: float | None
    calls_ms: float | None
    to_calls: float | None


def measure(county: LoadCounty, progress: Callable[[str], None]) -> list[Cost]:
    """Each page beside the API's calls, in turn, household by household; one connection each, kept open."""
    households = county.households(HOUSEHOLDS)
    with served(county) as port:
        url = f"http://127.0.0.1:{port}"
        assets = sum(_fetched(httpx.get(url + address(name))) for name in MEDIA)
        with httpx.Client(base_url=url, timeout=60, headers={"Authorization": f"Bearer {county.key}"}) as bank:
            progress("pages: a decision on each household")
            named = [{"household": it, "decision": _decided(bank, county, it)} for it in households]
            return [_cost(county, url, assets, named, one, bank, progress) for one in PAGES]


def _decided(bank: httpx.Client, county: LoadCounty, household_id: str) -> str:
    """The household's newest decision; made where there is none yet."""
    newest = bank.get(GLANCE.format(household=household_id)).json()["latest_decision"]
    return str(newest or bank.post("/v1/decisions", json=county.decision(household_id)).json()["decision_id"])


def _cost(
    county: LoadCounty,
    url: str,
    assets: float,
    named: list[dict[str, str]],
    page: Page,
    bank: httpx.Client,
    progress: Callable[[str], None],
) -> Cost:
    progress(f"pages: {page.what}")
    with httpx.Client(base_url=url, timeout=60) as person:
        password = (county.folder / "keys" / f"{page.who}.password").read_text().strip()
        person.post("/console/sign-in", data={"name": page.who, "password": password})
        asks = bank if page.who == "clerk" else person
        pages, calls, sizes = [], [], []
        for names in named:
            seconds, answer = _timed(person, page.address.format(**names))
            pages.append(seconds)
            sizes.append(_fetched(answer))
            calls.append([_timed(asks, call.format(**names))[0] for call in page.calls])
    size = statistics.median(sizes)
    glance_ms, to_glance = _beside(pages, [sum(each[:1]) for each in calls])
    calls_ms, to_calls = _beside(pages, [sum(each) for each in calls])
    return Cost(page, assets + size, size, statistics.median(pages) * 1000, glance_ms, to_glance, calls_ms, to_calls)


def _beside(pages: list[float], calls: list[float]) -> tuple[float | None, float | None]:
    """The calls' median in milliseconds, and the median of the pairs' ratios."""
    if not all(calls):
        return None, None
    return statistics.median(calls) * 1000, statistics.median(a / b for a, b in zip(pages, calls, strict=True))


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
        "page", "KB at the first visit", "KB later", "ms", "the glance, ms", "page / glance", "its calls, ms",
        "page / calls", "goal", title=f"pages on a synthetic county of {households:,} households",
    )  # fmt: skip
    for it in found:
        beside = [f"{value:.{digits}f}" if value else "–" for value, digits in
                  ((it.glance_ms, 1), (it.to_glance, 2), (it.calls_ms, 1), (it.to_calls, 2))]  # fmt: skip
        table.add_row(
            it.page.what, f"{it.kilobytes:.1f}", f"{it.page_kilobytes:.1f}", f"{it.ms:.1f}", *beside, it.page.goal
        )
    console.print(table)
    for page in PAGES:
        if page.calls:
            console.print(f"{page.what}: {', '.join(page.calls)}", highlight=False, markup=False)
