"""The importer's own checks find no fault in any file of any round."""

from __future__ import annotations

from datetime import date

import polars
import pytest

from feature_store.faults import Findings
from feature_store.id_cipher import IdKey
from feature_store.importing import Stated, check_file, digest, files_in_order
from feature_store.known import IdIndex


class InForce:
    """The two policies by date."""

    def __init__(self, before, after) -> None:
        self.before, self.after = before, after

    def in_force(self, on: date, /):
        return self.after if on >= self.after.effective_from else self.before


class Remembered:
    """What a store would know after the files so far."""

    def __init__(self) -> None:
        self.household_ids, self.loan_ids, self.area_kinds = [], [], {}

    def households(self) -> polars.DataFrame:
        return self._numbered(self.household_ids)

    def loans(self) -> polars.DataFrame:
        return self._numbered(self.loan_ids)

    def areas(self):
        return self.area_kinds

    def id_index(self, id_key):
        return IdIndex({}, {})

    def learn(self, path) -> None:
        frame = polars.read_csv(path, infer_schema=False) if path.suffix == ".csv" else polars.read_parquet(path)
        if path.stem == "areas":
            self.area_kinds |= dict(zip(frame["code"].cast(polars.String), frame["kind"], strict=True))
        if path.stem == "households":
            self.household_ids += frame["household_id"].to_list()
        if path.stem == "loans":
            self.loan_ids += frame["loan_id"].to_list()

    def _numbered(self, ids: list[str]) -> polars.DataFrame:
        return polars.DataFrame(
            {"id": ids, "no": list(range(1, len(ids) + 1))}, schema={"id": polars.String, "no": polars.Int32}
        )


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_every_file_passes_the_importers_checks_on_the_day_it_is_recorded(
    writes, tmp_path, policy_2017, policy_2021, format
):
    known, checked = Remembered(), 0
    for folder in writes(tmp_path / "county", households=400, format=format):
        for path in files_in_order([folder]):
            findings = Findings(path.name)
            sha256 = digest(path, findings)
            result = check_file(
                path,
                sha256,
                findings,
                stated=Stated(),
                policies=InForce(policy_2017, policy_2021),
                known=known,
                id_key=IdKey(b"k" * 32),
                today=date.fromisoformat(folder.name),
            )
            assert result.faults == (), path
            known.learn(path)
            checked += 1
    assert checked > 200
