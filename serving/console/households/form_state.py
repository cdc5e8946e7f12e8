"""What a form's page knows of its fields: faults beside them and what was typed; nothing for a field that has neither."""

from __future__ import annotations


class Fields(dict[str, str]):
    """By a field's name; a name that is not held gives the empty text."""

    def __missing__(self, name: str) -> str:
        return ""
