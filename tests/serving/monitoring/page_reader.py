"""Reads the watch's page back: its rows of figures, its counts and its alarms, and whatever it would fetch."""

from __future__ import annotations

from html.parser import HTMLParser


class PageReader(HTMLParser):
    """rows: key of each figure to its (value, text) pairs. counts: by status. lines: of alarms, in order. outside: what it would fetch or run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        self.counts: dict[str, str] = {}
        self.lines: list[str] = []
        self.outside: list[str] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self._row: list[tuple[str, str]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "img", "link", "iframe") or {"src", "href", "action"} & set(given):
            self.outside.append(tag)
        if tag == "tr":
            self._row = None
            if "data-figure" in given:
                key = given["data-figure"], given["data-kind"], given["data-about"]
                assert key not in self.rows, key
                self._row = self.rows.setdefault(key, [])
        if tag not in ("meta", "br", "line", "circle", "polyline"):
            self._open.append((tag, given))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        if not self._open or not text.strip():
            return
        (tag, given), above = self._open[-1], self._open[-2:-1]
        if tag == "data" and self._row is not None:
            self._row.append((given["value"], text))
        elif tag == "b" and above and above[0][0] == "li":
            self.counts[above[0][1]["class"]] = text
        elif tag == "p" and above and above[0][1].get("class", "").startswith("alarm"):
            self.lines.append(text)
