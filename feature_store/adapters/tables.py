"""Every table of the store as SQLAlchemy Core metadata: the files that hold them, joined.

The migrations create them; a test keeps both equal. Triggers refuse to change or remove a row of what is
append-only. Of ``log_contents`` a row may be removed, never changed.
"""

from __future__ import annotations

from feature_store.adapters import closing_tables, policy_tables, rights_tables, service_tables
from feature_store.adapters.fact_tables import metadata

__all__ = ["APPEND_ONLY", "closing_tables", "metadata", "policy_tables", "rights_tables", "service_tables"]

APPEND_ONLY = (
    "filings",
    "registrations",
    "loan_months",
    "loan_schedules",
    "area_releases",
    "decisions",
    "promotions",
    "log_entries",
    "log_nodes",
    "checkpoints",
    "clients",
    "client_keys",
    "revocations",
    "idempotency_keys",
    "consents",
    "consent_withdrawals",
    "objections",
    "objection_outcomes",
    "overrides",
    "override_confirmations",
    "reports",
    "closings",
    "policy_records",
)
