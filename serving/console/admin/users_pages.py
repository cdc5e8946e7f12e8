"""People's accounts: listed, added, given a new password, ended. A password is made here and shown once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.access.names import is_name
from serving.access.roles import OF_A_BANK, WITHIN_AREA, Act
from serving.accounts.users import UserRefused, add_user, change_password, end_user, users_page
from serving.console.admin.asked import (
    A_PAGE,
    PEOPLES,
    ROLES,
    TAKEN,
    After,
    Faults,
    after_of,
    back_to,
    person_faults,
    role_of,
    why_of,
)
from serving.console.visit import Visit, page
from serving.wiring import Parts

PATH = "/console/admin/users"
PASSWORD_BYTES = 12
Administering = Annotated[Visit, page(Act.ADMINISTER)]
Person = Annotated[str, Path(max_length=40)]


def users_pages(parts: Parts) -> APIRouter:
    """The pages over one set of parts."""
    routes = APIRouter()

    @routes.get(PATH)
    def get_users(visit: Administering, after: After = "") -> Response:
        """Everybody who has or had an account, a page at a time."""
        return _list(parts, visit, {"after": after})

    @routes.post(PATH)
    def post_user(visit: Administering) -> Response:
        """Add a person, and show the password once."""
        return _add(parts, visit)

    @routes.post(PATH + "/{name}/password")
    def post_password(visit: Administering, name: Person) -> Response:
        """Give a person a new password; their sessions end."""
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        try:
            change_password(parts, name, password=password, by=visit.caller.client_id)
        except UserRefused:  # it has ended, or never was: the list says so
            return visit.go(back_to(PATH, visit.form))
        return _shown(visit, name, password)

    @routes.post(PATH + "/{name}/end")
    def post_end(visit: Administering, name: Person) -> Response:
        """End an account at once."""
        faults: Faults = {}
        why = why_of(visit.form, faults)
        if faults:
            return _list(parts, visit, {"ends": name if is_name(name) else "", **visit.form}, faults)
        with suppress(UserRefused):  # as above
            end_user(parts, name, by=visit.caller.client_id, why=why)
        return visit.go(back_to(PATH, visit.form))

    return routes


def _add(parts: Parts, visit: Visit) -> Response:
    faults: Faults = {}
    role = role_of(visit.form, PEOPLES, faults)
    faults |= person_faults(parts, visit.form, role)
    if faults or role is None:
        return _list(parts, visit, visit.form, faults)
    name, password = visit.form["name"], secrets.token_urlsafe(PASSWORD_BYTES)
    try:
        add_user(
            parts,
            name,
            role=role,
            tenant=visit.form["tenant"] if role in OF_A_BANK else "",
            area_code=visit.form["area"] if role in WITHIN_AREA else "",
            password=password,
            by=visit.caller.client_id,
        )
    except UserRefused:  # somebody took the name meanwhile
        return _list(parts, visit, visit.form, {"name": TAKEN})
    return _shown(visit, name, password)


def _shown(visit: Visit, name: str, password: str) -> Response:
    return visit.show(
        "admin/secret.html", kind="password", name=name, secret=password, ends=None, back=back_to(PATH, visit.form)
    )


def _list(
    parts: Parts, visit: Visit, form: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> Response:
    form, faults = form or {}, faults or {}
    after = after_of(form)
    users, more = users_page(parts, after=after, most=A_PAGE)
    return visit.show(
        "admin/users.html",
        users=users,
        more=more,
        after=after,
        roles={it.value: words for it, words in ROLES.items()},
        choices=[(it.value, ROLES[it]) for it in PEOPLES],
        form=form,
        faults=faults,
        status=422 if faults else 200,
    )
