"""The card: every figure on it is the recorded run's, both languages are whole, nothing is fetched, the bytes are the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.training import tables
from tests.training.card_reader import FIGURE, CardReader, markdown_numbers, shows, wrong
from training.model_card.blocks import Heading
from training.model_card.checks import checks
from training.model_card.content import content
from training.model_card.punctuation import chinese
from training.model_card.write import write
from training.pipeline import train
from training.plan import Plan
from training.spec import Folds
from training.tracking import Record, keep, metrics_of
from training.trained import Trained

ORDER = ["verdict", "gate", "purpose", "data", "split", "results", "swaps", "calibration", "drivers", "segments", "fairness", "limits", "again"]  # fmt: skip
LANGUAGES = ("zh", "en")
_HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def recorded(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    """The card's folder in the record, and the metrics as the record gives them back."""
    record = Record(tmp_path_factory.mktemp("mlruns"))
    run = keep(trained, record, now=datetime(2021, 4, 1, 9, tzinfo=UTC), register=False).run_id
    return next(record.folder.glob(f"artifacts/{run}/artifacts/card")), metrics_of(record, run)


@pytest.fixture(scope="module")
def folder(recorded: tuple[Path, dict[str, float]]) -> Path:
    return recorded[0]


@pytest.fixture(scope="module")
def metrics(recorded: tuple[Path, dict[str, float]]) -> dict[str, float]:
    return recorded[1]


@pytest.fixture(scope="module")
def read(folder: Path) -> CardReader:
    return CardReader((folder / "card.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def markdown(folder: Path) -> dict[str, str]:
    zh, en = (folder / "card.md").read_text(encoding="utf-8").split('<a id="english"></a>')
    return {"zh": zh, "en": en}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_on_the_card_is_the_recorded_runs(
    read: CardReader, metrics: dict[str, float], language: str
) -> None:
    assert len(read.halves[language].figures) > 250
    assert wrong(read.halves[language], metrics) == []


def test_one_digit_that_differs_is_seen_wherever_it_stands(read: CardReader, metrics: dict[str, float]) -> None:
    for it in read.halves["zh"].figures:
        for place, digit in enumerate(it.text.partition(" × ")[0]):
            if digit.isdigit():
                other = it.text[:place] + str((int(digit) + 1) % 10) + it.text[place + 1 :]
                assert not shows(other, metrics[it.name]), f"{it.name}: {other}"


def test_a_digit_changed_in_the_file_is_seen(folder: Path, metrics: dict[str, float]) -> None:
    text = (folder / "card.html").read_text(encoding="utf-8")
    changed = re.sub(
        r'(data-figure="overall.auc.low"[^>]*>0\.\d\d)(\d)',
        lambda it: it[1] + str((int(it[2]) + 1) % 10),
        text,
        count=1,
    )
    assert [it.name for it in wrong(CardReader(changed).halves["zh"], metrics)] == ["overall.auc.low"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interval_is_that_of_the_figure_before_it(folder: Path, language: str) -> None:
    text = (folder / "card.html").read_text(encoding="utf-8").split(f'<article class="{language}"')[1]
    text = text.split("</article>")[0]
    datum = r'<data data-figure="([^"]+)"[^>]*>[^<]*</data>'
    found = re.findall(rf'{datum} <span class="interval">\({datum} – {datum}\)</span>', text)
    assert len(found) == text.count('class="interval"') > 50
    assert all((low, high) == (f"{name}.low", f"{name}.high") for name, low, high in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_stands_on_the_card_without_its_name(read: CardReader, trained: Trained, language: str) -> None:
    known = {f"{value:g}" for value in trained.parameters.values()} | {"95%"}
    found = {it for words in read.halves[language].outside for it in FIGURE.findall(words)}
    assert found <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_markdown_says_the_same_numbers_in_the_same_order(
    read: CardReader, markdown: dict[str, str], language: str
) -> None:
    assert markdown_numbers(markdown[language]) == read.halves[language].numbers


def test_a_digit_changed_in_the_markdown_is_seen(read: CardReader, markdown: dict[str, str]) -> None:
    place = markdown["zh"].index("0.", markdown["zh"].index("KS"))
    digit = markdown["zh"][place + 2]
    changed = markdown["zh"][: place + 2] + str((int(digit) + 1) % 10) + markdown["zh"][place + 3 :]
    assert markdown_numbers(changed) != read.halves["zh"].numbers


def test_both_languages_are_whole(read: CardReader, markdown: dict[str, str]) -> None:
    zh, en = read.halves["zh"], read.halves["en"]
    assert [it.name for it in zh.figures] == [it.name for it in en.figures]
    assert zh.tags == en.tags
    assert not _HAN.search("".join([*en.words, *en.drawn, markdown["en"]]))
    assert all(_HAN.search(part) for part in ("".join(zh.words), "".join(zh.drawn), markdown["zh"]))


def test_chinese_is_set_with_chinese_marks(read: CardReader) -> None:
    words = "".join([*read.halves["zh"].words, *read.halves["zh"].drawn])
    assert not re.search(r"[\u3400-\u9fff][,;:!?(]|[,;:!?)][\u3400-\u9fff]", words)


def test_sections_stand_in_the_order_of_a_reader(trained: Trained) -> None:
    found = [it for it in content(trained) if isinstance(it, Heading)]
    assert [it.anchor for it in found if it.level == 2] == ORDER
    assert {"not-for", "segment-vintage", "segment-side"} <= {it.anchor for it in found if it.level == 3}


def test_every_vintage_is_on_the_card_and_those_that_were_judged_have_a_pd(read: CardReader, trained: Trained) -> None:
    names = [it.name for it in read.halves["en"].figures]
    quarters = sorted(set(trained.table.segments["vintage"].tolist()))
    assert quarters[0] == "2018Q1"
    assert [it.split(".")[1] for it in names if re.fullmatch(r"vintage\.\w+\.rows", it)] == quarters
    judged = [it.split(".")[2] for it in names if re.fullmatch(r"segment\.vintage\.\w+\.mean_chance", it)]
    assert judged == [it for it in quarters if it >= "2020"]


def test_the_card_needs_no_network_and_no_script(folder: Path, read: CardReader) -> None:
    text = (folder / "card.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert all(it.startswith(("#", "data:")) for it in read.links)
    assert not re.search(r"url\((?!#)", text)
    assert text.count("<svg") == 2 * len(list((folder / "plots").glob("*.zh.svg")))


def test_ids_stand_once_in_the_file_and_every_link_finds_one(read: CardReader) -> None:
    assert len(read.ids) == len(set(read.ids))
    assert {it[1:] for it in read.links if it.startswith("#")} <= set(read.ids)


def test_the_plots_beside_the_markdown_are_those_it_names(folder: Path, markdown: dict[str, str]) -> None:
    for language, text in markdown.items():
        named = set(re.findall(r"\(plots/(.*?)\)", text))
        assert named == {path.name for path in (folder / "plots").glob(f"*.{language}.svg")}


def test_the_same_run_gives_the_same_bytes(folder: Path, trained: Trained, tmp_path: Path) -> None:
    for path in write(tmp_path, trained):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes()


def test_a_refused_model_says_every_reason_and_marks_the_limit_it_breaks(tmp_path: Path) -> None:
    found = train(tables.shuffled(tables.table(1500)), Plan(Folds(3, 1)), progress=tables.quiet, seed=1)
    write(tmp_path, found)
    half = CardReader((tmp_path / "card.html").read_text(encoding="utf-8")).halves
    assert found.gate.reasons
    for reason in found.gate.reasons:
        assert chinese(reason.says.zh) in half["zh"].outside
        assert reason.says.en in half["en"].outside
    broken = {it.reason for it in checks(found)} & tables.reasons(found)
    assert broken == tables.reasons(found)
    assert half["en"].outside.count("not kept") == len(broken)
    assert half["en"].outside.count("kept") == len(checks(found)) - len(broken)


def test_invented_data_are_called_so_before_anything_else_is_said(trained: Trained, tmp_path: Path) -> None:
    write(tmp_path / "unknown", trained)
    write(tmp_path / "invented", replace(trained, table=replace(trained.table, synthetic=True)))
    for file, first in (("card.html", "<h2"), ("card.md", "\n## ")):
        silent = (tmp_path / "unknown" / file).read_text(encoding="utf-8")
        assert "合成数据" not in silent
        assert "Synthetic data" not in silent
        said = (tmp_path / "invented" / file).read_text(encoding="utf-8")
        assert said.index("合成数据") < said.index(first)
        assert said.index("Synthetic data") < said.index(first, said.index("The challenger estimates"))


def test_words_from_the_data_cannot_become_markup(tmp_path: Path) -> None:
    table = tables.table(1500)
    hostile = "<script>alert(1)</script>"
    label = replace(table.features[0].label, zh=hostile, en=hostile)
    features = (replace(table.features[0], label=label), *table.features[1:])
    found = train(
        replace(table, features=features, source={"file": hostile}), tables.PLAN, progress=tables.quiet, seed=1
    )
    for path in write(tmp_path, found):
        assert "<script" not in path.read_text(encoding="utf-8"), path.name
