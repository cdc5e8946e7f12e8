"""What an audit looks at: a recorded decision, or a household's state today; both in the shape in which decisions are recorded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from feature_store.filing import INVENTED_COUNTY
from scoring.assess import path_of
from scoring.decision import binding_of, path_data, sources_data
from scoring.policy.schema import Policy
from serving.decisions.rights import rights_of
from serving.ledger.entries import Entry
from serving.rights.case_file import CaseFile
from serving.wiring import Parts


@dataclass(frozen=True, slots=True)
class Subject:
    """One outcome with what it was made of.

    entry: of the decision; None for the state of today. binding, read: as recorded. advisory: None for the state, which
    asks no model. request, consent, client: what the bank asked; None for the state. policy: None where it is not approved any more.
    """

    entry: Entry | None
    binding: dict[str, Any]
    read: dict[str, list[Any]]
    advisory: dict[str, Any] | None
    request: dict[str, Any] | None
    consent: dict[str, Any] | None
    client: dict[str, Any] | None
    recorded_at: str | None
    marks: list[dict[str, str]]
    rights: list[dict[str, str]]
    policy: Policy | None
    synthetic: bool


def subject_of(case: CaseFile, parts: Parts) -> Subject | None:
    """What the case looks at; None for a decision whose content was erased after its time."""
    return _of_today(case, parts) if case.entry is None else _of_entry(case.entry, parts)


def way_up(case: CaseFile) -> dict[str, Any] | None:
    """The way to the next grade from the state of today; None from the best one."""
    assessment = case.state.assessment
    return path_data(path_of(assessment), assessment.policy)


def _of_today(case: CaseFile, parts: Parts) -> Subject:
    assessment = case.state.assessment
    policy = assessment.policy
    return Subject(
        entry=None,
        binding=binding_of(assessment, parts.certificates[policy.sha256].sha256),
        read=sources_data(dict(assessment.file.sources)),
        advisory=None,
        request=None,
        consent=None,
        client=None,
        recorded_at=None,
        marks=case.state.marks,
        rights=rights_of(assessment) or [],
        policy=policy,
        synthetic=assessment.file.village_code.startswith(INVENTED_COUNTY),
    )


def _of_entry(entry: Entry, parts: Parts) -> Subject | None:
    if entry.content is None:
        return None
    said: dict[str, Any] = json.loads(entry.content)
    return Subject(
        entry=entry,
        binding=said["binding"],
        read=said["read"],
        advisory=said["advisory"],
        request=said["request"],
        consent=said.get("consent"),
        client=said.get("client"),
        recorded_at=said["recorded_at"],
        marks=said.get("marks") or [],
        rights=said.get("rights") or [],
        policy=parts.policies.by_sha256(said["binding"]["policy"]["sha256"]),
        synthetic=str(said["village_code"]).startswith(INVENTED_COUNTY),
    )
