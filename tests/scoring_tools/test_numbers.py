"""Every number of a policy has a place and a name, and can be replaced without touching anything else."""

from __future__ import annotations

import pytest

from scoring.errors import LushiError, PolicyFaults
from scoring.policy.load import policy_of, sha256_of
from scoring.policy.numbers import numbers, with_number


@pytest.mark.parametrize("name", ["texts_2017", "texts_2021"])
def test_a_number_replaced_by_itself_leaves_the_hash_as_it_was(name: str, request: pytest.FixtureRequest) -> None:
    texts = request.getfixturevalue(name)
    found = numbers(texts)
    assert len(found) > 900
    for number in found:
        assert with_number(texts, number, number.text) == texts
    assert sha256_of(with_number(texts, found[0], found[0].text)) == sha256_of(texts)


def test_no_two_numbers_have_one_path_or_one_place(texts_2017: dict[str, str]) -> None:
    found = numbers(texts_2017)
    assert len({number.path for number in found}) == len({(n.file, n.line, n.column) for n in found}) == len(found)


def test_replacing_a_number_changes_that_number_and_no_other(texts_2017: dict[str, str]) -> None:
    found = numbers(texts_2017)
    for place in range(0, len(found), 37):
        after = numbers(with_number(texts_2017, found[place], "987654"))
        differing = [now.text for was, now in zip(found, after, strict=True) if was.text != now.text]
        assert differing == ["987654"]
        assert after[place].text == "987654"


def test_paths_name_things_by_id(texts_2017: dict[str, str]) -> None:
    paths = {number.path: number.text for number in numbers(texts_2017)}
    assert paths["scorecard.yaml: item late_31_90, band >= 1, points"] == "-5"
    assert paths["scorecard.yaml: caps of capacity, most_added"] == "14"
    assert paths["scorecard.yaml: item truthfulness_check, points, true"] == "0"
    assert paths["indicators.yaml: indicator farmland_mu, range, to"] == "1000"
    assert paths["terms.yaml: product grade_credit, rate up to 12 months, rate"] == "0.0435"
    assert paths["terms.yaml: condition on borrower_age, when, at_most"] == "65"
    assert paths["areas.yaml: loan class substandard, at_least_days"] == "91"
    assert paths["grades.yaml: completeness, fresh_days, quarter"] == "135"
    assert paths["vetoes.yaml: veto drug_offence, observation_months"] == "36"


def test_labels_documents_articles_dates_and_ids_are_no_numbers(texts_2017: dict[str, str]) -> None:
    texts = {
        "about.yaml": "effective_from: 2017-04-01\ntitle: {zh: 2017, en: 2017}\ndocuments: {a: 2017}\nunits: {b: {zh: 1, en: 1}}\n",
        "vetoes.yaml": "vetoes:\n  - {id: 12, label: {zh: 3, en: 4}, source: 5, when: {is: 6}, reason: 7, remedy: {zh: 8, en: 9}}\n",
        "indicators.yaml": "headings:\n  - {id: 1, indicators: [{id: 2, from: 3, categories: [4, 5], range: {from: 6, to: 7}}]}\n",
    }
    assert [number.text for number in numbers(texts)] == ["6", "7"]
    assert not any(number.file in ("about.yaml", "reasons.yaml") for number in numbers(texts_2017))


def test_a_category_may_bear_the_name_of_a_key() -> None:
    texts = {"scorecard.yaml": "items:\n  - indicator: industry\n    points: {from: 1, unit: 2, id: 3}\n"}
    assert [number.text for number in numbers(texts)] == ["1", "2", "3"]


def test_quotes_chinese_before_it_and_windows_lines_do_not_shift_a_number() -> None:
    text = "areas:\r\n  甲: {数: '12', few_loans: \"10\"}\r\n  乙: {release: {clear_month_ends: &two 2}, few_loans: *two}\r\n"
    texts = {"areas.yaml": text}
    twelve, ten, two = numbers(texts)
    assert with_number(texts, ten, "11")["areas.yaml"] == text.replace("10", "11")
    assert with_number(texts, twelve, "13")["areas.yaml"] == text.replace("12", "13")
    assert with_number(texts, two, "3")["areas.yaml"] == text.replace("&two 2", "&two 3")


def test_a_number_of_other_texts_is_refused(texts_2017: dict[str, str]) -> None:
    number = numbers(texts_2017)[0]
    moved = {**texts_2017, number.file: "# one line more\n" + texts_2017[number.file]}
    with pytest.raises(LushiError, match="no longer stands at line"):
        with_number(moved, number, "1")


def test_broken_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(PolicyFaults, match=r"areas\.yaml:\d+: the file is not YAML"):
        numbers({"areas.yaml": "a: [1, 2"})


def test_the_changed_texts_load_as_the_changed_policy(texts_2017: dict[str, str]) -> None:
    few = next(number for number in numbers(texts_2017) if number.path == "areas.yaml: few_loans, below")
    assert policy_of(with_number(texts_2017, few, "11")).areas.few_loans == 11
