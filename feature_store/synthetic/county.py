"""The whole invented county, round by round, as folders of import files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars

from feature_store.importing import ASIDE
from feature_store.synthetic.arrays import Random
from feature_store.synthetic.consistency import compile_rules
from feature_store.synthetic.files import FORMATS, Folder
from feature_store.synthetic.filings import Desks
from feature_store.synthetic.id_numbers import id_numbers
from feature_store.synthetic.lending import Granted, granted
from feature_store.synthetic.loan_book import LoanBook
from feature_store.synthetic.places import Places, lay_out
from feature_store.synthetic.poverty import draw_path
from feature_store.synthetic.profiles import profiles_for
from feature_store.synthetic.rounds import MOST, USUAL, Round
from feature_store.synthetic.rounds import rounds as first_rounds
from feature_store.synthetic.scenarios import USUAL as USUAL_SCENARIO
from feature_store.synthetic.scenarios import Scenario, scenario
from feature_store.synthetic.traits import draw_traits
from feature_store.synthetic.true_risk import Standing, TrueRisk, draw_risk
from feature_store.synthetic.truth import Truth, empty_truth
from scoring.credit_file import MISSING
from scoring.errors import LushiError
from scoring.policy.elements import Indicator
from scoring.policy.schema import Policy

TRUTH = "truth"
"""The folder of what is true and never filed."""
Progress = Callable[[str, float], None]
"""Told what is being written and the share done so far (0–1)."""


class FolderNotEmpty(LushiError):
    """The county would be mixed with files that are there already."""


class PoliciesDisagree(LushiError):
    """An indicator has another type or range in the second policy, so its values cannot persist."""


@dataclass(frozen=True, slots=True)
class _County:
    """Everything that persists between rounds."""

    places: Places
    household_ids: polars.Series
    truth: Truth
    desks: Desks
    book: LoanBook
    risk: TrueRisk
    policies: tuple[Policy, Policy]
    random: Random


def write_county(
    out: Path,
    *,
    policy_2017: Policy,
    policy_2021: Policy,
    households: int,
    seed: int,
    format: str,
    full_rows: bool,
    rounds: int | None,
    progress: Progress | None,
    lives_through: str = USUAL_SCENARIO,
) -> list[Path]:
    """Write the county under ``out`` and return the round folders in order.

    Same policies, seed and size: same bytes. The true chances of the loans stand in ``truth/``, which no
    import reads. A round's folder is named by the day on which it is to be
    recorded. full_rows: only the first round, every source listing every household with all values.
    rounds: the first so many, at most 20; None for the usual 17. lives_through: the scenario.

    Raises:
        FolderNotEmpty: ``out`` holds something already.
        ProfileMissing: a policy has an indicator that the profile tables do not describe.
        PoliciesDisagree: the two policies describe one indicator differently.
        TooManyHouseholds: more than household ids can number.
        UnknownScenario: county.yaml has no such scenario.
        ValueError: no household, no round or an unknown format was asked for.
    """
    if format not in FORMATS:
        raise ValueError(f"files are written as {' or '.join(FORMATS)}; ask for one of them")
    if rounds is not None and not 1 <= rounds <= MOST:
        raise ValueError(f"a county has from 1 to {MOST} rounds: ask for so many")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderNotEmpty(f"{out} is not an empty folder; name a new folder or empty this one")
    lived, policies = scenario(lives_through), (policy_2017, policy_2021)
    county = _found(households, seed, _indicators(*policies), policies, full_rows, lived)
    wanted = first_rounds(1 if full_rows else rounds or USUAL)
    before: tuple[Standing, Granted] | None = None
    folders = []
    for number, at in enumerate(wanted):
        policy = policy_2021 if at.recorded_on >= policy_2021.effective_from else policy_2017
        folder = Folder(out / at.recorded_on.isoformat(), format)
        folder.path.mkdir(parents=True)
        for done, name in _write_round(county, folder, at, policy, before):
            if progress:
                progress(f"{at.recorded_on.isoformat()} {name}", (number + done) / len(wanted))
        folders.append(folder.path)
        if number + 1 < len(wanted):
            before = _stand(county, at.observed_on, wanted[number + 1].observed_on)
    if not full_rows:
        _write_truth(county, out / TRUTH)
    return folders


def _stand(county: _County, on: date, until: date) -> tuple[Standing, Granted]:
    """Every household's risk and grade as a quarter begins; ``until``: the quarter's last day."""
    values, (first, second) = county.truth.values, county.policies
    binding = (first,) if until < second.effective_from else (first, second)
    return county.risk.on(until).standing(values), granted(binding, county.desks.positions, values, on=on)


def _write_truth(county: _County, folder: Path) -> None:
    """The file that only tests and benchmarks read."""
    folder.mkdir()
    (folder / ASIDE).write_text("The truth of the synthetic county; no import reads this folder.\n", encoding="utf-8")
    county.book.true_pd().write_parquet(folder / "true_pd.parquet", compression="zstd", statistics=False)


def _indicators(first: Policy, second: Policy) -> list[Indicator]:
    """The indicators of both policies, those of the first in its order and then what the second adds."""
    known = {item.id: item for item in first.indicators}
    for item in second.indicators:
        mine = known.setdefault(item.id, item)
        if (mine.kind, mine.low, mine.high, mine.decimals, mine.categories) != (
            (item.kind, item.low, item.high, item.decimals, item.categories)
        ):
            raise PoliciesDisagree(
                f"indicator '{item.id}' is described differently by {first.id} and {second.id}; "
                "give the changed indicator a new id"
            )
    return list(known.values())


def _found(
    households: int,
    seed: int,
    indicators: list[Indicator],
    policies: tuple[Policy, Policy],
    full_rows: bool,
    lived: Scenario,
) -> _County:
    """Places, people and desks before the first round."""
    figures = lived.settings
    profiles = profiles_for(indicators)
    random = np.random.default_rng(seed)
    places = lay_out(random, households)
    codes = polars.Series("household_id", places.village_codes).gather(places.village_of)
    serial = polars.Series(places.serial).cast(polars.String).str.zfill(4)
    ids = polars.select(polars.concat_str([codes, serial], separator="-")).to_series().alias("household_id")
    traits = draw_traits(random, places, settings=figures.traits, poverty=figures.poverty)
    truth = empty_truth(
        random,
        profiles,
        traits=traits,
        poverty=draw_path(random, traits.poor, settings=figures.poverty),
        rules=compile_rules(figures.rules, indicators),
        settings=figures,
        clears=frozenset(source.id for policy in policies for source in policy.sources if source.clear),
    )
    positions = {item.id: position for position, item in enumerate(indicators)}
    desks = Desks(random, figures, positions, households, full_rows, lived.filed_otherwise)
    # A stream of its own: what the county files does not depend on how its loans are drawn.
    lending = np.random.default_rng([seed, 1])
    risk = draw_risk(lending, places, traits, settings=figures.risk, indicators=indicators, new_causes=lived.new_causes)
    purposes = [purpose.id for purpose in policies[0].terms.purposes if purpose.allowed]
    book = LoanBook(lending, figures.loans, traits, risk, purposes)
    return _County(places, ids, truth, desks, book, risk, policies, random)


def _write_round(
    county: _County, folder: Folder, at: Round, policy: Policy, before: tuple[Standing, Granted] | None
) -> Iterator[tuple[float, str]]:
    """Write one round's files; yields the share of the round done (0–1) and the file's name.

    before: how households stood when the quarter began; None in the first round.
    """
    first = before is None
    if first:
        county.truth.begin(at.observed_on)
        _write_register(county, folder, at.observed_on)
        yield 0.05, "households"
    else:
        county.truth.advance(at.observed_on, spring=at.spring)
    for number, filed in enumerate(county.desks.file(policy, county.truth.values, at, first=first)):
        folder.write_filed(filed, county.household_ids)
        yield 0.05 + 0.9 * min(1.0, (number + 1) / 18), filed.name
    standing, grades = before or _stand(county, at.observed_on, at.observed_on)
    files = county.book.quarter(at, county.household_ids, standing=standing, granted=grades, first=first)
    for name, frame in files.items():
        if frame.height:  # a small county may have no new loan in a quarter
            folder.write(name, frame, source=name, observed_on=at.observed_on)
    yield 1.0, "loan_months"


def _write_register(county: _County, folder: Folder, on: date) -> None:
    """The files ``areas`` and ``households``; the borrower's birthday fits the age that the village reports."""
    areas = polars.DataFrame(
        county.places.areas(), schema=["code", "kind", "parent", "name_zh", "name_en"], orient="row"
    )
    folder.write("areas", areas, source="areas", observed_on=on)
    age = county.truth.values[county.desks.positions["borrower_age"]]
    age = np.where(age == MISSING, 45, age)
    before = county.random.integers(0, 365, age.size)
    born = (on.toordinal() - np.ceil(365.25 * age).astype(np.int64) - before).astype(np.int32)
    villages = polars.Series("village_code", county.places.village_codes).gather(county.places.village_of)
    numbers = polars.Series("id_number", id_numbers(county.random, born), dtype=polars.String)
    register = polars.DataFrame([county.household_ids, villages, numbers])
    folder.write("households", register, source="households", observed_on=on)
