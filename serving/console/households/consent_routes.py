"""A household's consent: recorded from the paper that it signed, looked at, and withdrawn."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from serving.access.roles import OF_A_BANK, Act
from serving.api.asked import Reference
from serving.api.rights_asked import ConsentAsked, Tenant
from serving.consents.record import ConsentTaken, Given, read_consent, record_consent, withdraw_consent
from serving.consents.scope import UnknownHousehold
from serving.consents.uses import USES
from serving.console.households.form_state import Fields
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.refused import Refused
from serving.wiring import Parts

FAULTS = {
    "reference": N_("Write the number of the signed paper: Latin letters, digits and . _ : / - only."),
    "household_id": N_("Write a household number such as 411299101203-0042."),
    "tenant": N_("Write the code of the bank that may use the credit file, such as lushi-rcb."),
    "purpose": N_("Choose what the credit file may be used for."),
    "granted_on": N_("Give the day on which the household signed; it cannot lie in the future."),
    "until": N_(
        "Give the last day on which the consent counts: not before the first, and at most three years after it."
    ),
}
"""What a field needs, by field."""
TAKEN = N_("Another consent has this number already. Give every paper a number of its own.")
NOT_THERE = N_("No household that you may record for has this number.")
Recording = Annotated[Visit, page(Act.RECORD_CONSENT)]
Named = Annotated[Reference, Query()]
OfBank = Annotated[Tenant | None, Query()]
For = Annotated[str, Query(pattern=r"^([0-9A-Za-z][0-9A-Za-z-]{0,39})?$")]


def consent_routes(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter(prefix="/console/consents")

    @routes.get("")
    def get_form(visit: Recording, household: For = "") -> Response:
        """The form for a consent."""
        return _form(visit, Fields(household_id=household))

    @routes.post("")
    def post_consent(visit: Recording) -> Response:
        """Record a consent and go to its household; with faults the form again."""
        typed = Fields({name: visit.form.get(name, "").strip() for name in FAULTS})
        of_bank = visit.caller.role in OF_A_BANK
        faults: dict[str, str] = {}
        try:
            asked = ConsentAsked.model_validate({**typed, "tenant": None if of_bank else typed["tenant"]})
            given = Given(
                reference=asked.reference,
                household_id=asked.household_id,
                tenant=asked.tenant or "",
                purpose=asked.purpose,
                granted_on=asked.granted_on,
                until=asked.until,
            )
            record_consent(given, parts, caller=visit.caller)
            return visit.go(
                f"/console/consents/withdrawal?reference={asked.reference}&recorded=yes{_bank(asked.tenant)}"
            )
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors(include_input=False, include_context=False)}
            faults = {name: FAULTS[name] for name in FAULTS if name in wrong}
        except Refused as refused:
            faults = {name: FAULTS[name] for it in refused.faults if (name := it.where.removeprefix("body."))}
        except ConsentTaken:
            faults = {"reference": TAKEN}
        except UnknownHousehold:
            faults = {"household_id": NOT_THERE}
        return _form(visit, typed, faults, status=422)

    @routes.get("/withdrawal")
    def get_consent(
        visit: Recording, reference: Named, tenant: OfBank = None, recorded: Annotated[str, Query(pattern="^yes$")] = ""
    ) -> Response:
        """A consent as it stands, and the button that ends it."""
        consent = read_consent(reference, parts, caller=visit.caller, tenant=tenant)
        use = {use.value: label for use, label in USES.items()}[consent.purpose]
        return visit.show("households/consent.html", consent=consent, use=use, recorded=bool(recorded))

    @routes.post("/withdrawal")
    def post_withdrawal(visit: Recording, reference: Named, tenant: OfBank = None) -> Response:
        """End a consent at once, and show it."""
        withdraw_consent(reference, parts, caller=visit.caller, tenant=tenant)
        return visit.go(f"/console/consents/withdrawal?reference={reference}{_bank(tenant)}")

    return routes


def _bank(tenant: str | None) -> str:
    return f"&tenant={tenant}" if tenant else ""


def _form(visit: Visit, typed: Fields, faults: dict[str, str] | None = None, *, status: int = 200) -> Response:
    return visit.show(
        "households/consent_form.html",
        status=status,
        form=typed,
        faults=Fields(faults or {}),
        uses={use.value: label for use, label in USES.items()},
        of_bank=visit.caller.role in OF_A_BANK,
    )
