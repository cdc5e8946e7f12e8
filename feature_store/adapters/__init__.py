"""The only files of the package that know a database."""
