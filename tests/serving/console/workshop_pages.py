"""Pages of models, watch and policies that are looked at in a browser."""

from __future__ import annotations

from serving.access.roles import Role
from serving.approvals import trials
from tests.serving.console.looks import Looked
from tests.serving.console.site import Site
from tests.serving.console.workshop import DRAFT, FAULTY, REPORTED


def trial_page(site: Site) -> str:
    """The address of the county's newest trial."""
    return f"/console/policies/trials/{trials.newest(site.served.parts, most=1)[0].number}"


WORKSHOP = [
    Looked("models", Role.ANALYST, lambda _: "/console/models", county="workshop"),
    Looked("a version", Role.ANALYST, lambda _: "/console/models/2", county="workshop"),
    Looked("watch", Role.COUNTY, lambda _: "/console/watch", county="workshop"),
    Looked("a report", Role.AUDITOR, lambda _: f"/console/watch/{REPORTED.isoformat()}", county="workshop"),
    Looked("policies", Role.COUNTY, lambda _: "/console/policies", county="workshop"),
    Looked("a draft", Role.ANALYST, lambda _: f"/console/policies/versions/{DRAFT}", county="workshop"),
    Looked("a faulty draft", Role.ANALYST, lambda _: f"/console/policies/versions/{FAULTY}", county="workshop"),
    Looked("a policy", Role.ADMINISTRATOR, lambda _: "/console/policies/versions/2021-03-01", county="workshop"),
    Looked("a trial", Role.ANALYST, trial_page, county="workshop"),
]
