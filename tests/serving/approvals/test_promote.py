"""Promotion and rollback: a passed gate, two different people, a record that stays, and the alias."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

import serving.commands.models
from feature_store.adapters import promotions
from feature_store.adapters.promotions import Promotion
from feature_store.feature_set import load_feature_set
from scoring.canonical import sha256
from serving.approvals.promote import PromotionRefused, earlier, list_models, promote, rollback
from serving.challenger.load import Artefact
from serving.challenger.standing import Challengers, NoOpinion
from serving.challenger.versions import RegistryUnavailable
from serving.challenger.worker import Deadline
from serving.wiring import Parts
from tests.fakes import models
from tests.fakes.registry import FakeRegistry
from tests.serving.served import NOW, Served, ask

SET = load_feature_set()
TWO = {"by": "Wang Fang", "second": "Li Qiang", "why": "passed the gate of 2017Q1"}
MADE = [models.artefact(SET, seed=seed) for seed in range(3)]


@pytest.fixture
def parts(make_county_of_promotions: Served) -> Parts:
    """The county with no promotion yet and an empty registry."""
    served = make_county_of_promotions
    with served.parts.store.engine.begin() as connection:
        # The only way past the trigger that keeps history; a superuser's, and for tests alone.
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text("TRUNCATE promotions"))
    served.clock.moment = NOW
    served.parts.__dict__["challengers"] = Challengers(FakeRegistry(), load_feature_set, timeout_ms=60_000)
    return served.parts


@pytest.fixture(scope="module")
def make_county_of_promotions(make_county: Callable[[], Served]) -> Served:
    return make_county()


def registry(parts: Parts) -> FakeRegistry:
    found = parts.challengers.registry
    assert isinstance(found, FakeRegistry)
    return found


def moves(parts: Parts) -> list[tuple[str, str, str | None]]:
    with parts.store.engine.connect() as connection:
        return [(it.kind, it.version, it.replaces) for it in promotions.history(connection)]


def test_a_promoted_version_advises_from_the_next_decision_on(parts: Parts, make_county_of_promotions: Served) -> None:
    registry(parts).add(MADE[0])
    household_id = make_county_of_promotions.ids()[0]
    client = make_county_of_promotions.client
    assert client.post("/v1/decisions", json=ask(household_id)).json()["advisory"]["reason"] == "no_model"
    move = promote(parts, "1", **TWO)
    assert (move.version, move.sha256, move.replaces) == ("1", sha256(MADE[0].model), None)
    assert move.recorded_at >= NOW
    assert registry(parts).alias() == "1"
    advisory = client.post("/v1/decisions", json=ask(household_id)).json()["advisory"]
    assert advisory["model"]["version"] == "1"
    assert advisory["model"]["sha256"] == move.sha256


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ({"second": "Wang Fang"}, "two different people"),
        ({"second": " wang  FANG "}, "two different people"),
        ({"second": "ＷＡＮＧ Fang"}, "two different people"),
        ({"second": "Wang-Fang."}, "two different people"),
        ({"second": "\u3164"}, "two different people"),
        ({"by": ""}, "two different people"),
        ({"second": "  "}, "two different people"),
        ({"why": " "}, "a cause"),
        ({"why": "a\nb"}, "printable"),
        ({"by": "x" * 501}, "printable"),
    ],
)
def test_promotion_and_rollback_need_two_different_people_and_a_cause(
    parts: Parts, people: dict[str, str], said: str
) -> None:
    for artefact in MADE[:2]:
        registry(parts).add(artefact)
    promote(parts, "1", **TWO)
    before = moves(parts)
    with pytest.raises(PromotionRefused, match=said):
        promote(parts, "2", **TWO | people)
    promote(parts, "2", **TWO)
    with pytest.raises(PromotionRefused, match=said):
        rollback(parts, **TWO | people)
    assert moves(parts) == [*before, ("promotion", "2", "1")]
    assert registry(parts).alias() == "2"


def test_a_version_that_the_gate_refused_is_not_promoted_and_its_reasons_are_said(parts: Parts) -> None:
    gate = {"verdict": "refuse", "reasons": [{"id": "bads", "zh": "违约太少", "en": "only 30 bads"}]}
    refused = models.artefact(SET, gate=gate)
    registry(parts).add(refused, verdict="refuse")
    registry(parts).add(refused, verdict="promote")  # a tag that somebody edited
    registry(parts).add(MADE[0], verdict="")
    for version, said in (("1", "only 30 bads"), ("2", "only 30 bads"), ("3", "nothing")):
        with pytest.raises(PromotionRefused, match=said):
            promote(parts, version, **TWO)
    assert moves(parts) == []
    assert registry(parts).alias() is None


def test_every_reason_is_said_at_once(parts: Parts) -> None:
    with pytest.raises(PromotionRefused) as refused:
        promote(parts, "9", by="", second="", why="")
    assert len(refused.value.reasons) == 3


def test_a_version_whose_files_are_not_whole_is_not_promoted(parts: Parts) -> None:
    registry(parts).add(Artefact(MADE[0].model[:-200], MADE[0].about))
    registry(parts).add(Artefact(MADE[0].model, b"{"))
    for version in ("1", "2"):
        with pytest.raises(PromotionRefused):
            promote(parts, version, **TWO)
    assert moves(parts) == []


def test_the_version_that_stands_is_not_promoted_again(parts: Parts) -> None:
    registry(parts).add(MADE[0])
    promote(parts, "1", **TWO)
    with pytest.raises(PromotionRefused, match="already stands"):
        promote(parts, "1", **TWO)


def test_each_rollback_undoes_one_promotion_and_is_itself_recorded(parts: Parts) -> None:
    for artefact in MADE:
        version = registry(parts).add(artefact).version
        promote(parts, version, **TWO)
    assert rollback(parts, **TWO).version == "2"
    assert rollback(parts, **TWO).version == "1"
    with pytest.raises(PromotionRefused, match="no version stood before"):
        rollback(parts, **TWO)
    promote(parts, "3", **TWO)
    assert rollback(parts, **TWO).version == "1"
    assert registry(parts).alias() == "1"
    assert moves(parts) == [
        ("promotion", "1", None),
        ("promotion", "2", "1"),
        ("promotion", "3", "2"),
        ("rollback", "2", "3"),
        ("rollback", "1", "2"),
        ("promotion", "3", "1"),
        ("rollback", "1", "3"),
    ]


def test_a_rollback_to_a_version_that_is_no_longer_whole_is_refused(parts: Parts) -> None:
    for artefact in MADE[:2]:
        promote(parts, registry(parts).add(artefact).version, **TWO)
    version, _ = registry(parts).kept["1"]
    registry(parts).kept["1"] = (version, Artefact(MADE[2].model, MADE[2].about))
    with pytest.raises(PromotionRefused, match="hash"):
        rollback(parts, **TWO)
    assert registry(parts).alias() == "2"


def test_nothing_to_roll_back_to_is_said(parts: Parts) -> None:
    assert earlier([]) is None
    with pytest.raises(PromotionRefused, match="no version stood before"):
        rollback(parts, **TWO)


def test_an_alias_that_could_not_be_moved_is_moved_by_promoting_again(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry(parts).add(MADE[0])
    with monkeypatch.context() as patched:

        def away(_: str) -> None:
            raise RegistryUnavailable("away")

        patched.setattr(registry(parts), "move_alias", away)
        with pytest.raises(RegistryUnavailable, match="is recorded"):
            promote(parts, "1", **TWO)
    (listed,) = list_models(parts)
    assert (listed.stands, listed.alias) == (True, False)
    promote(parts, "1", **TWO)
    assert registry(parts).alias() == "1"
    assert moves(parts) == [("promotion", "1", None)]


def test_whoever_is_second_to_move_the_challenger_is_told(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    for artefact in MADE[:2]:
        registry(parts).add(artefact)
    real, raced = promotions.lock_and_history, []

    def lock(connection: sa.Connection, now: object) -> object:
        if not raced:
            raced.append(True)
            promote(parts, "2", **TWO)
        return real(connection, parts.clock.now)

    monkeypatch.setattr(promotions, "lock_and_history", lock)
    with pytest.raises(PromotionRefused, match="meanwhile"):
        promote(parts, "1", **TWO)
    assert moves(parts) == [("promotion", "2", None)]


def test_the_table_itself_refuses_one_person_and_no_cause(parts: Parts) -> None:
    whole = Promotion("promotion", "1", "0" * 64, None, "Wang", "Li", "why", NOW)
    for broken in ({"second": " wang "}, {"why": " "}, {"kind": "other"}):
        fields = {name: getattr(whole, name) for name in whole.__slots__} | broken
        with pytest.raises(sa.exc.IntegrityError), parts.store.engine.begin() as connection:
            promotions.record(connection, Promotion(**fields))


def test_a_promotion_is_recorded_after_every_decision_so_far(parts: Parts, make_county_of_promotions: Served) -> None:
    served = make_county_of_promotions
    served.clock.moment = NOW + timedelta(minutes=3)
    served.client.post("/v1/decisions", json=ask(served.ids()[0]))
    served.clock.moment = NOW
    registry(parts).add(MADE[0])
    assert promote(parts, "1", **TWO).recorded_at > NOW + timedelta(minutes=3)


def test_the_commands_list_promote_and_roll_back(parts: Parts) -> None:
    app = typer.Typer()
    serving.commands.models.register(app, lambda: parts)
    run = CliRunner()
    assert "no challenger is registered" in run.invoke(app, ["models"]).output
    for artefact in MADE[:2]:
        registry(parts).add(artefact)
    people = ["--by", "Wang", "--second", "Li", "--why", "first model"]
    assert "version 1 advises now" in run.invoke(app, ["promote", "1", *people]).output
    assert "version 2 advises now" in run.invoke(app, ["promote", "2", *people]).output
    assert "version 1 advises again, instead of 2" in run.invoke(app, ["rollback", *people]).output
    shown = run.invoke(app, ["models"], env={"COLUMNS": "200"}).output
    assert "challenger (advises)" in shown
    assert sha256(MADE[0].model)[:12] in shown
    assert "…" not in run.invoke(app, ["models"], env={"COLUMNS": "80"}).output
    assert run.invoke(app, ["promote", "1"]).exit_code == 2
    refused = run.invoke(app, ["promote", "1", *people])
    assert isinstance(refused.exception, PromotionRefused)


def test_a_registry_that_was_never_made_is_empty_and_is_not_made(tmp_path: Path) -> None:
    from serving.challenger.registry import MlflowRegistry

    found = MlflowRegistry(f"sqlite:///{tmp_path}/mlruns/mlflow.db")
    assert found.versions() == []
    assert found.alias() is None
    with pytest.raises(RegistryUnavailable, match="train a challenger"):
        found.artefact("1")
    assert list(tmp_path.iterdir()) == []


def test_a_description_changed_after_training_or_after_promotion_does_not_advise(parts: Parts) -> None:
    made = registry(parts)
    one = made.add(MADE[0])
    changed = Artefact(MADE[0].model, MADE[0].about.replace(b'"format": 1', b'"format":  1'))
    assert changed.about != MADE[0].about
    told = replace(one, about_sha256=sha256(MADE[0].about))
    made.kept["1"] = (told, changed)
    with pytest.raises(PromotionRefused, match="json has the hash"):
        promote(parts, "1", **TWO)
    made.kept["1"] = (told, MADE[0])
    assert promote(parts, "1", **TWO).about_sha256 == sha256(MADE[0].about)
    made.kept["1"] = (one, changed)
    parts.__dict__["challengers"] = Challengers(made, load_feature_set, timeout_ms=60_000)
    with parts.store.moment(parts.clock.now) as moment:
        standing = promotions.standing(moment.connection)
    assert standing is not None
    with pytest.raises(NoOpinion, match="wrong_hash"):
        parts.challengers.ready(standing, known_at=NOW, deadline=Deadline(60_000))
