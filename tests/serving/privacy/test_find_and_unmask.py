"""Households found by their ID number, and numbers shown whole: who may, what is recorded, and that nothing else tells a number."""

from __future__ import annotations

import csv
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from feature_store.adapters import id_numbers
from feature_store.id_cipher import SEARCH
from feature_store.identity import check_character
from serving.access.callers import Caller
from serving.access.roles import Role
from serving.consents.scope import UnknownHousehold
from serving.privacy.find_household import search
from serving.privacy.unmask import NoIdNumber, UnmaskingRefused, households_of, unmask, unmask_many
from tests.serving.served import UNUSED, Served, give_consents, numbers_of

PEOPLE = {"by": "Zhang San", "second": "Li Si", "why": "yearly audit"}


@pytest.fixture(scope="module")
def own(make_county: Callable[[], Served]) -> Served:
    """A county whose numbers these tests look up and erase."""
    return make_county()


def _entries(own: Served, kind: str) -> list[dict[str, Any]]:
    with own.parts.store.engine.connect() as connection:
        query = "SELECT content FROM log_contents JOIN log_entries USING (index) WHERE kind = :kind ORDER BY index"
        return [json.loads(bytes(it)) for it in connection.execute(sa.text(query), {"kind": kind}).scalars()]


def _person(role: Role, area: str = "", tenant: str = "county") -> Caller:
    return Caller("wang", tenant, role, area)


def test_the_countys_people_find_whoever_is_registered_in_their_area(own: Served) -> None:
    for household_id, number in list(numbers_of(own).items())[:10]:
        for role, area in (
            (Role.COUNTY, "411299"),
            (Role.TOWNSHIP, household_id[:9]),
            (Role.VILLAGE, household_id[:12]),
        ):
            assert search(f" {number.lower()} ", own.parts, caller=_person(role, area)) == household_id
        assert search(number, own.parts, caller=_person(Role.AUDITOR)) == household_id
        said = set()
        for caller, asked in (
            (_person(Role.VILLAGE, "411299999999"), number), (_person(Role.COUNTY), number),
            (_person(Role.BANK, tenant="bank-x"), number), (_person(Role.CLERK, tenant="county"), number),
            (_person(Role.AUDITOR), UNUSED),
        ):  # fmt: skip
            with pytest.raises(UnknownHousehold) as found:
                search(asked, own.parts, caller=caller)
            said.add(str(found.value))
        assert len(said) == 1, "who has the number, or that nobody has it, reads alike"


def test_a_bank_finds_who_consented_by_an_index_of_its_own_and_no_other_bank_does(own: Served) -> None:
    household_id, number = next(iter(numbers_of(own).items()))
    give_consents(own.parts, household_id, tenants=("bank-x",))
    for _ in range(2):
        assert search(number, own.parts, caller=_person(Role.CLERK, tenant="bank-x")) == household_id
    with own.parts.store.engine.begin() as connection:
        key = own.parts.id_key
        assert id_numbers.find(connection, number, tenant="bank-x", purpose=SEARCH, id_key=key) == household_id
        assert id_numbers.find(connection, number, tenant="bank-y", purpose=SEARCH, id_key=key) is None
        assert id_numbers.index_for(connection, household_id, tenant="bank-x", purpose=SEARCH, id_key=key), (
            "twice is once"
        )
    for role in (Role.BANK, Role.CLERK):
        answer = own.client.post("/v1/households:search", json={"id_number": number}, headers=own.key(role, "bank-x"))
        assert (answer.status_code, answer.json()) == (200, {"household_id": household_id})
        other = own.client.post("/v1/households:search", json={"id_number": number}, headers=own.key(role, "bank-y"))
        nobody = own.client.post("/v1/households:search", json={"id_number": UNUSED}, headers=own.key(role, "bank-x"))
        assert (other.status_code, other.json()) == (404, nobody.json())


WRONG: list[Any] = [
    UNUSED[:-1] + "1", "41129919800230001" + check_character("41129919800230001"), "4112991980", "", "x" * 61, "9" * 18, "\ud800" * 18,
    "\x00", None, 411299198001010013, ["411299198001010013"], {"a": "411299198001010013"},
]  # fmt: skip


@pytest.mark.parametrize("number", WRONG, ids=range(len(WRONG)))
def test_what_is_no_number_is_refused_and_not_repeated(own: Served, number: Any) -> None:
    body = json.dumps({"id_number": number}).encode()
    headers = own.key(Role.AUDITOR) | {"Content-Type": "application/json"}
    answer = own.client.post("/v1/households:search", content=body, headers=headers)
    halves = isinstance(number, str) and "\ud800" in number
    assert answer.status_code == (400 if halves else 422), answer.text
    kind = answer.json()["type"].removeprefix("urn:lushi:problem:")
    assert kind in (("unreadable",) if halves else ("id-number-invalid", "invalid"))
    assert "41129919" not in answer.text
    assert not (isinstance(number, str) and len(number) > 4 and number in answer.text)


def test_the_number_may_not_stand_in_the_address(own: Served) -> None:
    answer = own.client.get("/v1/households:search", params={"id_number": UNUSED}, headers=own.key(Role.AUDITOR))
    assert answer.status_code == 405
    sent = own.client.post("/v1/households:search", params={"id_number": UNUSED}, headers=own.key(Role.AUDITOR))
    assert sent.status_code in (415, 422)
    assert UNUSED not in answer.text + sent.text


def test_a_number_is_shown_after_it_is_in_the_log_who_saw_it_and_why(own: Served) -> None:
    household_id, number = list(numbers_of(own).items())[5]
    before = len(_entries(own, "unmasked"))
    headers = own.key(Role.AUDITOR, "audit")
    path = f"/v1/households/{household_id}/unmasking"
    answer = own.client.post(path, json={"reason": " objection 17 "}, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"household_id": household_id, "id_number": number})
    *_, last = found = _entries(own, "unmasked")
    assert len(found) == before + 1
    assert last.pop("client_id").startswith("test-")
    assert last == {"household_id": household_id, "reason": "objection 17", "role": "auditor", "tenant": "audit"}
    for body in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 501}, {"reason": "a\nb"}, {"why": "x"}):
        assert own.client.post(path, json=body, headers=headers).status_code == 422
    surrogate = own.client.post(
        path, content=b'{"reason": "\\ud800"}', headers=headers | {"Content-Type": "application/json"}
    )
    assert surrogate.status_code == 400
    assert len(_entries(own, "unmasked")) == before + 1


def test_a_number_that_could_not_be_recorded_as_seen_is_not_shown(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    household_id, headers = own.ids()[5], own.key(Role.AUDITOR)

    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("serving.privacy.unmask.log.append", full)
        answer = own.client.post(f"/v1/households/{household_id}/unmasking", json={"reason": "x"}, headers=headers)
    assert answer.status_code == 500
    assert numbers_of(own)[household_id] not in answer.text


def test_unmasking_keeps_to_the_callers_area(own: Served) -> None:
    household_id, number = list(numbers_of(own).items())[7]
    assert unmask(household_id, own.parts, caller=_person(Role.COUNTY, "411299"), reason="x") == number
    before = len(_entries(own, "unmasked"))
    said = set()
    for who, whom in ((_person(Role.COUNTY, "411300"), household_id), (_person(Role.COUNTY, "411299"), "nobody-1")):
        with pytest.raises(UnknownHousehold) as found:
            unmask(whom, own.parts, caller=who, reason="x")
        said.add(str(found.value))
    assert len(said) == 1
    assert len(_entries(own, "unmasked")) == before


def test_many_are_shown_to_two_people_with_one_entry(own: Served) -> None:
    numbers = numbers_of(own)
    village = own.ids()[0][:12]
    asked = households_of(own.parts, village)
    assert sorted(asked) == [it for it in own.ids() if it.startswith(village)]
    found = unmask_many([*reversed(asked), asked[0]], own.parts, **PEOPLE)
    assert found == {it: numbers.get(it) for it in asked}
    digest = hashlib.sha256("\n".join(sorted(asked)).encode()).hexdigest()
    assert _entries(own, "unmasked_in_bulk")[-1] == PEOPLE | {"count": len(asked), "households_sha256": digest}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"second": "ＺＨＡＮＧ  san."}, "two different people"),
        ({"by": " "}, "two different people"),
        ({"why": " "}, "a cause"),
        ({"why": "x" * 501}, "at most 500"),
    ],
)
def test_many_are_not_shown_otherwise(own: Served, changes: dict[str, str], says: str) -> None:
    before = len(_entries(own, "unmasked_in_bulk"))
    with pytest.raises(UnmaskingRefused, match=says):
        unmask_many(own.ids()[:3], own.parts, **PEOPLE | changes)
    with pytest.raises(UnmaskingRefused, match="2 households are not registered; in the list these: 2, 3"):
        unmask_many([own.ids()[0], "nobody-1", "nobody-2"], own.parts, **PEOPLE)
    with pytest.raises(UnmaskingRefused, match="no household is named"):
        unmask_many([], own.parts, **PEOPLE)
    with pytest.raises(UnmaskingRefused, match="no household is registered"):
        households_of(own.parts, "999999999999")
    assert len(_entries(own, "unmasked_in_bulk")) == before


def _lushi(own: Served, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"LUSHI_DATA": str(own.folder), "LUSHI_NOW": "2017-04-20T09:00:00+08:00", "PATH": "/usr/bin:/bin"}
    return subprocess.run([sys.executable, "-m", "lushi", *words], env=environment, capture_output=True, text=True, timeout=120, check=False)  # fmt: skip


def test_the_command_writes_a_file_that_only_its_owner_reads(own: Served, tmp_path: Path) -> None:
    numbers, out, asked = numbers_of(own), tmp_path / "numbers.csv", tmp_path / "ids.txt"
    ids = own.ids()[:4]
    asked.write_text("\ufeff" + "\n\n".join(ids) + "\n", encoding="utf-8")
    people = ("--by", "Zhang San", "--second", "Li Si", "--why", "audit", "--out", str(out))
    done = _lushi(own, "id", "unmask", str(asked), *people)
    assert (done.returncode, done.stderr) == (0, "")
    assert not any(it in done.stdout for it in numbers.values())
    with out.open(newline="") as file:
        assert list(csv.reader(file)) == [["household_id", "id_number"], *([it, numbers.get(it, "")] for it in ids)]
    assert out.stat().st_mode & 0o777 == 0o600
    again = _lushi(own, "id", "unmask", str(asked), *people)
    assert again.returncode == 1
    assert "exists; name a new file" in again.stderr
    asked.write_text(f"{ids[0]}\n{numbers[ids[1]]}?\n", encoding="utf-8")
    wrong = _lushi(own, "id", "unmask", str(asked), *people[:-1], str(tmp_path / "other.csv"))
    assert wrong.returncode == 1
    assert "on these lines: 2" in wrong.stderr
    assert numbers[ids[1]] not in wrong.stderr
    assert not (tmp_path / "other.csv").exists()


def test_without_a_kept_number_nothing_is_shown_or_recorded(own: Served) -> None:
    household_id = own.ids()[40]
    with own.parts.store.engine.begin() as connection:
        number = "SELECT household_no FROM households WHERE household_id = :id"
        household_no = connection.execute(sa.text(number), {"id": household_id}).scalar_one()
        assert id_numbers.erase(connection, household_no) == 2
    before = len(_entries(own, "unmasked"))
    with pytest.raises(NoIdNumber):
        unmask(household_id, own.parts, caller=_person(Role.AUDITOR), reason="x")
    answer = own.client.post(
        f"/v1/households/{household_id}/unmasking", json={"reason": "x"}, headers=own.key(Role.AUDITOR)
    )
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:lushi:problem:no-id-number")
    assert len(_entries(own, "unmasked")) == before


def test_a_number_changed_behind_the_store_is_told_and_not_guessed(
    own: Served, caplog: pytest.LogCaptureFixture
) -> None:
    household_id = own.ids()[41]
    with own.parts.store.engine.begin() as connection:
        change = "UPDATE id_numbers SET ciphertext = set_byte(ciphertext, 3, get_byte(ciphertext, 3) # 1) WHERE household_no = (SELECT household_no FROM households WHERE household_id = :id)"
        assert connection.execute(sa.text(change), {"id": household_id}).rowcount == 1
    before = len(_entries(own, "unmasked"))
    answer = own.client.post(
        f"/v1/households/{household_id}/unmasking", json={"reason": "x"}, headers=own.key(Role.AUDITOR)
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:lushi:problem:id-number-unreadable")
    assert household_id in caplog.text
    assert len(_entries(own, "unmasked")) == before
