"""What the console's templates and modules say, found by Babel's own readers, and what its Chinese catalogues lack."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

import serving.console
from serving.console.languages import catalogues

ROOT = Path(serving.console.__file__).parent
_READ = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}


def messages() -> set[str]:
    """Every message that a page can show."""
    found = extract_from_dir(
        str(ROOT), _READ, _OPTIONS, keywords={"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
    )
    said: set[str] = set()
    for _, _, message, _, _ in found:
        said.update((message,) if isinstance(message, str) else [it for it in message if it])
    return said


def missing() -> set[str]:
    """Messages that no Chinese catalogue says."""
    held = {str(it.id) for one in catalogues().values() for it in one if it.id and it.string and not it.fuzzy}
    return messages() - held
