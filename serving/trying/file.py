"""``lushi policy try --file``: a draft against another policy folder, on a flat file with outcomes and no database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from scoring.policy.load import policy_of, read_texts
from serving.county.assess_file import grade_file
from serving.trying.cases import changed_cases
from serving.trying.groups import realised
from serving.trying.report import Progress, finish, try_on
from serving.trying.seen import NoStops, Seen


def try_file(
    folder: Path,
    against: Path,
    file: Path,
    *,
    on: date,
    id_column: str,
    outcome: str,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Try the draft in a folder against the policy in another one, on every row of a file; '' as outcome: none.

    Raises:
        PolicyFaults: where one of the two policies is faulty.
        FileRefused: with every fault of the file, read under the policy that the draft is tried against.
        DraftUnfit, NotMeasured: where the draft cannot be tried on it.
        TrialUnsound: where the trial's own checks fail.
    """
    texts, before = read_texts(folder), read_texts(against)
    draft, policy = policy_of(texts), policy_of(before)
    progress("reading the file · 读取文件")
    found = grade_file(file, policy, on=on, id_column=id_column, outcome=outcome)
    rows = len(found.ids)
    observed = np.full((len(policy.sources), rows), on.toordinal(), np.int32)
    seen = Seen(
        on=on,
        policy=policy,
        household_ids=np.array(found.ids, dtype=str),
        household_no=np.arange(rows, dtype=np.int32),
        villages=np.full(rows, "", dtype="U12"),
        codes=found.codes,
        observed=observed,
        valid_until=np.zeros_like(observed),
        stops=NoStops(),
    )
    trial, data = try_on(seen, before, draft, texts, names=None, progress=progress)
    if found.outcome is not None:
        known = np.flatnonzero(found.outcome >= 0)
        data["realised"] = realised(trial.found, known, found.outcome[known])
    data["cases"] = changed_cases(against, policy, draft)
    return finish(data, draft)
