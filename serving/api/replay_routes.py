"""A recorded decision replayed on request: nothing is recorded, and few are replayed at once."""

from __future__ import annotations

import asyncio
import time
from threading import BoundedSemaphore
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from serving.api.access import Replaying
from serving.api.asked import Closed
from serving.api.json_response import Json
from serving.api.problems import documented
from serving.api.schemas_replay import ReplayAnswer
from serving.county.area_states import AreaStates
from serving.replay.outcome import FIELDS, Outcome, moved_points
from serving.replay.three_way import ReplaysBusy, ThreeWay, replay_otherwise
from serving.replay.words import REASONS, VERDICTS
from serving.wiring import Parts

AT_ONCE = 2
"""Replays that one process makes at once; decisions must not wait for them."""
PATIENCE_SECONDS = 2.0
"""How long a call waits for its turn."""
STATEMENT_MS = 3_000
"""Most milliseconds for one statement of the database."""


class ReplayAsked(Closed):
    """What is changed. policy: day or hash of an approved one; data: known then or now; model: a registered version."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"policy": "2021-03-01", "data": "now"}, {}]})

    policy: Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9a-f]{64})$")] | None = None
    data: Literal["then", "now"] = "then"
    model: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}$")] | None = None


def replay_routes(parts: Parts, areas: AreaStates) -> APIRouter:
    """The route over one set of parts. areas: of its own, so that replays of old days push no state of today out."""
    routes = APIRouter(tags=["decisions"], default_response_class=Json)
    turns = BoundedSemaphore(AT_ONCE)

    @routes.post(
        "/v1/decisions/{decision_id}/replay", response_model=ReplayAnswer, responses=documented(404, 408, 413, 415)
    )
    async def post_replay(decision_id: UUID, asked: ReplayAsked, caller: Replaying) -> Response:
        """Assess a recorded decision again, as it was or with something changed; never recorded, never binding.

        `{}` repeats it exactly. `verdict` says what moves the outcome, `causes` which changes move it by themselves.
        """
        await _turn(turns)
        try:
            found = await run_in_threadpool(
                replay_otherwise,
                decision_id,
                parts,
                areas,
                policy=asked.policy,
                data=asked.data,
                model=asked.model,
                caller=caller,
                statement_ms=STATEMENT_MS,
            )
        finally:
            turns.release()
        return Json(answered(found))

    return routes


async def _turn(turns: BoundedSemaphore) -> None:
    """Wait for a turn without holding a thread that a decision may need."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not turns.acquire(blocking=False):
        if time.monotonic() >= until:
            raise ReplaysBusy("too many replays are under way; try again shortly")
        await asyncio.sleep(0.02)


def answered(found: ThreeWay) -> dict[str, Any]:
    """A replay as it is answered."""
    policy, words = found.changed.policy, VERDICTS[found.verdict]
    return {
        "decision_id": str(found.decision_id),
        "log_index": found.entry_no,
        "recorded": False,
        "changed": {
            "policy": {"id": policy.id, "sha256": policy.sha256} if policy else None,
            "data": found.changed.data,
            "model": found.changed.model,
        },
        "verdict": found.verdict.value,
        "zh": words.zh,
        "en": words.en,
        "causes": [it.value for it in found.causes],
        "why": [
            {"id": it.kind.value, "zh": REASONS[it.kind].zh, "en": REASONS[it.kind].en, "detail": it.what}
            for it in found.why
        ],
        "not_compared": list(found.stated),
        "outcome": _outcome(found.recorded, found.again) if found.recorded and found.again else None,
    }


def _outcome(recorded: Outcome, again: Outcome) -> dict[str, Any]:
    fields = {name: {"recorded": recorded.fields[name], "again": again.fields[name]} for name in FIELDS}
    pd = {"recorded": _number(recorded.pd), "again": _number(again.pd)}
    return {
        "on": {"recorded": recorded.on, "again": again.on},
        **fields,
        "pd": pd,
        "points_columns": ["indicator", "recorded", "again"],
        "points_changed": [list(row) for row in moved_points(recorded, again)],
    }


def _number(value: float | None) -> str | None:
    return None if value is None else repr(value)
