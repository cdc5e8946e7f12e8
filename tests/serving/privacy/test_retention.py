"""A run of retention on a county some years later: exactly what the rules name goes, and nothing that is known today changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import sqlalchemy as sa

from feature_store.adapters.import_file import import_file
from feature_store.adapters.store import county
from feature_store.filing import civil_day
from feature_store.importing import files_in_order
from scoring.negative import is_negative, negative_codes
from serving.privacy import retention
from serving.privacy.retention import look, run
from serving.privacy.retention_rules import BY_ID, RULES
from serving.replay.again import replay
from tests.serving.old import LATER, PEOPLE, Old, contents, loans_of, verified
from verify import check


def _expected(old: Old, cutoff: date) -> set[int]:
    """The rule on filings written out as it is said, statement by statement."""
    policies = old.served.parts.policies.policies
    negative = negative_codes(policies)
    clears = {it.id for policy in policies for it in policy.sources if it.clear}
    filings = old.rows("""
        SELECT f.seq, f.household_no, s.source, f.observed_on, b.recorded_at, b.indicators, coalesce(f.codes, c.codes) AS codes, b.batch_no
        FROM filings f JOIN batches b USING (batch_no) JOIN sources s ON s.source_no = f.source LEFT JOIN filings c ON c.seq = f.same_as""")
    lists = old.rows(
        "SELECT batch_no, source, observed_on, recorded_at, areas FROM batches WHERE coverage = 'complete'"
    )
    homes = {
        it.household_no: it.village_code
        for it in old.rows("SELECT household_no, village_code FROM registrations ORDER BY observed_on, seq")
    }
    by_household: dict[tuple[int, str], list[Any]] = {}
    for one in filings:
        by_household.setdefault((one.household_no, one.source), []).append(one)
    found = set()
    for (household_no, source), statements in by_household.items():
        named = {it.batch_no for it in statements}
        for one in statements:
            if not is_negative(negative, one.indicators, one.codes):
                continue
            ends = [it.observed_on for it in statements
                    if (it.observed_on, it.recorded_at, it.seq) > (one.observed_on, one.recorded_at, one.seq)
                    and (it.indicators, it.codes) != (one.indicators, one.codes)]  # fmt: skip
            ends += [it.observed_on for it in lists
                     if it.source == source and source in clears and it.batch_no not in named
                     and (it.observed_on, it.recorded_at) > (one.observed_on, one.recorded_at)
                     and any(homes[household_no].startswith(area) for area in it.areas)]  # fmt: skip
            if ends and min(ends) <= cutoff:
                found.add(one.seq)
    return found


def _today(old: Old) -> list[bytes]:
    """Everything that is known of every household today, as bytes."""
    parts = old.served.parts
    on = civil_day(parts.clock.now())
    with parts.store.moment(parts.clock.now) as moment:
        known_at = moment.known_at
    found = county(parts.store, on=on, known_at=known_at, policy=parts.policies.in_force(on))
    return [
        np.ascontiguousarray(it).tobytes()
        for it in (found.codes, found.observed, found.valid_until, found.filing, found.batch)
    ]


def test_exactly_the_negative_filings_that_ended_five_years_ago_leave(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 50)
    parts, cutoff = old.served.parts, date(2017, 8, 1)
    expected, today = _expected(old, cutoff), _today(old)
    all_of = "SELECT f.seq, coalesce(f.codes, c.codes) AS codes FROM filings f LEFT JOIN filings c ON c.seq = f.same_as"
    before = {row.seq: row.codes for row in old.rows(all_of)}
    assert 5 < len(expected) < len(before) / 2
    seen = look(parts, LATER.date())
    assert (seen[0].count, {row.seq for row in old.rows("SELECT seq FROM filings")}) == (len(expected), set(before))
    assert seen[0].oldest is not None
    assert seen[0].oldest <= cutoff
    assert contents(old, "retention_run") == []
    done = run(parts, **PEOPLE)
    assert [(it.rule.id, it.count) for it in done] == [(it.rule.id, it.count) for it in seen]
    after = {row.seq: row.codes for row in old.rows(all_of)}
    assert set(before) - set(after) == expected
    assert after == {seq: codes for seq, codes in before.items() if seq in after}, "no codes are lost or changed"
    assert {row.number for row in old.rows("SELECT number FROM erased_facts WHERE fact = 'filing'")} == expected
    assert _today(old) == today
    said = contents(old, "retention_run")
    assert all(it.items() >= (PEOPLE | {"on": "2022-08-01"}).items() for it in said)
    for one in done:
        assert sum(it["counts"].get(one.rule.id, 0) for it in said) == one.count
    again = run(parts, **PEOPLE)
    assert [it.count for it in again] == [0, 0, 0]
    assert contents(old, "retention_run") == said, "nothing erased, nothing said"
    assert verified(old).faults == []


def test_nothing_leaves_before_its_day(old: Old) -> None:
    assert [it.count for it in look(old.served.parts, date(2022, 4, 9))] == [0, 0, 0]
    assert len(_expected(old, date(2017, 4, 9))) == 0


def test_a_run_that_was_interrupted_is_simply_run_again(old: Old, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 20)
    parts, expected = old.served.parts, _expected(old, date(2017, 8, 1))
    count = len(old.rows("SELECT 1 FROM filings"))

    def killed(_: object, done: int) -> None:
        if done > len(expected) // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(parts, **PEOPLE, progress=killed)
    erased = len(old.rows("SELECT 1 FROM erased_facts WHERE fact = 'filing'"))
    assert len(expected) // 2 < erased
    assert sum(it["counts"].get("negative_filings", 0) for it in contents(old, "retention_run")) == erased
    run(parts, **PEOPLE)
    assert count - len(old.rows("SELECT 1 FROM filings")) == len(expected)
    assert verified(old).faults == []


def test_files_are_imported_as_before_after_a_run(old: Old, county_folder: Path) -> None:
    parts = old.served.parts
    today = _today(old)
    run(parts, **PEOPLE)
    for path in files_in_order([sorted(county_folder.iterdir())[1]]):
        if path.stem.startswith("loan"):  # a loan is stated once
            continue
        done = import_file(
            parts.store, path, policies=parts.policies, now=parts.clock.now, id_key=parts.id_key, again=True
        )
        assert done.outcome == "imported", done.faults[:2]
    assert _today(old)[0] == today[0], "the same round said once more: the same codes"
    assert not old.rows(
        "SELECT 1 FROM filings f WHERE same_as IS NOT NULL AND NOT EXISTS (SELECT FROM filings c WHERE c.seq = f.same_as AND c.codes IS NOT NULL)"
    )


def test_a_decision_that_read_what_is_gone_says_so_and_every_other_replays(old: Old) -> None:
    parts = old.served.parts
    gone = _expected(old, date(2017, 8, 1))
    # Contents of decisions are kept here: every household has a loan that runs.
    loans_of(old, [(it, "2017-05-01", [("2022-07-31", 5000)]) for it in old.answers])
    run(parts, **PEOPLE)
    hit, whole = 0, 0
    for answer in old.answers.values():
        found = replay(UUID(answer["decision_id"]), parts)
        read = {row[1] for row in answer["read"].values() if row[1] is not None}
        if read & gone:
            assert found.differences[0].startswith(
                "it cannot be repeated: data that it read was erased after its retention (filing "
            )
            hit += 1
        else:
            whole += found.identical
            assert found.identical or "erased after their retention" in found.differences[-1]
    assert hit > 3
    assert whole > 50


def test_a_decisions_content_stays_while_its_loan_runs_and_five_years_more(old: Old) -> None:
    parts, ids = old.served.parts, list(old.answers)
    with parts.store.engine.begin() as connection:  # only the loans made here count
        connection.execute(sa.text("SELECT set_config('lushi.retention', 'on', true)"))
        for table in ("loan_schedules", "loan_months", "loans"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    cases = {
        ids[0]: ("2017-05-01", [("2017-06-30", 500), ("2017-07-31", 0)], True),  # paid back five years and a day ago
        ids[1]: ("2017-05-01", [("2017-06-30", 500), ("2017-08-31", 0)], False),  # paid back less than five years ago
        ids[2]: ("2017-05-01", [("2017-06-30", 500)], False),  # never said to be paid back
        ids[3]: ("2017-05-01", [], False),  # nothing said yet
        ids[4]: ("2017-04-01", [("2022-07-31", 500)], True),  # of before the decision: not its loan
        ids[5]: ("2017-04-20", [("2022-07-31", 500)], False),  # on the decision's day: its loan
    }
    loans_of(old, [(it, day, months) for it, (day, months, _) in cases.items()])
    expected = {it: cases[it][2] if it in cases else True for it in ids}
    found = run(parts, **PEOPLE)[2]
    assert found.count == sum(expected.values())
    for household_id, answer in old.answers.items():
        left = old.served.client.get(f"/v1/decisions/{answer['decision_id']}").json()
        assert left.get("erased", False) == expected[household_id], household_id
        if expected[household_id]:
            assert replay(UUID(answer["decision_id"]), parts).differences == (
                "its content was erased after its time, so nothing is left to repeat",
            )
        # Whoever kept the answer and a proof from then can still show it, and so with a proof of today.
        assert check.check(answer, old.proofs[household_id], parts.signer.public)
        fresh = old.served.client.get("/v1/log/inclusion", params={"index": answer["receipt"]["log_index"]}).json()
        assert check.check(answer, fresh, parts.signer.public)
    found = verified(old)
    assert (found.faults, found.erased) == ([], sum(expected.values()))


def test_loans_leave_five_years_after_they_were_paid_back_unless_a_stop_rests_on_them(old: Old) -> None:
    parts, ids = old.served.parts, old.served.ids()
    villages = sorted({it[:12] for it in ids})
    one, other = ([it for it in ids if it[:9] == village[:9]] for village in (villages[0], villages[-1]))
    assert one[0][:9] != other[0][:9]
    with parts.store.engine.begin() as connection:
        connection.execute(sa.text("SELECT set_config('lushi.retention', 'on', true)"))
        for table in ("loan_schedules", "loan_months", "loans"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    paid = [("2017-05-31", 900), ("2017-06-30", 0)]
    # In the one township a bad loan among good ones, below the limit only as long as the good ones are counted.
    good = loans_of(old, [(it, "2017-05-01", [("2017-05-31", 90_000), ("2017-06-30", 0)]) for it in one])
    with parts.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE loans SET loan_id = 'one-' || loan_id"))
    bad, running, recent, *gone = loans_of(old, [
        (one[0], "2017-05-01", [("2017-05-31", 900), ("2022-07-31", 0)]), (other[0], "2017-05-01", [("2017-06-30", 900)]),
        (other[1], "2017-05-01", [("2017-08-31", 0)]), (other[2], "2017-05-01", paid), (other[3], "2017-05-01", paid),
    ])  # fmt: skip
    with parts.store.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE loan_months DISABLE TRIGGER USER"))
        late = "UPDATE loan_months SET days_past_due = 200 WHERE loan_no = :loan AND month_end = '2017-05-31'"
        connection.execute(sa.text(late), {"loan": bad})
        connection.execute(sa.text("ALTER TABLE loan_months ENABLE TRIGGER USER"))
    seen = look(parts, LATER.date())[1]
    assert (seen.count, seen.kept) == (len(gone), len(good))
    assert len(old.rows("SELECT 1 FROM loans")) == len(good) + 5, "looking changed nothing"
    done = run(parts, **PEOPLE)[1]
    assert (done.count, done.kept, done.oldest) == (len(gone), len(good), date(2017, 6, 30))
    assert {it.loan_no for it in old.rows("SELECT loan_no FROM loans")} == {*good, bad, running, recent}
    for table in ("loan_months", "loan_schedules"):
        assert not {it.loan_no for it in old.rows(f"SELECT loan_no FROM {table}")} & set(gone)
    assert {it.number for it in old.rows("SELECT number FROM erased_facts WHERE fact = 'loan'")} == set(gone)


def test_every_rule_says_what_how_long_since_when_and_by_whose_word() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) == len(BY_ID)
    for rule in RULES:
        assert all((rule.what.zh, rule.what.en, rule.since, rule.source))
        assert rule.assumed == ("assumed" in rule.source)
    assert BY_ID["negative_filings"].cutoff(date(2024, 2, 29)) == date(2019, 2, 28)
