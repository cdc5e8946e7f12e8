"""terms.yaml: what a borrower must meet, what money may be used for, the loans on offer."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.errors import Fault
from scoring.policy.elements import Indicator, Test
from scoring.policy.fields import Fields, unique
from scoring.policy.lending import Product, Purpose, Rate, Terms
from scoring.policy.read_about import About
from scoring.policy.read_test import nodes, read_test
from scoring.policy.tree import Node


def read_terms(node: Node, about: About, indicators: Mapping[str, Indicator], faults: list[Fault]) -> Terms:
    """Read terms.yaml, noting every fault. ``service`` holds promises to applicants, not rules."""
    fields = Fields(node, "the terms", faults)
    conditions = tuple(_condition(row, about, indicators, faults) for row in nodes(fields, "conditions"))
    purposes: list[Purpose] = []
    places: list[tuple[str, Node]] = []
    for key, allowed in (("allowed_purposes", True), ("refused_purposes", False)):
        for row in fields.rows(key):
            purposes.append(_purpose(row, allowed, faults))
            places.append((purposes[-1].id, row))
    unique(places, "purpose", faults)
    rows = list(fields.rows("products"))
    products = [_product(row, about, indicators, faults) for row in rows]
    unique([(product.id, row) for product, row in zip(products, rows, strict=True)], "product", faults)
    for row in nodes(fields, "service"):
        promise = Fields(row, "a service promise", faults)
        promise.identifier("id")
        promise.bilingual("label")
        promise.decimal("value")
        promise.choice("unit", about.units, "units in about.yaml")
        promise.cite(about.documents)
        promise.done()
    fields.done()
    return Terms(conditions, tuple(purposes), tuple(products))


def _condition(node: Node, about: About, indicators: Mapping[str, Indicator], faults: list[Fault]) -> tuple[Test, str]:
    fields = Fields(node, "a condition", faults)
    test, reason = read_test(fields, indicators), fields.text("reason")
    if test.active:
        fields.fault("asks for an episode", "Use a veto for episodes")
    fields.cite(about.documents)
    fields.done()
    return test, reason


def _purpose(node: Node, allowed: bool, faults: list[Fault]) -> Purpose:
    fields = Fields(node, "a purpose", faults)
    purpose = Purpose(fields.identifier("id"), fields.bilingual("label"), allowed)
    fields.done()
    return purpose


def _product(node: Node, about: About, indicators: Mapping[str, Indicator], faults: list[Fault]) -> Product:
    fields = Fields(node, "a product", faults)
    name = fields.identifier("id")
    fields.name = f"product '{name}'"
    only: Test | None = None
    if fields.has("only"):
        inner = Fields(fields.get("only") or node, f"{fields.name}, only,", faults)
        only = read_test(inner, indicators)
        if only.active:
            inner.fault("asks for an episode", "Use a veto for episodes")
        inner.done()
    rates: list[Rate] = []
    for row in fields.rows("rates"):
        rate = Fields(row, f"{fields.name}, a rate,", faults)
        months = rate.integer("up_to_months", 1, 360)
        if rates and months <= rates[-1].up_to_months:
            rate.fault("does not reach beyond the rate before it", "Order the rates by up_to_months")
        rates.append(Rate(months, rate.decimal("rate", "0", "1")))
        rate.done()
    product = Product(
        name,
        fields.bilingual("label"),
        only,
        fields.decimal("cap_cny") if fields.has("cap_cny") else None,
        tuple(rates),
        fields.decimal("subsidy_share", "0", "1"),
        fields.cite(about.documents),
    )
    fields.done()
    return product
