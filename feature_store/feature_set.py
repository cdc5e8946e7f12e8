"""What a model may look at: a versioned, approved list of features, each with its source and lawful basis.

A file of ``feature_sets/`` is never edited once a model was trained on it: a change is a new version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from scoring.errors import Fault, PolicyFaults
from scoring.policy.elements import Indicator, Text
from scoring.policy.fields import Fields, unique
from scoring.policy.load import ROOT as POLICIES
from scoring.policy.load import load_index
from scoring.policy.schema import Policy
from scoring.policy.tree import Node, parse

ROOT = Path(__file__).parent / "feature_sets"
LATEST = "2021-1"
"""The version that new models are trained on."""
Kind = Literal["indicator", "past", "worst", "age_of_report", "loan", "area"]
Dtype = Literal["number", "category"]
OF_INDICATOR = ("indicator", "past", "worst")
LOAN = ("amount_cny", "term_months", "purpose")
AREA = ("bad_ratio", "n_loans")
_SIGNS = {"up": 1, "down": -1, "any": 0}


class FeatureSetFaults(PolicyFaults):
    """A feature set was refused; ``faults`` holds every reason, in file order."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the model's matrix.

    kind: what it is made of. *indicator*: the value now; *past*: the value now less the value a year
        ago; *worst*: the riskiest of now, half a year and a year ago; *age_of_report*: months since
        the source last reported; *loan*: what is asked for; *area*: the village's loan book.
    of: the indicator's id, the source's id, or which value of the loan or the area.
    values: a category's words, each standing for its position; empty for a plain number.
    monotone: direction in which default risk may move as the value rises (-1, 0 either way, 1).
    lawful_basis: key into :attr:`FeatureSet.bases`.
    """

    name: str
    kind: Kind
    of: str
    source: str
    dtype: Dtype
    unit: str
    values: tuple[str, ...]
    monotone: int
    lawful_basis: str
    label: Text

    @property
    def indicator(self) -> str | None:
        """The indicator that it is made of; None for a loan, an area or a report's age."""
        return self.of if self.kind in OF_INDICATOR else None


@dataclass(frozen=True, slots=True, eq=False)
class FeatureSet:
    """The columns of the matrix, in order. sha256: of the file; two sets are equal when it is."""

    version: str
    bases: Mapping[str, Text]
    features: tuple[Feature, ...]
    sha256: str

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(feature.name for feature in self.features)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeatureSet) and other.sha256 == self.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)


def load_feature_set(version: str = LATEST, *, policy: Policy | None = None) -> FeatureSet:
    """The feature set of a version, held against a policy (the newest approved one of Lushi by default).

    Raises:
        FeatureSetFaults: with every fault, each with its line: a feature that the policy forbids to a
            model, a direction or an order that is not the policy's, a file that does not exist.
    """
    return _loaded(version, policy or _newest())


@cache
def _newest() -> Policy:
    return load_index(POLICIES / "lushi").latest


@cache
def _loaded(version: str, policy: Policy) -> FeatureSet:
    path = ROOT / f"{version}.yaml"
    if not version.replace("-", "").isalnum() or not path.is_file():
        known = ", ".join(sorted(it.stem for it in ROOT.glob("*.yaml")))
        raise FeatureSetFaults([Fault(f"{version}.yaml", 1, "there is no such feature set", f"Name one of: {known}")])
    return read_feature_set(path.name, path.read_text(encoding="utf-8"), policy=policy)


def read_feature_set(file: str, text: str, *, policy: Policy) -> FeatureSet:
    """The feature set that a text states.

    Raises:
        FeatureSetFaults: with every fault found.
    """
    root, faults = parse(file, text)
    if faults:
        raise FeatureSetFaults(faults)
    fields = Fields(root, "the feature set", faults)
    version = fields.text("version")
    if version and f"{version}.yaml" != file:
        fields.fault(f"calls itself '{version}' in the file {file}", "Give file and version the same name")
    bases = {name: _basis(name, node, faults) for name, node in fields.mapping("bases").items()}
    rows = [(row, _feature(row, bases, policy, faults)) for row in fields.rows("features")]
    fields.done()
    unique([(feature.name, row) for row, feature in rows], "feature", faults)
    if faults:
        raise FeatureSetFaults(faults)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return FeatureSet(version, bases, tuple(feature for _, feature in rows), digest)


def _basis(name: str, node: Node, faults: list[Fault]) -> Text:
    fields = Fields(node, f"the basis '{name}'", faults)
    text = Text(fields.text("zh"), fields.text("en"))
    fields.done()
    return text


def _feature(node: Node, bases: Mapping[str, Text], policy: Policy, faults: list[Fault]) -> Feature:
    fields = Fields(node, "a feature", faults)
    name = fields.identifier("name")
    fields.name = f"feature '{name}'"
    kind = cast(Kind, fields.choice("kind", get_args(Kind)))
    feature = Feature(
        name=name,
        kind=kind,
        of=fields.text("of"),
        source=fields.text("source"),
        dtype=cast(Dtype, fields.choice("dtype", get_args(Dtype))),
        unit=fields.choice("unit", policy.units, "units"),
        values=fields.words("values") if fields.has("values") else (),
        monotone=_SIGNS.get(fields.choice("monotone", _SIGNS), 0),
        lawful_basis=fields.choice("basis", bases, "bases"),
        label=fields.bilingual("label"),
    )
    fields.done()
    if feature.dtype == "category" and (feature.monotone or not feature.values):
        fields.fault("is a category with a direction or without values", "Write 'monotone: any' and its 'values'")
    _check_origin(fields, feature, policy)
    return feature


def _check_origin(fields: Fields, feature: Feature, policy: Policy) -> None:
    """Whether what the feature is made of exists and may be used."""
    if feature.kind in OF_INDICATOR:
        indicator = next((it for it in policy.indicators if it.id == feature.of), None)
        if indicator is None:
            fields.fault(f"is made of '{feature.of}', which the policy does not have", "Name an indicator's id")
        else:
            _check_indicator(fields, feature, indicator)
            _check_order(fields, feature, indicator, policy)
        return
    known = {
        "age_of_report": tuple(source.id for source in policy.sources),
        "loan": LOAN,
        "area": AREA,
    }.get(feature.kind, ())
    if feature.kind and feature.of not in known:
        fields.fault(f"is made of '{feature.of}', which does not exist", f"Name one of: {', '.join(known)}")
    if feature.of == "purpose" and set(feature.values) != {it.id for it in policy.terms.purposes}:
        fields.fault("does not list the policy's purposes", "List every purpose of terms.yaml under 'values'")


def _check_indicator(fields: Fields, feature: Feature, indicator: Indicator) -> None:
    if indicator.risk is None:
        fields.fault(f"uses '{indicator.id}', which a model may not use", "Remove it; the policy says not_used")
        return
    allowed = _SIGNS[indicator.risk]
    # A difference may go unconstrained: the policy speaks of the value, not of its movement.
    if feature.monotone != allowed and not (feature.kind == "past" and feature.monotone == 0):
        fields.fault(f"has another direction than the policy's '{indicator.risk}'", f"Write '{indicator.risk}'")
    if feature.kind == "worst" and not allowed:
        fields.fault("asks for the worst value of an indicator without direction", "Use its value now")
    if feature.kind != "indicator" and feature.dtype == "category":
        fields.fault("compares a category over time", "Use its value now")
    if indicator.kind == "episode":
        fields.fault(f"uses '{indicator.id}', an episode, which is no number", "Remove it")
    if feature.source != indicator.source:
        fields.fault(f"names the source '{feature.source}', not '{indicator.source}'", "Name the policy's source")
    if feature.unit != indicator.unit:
        fields.fault(f"has the unit '{feature.unit}', not '{indicator.unit}'", "Use the policy's unit")


def _check_order(fields: Fields, feature: Feature, indicator: Indicator, policy: Policy) -> None:
    """A category's words are all listed, and in a direction they stand in the order of the policy's points."""
    if sorted(feature.values) != sorted(indicator.categories):
        fields.fault("does not list the indicator's categories", "List each of them once under 'values'")
        return
    item = next((it for it in policy.items if it.indicator == indicator.id), None)
    if not feature.values or not feature.monotone or item is None:
        return
    points = []
    for word in feature.values:
        code = indicator.categories.index(word)
        points.append([band.points for band in item.bands if band.at_least <= code][-1])
    if points != sorted(points, reverse=indicator.risk == "up"):
        fields.fault("lists its values in another order than the policy's points", "Order them by their points")
