"""trial.yaml: limits are read with the rules, every fault with its line, and the hash covers them where they are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.errors import PolicyFaults
from scoring.policy.load import ROOT, load, policy_of, read_texts, sha256_of

IN_FORCE = ROOT / "lushi" / "2017-04-01"
GOOD = """limits:
  - {limit: newly_refused, at_most_share: 0.02, label: {zh: 新拒绝, en: newly refused}}
  - {id: total, limit: limit_total_yuan_change, at_most_yuan: 5000, label: {zh: 总额, en: total}}
"""


def faults_of(trial: str) -> list[str]:
    with pytest.raises(PolicyFaults) as refused:
        policy_of({**read_texts(IN_FORCE), "trial.yaml": trial})
    return [str(fault) for fault in refused.value.faults]


def test_limits_are_read_as_written() -> None:
    policy = policy_of({**read_texts(IN_FORCE), "trial.yaml": GOOD})
    assert [(it.id, it.measure, it.unit, it.at_most) for it in policy.trial] == [
        ("newly_refused", "newly_refused", "share", Decimal("0.02")),
        ("total", "limit_total_yuan_change", "yuan", Decimal(5000)),
    ]


def test_the_hash_covers_the_limits_where_there_are_some() -> None:
    texts = read_texts(IN_FORCE)
    assert (
        load(IN_FORCE).sha256 == sha256_of(texts) == "9360e5adbda7b9e3868b08477a54ee78ba8f36a9efe67515a36856c3c8a7a9bb"
    )
    one = policy_of({**texts, "trial.yaml": GOOD}).sha256
    other = policy_of({**texts, "trial.yaml": GOOD.replace("0.02", "0.03")}).sha256
    assert len({sha256_of(texts), one, other}) == 3


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("newly_refused,", "newly_refuse,", "trial.yaml:2: a limit has 'limit: newly_refuse', which does not exist"),
        ("at_most_share: 0.02", "at_most_share: 1.5", "trial.yaml:2: a limit has 'at_most_share: 1.5', outside 0 to 1"),
        ("at_most_yuan: 5000", "at_most: 5", "needs one of at_most_yuan"),
        ("at_most_share: 0.02,", "", "needs one of at_most, at_most_share"),
        ("zh: 新拒绝, ", "", "trial.yaml:2: a limit, label, has no 'zh'"),
        ("limits:", "limit:", "the trial has no 'limits'"),
        ("{id: total", "{id: newly_refused", "the limit 'newly_refused' stands twice"),
    ],
)
def test_each_fault_is_named_with_its_line(old: str, new: str, said: str) -> None:
    assert any(said in fault for fault in faults_of(GOOD.replace(old, new)))


def test_limits_and_rules_are_faulted_together() -> None:
    texts = read_texts(IN_FORCE)
    broken = {**texts, "grades.yaml": texts["grades.yaml"].replace("at_least: 105", "at_least: 80")}
    with pytest.raises(PolicyFaults) as refused:
        policy_of({**broken, "trial.yaml": GOOD.replace("0.02", "2")})
    assert {fault.file for fault in refused.value.faults} == {"grades.yaml", "trial.yaml"}
