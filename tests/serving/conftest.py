"""A small synthetic county in a real database, one per test session, and the service on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feature_store.synthetic.county import write_county
from scoring.policy.load import ROOT, load
from serving.api.app import create_app
from serving.clock import FixedClock
from serving.settings import read_settings
from serving.wiring import wire
from tests.serving.advised import Advised
from tests.serving.old import LATER, Old
from tests.serving.served import CHEAP, NOW, Calls, Served, ask, give_consents, header_of, import_round


@pytest.fixture(scope="session")
def county_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Import files of 300 households, two rounds."""
    folder = tmp_path_factory.mktemp("files") / "county"
    lushi = ROOT / "lushi"
    write_county(
        folder,
        policy_2017=load(lushi / "2017-04-01"),
        policy_2021=load(lushi / "2021-03-01"),
        households=300,
        seed=7,
        format="csv",
        full_rows=False,
        rounds=2,
        progress=None,
    )
    return folder


@pytest.fixture(scope="session")
def make_county(tmp_path_factory: pytest.TempPathFactory, county_folder: Path) -> Iterator[Callable[..., Served]]:
    """Makes a county of its own with the first round imported, the clock at :data:`NOW`; on a database and in a folder of its own, or given ones."""
    made: list[Served] = []

    def make(database_url: str = "", folder: Path | None = None) -> Served:
        folder = folder or tmp_path_factory.mktemp("data")
        clock = FixedClock(NOW)
        environment = {"LUSHI_DATA": str(folder), "LUSHI_CALLS_PER_SECOND": "10000"}
        if database_url:
            environment["LUSHI_DATABASE_URL"] = database_url
        parts = replace(wire(read_settings(environment)), clock=clock, passwords=CHEAP)
        import_round(parts, sorted(county_folder.iterdir())[0], clock)
        clock.moment = NOW
        give_consents(parts)
        client = Calls(create_app(parts), raise_server_exceptions=False, headers=header_of(parts))
        made.append(Served(parts, clock, folder, client))
        return made[-1]

    yield make
    for served in made:
        served.parts.close()


@pytest.fixture(scope="session")
def served(make_county: Callable[[], Served]) -> Served:
    """The county that tests may read and decide on, but import nothing into."""
    return make_county()


@pytest.fixture(scope="session")
def with_people(make_county: Callable[[], Served]) -> Served:
    """A county of its own whose people tests make and end."""
    return make_county()


@pytest.fixture
def peopled(with_people: Served) -> Iterator[Served]:
    """The same; its clock may be put forward, and is never put back."""
    return with_people


@pytest.fixture(scope="module")
def exchanging(make_county: Callable[[], Served]) -> Advised:
    """A county of the module's own whose challengers its tests exchange."""
    return Advised(make_county())


@pytest.fixture
def advised(exchanging: Advised) -> Advised:
    """The same with an empty registry and nothing loaded, the clock at :data:`NOW`."""
    exchanging.renew()
    exchanging.served.clock.moment = NOW
    return exchanging


@pytest.fixture(scope="module")
def alone(exchanging: Advised) -> dict[str, bytes]:
    """The binding bytes of some households of every status before any model was promoted."""
    exchanging.renew()
    found = {}
    for household_id in exchanging.served.ids()[:25]:
        found[household_id], advice = exchanging.binding(household_id)
        assert advice == {"status": "unavailable", "reason": "no_model"}
    return found


@pytest.fixture
def old(make_county: Callable[[], Served], county_folder: Path) -> Iterator[Old]:
    """A county of the test's own; its clock at :data:`LATER`."""
    served = make_county()
    answers = {it: served.client.post("/v1/decisions", json=ask(it)).json() for it in served.ids()[:120]}
    served.client.get("/v1/log/checkpoint")
    proofs = {
        it: served.client.get("/v1/log/inclusion", params={"index": one["receipt"]["log_index"]}).json()
        for it, one in answers.items()
    }
    import_round(served.parts, sorted(county_folder.iterdir())[1], served.clock)
    served.clock.moment = LATER
    yield Old(served, answers, proofs)
    served.parts.close()
