"""The administrator's pages: people, programs and their keys, what is kept how long, and whether the service stands."""
