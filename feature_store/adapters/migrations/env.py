"""Alembic's entry: runs the steps on the connection that the caller opened and locked."""

from __future__ import annotations

from alembic import context

from feature_store.adapters.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
