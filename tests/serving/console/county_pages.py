"""The county's pages that are looked at."""

from serving.access.roles import Role
from tests.serving.console.county.graded import graded
from tests.serving.console.looks import Looked

PAGES = [
    Looked("county: at a glance", Role.COUNTY, lambda it: graded(it, "/console/county")),
    Looked("county: a township", Role.TOWNSHIP, lambda it: f"/console/county/townships/{it.served.village('')[:9]}"),
    Looked("county: a village", Role.VILLAGE, lambda it: f"/console/county/villages/{it.served.village('')}"),
    Looked("county: filings", Role.AUDITOR, lambda _: "/console/county/filings"),
]
