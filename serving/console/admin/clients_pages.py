"""Programs and their keys: listed, added, rotated, revoked. A key is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.access.names import is_name
from serving.access.roles import COUNTY_TENANT, OF_A_BANK, Act
from serving.accounts.clients import ClientRefused, Issued, add_client, clients_page, revoke, rotate_key
from serving.console.admin.asked import (
    A_PAGE,
    BANK,
    NAME,
    PROGRAMS,
    ROLES,
    TAKEN,
    After,
    Faults,
    after_of,
    back_to,
    days_of,
    role_of,
    why_of,
)
from serving.console.sections import N_
from serving.console.visit import Visit, page
from serving.wiring import Parts

PATH = "/console/admin/clients"
USUAL_DAYS, USUAL_GRACE = 365, 7
MANY = N_("It has two live keys already. Revoke one first.")
Administering = Annotated[Visit, page(Act.ADMINISTER)]
Client = Annotated[str, Path(max_length=40)]


def clients_pages(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    @routes.get(PATH)
    def get_clients(visit: Administering, after: After = "") -> Response:
        """Every program and its keys, a page at a time."""
        return _list(parts, visit, {"after": after})

    @routes.post(PATH)
    def post_client(visit: Administering) -> Response:
        """Add a program, and show its key once."""
        return _add(parts, visit)

    @routes.post(PATH + "/{name}/rotate")
    def post_rotate(visit: Administering, name: Client) -> Response:
        """Issue a second key; the one before ends some days later."""
        return _rotate(parts, visit, name)

    @routes.post(PATH + "/{name}/revoke")
    def post_revoke(visit: Administering, name: Client) -> Response:
        """End a key, or every key, at once."""
        faults: Faults = {}
        why = why_of(visit.form, faults)
        if faults:
            return _list(parts, visit, {"of": name if is_name(name) else "", **visit.form}, faults)
        with suppress(ClientRefused):  # there is no such key: the list says so
            revoke(parts, name, key_id=visit.form.get("key") or None, by=visit.caller.client_id, why=why)
        return visit.go(back_to(PATH, visit.form))

    return routes


def _add(parts: Parts, visit: Visit) -> Response:
    faults: Faults = {}
    role, days = role_of(visit.form, PROGRAMS, faults), days_of(visit.form, "days", faults)
    name, tenant = visit.form.get("name", ""), visit.form.get("tenant", "")
    if not is_name(name):
        faults["name"] = NAME
    if role in OF_A_BANK and (not is_name(tenant) or tenant == COUNTY_TENANT):
        faults["tenant"] = BANK
    if faults or role is None:
        return _list(parts, visit, visit.form, faults)
    tenant = tenant if role in OF_A_BANK else COUNTY_TENANT
    try:
        issued = add_client(parts, name, tenant=tenant, role=role, days=days, by=visit.caller.client_id)
    except ClientRefused:
        return _list(parts, visit, visit.form, {"name": TAKEN})
    return _shown(visit, issued)


def _rotate(parts: Parts, visit: Visit, name: str) -> Response:
    faults: Faults = {}
    days, grace = days_of(visit.form, "days", faults), days_of(visit.form, "grace", faults, least=0)
    if not faults:
        try:
            return _shown(visit, rotate_key(parts, name, days=days, grace_days=grace, by=visit.caller.client_id))
        except ClientRefused:
            faults["rotate"] = MANY
    return _list(parts, visit, {"of": name if is_name(name) else "", **visit.form}, faults)


def _shown(visit: Visit, issued: Issued) -> Response:
    return visit.show(
        "admin/secret.html",
        kind="key",
        name=issued.client_id,
        secret=issued.key.written,
        ends=issued.expires_at,
        back=back_to(PATH, visit.form),
    )


def _list(
    parts: Parts, visit: Visit, form: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> Response:
    form, faults = form or {}, faults or {}
    after = after_of(form)
    clients, more = clients_page(parts, after=after, most=A_PAGE)
    return visit.show(
        "admin/clients.html",
        clients=clients,
        more=more,
        after=after,
        now=parts.clock.now(),
        roles={it.value: words for it, words in ROLES.items()},
        choices=[(it.value, ROLES[it]) for it in PROGRAMS],
        usual={"days": USUAL_DAYS, "grace": USUAL_GRACE},
        form=form,
        faults=faults,
        status=422 if faults else 200,
    )
