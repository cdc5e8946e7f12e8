"""The binding side of a quarter: decisions, overrides and objections as counts; no content of any is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feature_store.adapters.store import Moment
from feature_store.adapters.watch_counts import Counts, counts
from scoring.areas import TOWNSHIP_DIGITS as TOWNSHIP
from scoring.policy.elements import Text
from scoring.policy.schema import Policy
from serving.county.area_states import stops_of
from serving.monitoring.frame import Share
from serving.monitoring.looks import Look

_OVERRIDES = {"lend": Text("同意放款", "lend"), "decline": Text("不予放款", "decline")}


def binding_shares(moment: Moment, look: Look, policy: Policy) -> Mapping[str, Sequence[Share]]:
    """By figure id: confirmed overrides among the quarter's decisions, objections upheld among those answered, stopped areas."""
    found: Counts = counts(moment.connection, first=look.first, last=look.last, known_at=look.known_at)
    history = moment.area_history("", on=look.last, policy=policy)
    stops = stops_of(history, policy, look.last)
    villages = [stop for code, stop in stops.items() if len(code) > TOWNSHIP]
    townships = [stop for code, stop in stops.items() if len(code) == TOWNSHIP]
    return {
        "binding.overrides": [Share(kind, label, found.overrides.get(kind, 0), found.decisions) for kind, label in _OVERRIDES.items()],
        "binding.objections_upheld": [Share("", Text("数据异议", "objections to data"), found.upheld, found.answered)],
        "binding.stopped": [
            Share("village", Text("村", "villages"), sum(it.stopped for it in villages), len(villages)),
            Share("township", Text("乡镇", "townships"), sum(it.stopped for it in townships), len(townships)),
        ],
    }  # fmt: skip
