"""Every table of the store as SQLAlchemy Core metadata: the files that hold them, joined.

The migrations create them; a test keeps both equal. Triggers refuse to change or remove a row of what is
append-only; what was kept for its time goes by ``retention.py`` alone. Of ``log_contents`` a row may be removed, never changed; ``id_numbers`` and ``id_index`` are
written anew when keys change, and a household's rows go when it is erased.
"""

from __future__ import annotations

from feature_store.adapters import (
    alarm_tables,
    closing_tables,
    id_tables,
    people_tables,
    policy_tables,
    policy_trials,
    proposals,
    quarter_tables,
    register_counts,
    review_tables,
    rights_tables,
    service_tables,
    watch_reports,
)
from feature_store.adapters.fact_tables import metadata

__all__ = [
    "APPEND_ONLY",
    "alarm_tables",
    "closing_tables",
    "id_tables",
    "metadata",
    "people_tables",
    "policy_tables",
    "policy_trials",
    "proposals",
    "quarter_tables",
    "register_counts",
    "review_tables",
    "rights_tables",
    "service_tables",
    "watch_reports",
]

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
    "erased_facts",
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
    "quarter_steps",
    "register_counts",
    "people",
    "person_passwords",
    "person_endings",
    "suspensions",
    "alarm_reports",
    "alarms",
    "webhook_messages",
    "webhook_attempts",
    "watch_reports",
    "proposals",
    "proposal_ends",
    "policy_trials",
    "reviews",
    "review_items",
    "review_notes",
    "review_signings",
)
