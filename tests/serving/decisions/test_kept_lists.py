"""A complete list that is recorded counts from the next decision on, whatever was kept of those before it."""

from __future__ import annotations

from datetime import datetime

from feature_store.filing import CIVIL_TIME, civil_day
from scoring.decision import sources_data
from tests.serving.old import Old
from tests.serving.served import Served, ask


def _read(served: Served, household_id: str) -> tuple[object, dict[str, list[object]]]:
    """What a decision read, and what the store says of the same moment with nothing kept."""
    answered = served.client.post("/v1/decisions", json=ask(household_id))
    assert answered.status_code == 201, answered.text
    at = datetime.fromisoformat(answered.json()["recorded_at"])
    with served.parts.store.looking(at) as moment:
        policy = served.parts.policies.in_force(civil_day(at))
        file = moment.credit_file(household_id, on=civil_day(at), policy=policy)
    assert file is not None
    return answered.json()["read"], sources_data(dict(file.sources))


def test_a_newer_list_counts_at_once(old: Old) -> None:
    served, ids = old.served, list(old.answers)[:25]
    served.clock.moment = datetime(2017, 7, 20, 9, tzinfo=CIVIL_TIME)
    changed = 0
    for household_id in ids:
        for _ in range(2):  # the second time from what was kept
            read, now = _read(served, household_id)
            assert read == now
        # Of a source that never named the household the list is all that there is.
        lists = {name: it[2] for name, it in now.items() if it[1] is None}
        before = {name: it[2] for name, it in old.answers[household_id]["read"].items() if it[1] is None}
        changed += any(lists[name] != batch for name, batch in before.items() if name in lists)
    assert changed, "a newer list was among what was imported"
