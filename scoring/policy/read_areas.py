"""areas.yaml: loan classes, stops and their release, credit villages and townships."""

from __future__ import annotations

from decimal import Decimal

from scoring.errors import Fault
from scoring.policy.fields import Fields
from scoring.policy.lending import AreaRules, LoanClass
from scoring.policy.read_about import About
from scoring.policy.tree import Node


def read_areas(node: Node, about: About, faults: list[Fault]) -> AreaRules:
    """Read areas.yaml, noting every fault."""
    fields = Fields(node, "the area rules", faults)
    rows = list(fields.rows("loan_classes"))
    classes = [_loan_class(row, about, faults) for row in rows]
    for row, below, above in zip(rows[1:], classes, classes[1:], strict=False):
        if above.at_least_days <= below.at_least_days:
            faults.append(
                Fault(
                    row.file,
                    row.line,
                    f"loan class '{above.id}' does not begin after '{below.id}'",
                    "Order the classes by days past due",
                )
            )
        if below.bad and not above.bad:
            faults.append(
                Fault(
                    row.file,
                    row.line,
                    f"loan class '{above.id}' is not bad but '{below.id}' is",
                    "Count every later class as bad",
                )
            )
    if classes and classes[0].at_least_days != 0:
        fields.fault("have no class for loans that are not overdue", "Begin the first loan class at 0 days")
    if classes and not any(loan.bad for loan in classes):
        fields.fault("have no bad class", "Mark the classes that count as bad loans")
    released = fields.get("release")
    release = Fields(released, "release", faults) if released else None
    few = fields.get("few_loans")
    warning = Fields(few, "few_loans", faults) if few else None
    rules = AreaRules(
        tuple(classes),
        _share(fields, "village_stop", "bad_ratio_over", about),
        _share(fields, "township_stop", "stopped_villages_at_least", about),
        release.integer("clear_month_ends", 1, 24) if release else 1,
        release.flag("sign_off") if release else True,
        release.integer("book_at_most_days", 31, 366) if release else 62,
        warning.integer("below", 0, 1000) if warning else 0,
        _share(fields, "credit_village", "graded_at_least", about),
        _share(fields, "credit_township", "credit_villages_at_least", about),
    )
    for inner in filter(None, (release, warning)):
        inner.cite(about.documents)
        inner.done()
    fields.done()
    return rules


def _share(fields: Fields, key: str, what: str, about: About) -> Decimal:
    node = fields.get(key)
    if node is None:
        return Decimal(1)
    inner = Fields(node, key, fields.faults)
    share = inner.decimal(what, "0", "1")
    inner.cite(about.documents)
    inner.done()
    return share


def _loan_class(node: Node, about: About, faults: list[Fault]) -> LoanClass:
    fields = Fields(node, "a loan class", faults)
    name = fields.identifier("id")
    loan = LoanClass(name, fields.bilingual("label"), fields.integer("at_least_days", 0, 3660), fields.flag("bad"))
    fields.cite(about.documents)
    fields.done()
    return loan
