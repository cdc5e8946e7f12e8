"""Templates of the console: one environment per language, everything escaped, a name that is not given an error."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from serving.console.languages import translate
from serving.console.shown import filters


class _Pages(Environment):
    """Templates of one language: what a page always says alike is put into its language once, when it is compiled."""

    def __init__(self, language: str) -> None:
        super().__init__(
            loader=PackageLoader("serving.console"),
            extensions=["jinja2.ext.i18n"],
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        say = self._say = partial(translate, language)
        self.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
            say, lambda one, many, n: say(one if n == 1 else many), newstyle=True
        )
        self.policies["ext.i18n.trimmed"] = True
        self.filters.update(filters(language))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        found: nodes.Template = _Said(self._say).visit(super()._parse(source, name, filename))
        return found


class _Said(NodeTransformer):
    """Puts the words themselves in the place of every gettext call that only names a message."""

    def __init__(self, say: partial[str]) -> None:
        self._say = say

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        match node:
            case nodes.Call(
                node=nodes.Name(name="_" | "gettext"),
                args=[nodes.Const(value=str() as message)],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                return nodes.Const(
                    Markup(self._say(message)) % {}, lineno=node.lineno, environment=node.environment
                )  # %% is one, as at run time
        return node


@lru_cache(maxsize=2)
def environment(language: str) -> Environment:
    """The templates in a language."""
    return _Pages(language)


def render(language: str, name: str, values: Mapping[str, Any]) -> str:
    """A page."""
    return environment(language).get_template(name).render({**values, "language": language})
