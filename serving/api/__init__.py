"""HTTP: routes, models of what is asked, and one shape for every error (RFC 9457)."""
