"""What codes of a household's pages are called, in words that are translated where they are shown."""

from __future__ import annotations

from serving.console.sections import N_

STATUSES = {
    "graded": N_("Graded"),
    "below_a": N_("Below A"),
    "vetoed": N_("Vetoed"),
    "withheld": N_("Not graded for now"),
}
NO_OPINION = {
    "no_model": N_("No model has been let stand."),
    "loading": N_("The model was still being loaded."),
    "model_missing": N_("The model could not be found."),
    "model_corrupt": N_("The model's files could not be used."),
    "wrong_hash": N_("The model's files were not those that were let stand."),
    "unknown_feature_set": N_("The model stands on data that are not gathered here."),
    "vector_failed": N_("The household's data for the model could not be put together."),
    "time_out": N_("The model took too long."),
    "busy": N_("The model was busy."),
    "not_finite": N_("The model's numbers did not hold together."),
    "not_additive": N_("The model's numbers did not hold together."),
    "failed": N_("The model failed."),
}
CLOSINGS = {
    "disbursed": N_("Paid out"),
    "declined_by_household": N_("Declined by the household"),
    "withdrawn_by_bank": N_("Withdrawn by the bank"),
    "superseded": N_("Superseded"),
}
ABOUTS = {
    "datum": N_("A datum is wrong"),
    "decision": N_("The decision is wrong"),
    "human_review": N_("Review by a person"),
}
OBJECTIONS = {
    "open": N_("In hand"),
    "corrected": N_("Corrected"),
    "mark_removed": N_("Stands; mark removed"),
    "recorded_unconfirmed": N_("Could not be confirmed; stays marked"),
}
OVERRIDES = {"lend": N_("Lend"), "decline": N_("Do not lend")}
OVERRIDE_STATES = {
    "proposed": N_("Waits for the second person"),
    "confirmed": N_("Counts"),
    "expired": N_("Has expired"),
}


def all_words() -> dict[str, dict[str, str]]:
    """Every group by the name that templates use."""
    return {
        "statuses": STATUSES,
        "no_opinion": NO_OPINION,
        "closings": CLOSINGS,
        "abouts": ABOUTS,
        "objections": OBJECTIONS,
        "overrides": OVERRIDES,
        "override_states": OVERRIDE_STATES,
    }
