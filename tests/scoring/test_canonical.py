"""Canonical JSON: one content, one byte string, one hash."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.canonical import Written, canonical, joined, sha256

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert canonical({"b": [1, None, True], "a": "卢氏"}) == '{"a":"卢氏","b":[1,null,true]}'.encode()


def test_a_tuple_is_written_as_a_list() -> None:
    assert canonical((1, (2,))) == canonical([1, [2]])


@pytest.mark.parametrize("value", [1.0, [0.5], {"a": {"b": (1, 2.0)}}, float("nan")])
def test_a_float_is_refused_wherever_it_hides(value: object) -> None:
    with pytest.raises(TypeError, match="float has no canonical form"):
        canonical(value)


def test_what_is_not_plain_data_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"a": {1, 2}})


@given(PLAIN)
def test_reading_back_and_writing_again_changes_no_byte(value: object) -> None:
    written = canonical(value)
    assert canonical(json.loads(written)) == written
    assert json.loads(written) == value


def test_the_hash_is_the_published_one_of_no_bytes() -> None:
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.dictionaries(st.text(), st.tuples(st.booleans(), PLAIN)))
def test_what_is_joined_of_parts_is_what_the_whole_is_written_as(members: dict[str, tuple[bool, object]]) -> None:
    whole = {name: value for name, (_, value) in members.items()}
    parts = {name: Written(canonical(value)) if apart else value for name, (apart, value) in members.items()}
    assert joined(parts) == canonical(whole)


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}])
def test_a_float_between_parts_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="float has no canonical form"):
        joined({"b": Written(b"1"), "c": value})
