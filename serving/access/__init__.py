"""Who may call what: keys of banks' programs, roles, and what each may do."""
