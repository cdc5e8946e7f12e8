"""The county's pages that are looked at."""

from serving.access.roles import Role
from tests.serving.console.looks import Looked

PAGES = [
    Looked("county: at a glance", Role.COUNTY, lambda _: "/console/county"),
    Looked("county: stops", Role.COUNTY, lambda _: "/console/county/stops"),
    Looked("county: a township", Role.COUNTY, lambda it: f"/console/county/townships/{it.served.village('')[:9]}"),
    Looked("county: a village", Role.VILLAGE, lambda it: f"/console/county/villages/{it.served.village('')}"),
    Looked("county: filings", Role.COUNTY, lambda _: "/console/county/filings"),
]
