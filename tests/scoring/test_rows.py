"""Every row of both Lushi policies, exercised by cases made from the policy itself.

A row counts only once what the engine returned shows that it was reached. The share of rows
exercised is printed at the end of the run and must be all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from scoring.assess import Assessment, assess
from scoring.credit_file import MISSING, NONE, OPEN, STALE, CreditFile
from scoring.policy.codes import read
from scoring.policy.compiled import Line, compiled
from scoring.policy.elements import Indicator
from scoring.policy.elements import Test as Condition
from scoring.policy.schema import Item, Policy
from scoring.terms import Request
from scoring.vetoes import add_months
from tests.scoring import naive
from tests.scoring.households import file_of
from tests.scoring.policy_rows import Row, edges_of, rows_of

INVALID = {
    "boolean": ("perhaps", "2", "yes no"),
    "count": ("1.5", "-1", "many", "1e3"),
    "number": ("99999999999", "many", "1.2345678"),
    "category": ("something else", "0"),
    "episode": ("yes", "2017-02-29", "2101-01-01", "1949-12-31"),
}


class Exercise:
    """Assesses changed copies of a household under one policy and keeps the rows that were reached."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.on = policy, policy.effective_from + timedelta(days=200)
        self.indicators: dict[str, Indicator] = {indicator.id: indicator for indicator in policy.indicators}
        self.seen: set[Row] = set()
        self.plain = file_of(policy, self.on)

    def run(
        self, codes: Mapping[str, int] | None = None, *, old: str = "", request: Request | None = None, like: str = ""
    ) -> Assessment:
        """Assess the household with some codes changed and one source's report grown too old."""
        file = file_of(self.policy, self.on, household=like) if like else self.plain
        changed = {**file.codes, **(codes or {})}
        sources = dict(file.sources)
        if old:
            sources[old] = replace(sources[old], observed_on=self.on - timedelta(days=500))
        known = {name: code for name, code in changed.items() if code != MISSING}
        one = assess(CreditFile("h", "v", known, sources), self.policy, on=self.on, request=request)
        by_id = dict(zip(self.indicators, one.codes, strict=True))
        assert one.points.score == naive.score(self.policy, by_id)
        return one

    def saw(self, what: str, whose: str, which: str) -> None:
        self.seen.add((what, whose, which))


def line_of(one: Assessment, name: str) -> Line:
    return next(line for line in one.points.lines if line.indicator == name)


def state_of(one: Assessment, veto: str) -> str:
    return next(judged.state for judged in one.vetoes if judged.veto.id == veto)


def bands(exercise: Exercise) -> None:
    for item in exercise.policy.items:
        high = exercise.indicators[item.indicator].high
        tops = [*(band.at_least - 1 for band in item.bands[1:]), high]
        for number, (band, top) in enumerate(zip(item.bands, tops, strict=True)):
            for code in (band.at_least, top):
                line = line_of(exercise.run({item.indicator: code}), item.indicator)
                assert (line.points, line.band) == (band.points, band.says)
            exercise.saw("band", item.indicator, line.band)
            if number and band.says.startswith(">="):
                below = line_of(exercise.run({item.indicator: band.at_least - 1}), item.indicator)
                assert (below.points, below.band) == (item.bands[number - 1].points, item.bands[number - 1].says)
                exercise.saw("edge", item.indicator, band.says)


def unknowns(exercise: Exercise) -> None:
    for item in exercise.policy.items:
        worst = min(band.points for band in item.bands)
        missing = line_of(exercise.run({item.indicator: MISSING}), item.indicator)
        assert missing.band == "missing"
        assert missing.points == (item.if_missing if isinstance(item.if_missing, int) else worst)
        assert missing.action == (item.if_missing if isinstance(item.if_missing, str) else None)
        exercise.saw("unknown", item.indicator, "missing")
        stale(exercise, item, worst)


def stale(exercise: Exercise, item: Item, worst: int) -> None:
    one = exercise.run(old=exercise.indicators[item.indicator].source)
    line = line_of(one, item.indicator)
    if item.if_stale == "value":
        assert line == line_of(exercise.run(), item.indicator)
    else:
        assert line.band == "stale"
        assert line.points == (item.if_stale if isinstance(item.if_stale, int) else worst)
        assert line.action == (item.if_stale if isinstance(item.if_stale, str) else None)
    exercise.saw("unknown", item.indicator, "stale")


def invalid(exercise: Exercise) -> None:
    for indicator in exercise.policy.indicators:
        assert all(read(indicator, written) is None for written in INVALID[indicator.kind])
        if indicator.kind in ("count", "number"):
            scale = Decimal(1).scaleb(-indicator.decimals)
            for code in (indicator.low - 1, indicator.high + 1):
                assert read(indicator, str(code * scale)) is None
            assert read(indicator, str(indicator.high * scale + scale / 10)) is None
        exercise.saw("invalid", indicator.id, "refused")


def vetoes(exercise: Exercise) -> None:
    for veto in exercise.policy.vetoes:
        name, test = veto.test.indicator, veto.test
        firing = OPEN if test.active else max(test.codes, default=test.low)
        expected = {firing: "fired", NONE: "clear", MISSING: "missing"}
        for code, state in expected.items():
            one = exercise.run({name: code})
            assert state_of(one, veto.id) == state
            assert (one.settled.status == "vetoed") == (state == "fired")
            assert (one.settled.status == "withheld") == (state == "missing")
            exercise.saw("veto", veto.id, state)
        one = exercise.run(old=exercise.indicators[name].source)
        assert (state_of(one, veto.id), one.settled.status) == ("stale", "withheld")
        exercise.saw("veto", veto.id, "stale")
        sides = days_of(exercise, veto.observation_months) if test.active else steps_of(test, firing)
        for which, (code, state) in sides.items():
            assert state_of(exercise.run({name: code}), veto.id) == state, (veto.id, which)
            exercise.saw("veto", veto.id, which)


def days_of(exercise: Exercise, months: int) -> dict[str, tuple[int, str]]:
    """End dates whose last day of observation is the day of the assessment, and the day before it."""
    free = date.fromordinal(exercise.on.toordinal() + 1)
    last = next(day for day in ends_near(free, months) if add_months(day, months) == free)
    over = next(day for day in ends_near(exercise.on, months) if add_months(day, months) == exercise.on)
    return {"last day": (last.toordinal(), "fired"), "day after": (over.toordinal(), "clear")}


def ends_near(day: date, months: int) -> list[date]:
    middle = add_months(day, -months)
    return [middle + timedelta(days=days) for days in range(-3, 4)]


def steps_of(test: Condition, firing: int) -> dict[str, tuple[int, str]]:
    return {"at the edge": (firing, "fired"), "short of the edge": (firing - 1, "clear")}


def gates(exercise: Exercise) -> None:
    met = exercise.run()
    assert met.settled.status == "graded"
    for test, name, reason in exercise.policy.completeness.gate:
        exercise.saw("gate", name, "met")
        cases = {"missing": exercise.run({name: MISSING}), "stale": exercise.run(old=exercise.indicators[name].source)}
        if test is not None:
            cases["unmet"] = exercise.run({name: 1 - test.low})
        for state, one in cases.items():
            assert one.settled.status == "withheld"
            assert (reason, name) in one.settled.causes
            exercise.saw("gate", name, state)


def completeness(exercise: Exercise) -> None:
    calm = [item.indicator for item in exercise.policy.items if item.if_missing == 0]
    spare = len(exercise.policy.items) * (100 - exercise.policy.completeness.known_percent) // 100
    for count, state in ((spare, "met"), (spare + 1, "unmet")):
        one = exercise.run(dict.fromkeys(calm[:count], MISSING))
        assert (("file_incomplete", "") in one.settled.causes) == (state == "unmet")
        exercise.saw("gate", "known_percent", state)


def conditions(exercise: Exercise) -> None:
    for test, reason in exercise.policy.terms.conditions:
        name = test.indicator
        for code in (test.low, test.high):
            assert exercise.run({name: code}).terms.blocks == ()
        exercise.saw("condition", name, "met")
        assert "condition_unknown" in exercise.run({name: MISSING}).terms.blocks
        exercise.saw("condition", name, "missing")
        indicator = exercise.indicators[name]
        for which, code in edges_of(test).items():
            if indicator.low <= code <= indicator.high:
                assert exercise.run({name: code}).terms.blocks == (reason,)
            else:
                assert not test.holds(code)
            exercise.saw("condition", name, which)


def purposes(exercise: Exercise) -> None:
    for purpose in exercise.policy.terms.purposes:
        blocks = exercise.run(request=Request(purpose.id, Decimal(1000), 12)).terms.blocks
        assert blocks == (() if purpose.allowed else ("purpose_refused",))
        exercise.saw("purpose", purpose.id, "allowed" if purpose.allowed else "refused")


def products(exercise: Exercise) -> None:
    allowed = next(purpose.id for purpose in exercise.policy.terms.purposes if purpose.allowed)
    for product in exercise.policy.terms.products:
        codes = {}
        if product.only is not None:
            closed = next(c for c in range(4) if not product.only.holds(c))
            assert product not in [
                offer.product for offer in exercise.run({product.only.indicator: closed}).terms.offers
            ]
            exercise.saw("product", product.id, "closed")
            codes = {product.only.indicator: product.only.codes[0]}
        one = exercise.run(codes, like="strong")
        offer = next(offer for offer in one.terms.offers if offer.product == product)
        exercise.saw("product", product.id, "open")
        assert one.settled.grade is not None
        assert offer.limit_cny == min(one.settled.grade.limit_cny, product.cap_cny or one.settled.grade.limit_cny)
        most, longest = offer.limit_cny, offer.max_term_months
        for row in product.rates:
            asked = exercise.run(codes, like="strong", request=Request(allowed, most, row.up_to_months)).terms.offer
            assert asked is not None
            assert (asked.product, asked.rate) == (product, row.rate)
            exercise.saw("product", product.id, f"up to {row.up_to_months} months")
        exercise.saw("product", product.id, "longest term")
        exercise.saw("product", product.id, "most")
        for which, request in {
            "a month more": Request(allowed, most, longest + 1),
            "a fen more": Request(allowed, most + Decimal("0.01"), longest),
        }.items():
            refused = exercise.run(codes, like="strong", request=request).terms
            assert refused.offer is None or refused.offer.product != product
            exercise.saw("product", product.id, which)


def grades(exercise: Exercise) -> None:
    """From the plain or strong household, codes that give exactly each cut and one point less."""
    reached = {}
    for like, codes in (
        ("weak", {}),
        ("weak", {"straw_burning": 0}),
        ("plain", {"on_time_rate": 980}),
        ("plain", {"on_time_rate": 980, "finance_training": 1}),
        ("steady", {}),
        ("steady", {"income_sources": 2}),
        ("strong", {}),
        ("strong", {"joint_defence": 1}),
    ):
        one = exercise.run(codes, like=like)
        reached[one.points.score] = one.settled.grade
    below = None
    for grade in exercise.policy.grades:
        assert reached[grade.at_least] == grade
        assert reached[grade.at_least - 1] == below
        exercise.saw("grade", grade.id, "at the cut")
        exercise.saw("grade", grade.id, "one short")
        below = grade


EXERCISES: tuple[Callable[[Exercise], None], ...] = (
    bands,
    unknowns,
    invalid,
    vetoes,
    gates,
    completeness,
    conditions,
    purposes,
    products,
    grades,
)


def test_every_row_of_the_policy_is_exercised(
    policy: Policy, coverage_lines: list[str], record_property: Callable[[str, object], None]
) -> None:
    exercise = Exercise(policy)
    for part in EXERCISES:
        part(exercise)
    rows = rows_of(policy)
    done = exercise.seen & rows
    line = f"policy rows exercised, {policy.id}: {len(done)} of {len(rows)} ({len(done) / len(rows):.0%})"
    record_property("policy_rows", line)
    coverage_lines.append(line)
    assert rows == exercise.seen, sorted(rows ^ exercise.seen)


def test_a_stale_code_lies_between_missing_and_every_value(policy: Policy) -> None:
    assert all(item.edges[0] == STALE < item.edges[1] == item.indicator.low for item in compiled(policy).items)
