"""What callers send about a household's rights: closed models with limits."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from serving.api.asked import Closed, HouseholdId, Reference
from serving.uses import Use

Day = Annotated[date, Field(ge=date(1950, 1, 1), le=date(2100, 12, 31), examples=["2021-04-15"])]
Tenant = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", examples=["lushi-rcb"])]


class Nothing(Closed):
    """An empty object: the address says everything."""


class ConsentAsked(Closed):
    """A consent. tenant: the bank that may use the file; a bank leaves it out. until: the last day, inclusive."""

    reference: Reference
    household_id: HouseholdId
    tenant: Tenant | None = None
    purpose: Use
    granted_on: Day
    until: Day
