"""What generated households come out with under a policy, and how many come out otherwise under another.

One class per kind of probe. Each computes its own policy's outcomes once and is then asked about any
number of changed policies: ``moved(after)``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from scoring.assess import assess
from scoring.batch import assess_columns
from scoring.credit_file import MISSING, STALE, CreditFile, Reported
from scoring.policy.codes import read, show
from scoring.policy.compiled import compiled
from scoring.policy.elements import Indicator
from scoring.policy.schema import Policy
from scoring.probe.books import books
from scoring.probe.builder import Builder
from scoring.probe.households import Households, households
from scoring.probe.lives import lives
from scoring.probe.paths import file_of, path_households, path_outcome
from scoring.terms import Offer, Request, offer_terms

_REFUSED = "a value is not accepted"


class ColumnProbe:
    """Status, grade and limit of some twenty thousand households; a value no longer accepted counts too."""

    def __init__(self, make: Builder, *, seed: int) -> None:
        self._policy, self._rows = make.policy, households(make, seed=seed)
        self._names: dict[Hashable, int] = {}
        self._before = self._outcomes(make.policy, self._rows.codes)

    def moved(self, after: Policy) -> int:
        codes, refused = _recoded(self._policy, after, self._rows.codes)
        return int(np.count_nonzero((self._outcomes(after, codes) != self._before) | refused))

    def _outcomes(self, policy: Policy, codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """One number per household, the same for the same status, grade and limit under any policy."""
        rows = _by_source(self._policy, policy, self._rows)
        columns = assess_columns(compiled(policy), codes, rows.observed, rows.valid_until, on=rows.on)
        grades = [(grade.id, grade.limit_cny) for grade in policy.grades]
        # grade -1 (none) is the last entry, as Python and numpy count from the end
        keys = np.asarray([self._names.setdefault(key, len(self._names)) for key in (*grades, None)], dtype=np.int64)
        outcomes: npt.NDArray[np.int64] = keys[columns.grade] * 8 + columns.status
        return outcomes


class WrittenProbe:
    """Whether values written at and beside each indicator's bounds are accepted."""

    def __init__(self, make: Builder) -> None:
        self._policy = make.policy
        self._written = [(one.id, written) for one in make.policy.indicators for written in _written(one)]
        self._before = self._outcomes(make.policy)

    def moved(self, after: Policy) -> int:
        return _differing(self._before, self._outcomes(after))

    def _outcomes(self, policy: Policy) -> list[bool]:
        by_id = {one.id: one for one in policy.indicators}
        return [name in by_id and read(by_id[name], written) is not None for name, written in self._written]


class BookProbe:
    """Area stops, few-loans flags, credit villages and townships, and the class of a household's loan."""

    def __init__(self, make: Builder) -> None:
        self._books = books(make.policy.areas)
        self._before = self._books.outcomes(make.policy.areas)

    def moved(self, after: Policy) -> int:
        return _differing(self._before, self._books.outcomes(after.areas))


class LifeProbe:
    """Outcomes of loans whose lives stand at the limits of the outcome rules."""

    def __init__(self, make: Builder) -> None:
        self._lives = lives(make.policy.outcomes)
        self._before = self._lives.outcomes(make.policy.outcomes)

    def moved(self, after: Policy) -> int:
        return _differing(self._before, self._lives.outcomes(after.outcomes))


class RequestProbe:
    """Limits, offers, rates, subsidies and blocks of households that ask for money at every limit."""

    def __init__(self, make: Builder) -> None:
        self._make = make
        self._requests: list[Request | None] = [None, *_requests(make.policy)]
        self._files = [file_of(codes, make) for codes in _borrowers(make)]
        self._before = self._outcomes(make.policy)

    def moved(self, after: Policy) -> int:
        return _differing(self._before, self._outcomes(after))

    def _outcomes(self, policy: Policy) -> list[Hashable]:
        table, found = compiled(policy), list[Hashable]()
        for file in self._files:
            recoded = _recoded_file(self._make.policy, policy, file)
            if recoded is None:
                found += [_REFUSED] * len(self._requests)
                continue
            state = assess(recoded, policy, on=self._make.on)
            for request in self._requests:
                terms = offer_terms(table, state.codes, state.settled.grade, area=None, request=request)
                found.append((terms.blocks, _offered(terms.offer), *map(_offered, terms.offers)))
        return found


class PathProbe:
    """The path to the next grade: steps, efforts and waits."""

    def __init__(self, make: Builder, *, seed: int) -> None:
        self._make, found = make, path_households(make, seed=seed)
        self._files = [file_of(codes, make) for codes, _ in found]
        self._used = [used for _, used in found]
        self._before = [path_outcome(file, make.policy, make) for file in self._files]

    def moved(self, after: Policy, indicator: str | None = None) -> int:
        """indicator: look only at paths that use it (making another item dearer changes no path)."""
        count = 0
        for file, used, before in zip(self._files, self._used, self._before, strict=True):
            if indicator is None or indicator in used:
                recoded = _recoded_file(self._make.policy, after, file)
                count += before != (path_outcome(recoded, after, self._make) if recoded else _REFUSED)
        return count


def _recoded(
    before: Policy, after: Policy, codes: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """The codes under another policy's indicators, and the rows that hold a value it does not accept."""
    refused = np.zeros(codes.shape[1], dtype=np.bool_)
    if before.indicators == after.indicators:
        return codes, refused
    old = {one.id: (one, row) for one, row in zip(before.indicators, codes, strict=True)}
    rows = []
    for new in after.indicators:
        was, row = old.get(new.id, (new, None))
        if row is None:
            rows.append(np.full(codes.shape[1], MISSING, dtype=np.int32))
        elif _same_values(was, new):
            rows.append(row)
        else:
            distinct, where = np.unique(row, return_inverse=True)
            read_anew = [_recode(was, new, int(code)) for code in distinct]
            refused |= np.asarray([code is None for code in read_anew])[where]
            rows.append(np.asarray([MISSING if c is None else c for c in read_anew], dtype=np.int32)[where])
    return np.stack(rows), refused


def _recoded_file(before: Policy, after: Policy, file: CreditFile) -> CreditFile | None:
    """The same household filed under another policy; None where that policy does not accept a value."""
    if before.indicators == after.indicators and before.sources == after.sources:
        return file
    column = np.asarray([[file.codes[one.id]] for one in before.indicators], dtype=np.int32)
    codes, refused = _recoded(before, after, column)
    if refused.any():
        return None
    on = next(iter(file.sources.values())).observed_on
    known = {one.id: int(code) for one, code in zip(after.indicators, codes[:, 0], strict=True)}
    return CreditFile("", "", known, {source.id: Reported(on) for source in after.sources})


def _same_values(was: Indicator, new: Indicator) -> bool:
    return (was.kind, was.decimals, was.categories, was.low, was.high) == (
        *(new.kind, new.decimals, new.categories, new.low, new.high),
    )


def _recode(was: Indicator, new: Indicator, code: int) -> int | None:
    return code if code <= STALE else read(new, show(was, code))


def _by_source(before: Policy, after: Policy, rows: Households) -> Households:
    """The rows' dates in another policy's order of sources; a new source has filed on the day."""
    if [one.id for one in before.sources] == [one.id for one in after.sources]:
        return rows
    place = {source.id: number for number, source in enumerate(before.sources)}
    fresh, never = (
        np.full(rows.codes.shape[1], rows.on.toordinal(), dtype=np.int32),
        np.zeros(rows.codes.shape[1], np.int32),
    )
    observed = [rows.observed[place[s.id]] if s.id in place else fresh for s in after.sources]
    valid_until = [rows.valid_until[place[s.id]] if s.id in place else never for s in after.sources]
    return Households(rows.on, rows.codes, np.stack(observed), np.stack(valid_until))


def _written(indicator: Indicator) -> Iterator[str]:
    """Values at both bounds, one unit beyond each, and with as many decimals as allowed and one more."""
    if indicator.kind not in ("count", "number"):
        yield from (show(indicator, code) for code in range(indicator.low, min(indicator.high, indicator.low + 50) + 1))
        return
    unit = Decimal(1).scaleb(-indicator.decimals)
    low, high = (Decimal(code).scaleb(-indicator.decimals) for code in (indicator.low, indicator.high))
    values = (low - 1, low - unit, low, low + unit / 10, low + unit, high, high + unit, high + 1)
    yield from (format(value, "f") for value in values)


def _borrowers(make: Builder) -> Iterator[dict[int, int]]:
    """Households of every grade and of none, each at every edge of who may borrow what."""
    tests = [test for test, _ in make.policy.terms.conditions]
    tests += [product.only for product in make.policy.terms.products if product.only is not None]
    positions = sorted({make.table.positions[test.indicator] for test in tests})
    fixed: list[dict[int, int]] = [{}]
    fixed += [{position: code} for position in positions for code in (*make.edges[position], MISSING)]
    for target in (make.table.cuts[0] - 1, *make.table.cuts):
        yield from (codes for values in fixed if (codes := make.tuned(values, target)) is not None)


def _requests(policy: Policy) -> Iterator[Request]:
    """Amounts and terms at, and one unit above, every limit; one refused purpose."""
    limits = {grade.limit_cny for grade in policy.grades}
    limits |= {product.cap_cny for product in policy.terms.products if product.cap_cny is not None}
    months = {rate.up_to_months for product in policy.terms.products for rate in product.rates}
    allowed = next((purpose.id for purpose in policy.terms.purposes if purpose.allowed), "")
    refused = next((purpose.id for purpose in policy.terms.purposes if not purpose.allowed), "")
    for amount_cny in sorted({limit + above for limit in limits for above in (0, 1)}):
        for term_months in sorted({month + above for month in months for above in (0, 1)}):
            yield Request(allowed, amount_cny, term_months)
    yield Request(refused, min(limits, default=Decimal(1)), min(months, default=1))


def _offered(offer: Offer | None) -> Hashable:
    if offer is None:
        return None
    return offer.product.id, offer.limit_cny, offer.max_term_months, offer.rate, offer.product.subsidy_share


def _differing(before: Sequence[Hashable], after: Sequence[Hashable]) -> int:
    return sum(one != other for one, other in zip(before, after, strict=True))
