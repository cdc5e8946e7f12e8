"""A console that answers, its people, and a browser's view of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from serving.access.roles import Role
from serving.access.sessions import COOKIE
from serving.accounts.sign_in import SignedIn
from serving.console import languages, tokens
from tests.serving.served import Served, signed_in

LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@dataclass
class Site:
    """A county and where its console answers."""

    served: Served
    url: str
    _sessions: dict[tuple[Role, str], SignedIn] = field(default_factory=dict)

    def session(self, role: Role, tenant: str = "bank-a") -> SignedIn:
        """The open session of a person with that role; the same one each time."""
        key = role, tenant
        if key not in self._sessions:
            self._sessions[key] = signed_in(self.served.parts, role, tenant)
        return self._sessions[key]

    def cookies(self, role: Role, tenant: str = "bank-a", language: str = "zh") -> dict[str, str]:
        """The cookies of that person's browser."""
        opened = self.session(role, tenant)
        return {COOKIE: opened.tokens.session, tokens.COOKIE: opened.tokens.csrf, languages.COOKIE: language}

    @contextmanager
    def browsing(
        self, browser: Browser, role: Role | None, *, tenant: str = "bank-a", language: str = "zh", **kinds: Any
    ) -> Iterator[Watched]:
        """A person's browser; role: None for nobody signed in. kinds: of Playwright's context."""
        kinds.setdefault("viewport", {"width": 1280, "height": 900})
        context: BrowserContext = browser.new_context(base_url=self.url, locale=LOCALES[language], **kinds)
        if role is not None:
            held = self.cookies(role, tenant, language)
            context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in held.items()])
        try:
            yield Watched(context, self.url)
        finally:
            context.close()


class Watched:
    """A browser's window. messages: of its console and its failures. elsewhere: requests that left the console's host."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.messages: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda it: self.messages.append(f"{it.type}: {it.text}"))
        self.page.on("pageerror", lambda it: self.messages.append(f"error: {it}"))
        self.page.on("requestfailed", lambda it: self.messages.append(f"failed: {it.url}"))
        self.page.on("request", lambda it: None if it.url.startswith(url) else self.elsewhere.append(it.url))

    def open(self, path: str) -> int:
        """Go to a page; its status."""
        answer = self.page.goto(path, wait_until="load")
        assert answer is not None
        return answer.status
