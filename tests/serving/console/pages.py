"""A person's calls to the console without a browser: cookies kept, forms sent with their token, redirects not followed."""

from __future__ import annotations

import re
from typing import Any

import httpx2 as httpx

from serving.access.roles import Role
from tests.serving.console.site import Site

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def person(site: Site, role: Role | None, *, tenant: str = "bank-a", language: str = "zh") -> httpx.Client:
    """A client that is signed in as that role; None for nobody."""
    cookies = site.cookies(role, tenant, language) if role else {"lushi_language": language}
    return httpx.Client(base_url=site.url, cookies=cookies, timeout=60)


def token_of(page: httpx.Response) -> str:
    """The token that stands in a page's forms."""
    found = _TOKEN.search(page.text)
    assert found, "the page has no form"
    return found[1]


def send(client: httpx.Client, path: str, *, seen_on: str = "/console/", **fields: Any) -> httpx.Response:
    """Send a form as the page that holds it would."""
    token = token_of(client.get(seen_on))
    return client.post(path, data={"csrf_token": token, **fields})
