"""The calls that the demonstration prints: each works as printed."""

from __future__ import annotations

import json

import numpy as np

from serving.clock import SystemClock
from serving.commands.demo_callers import BANKS, consent_of, key_file, keys_of, password_file
from serving.county.area_states import AreaStates
from serving.county.grade_county import GRADED, Register
from serving.decisions.decide import state_of
from serving.wiring import Parts

_READ = ".venv/bin/python -c 'import json, sys; print(json.load(open(sys.argv[1])){})'"


def howto(parts: Parts, found: Register, quarter: str) -> str:
    """What to try, with calls that work as printed."""
    household = _example(parts, found)
    one, two = (json.dumps(_asked(household, bank)) for bank in BANKS)
    base = f"http://{parts.settings.host}:{parts.settings.port}"
    kept = keys_of(parts)
    opens = parts.settings.now
    assert opens is not None
    # The other terminal goes by the same clock as the service, which has been running since.
    behind = round((SystemClock().now() - parts.clock.now()).total_seconds())
    send = "-H 'Content-Type: application/json'"
    index = "$(" + _READ.format('["receipt"]["log_index"]') + " answer.json)"
    decision = "$(" + _READ.format('["decision_id"]') + " answer.json)"
    return f"""
Pages for people (docs/console.md); each signs in with the name and the password in its file:

{_pages(parts, base, household)}

Keys of two banks and passwords of a clerk, an analyst, an auditor, a county officer and an administrator are in {kept}.
A bank asks before disbursement (the clock stands at {opens:%Y-%m-%d %H:%M}); the household's consent is on record:

BANK="Authorization: Bearer $(cat {key_file(parts, BANKS[0])})"
curl -s {base}/v1/decisions -H "$BANK" {send} -d '{one}' | tee answer.json

The household at a glance, with the path to its next grade:

curl -s {base}/v1/households/{household} -H "$BANK"

The bank proves, without trusting the service, that its decision stands in the log (docs/log.md):

curl -s "{base}/v1/log/inclusion?index={index}" -H "$BANK" > proof.json
.venv/bin/python verify/check.py answer.json --key "{parts.signer.public}" --proof proof.json

While that application is open no other bank decides on the household (docs/closing.md):

OTHER="Authorization: Bearer $(cat {key_file(parts, BANKS[1])})"
curl -s {base}/v1/decisions -H "$OTHER" {send} -d '{two}'

The auditor signs in and repeats the decision as it was, then under the policy before (docs/replay.md):

curl -s -X POST {base}/v1/sessions -u "auditor:$(cat {password_file(parts, "auditor")})" -c auditor.cookies > session.json
CSRF="X-CSRF-Token: $({_READ.format('["csrf_token"]')} session.json)"
curl -s {base}/v1/decisions/{decision}/replay -b auditor.cookies -H "$CSRF" {send} -d '{{}}'
curl -s {base}/v1/decisions/{decision}/replay -b auditor.cookies -H "$CSRF" {send} -d '{{"policy": "2017-04-01"}}'

The county officer hands the household the report on itself (docs/rights.md), a page to print:

curl -s -X POST {base}/v1/sessions -u "county-officer:$(cat {password_file(parts, "county-officer")})" -c officer.cookies > session.json
CSRF="X-CSRF-Token: $({_READ.format('["csrf_token"]')} session.json)"
curl -s {base}/v1/households/{household}/reports -b officer.cookies -H "$CSRF" {send} -H 'Accept: text/html' -d '{{}}' > report.html

An analyst looks at the challengers and repeats the quarter's training, in another terminal; the operator checks what was recorded:

export LUSHI_DATA={parts.settings.data} LUSHI_MLRUNS={parts.settings.mlruns} PATH="$PWD/.venv/bin:$PATH"
export LUSHI_NOW="$(python -c 'import datetime as d; print(d.datetime.now(d.UTC) - d.timedelta(seconds={behind}))')"
lushi models
lushi invariants
lushi ledger verify
lushi retrain --quarter {quarter}

The same analyst watches the quarter (docs/watch.md; the page is watch.html), and asks whom the rules of 2021 would move, one day before they bind (docs/policies.md):

lushi watch --on {opens:%Y-%m-%d} --lang en --html watch.html
lushi policy try scoring/policy/lushi/2021-03-01 --on 2021-02-28 --lang en
"""


def _pages(parts: Parts, base: str, household: str) -> str:
    """One link for each kind of reader, with the account that opens it."""
    links = {
        "clerk": f"/console/households/{household}",
        "auditor": f"/console/audit/households/{household}",
        "analyst": "/console/policies",
        "county-officer": "/console/county",
        "administrator": "/console/admin",
    }
    return "\n".join(f"{base}{path}   {name}, {password_file(parts, name)}" for name, path in links.items())


def _asked(household: str, bank: str) -> dict[str, object]:
    return {
        "household_id": household,
        "purpose": "livestock",
        "amount_cny": 30000,
        "term_months": 24,
        "consent_reference": consent_of(household, bank),
    }


def _example(parts: Parts, found: Register) -> str:
    """A household with a middling grade that is offered a loan; the first one where there is none."""
    areas = AreaStates()
    for number in np.flatnonzero((found.status == GRADED) & (found.grade >= 1))[:200]:
        household_id = str(found.household_ids[number])
        if state_of(household_id, parts, areas).assessment.terms.offer is not None:
            return household_id
    return str(found.household_ids[0])
