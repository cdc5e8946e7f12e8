"""With the database away the service says so, and recovers by itself."""

from __future__ import annotations

from collections.abc import Callable

from feature_store.adapters import embedded
from tests.serving.county import Served, ask


def test_away_is_503_and_back_is_201(make_county: Callable[[], Served]) -> None:
    served = make_county()
    household_id = served.ids()[0]
    embedded.stop(served.folder / "postgres")
    for answer in (
        served.client.post("/v1/decisions", json=ask(household_id)),
        served.client.get(f"/v1/households/{household_id}"),
        served.client.get("/readyz"),
    ):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"]
        assert household_id not in answer.text
    assert served.client.get("/livez").status_code == 200
    assert served.client.post("/v1/assessments", json={"values": {}}).status_code == 503
    embedded.start(served.folder / "postgres")
    assert served.client.post("/v1/decisions", json=ask(household_id)).status_code == 201
