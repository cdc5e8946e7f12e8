"""A certificate that a policy is whole: what can be reached, what is dead, what is covered.

Exact (see :mod:`scoring.policy.reach`), not sampled. The certificate is plain data; its hash goes
into every decision, so that a reader knows which proof the deciding policy had.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise

from scoring.canonical import canonical, sha256
from scoring.policy.compiled import CompiledItem, compiled
from scoring.policy.elements import Cite, Indicator, Source, Test
from scoring.policy.lending import Product, Purpose
from scoring.policy.reach import Reach
from scoring.policy.read_reasons import ENGINE
from scoring.policy.schema import GradeBand, Heading, Policy, Veto

_Labelled = Source | Heading | Indicator | Purpose | Product
_Cited = Indicator | Heading | Veto | GradeBand | Product


@dataclass(frozen=True)
class Certificate:
    """What was proved about one policy. ``findings`` is empty where nothing is wrong."""

    policy: str
    policy_sha256: str
    indicators: int
    headings: tuple[tuple[str, int], ...]
    items: int
    bands: int
    vetoes: int
    lowest_score: int
    highest_score: int
    reachable_scores: int
    unreachable_scores_between: tuple[int, ...]
    grades: tuple[tuple[str, int, int], ...]
    unreachable_grades: tuple[str, ...]
    dead_indicators: tuple[str, ...]
    dead_vetoes: tuple[str, ...]
    dead_conditions: tuple[str, ...]
    uncovered: tuple[str, ...]
    wordings: int
    unworded: tuple[str, ...]
    unused_reasons: tuple[str, ...]
    sourced: int
    unsourced: tuple[str, ...]
    assumed: int

    @property
    def findings(self) -> tuple[str, ...]:
        """Everything that is wrong, in words; empty for a policy that is whole."""
        found = [f"grade {name} can be reached by no total" for name in self.unreachable_grades]
        found += [f"the points of '{name}' can never change a grade" for name in self.dead_indicators]
        found += [f"the veto '{name}' can never fire" for name in self.dead_vetoes]
        found += [f"the condition on '{name}' always or never holds" for name in self.dead_conditions]
        found += [f"the bands of '{name}' do not cover its range once" for name in self.uncovered]
        found += [f"'{name}' is not worded in both languages" for name in self.unworded]
        found += [f"the reason '{name}' is never given" for name in self.unused_reasons]
        found += [f"'{name}' cites no source" for name in self.unsourced]
        return tuple(found)

    def as_data(self) -> dict[str, object]:
        """The certificate as plain data for canonical JSON."""
        return {**asdict(self), "findings": list(self.findings)}

    @cached_property
    def sha256(self) -> str:
        """Hash of the canonical certificate."""
        return sha256(canonical(self.as_data()))


def certify(policy: Policy) -> Certificate:
    """Prove what there is to prove about a loaded policy."""
    table = compiled(policy)
    reach = Reach(table, {number: item.outcomes for number, item in enumerate(table.items)})
    scores = reach.scores()
    relevant = set(reach.relevant())
    tops = [*(cut - 1 for cut in table.cuts[1:]), max(scores[-1], table.cuts[-1])]
    spans = [(grade.id, grade.at_least, top) for grade, top in zip(policy.grades, tops, strict=True)]
    cites = _cites(policy)
    texts = _texts(policy)
    return Certificate(
        policy=policy.id,
        policy_sha256=policy.sha256,
        indicators=len(policy.indicators),
        headings=tuple((h.id, sum(i.heading == h.id for i in policy.indicators)) for h in policy.headings),
        items=len(policy.items),
        bands=sum(len(item.bands) for item in policy.items),
        vetoes=len(policy.vetoes),
        lowest_score=scores[0],
        highest_score=scores[-1],
        reachable_scores=len(scores),
        unreachable_scores_between=tuple(sorted(set(range(scores[0], scores[-1])) - set(scores))),
        grades=tuple(spans),
        unreachable_grades=tuple(name for name, low, top in spans if not any(low <= s <= top for s in scores)),
        dead_indicators=tuple(i.indicator.id for n, i in enumerate(table.items) if n not in relevant),
        dead_vetoes=tuple(v.id for v in policy.vetoes if not _possible(policy, v.test)),
        dead_conditions=tuple(t.indicator for t, _ in policy.terms.conditions if not _telling(policy, t)),
        uncovered=tuple(item.indicator.id for item in table.items if not _covered(item)),
        wordings=len(texts),
        unworded=tuple(name for name, zh, en in texts if not (zh.strip() and en.strip())),
        unused_reasons=_unused(policy),
        sourced=len(cites),
        unsourced=tuple(name for name, cite in cites if not cite.source),
        assumed=sum(cite.assumed for _, cite in cites) + sum(grade.cut_assumed for grade in policy.grades),
    )


def _possible(policy: Policy, test: Test) -> bool:
    indicator = next(i for i in policy.indicators if i.id == test.indicator)
    if test.active:
        return indicator.kind == "episode"
    if test.codes:
        return any(indicator.low <= code <= indicator.high for code in test.codes)
    return test.low <= indicator.high and test.high >= indicator.low and test.low <= test.high


def _telling(policy: Policy, test: Test) -> bool:
    """Whether some value meets the condition and some value does not."""
    indicator = next(i for i in policy.indicators if i.id == test.indicator)
    if test.codes:
        met = [test.holds(code) for code in range(indicator.low, indicator.high + 1)]
        return any(met) and not all(met)
    return _possible(policy, test) and (test.low > indicator.low or test.high < indicator.high)


def _covered(item: CompiledItem) -> bool:
    edges = [band.at_least for band in item.item.bands]
    low, high = item.indicator.low, item.indicator.high
    ascending = all(a < b for a, b in pairwise(edges))
    return ascending and edges[0] == low and edges[-1] <= high


def _unused(policy: Policy) -> tuple[str, ...]:
    used = {*ENGINE, *(item.reason for item in policy.items), *(veto.reason for veto in policy.vetoes)}
    used |= {reason for _, _, reason in policy.completeness.gate}
    used |= {reason for _, reason in policy.terms.conditions}
    return tuple(name for name in policy.reasons if name not in used)


def _texts(policy: Policy) -> list[tuple[str, str, str]]:
    labelled: list[_Labelled] = [
        *policy.sources,
        *policy.headings,
        *policy.indicators,
        *policy.terms.purposes,
        *policy.terms.products,
    ]
    texts = [(one.id, one.label.zh, one.label.en) for one in labelled]
    texts += [(loan.id, loan.label.zh, loan.label.en) for loan in policy.areas.classes]
    texts += [(name, text.zh, text.en) for group in (policy.units, policy.words) for name, text in group.items()]
    texts += [(reason.id, reason.text.zh, reason.text.en) for reason in policy.reasons.values()]
    return texts + [(f"remedy of {veto.id}", veto.remedy.zh, veto.remedy.en) for veto in policy.vetoes]


def _cites(policy: Policy) -> list[tuple[str, Cite]]:
    groups: list[_Cited] = [
        *policy.indicators,
        *policy.headings,
        *policy.vetoes,
        *policy.grades,
        *policy.terms.products,
    ]
    cites = [(one.id, one.cite) for one in groups]
    cites += [(item.indicator, item.cite) for item in policy.items]
    cites += [(reason.id, reason.cite) for reason in policy.reasons.values()]
    return [*cites, ("completeness", policy.completeness.cite), *policy.outcomes.cites]
