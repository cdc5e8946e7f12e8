"""Households' consents to the use of their credit file, and their withdrawal: only ever appended to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from feature_store.adapters.binary_copy import copy_in, dates, integers, texts
from feature_store.adapters.fact_tables import households
from feature_store.adapters.rights_tables import consent_withdrawals, consents
from feature_store.adapters.together import Asked, Rows, together

_COLUMNS = "tenant, reference, household_no, purpose, granted_on, until, recorded_by, recorded_at"
_MICROS_ZERO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_MICRO = timedelta(microseconds=1)
_WITHDRAWN = sa.and_(
    consent_withdrawals.c.tenant == consents.c.tenant, consent_withdrawals.c.reference == consents.c.reference
)
_CONSENTS = (
    sa.select(
        consents,
        households.c.household_id,
        consent_withdrawals.c.recorded_at.label("withdrawn_at"),
    )
    .join(households, households.c.household_no == consents.c.household_no)
    .outerjoin(consent_withdrawals, _WITHDRAWN)
)
_FOUND = """
    SELECT c.reference, h.household_id, c.household_no, c.tenant, c.purpose, c.granted_on, c.until, c.recorded_by,
           c.recorded_at, w.recorded_at AS withdrawn_at
    FROM {asked} JOIN households h USING (household_no) LEFT JOIN consent_withdrawals w USING (tenant, reference)"""
_FIND = Asked(f"{_FOUND.format(asked='consents c')} WHERE c.tenant = :tenant AND c.reference = :reference")
FIND_EACH = Asked(
    _FOUND.format(
        asked="unnest(CAST(:tenants AS text[]), CAST(:references AS text[])) AS a (tenant, reference)"
        " JOIN consents c USING (tenant, reference)"
    )
)
"""The consents of several banks by their references; nothing for those that are not there."""
OF_HOUSEHOLD = Asked(f"""{_FOUND.format(asked="consents c")}
    WHERE h.household_id = :household_id AND (CAST(:tenant AS text) IS NULL OR c.tenant = :tenant)
    ORDER BY c.granted_on DESC, c.tenant, c.reference""")
"""A household's consents, newest first; tenant: to which bank, None for every one."""
_LIVE = sa.text("""
    SELECT EXISTS (
        SELECT FROM consents c WHERE c.household_no = :household_no AND c.tenant = :tenant
        AND :on BETWEEN c.granted_on AND c.until
        AND NOT EXISTS (SELECT FROM consent_withdrawals w WHERE (w.tenant, w.reference) = (c.tenant, c.reference)))""")
_ALONE = sa.text("LOCK TABLE consents IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class Consent:
    """A household's consent that a bank uses its credit file for one purpose, from a day until a day (inclusive).

    reference: of the signed paper, unique for the bank. withdrawn_at: None while it stands.
    """

    reference: str
    household_id: str
    household_no: int
    tenant: str
    purpose: str
    granted_on: date
    until: date
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def said(self) -> tuple[str, str, str, str, date, date]:
        """What was consented to, without who recorded it and when."""
        return self.tenant, self.reference, self.household_id, self.purpose, self.granted_on, self.until


def find(connection: sa.Connection, tenant: str, reference: str) -> Consent | None:
    """A bank's consent by its reference; None where there is none."""
    (rows,) = together(connection, (_FIND, {"tenant": tenant, "reference": reference}))
    return Consent(*rows[0]) if rows else None


def told(rows: Rows) -> dict[tuple[str, str], Consent]:
    """The consents in the rows of :data:`FIND_EACH`, by (tenant, reference)."""
    found = (Consent(*row) for row in rows)
    return {(one.tenant, one.reference): one for one in found}


def with_reference(connection: sa.Connection, reference: str) -> list[Consent]:
    """Every bank's consent with that reference, by bank."""
    query = _CONSENTS.where(consents.c.reference == reference).order_by(consents.c.tenant)
    return [_consent(row) for row in connection.execute(query)]


def of_household(connection: sa.Connection, household_no: int) -> list[Consent]:
    """Every consent of a household, newest first."""
    query = _CONSENTS.where(consents.c.household_no == household_no)
    order = consents.c.granted_on.desc(), consents.c.tenant, consents.c.reference
    return [_consent(row) for row in connection.execute(query.order_by(*order))]


def any_live(connection: sa.Connection, household_no: int, *, tenant: str, on: date) -> bool:
    """Whether the household consents on a day to any use by the bank."""
    values = {"household_no": household_no, "tenant": tenant, "on": on}
    return bool(connection.execute(_LIVE, values).scalar_one())


def add(connection: sa.Connection, consent: Consent) -> bool:
    """Record a consent; False where the bank has one of that reference. The caller commits."""
    row = {name: getattr(consent, name) for name in consents.c.keys()}  # noqa: SIM118 - a column collection, not a dict
    added = insert(consents).values(row).on_conflict_do_nothing().returning(consents.c.reference)
    return connection.execute(added).scalar_one_or_none() is not None


def withdraw(connection: sa.Connection, consent: Consent, *, by: str, now: datetime) -> bool:
    """Record a withdrawal; False where the consent was withdrawn before. The caller commits."""
    row = {"tenant": consent.tenant, "reference": consent.reference, "by": by, "recorded_at": now}
    added = insert(consent_withdrawals).values(row).on_conflict_do_nothing().returning(consent_withdrawals.c.reference)
    return connection.execute(added).scalar_one_or_none() is not None


def kept(connection: sa.Connection, references: Sequence[str]) -> dict[tuple[str, str], Consent]:
    """The consents with these references by (tenant, reference); nobody else records one until the caller commits."""
    connection.execute(_ALONE)
    query = _CONSENTS.where(consents.c.reference == sa.func.any(sa.cast(list(references), sa.ARRAY(sa.Text))))
    found = [_consent(row) for row in connection.execute(query)]
    return {(one.tenant, one.reference): one for one in found}


def add_many(connection: sa.Connection, found: Sequence[Consent]) -> None:
    """Append many consents by COPY (dates and times as PostgreSQL counts them, from 2000); the caller holds :func:`kept`'s lock and commits."""
    micros = [(one.recorded_at - _MICROS_ZERO) // _MICRO for one in found]
    columns = [
        texts([one.tenant for one in found]),
        texts([one.reference for one in found]),
        integers(np.array([one.household_no for one in found], np.int32), ">i4"),
        texts([one.purpose for one in found]),
        dates(np.array([one.granted_on.toordinal() for one in found], np.int32)),
        dates(np.array([one.until.toordinal() for one in found], np.int32)),
        texts([one.recorded_by for one in found]),
        integers(np.array(micros, np.int64), ">i8"),
    ]
    copy_in(connection, f"consents ({_COLUMNS})", columns)


def _consent(row: Any) -> Consent:
    return Consent(
        reference=row.reference,
        household_id=row.household_id,
        household_no=row.household_no,
        tenant=row.tenant,
        purpose=row.purpose,
        granted_on=row.granted_on,
        until=row.until,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
    )
