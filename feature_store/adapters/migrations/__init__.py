"""The store's tables as dated steps; run by :mod:`feature_store.adapters.migrate`."""
