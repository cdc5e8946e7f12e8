"""The demonstration's clients with their keys, and the calls that it prints."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from serving.access.roles import Role
from serving.area_states import AreaStates
from serving.clients import add_client
from serving.decide import state_of
from serving.grade_county import GRADED, Register
from serving.wiring import Parts

CLIENTS = (
    ("bank-one", "bank-one", Role.BANK),
    ("bank-two", "bank-two", Role.BANK),
    ("analyst", "county", Role.ANALYST),
    ("auditor", "county", Role.AUDITOR),
)
"""Client, tenant, role."""


def give_keys(parts: Parts) -> None:
    """Make the demonstration's clients; their keys stand in files of their own, readable by their owner only."""
    folder = parts.settings.data / "keys"
    folder.mkdir(parents=True, exist_ok=True)
    for client_id, tenant, role in CLIENTS:
        issued = add_client(parts, client_id, tenant=tenant, role=role, days=365, by="demonstration")
        handle = os.open(_key_file(folder, client_id), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(issued.key.written + "\n")


def _key_file(folder: Path, client_id: str) -> Path:
    return folder / f"{client_id}.key"


def howto(parts: Parts, found: Register, quarter: str) -> str:
    """What to try, with calls that work as printed."""
    asked = {
        "household_id": _example(parts, found),
        "purpose": "livestock",
        "amount_cny": 30000,
        "term_months": 24,
        "consent_reference": "consent-2021-000123",
    }
    base = f"http://{parts.settings.host}:{parts.settings.port}"
    keys = parts.settings.data / "keys"
    opens = parts.settings.now
    assert opens is not None
    return f"""
A bank asks before disbursement (the clock stands at {opens:%Y-%m-%d %H:%M}); its key is in {_key_file(keys, "bank-one")}:

BANK="Authorization: Bearer $(cat {_key_file(keys, "bank-one")})"
curl -s {base}/v1/decisions -H "$BANK" -H 'Content-Type: application/json' -d '{json.dumps(asked)}' | tee answer.json

The household at a glance, with the path to its next grade:

curl -s {base}/v1/households/{asked["household_id"]} -H "$BANK"

The bank proves, without trusting the service, that its decision stands in the log (docs/log.md):

curl -s "{base}/v1/log/inclusion?index=$(.venv/bin/python -c 'import json; print(json.load(open("answer.json"))["receipt"]["log_index"])')" -H "$BANK" > proof.json
.venv/bin/python verify/check.py answer.json --key "{parts.signer.public}" --proof proof.json

An analyst looks at the challengers and repeats the quarter's training, in another terminal:

export LUSHI_DATA={parts.settings.data} LUSHI_MLRUNS={parts.settings.mlruns} LUSHI_NOW={opens.isoformat()}
lushi models
lushi retrain --quarter {quarter}
"""


def _example(parts: Parts, found: Register) -> str:
    """A household with a middling grade that is offered a loan; the first one where there is none."""
    areas = AreaStates()
    for number in np.flatnonzero((found.status == GRADED) & (found.grade >= 1))[:200]:
        household_id = str(found.household_ids[number])
        if state_of(household_id, parts, areas)[0].terms.offer is not None:
            return household_id
    return str(found.household_ids[0])
