"""Who may call what: keys of programs, passwords and sessions of people, roles, and what each may do."""
