"""The card: every figure on it is the run's, both languages are whole, nothing is fetched, the bytes are the same."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.training import tables
from training.model_card.blocks import Heading, written
from training.model_card.content import content
from training.model_card.write import write
from training.pipeline import train
from training.plan import Plan
from training.spec import Folds
from training.trained import Trained

SECTIONS = {"verdict", "purpose", "not-for", "data", "split", "results", "calibration", "drivers", "segment-vintage", "fairness", "gate", "limits", "again"}  # fmt: skip
_DECIMAL = re.compile(r"(?<![\w.])-?\d+\.\d+%?(?![\w.])")


class _Reader(HTMLParser):
    """Figures with what is shown for them, and words outside figures, drawings, reasons and fixed lists."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: list[tuple[str, str, float, str]] = []
        self.outside: list[str] = []
        self.languages: dict[str, int] = {"zh": 0, "en": 0}
        self.links: list[str] = []
        self._figure: tuple[str, str, float] | None = None
        self._deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._deep += tag in ("svg", "style")
        if tag == "data":
            self._figure = (str(found["data-figure"]), str(found["data-format"]), float(str(found["value"])))
        if tag == "span" and found.get("class") in self.languages:
            self.languages[str(found["class"])] += 1
        self.links += [str(found[it]) for it in ("src", "href", "xlink:href") if it in found]

    def handle_endtag(self, tag: str) -> None:
        self._deep -= tag in ("svg", "style")

    def handle_data(self, data: str) -> None:
        if self._figure is not None:
            self.figures.append((*self._figure, data))
            self._figure = None
        elif not self._deep:
            self.outside.append(data)


@pytest.fixture(scope="module")
def folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("card")
    write(path, trained)
    return path


@pytest.fixture(scope="module")
def read(folder: Path) -> _Reader:
    reader = _Reader()
    reader.feed((folder / "card.html").read_text(encoding="utf-8"))
    return reader


def test_every_figure_on_the_card_is_the_runs(read: _Reader, trained: Trained) -> None:
    assert len(read.figures) > 150
    for name, format, value, shown in read.figures:
        assert value == trained.figures[name], name
        assert shown == written(trained.figures[name], format), name  # type: ignore[arg-type]


def test_no_decimal_stands_on_the_card_that_is_not_a_figure(read: _Reader, trained: Trained) -> None:
    known = {f"{value:g}" for value in trained.parameters.values()} | {"0.5"}  # 0.5: what chance would give
    assert set(_DECIMAL.findall(" ".join(read.outside))) <= known


def test_every_decimal_of_the_markdown_is_on_the_html_too(folder: Path, read: _Reader, trained: Trained) -> None:
    text = re.sub(r"\(plots/.*?\)", "", (folder / "card.md").read_text(encoding="utf-8"))
    shown = {it[3] for it in read.figures} | {f"{value:g}" for value in trained.parameters.values()}
    assert set(_DECIMAL.findall(text)) <= shown | {"0.5"}


def test_both_languages_are_whole(read: _Reader, trained: Trained) -> None:
    assert read.languages["zh"] == read.languages["en"] > 60
    assert {it.anchor for it in content(trained) if isinstance(it, Heading)} >= SECTIONS


def test_the_card_needs_no_network_and_no_script(folder: Path, read: _Reader) -> None:
    text = (folder / "card.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert all(it.startswith(("#", "data:")) for it in read.links)
    assert not re.search(r"url\((?!#)", text)
    assert text.count("<svg") == 6


def test_ids_stand_once_in_the_file(folder: Path) -> None:
    text = (folder / "card.html").read_text(encoding="utf-8")
    anchors = re.findall(r'<(?:h2|input)[^>]* id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))


def test_the_same_run_gives_the_same_bytes(folder: Path, trained: Trained, tmp_path: Path) -> None:
    for path in write(tmp_path, trained):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes()


def test_a_refused_model_says_every_reason_in_both_languages(tmp_path: Path) -> None:
    found = train(tables.shuffled(tables.table(1500)), Plan(Folds(3, 1)), progress=tables.quiet, seed=1)
    write(tmp_path, found)
    text = (tmp_path / "card.html").read_text(encoding="utf-8")
    assert found.gate.reasons
    for reason in found.gate.reasons:
        assert reason.says.zh in text
        assert reason.says.en in text.replace("&amp;", "&").replace("&gt;", ">").replace("&lt;", "<")


def test_words_from_the_data_cannot_become_markup(tmp_path: Path) -> None:
    from dataclasses import replace

    table = tables.table(1500)
    hostile = "<script>alert(1)</script>"
    label = replace(table.features[0].label, zh=hostile, en=hostile)
    features = (replace(table.features[0], label=label), *table.features[1:])
    found = train(
        replace(table, features=features, source={"file": hostile}), tables.PLAN, progress=tables.quiet, seed=1
    )
    write(tmp_path, found)
    assert hostile not in (tmp_path / "card.html").read_text(encoding="utf-8")
