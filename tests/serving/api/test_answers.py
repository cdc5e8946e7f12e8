"""Every error that this project raises on purpose has an answer of its own, or never reaches a caller."""

from __future__ import annotations

import importlib
import pkgutil

import feature_store
import serving
from scoring.errors import LushiError
from serving.api.answers import ANSWERS, answer_of

NEVER_ANSWERED = {
    "AboutUnusable",  # within the loading of a model
    "AlarmsInvalid",  # of the command line
    "ApprovalRefused",  # of the command line
    "ChallengerUnusable",  # a decision goes out without opinion
    "ClientRefused",  # of the command line
    "ConsentsRefused",  # of the command line
    "DatabaseFolderUnusable",  # at start
    "DraftUnfit",  # of the command line
    "ErasureRefused",  # of the command line
    "FeatureSetFaults",  # within the loading of a model
    "FeaturesUnknown",  # of the command line
    "FileRefused",  # of the command line
    "FolderNotEmpty",  # of the command line
    "LimitsFaults",  # of the command line
    "MigrationRefused",  # at start
    "ModelTextUnusable",  # within the loading of a model
    "NoModel",  # of the command line
    "NoSuchTrial",  # a page that is not there
    "NobodyKnown",  # of the command line
    "NotAtHand",  # within a replay, which says so
    "NotMeasured",  # of the command line
    "NothingRead",  # within a replay, which says so
    "NothingTrained",  # of the command line
    "OpinionsSuspended",  # of the command line
    "OpinionsUnsound",  # of the command line
    "OutputUnusable",  # of the command line
    "PoliciesDisagree",  # of the command line
    "PolicyFaults",  # at start
    "PortTaken",  # at start
    "ProfileMissing",  # of the command line
    "PromotionRefused",  # of the command line
    "QuarterUnusable",  # of the command line
    "ReleaseRefused",  # of the command line
    "RetentionRefused",  # of the command line
    "RotationRefused",  # of the command line
    "SettingsInvalid",  # at start
    "SourcesMissing",  # of the command line
    "StepSpoiled",  # of the command line
    "SuspensionRefused",  # of the command line
    "TableRefused",  # of the command line
    "TlsUnusable",  # at start
    "TooManyHouseholds",  # of the command line
    "TrialUnsound",  # of the command line
    "UnknownScenario",  # of the command line
    "UnmaskingRefused",  # of the command line
    "UserRefused",  # of the command line
    "WatchRefused",  # of the command line
}
"""Errors that no route can raise, and where they belong instead."""


def _every(kind: type[LushiError]) -> set[type[LushiError]]:
    return {one for below in kind.__subclasses__() for one in {below, *_every(below)}}


def test_every_error_is_answered_on_purpose_or_listed() -> None:
    for package in (serving, feature_store):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in found.name:
                importlib.import_module(found.name)
    ours = {one for one in _every(LushiError) if one.__module__.partition(".")[0] != "training"}
    ours = {one for one in ours if not one.__module__.startswith("tests")}
    answered = {kind for kind, _ in ANSWERS} - {LushiError, Exception}
    unanswered = {one.__name__ for one in ours if not any(issubclass(one, kind) for kind in answered)}
    assert unanswered == NEVER_ANSWERED


def test_what_nobody_expected_is_answered_without_its_words() -> None:
    for error in (LushiError("secret"), ValueError("secret")):
        answer = answer_of(error)
        assert answer.status_code == 500
        assert b"secret" not in bytes(answer.body)
