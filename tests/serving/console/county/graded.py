"""The console's county graded, and some of its villages in trouble, once per session."""

from __future__ import annotations

from datetime import date

from serving.county.grade_county import grade_county
from tests.serving.console.site import Site

ON = date(2017, 4, 20)


def graded(site: Site) -> Site:
    """The site with a register of its county; written once."""
    with site.served.parts.store.engine.connect() as connection:
        if not connection.exec_driver_sql("SELECT count(*) FROM register_counts").scalar_one():
            grade_county(site.served.parts, ON)
    return site
