"""The households of ``households.yaml``, and credit files made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from scoring.credit_file import CreditFile
from scoring.policy.schema import Policy
from scoring.validate import credit_file_of

HERE = Path(__file__).parent
VILLAGE = "411299101201"


def read_as_written(path: Path) -> object:
    """A YAML file with every scalar left as the words written, as policies are read."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


@cache
def values_of(name: str) -> Mapping[str, str]:
    """The written values of a household, those of the one that it is like taken first."""
    found = read_as_written(HERE / "households.yaml")
    assert isinstance(found, dict)
    household = found[name]
    before = values_of(household["like"]) if "like" in household else {}
    return {**before, **household["values"]}


def file_of(
    policy: Policy,
    on: date,
    *,
    household: str = "plain",
    values: Mapping[str, str] | None = None,
    observed: Mapping[str, date] | None = None,
    valid_until: Mapping[str, date] | None = None,
) -> CreditFile:
    """A household's credit file: everything observed on the day, but for the sources that say otherwise."""
    changed = values or {}
    assert changed.keys() <= values_of(household).keys(), changed.keys() - values_of(household).keys()
    file = credit_file_of({**values_of(household), **changed}, policy, on=on, household_id="h", village_code=VILLAGE)
    sources = dict(file.sources)
    for name, day in (observed or {}).items():
        sources[name] = replace(sources[name], observed_on=day)
    for name, day in (valid_until or {}).items():
        sources[name] = replace(sources[name], valid_until=day)
    return replace(file, sources=sources)
