"""Writes ``0004.sql`` and the model beside it; runs in a checkout of the code as it stood at revision 0004 alone.

See README.md here. All its households are invented.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.testclient import TestClient

from feature_store.feature_set import load_feature_set
from feature_store.synthetic.county import write_county
from scoring.canonical import canonical, sha256
from scoring.policy.load import ROOT, load
from serving.api.app import create_app
from serving.clock import FixedClock
from serving.decisions import record
from serving.settings import read_settings
from serving.wiring import wire
from tests.fakes import models
from tests.serving.advised import Advised
from tests.serving.served import NOW, Served, import_round

HOUSEHOLDS, EACH = 12, 10
_AS_THEN = record.entry_content


def main(out: Path) -> None:
    """Three times ten decisions: in format 1, in format 2 without a model, in format 2 with one."""
    rounds = write_county(
        out / "county",
        policy_2017=load(ROOT / "lushi" / "2017-04-01"),
        policy_2021=load(ROOT / "lushi" / "2021-03-01"),
        households=HOUSEHOLDS,
        seed=7,
        format="csv",
        full_rows=False,
        rounds=2,
        progress=None,
    )
    clock = FixedClock(NOW)
    environment = {"LUSHI_DATA": str(out / "data"), "LUSHI_DATABASE_URL": os.environ["LUSHI_DATABASE_URL"]}
    parts = replace(wire(read_settings(environment)), clock=clock)
    advised = Advised(Served(parts, clock, out, TestClient(create_app(parts))))
    import_round(parts, rounds[0], clock)
    clock.moment = NOW
    with patch.object(record, "entry_content", _in_format_1):
        _ask(advised, clock)
    _ask(advised, clock)
    import_round(parts, rounds[1], clock)
    clock.moment = datetime(2017, 7, 20, 9, tzinfo=NOW.tzinfo)
    model = models.booster(len(load_feature_set().features), trees=8).model_to_string().encode()
    artefact = models.artefact(load_feature_set(), model=model)
    advised.stand(artefact)
    clock.moment += timedelta(minutes=1)
    _ask(advised, clock)
    (out / "model.txt").write_bytes(artefact.model)
    (out / "challenger.json").write_bytes(artefact.about)


def _ask(advised: Advised, clock: FixedClock) -> None:
    ids = advised.served.ids()
    for number in range(EACH):
        clock.moment += timedelta(minutes=1)
        loan = {"amount_cny": 10_000 + 5_000 * number, "term_months": 6 + 3 * number}
        advised.decide(ids[number % len(ids)], **loan, purpose=("livestock", "wedding")[number % 5 == 4])


def _in_format_1(**parts: Any) -> tuple[bytes, str]:
    """An entry as format 1 says: like format 2, and the advisory part is null.

    No code wrote format 1 under the policies that were approved in the end: they were approved after it.
    """
    content, _ = _AS_THEN(**parts)
    entry = canonical(json.loads(content) | {"format": 1, "advisory": None})
    return entry, sha256(entry)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
