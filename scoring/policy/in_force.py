"""Which approved policy binds on a day. Never a neighbouring one: no policy means an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from scoring.errors import Fault, PolicyNotInForce
from scoring.policy.codes import LATEST
from scoring.policy.fields import Fields
from scoring.policy.schema import Policy
from scoring.policy.tree import Node


@dataclass(frozen=True, slots=True)
class Approval:
    """One line of index.yaml: who approved which folder, with which hash, and why."""

    folder: str
    effective_from: date
    sha256: str
    approved_on: date
    approved_by: str
    second: str
    why: str
    node: Node


@dataclass(frozen=True, slots=True)
class Policies:
    """A county's approved policies, by the day from which each binds, ascending."""

    approvals: tuple[Approval, ...]
    policies: tuple[Policy, ...]

    def in_force(self, on: date) -> Policy:
        """The policy that binds on a day.

        Raises:
            PolicyNotInForce: before the first, after the last one's end, in a gap between two, or after
                the last day that a credit file can name ("until further notice" reaches no further).
        """
        begun = [policy for policy in self.policies if policy.effective_from <= on]
        if not begun or on.toordinal() > LATEST or (begun[-1].effective_to is not None and on > begun[-1].effective_to):
            known = "; ".join(
                f"{p.id} from {p.effective_from} to {p.effective_to or 'further notice'}" for p in self.policies
            )
            raise PolicyNotInForce(on, known)
        return begun[-1]

    def ends_on(self, on: date) -> date | None:
        """The last day that is bound without a gap from a day on; None until further notice.

        Raises:
            PolicyNotInForce: where no policy binds on that day.
        """
        last = self.in_force(on).effective_to
        while last is not None:
            follows = [policy for policy in self.policies if policy.effective_from == last + timedelta(days=1)]
            if not follows:
                return last
            last = follows[0].effective_to
        return None

    def by_sha256(self, sha256: str) -> Policy | None:
        """The approved policy with a hash, for replay; None where there is none."""
        return next((policy for policy in self.policies if policy.sha256 == sha256), None)

    @property
    def latest(self) -> Policy:
        """The policy that begins last."""
        return self.policies[-1]


def read_index(node: Node, faults: list[Fault]) -> list[Approval]:
    """Read index.yaml, noting every fault."""
    fields = Fields(node, "the index", faults)
    found = [_approval(row, faults) for row in fields.rows("policies")]
    fields.done()
    for before, after in pairwise(found):
        if after.effective_from == before.effective_from:
            faults.append(
                _at(after, f"two policies begin on {after.effective_from}", "Approve one policy for each date")
            )
        elif after.effective_from < before.effective_from:
            faults.append(
                _at(
                    after,
                    f"the policy '{after.folder}' begins before the one above it",
                    "Append to the index; never insert",
                )
            )
    return found


def check_index(approvals: list[Approval], policies: Mapping[str, Policy], faults: list[Fault]) -> Policies:
    """Hold each approval against the folder that it approves, and each policy against all before it."""
    ordered: list[tuple[Approval, Policy]] = []
    for approval in approvals:
        policy = policies.get(approval.folder)
        if policy is None:
            continue
        if policy.sha256 != approval.sha256:
            faults.append(
                _at(
                    approval,
                    f"the folder '{approval.folder}' has hash {policy.sha256}, not the approved one",
                    "Restore the approved files, or approve the change as a new policy",
                )
            )
        if policy.effective_from != approval.effective_from:
            faults.append(
                _at(
                    approval,
                    f"'{approval.folder}' takes effect on {policy.effective_from}, not {approval.effective_from}",
                    "Give both the same date",
                )
            )
        ordered.append((approval, policy))
    for (_, before), (approval, after) in pairwise(ordered):
        if before.effective_to is not None and before.effective_to >= after.effective_from:
            faults.append(
                _at(
                    approval,
                    f"'{before.id}' and '{after.id}' both bind on {after.effective_from}",
                    "End the earlier policy the day before",
                )
            )
    for number, (approval, after) in enumerate(ordered):
        found = [what for _, before in ordered[:number] for what in incompatible(before, after)]
        mend = "Keep type, decimals and the order of categories, or use a new indicator id"
        faults += [_at(approval, what, mend) for what in found]
    return Policies(tuple(approvals), tuple(policy for _, policy in ordered))


def incompatible(before: Policy, after: Policy) -> list[str]:
    """Indicators whose stored values would mean something else under the later policy."""
    old = {indicator.id: indicator for indicator in before.indicators}
    found = []
    for new in after.indicators:
        was = old.get(new.id)
        kept = was is None or (
            was.kind == new.kind
            and was.decimals == new.decimals
            and new.categories[: len(was.categories)] == was.categories
        )
        if not kept:
            found.append(f"'{new.id}' in '{after.id}' reads stored values differently than '{before.id}' wrote them")
    return found


def _approval(node: Node, faults: list[Fault]) -> Approval:
    fields = Fields(node, "an approval", faults)
    days = {}
    for key in ("effective_from", "approved_on"):
        written = fields.text(key)
        try:
            days[key] = date.fromisoformat(written)
        except ValueError:
            fields.fault(f"has '{key}: {written}', not a date", "Write it as YYYY-MM-DD", fields.get(key))
            days[key] = date.min
    approval = Approval(
        fields.text("folder"),
        days["effective_from"],
        fields.text("sha256"),
        days["approved_on"],
        fields.text("approved_by"),
        fields.text("second"),
        fields.text("why"),
        node,
    )
    if approval.approved_by and approval.approved_by == approval.second:
        fields.fault("names one person twice", "Let a second person approve")
    fields.done()
    return approval


def _at(approval: Approval, what: str, mend: str) -> Fault:
    return Fault(approval.node.file, approval.node.line, what, mend)
