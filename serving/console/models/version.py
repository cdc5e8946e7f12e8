"""One version, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.policy.elements import Text
from serving.approvals.promote import Listed
from serving.challenger.load import ChallengerUnusable
from serving.challenger.versions import RegistryUnavailable
from serving.console.models.gate import Bound, Said, bounds, said_by
from serving.console.models.judged import Judged, judged
from serving.wiring import Parts

MOST_FEATURES = 15
PROVENANCE = ("definition", "data_sha256", "code_version", "seed", "rows")


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what was recorded of it. damaged: its files cannot be read. synthetic: it was trained on invented data.

    weights: features by mean absolute contribution, the greatest first: (label, weight in log-odds, share of the greatest).
    """

    listed: Listed
    said: Said
    judged: Judged
    bounds: list[Bound]
    weights: list[tuple[Text, float, float]]
    provenance: dict[str, str]
    damaged: bool
    synthetic: bool


def version_of(parts: Parts, listed: Listed) -> Version:
    """Everything that a version's page shows.

    Raises:
        RegistryUnavailable: where what training recorded cannot be read.
    """
    registry, number = parts.challengers.registry, listed.version.version
    run = registry.run(number)
    nothing = Said((), {}, "", "", None)
    try:
        said, damaged = said_by(registry.artefact(number)), False
    except (ChallengerUnusable, RegistryUnavailable):
        said, damaged = nothing, True
    return Version(
        listed,
        said,
        judged(run.figures),
        bounds(run.figures),
        _weights(run.figures, said),
        {name: run.parameters[name] for name in PROVENANCE if name in run.parameters},
        damaged,
        run.parameters.get("synthetic") == "True",
    )


def _weights(figures: Mapping[str, float], said: Said) -> list[tuple[Text, float, float]]:
    found = {it.removeprefix("importance."): value for it, value in figures.items() if it.startswith("importance.")}
    rows = sorted(found.items(), key=lambda it: -it[1])[:MOST_FEATURES]
    most = rows[0][1] if rows and rows[0][1] > 0 else 1.0
    return [(said.labels.get(name, Text(name, name)), value, value / most) for name, value in rows]
