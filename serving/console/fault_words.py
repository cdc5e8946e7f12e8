"""What a page says of each problem: what happened, and what to do. The API's words, for people, in both languages."""

from __future__ import annotations

from serving.console.sections import N_

OURS = (N_("Something failed on our side."), N_("Try again; if it stays so, tell the administrator the time of day."))
"""For a problem of which nothing more can be said."""
WORDS: dict[str, tuple[str, str]] = {
    "not-found": (N_("There is no such page."), N_("Go back, or begin at the start page.")),
    "method-not-allowed": (N_("This page cannot be used in that way."), N_("Go back, or begin at the start page.")),
    "unreadable": (N_("What was sent could not be read."), N_("Go back and send the form again.")),
    "invalid": (N_("The address or the form holds something that is not valid."), N_("Go back and correct it.")),
    "too-large": (N_("What was sent is too large."), N_("Send less at once.")),
    "too-slow": (N_("The form came too slowly."), N_("Send it again.")),
    "not-json": (N_("The form came in a form that is not known."), N_("Go back and send the form again.")),
    "not-allowed": (N_("Your role does not allow this."), N_("Ask somebody whose role does.")),
    "csrf": (
        N_("The form was not taken: it does not belong to your session."),
        N_("Open the page again and send it once more."),
    ),
    "second-person": (N_("A second person is needed."), N_("Ask somebody else with this role to confirm it.")),
    "unknown-household": (
        N_("There is no such household here, or your role does not see it."),
        N_("Check the number. A bank sees the households that have given it consent."),
    ),
    "unknown-area": (
        N_("There is no such township or village, or your role does not see it."),
        N_("Choose one from the list."),
    ),
    "unknown-upload": (
        N_("The file no longer waits here: it was let in, given up, or waited longer than a day."),
        N_("Look at the list of files that were stored, or send it again."),
    ),
    "unknown-decision": (N_("There is no such decision, or your role does not see it."), N_("Check its number.")),
    "unknown-consent": (N_("There is no such consent."), N_("Check its reference.")),
    "unknown-objection": (N_("There is no such objection, or your role does not see it."), N_("Check its number.")),
    "unknown-override": (N_("There is no such override, or your role does not see it."), N_("Check its number.")),
    "unknown-review": (N_("There is no such review."), N_("Choose one of the list.")),
    "review-signed": (N_("The review was signed: nothing more is noted in it."), N_("Draw another one.")),
    "review-unfinished": (
        N_("The review cannot be signed yet: a decision has no finding."),
        N_("Note one for each, then sign."),
    ),
    "no-such-proof": (N_("There is no such proof in the log."), N_("Check the index: it counts from 0.")),
    "no-id-number": (N_("No ID number is held for this household."), N_("Ask the source to file it.")),
    "id-number-invalid": (N_("That is no valid ID number."), N_("Check its 18 characters.")),
    "id-number-unreadable": (N_("The ID number cannot be read with the key in use."), N_("Tell the administrator.")),
    "id-key-not-in-use": (N_("The key of ID numbers is not the one in use."), N_("Tell the administrator.")),
    "no-session": (N_("There is no open session."), N_("Sign in again.")),
    "key-needed": (N_("You are not signed in."), N_("Sign in again.")),
    "too-many-calls": (N_("Too much was asked for at once."), N_("Wait a moment, then go on more slowly.")),
    "too-many-wrong-passwords": (N_("There were too many wrong passwords."), N_("Wait a quarter of an hour.")),
    "busy": (N_("The service is busy."), N_("Try again in a few seconds.")),
    "too-busy": (N_("The service is busy; nothing was recorded."), N_("Try again in a few seconds.")),
    "replays-busy": (N_("Too many replays are being made."), N_("Try again in a few seconds.")),
    "key-in-use": (N_("The same form is being taken at this moment."), N_("Look at the household's page in a moment.")),
    "key-reused": (N_("This form was sent before with other content."), N_("Open the page again and fill it in anew.")),
    "open-elsewhere": (
        N_("Another bank's decision on this household is open."),
        N_("Only when it is closed or has run out may another bank decide."),
    ),
    "nothing-to-close": (N_("There is nothing to close."), N_("Look at the decision's page.")),
    "closed-otherwise": (N_("The decision is closed already, for another cause."), N_("Look at the decision's page.")),
    "consent-taken": (N_("This consent's reference is taken."), N_("Give another reference.")),
    "consent-ambiguous": (N_("This reference belongs to several consents."), N_("Ask the administrator.")),
    "consent-invalid": (
        N_("The household's consent does not allow this."),
        N_("Have the household renew its consent."),
    ),
    "rule-broken": (N_("The form is well written, but breaks a rule."), N_("Go back and correct it.")),
    "override-refused": (N_("The override cannot be made now."), N_("Look at the decision's page.")),
    "objection-resolved": (N_("The objection has been answered already."), N_("Look at the household's page.")),
    "policy-not-in-force": (
        N_("No policy is in force today."),
        N_("The county must approve one before anybody is graded."),
    ),
    "unknown-purpose": (N_("The policy does not list this purpose."), N_("Choose one of the list.")),
    "unknown-policy": (N_("There is no such policy."), N_("Choose one of the list.")),
    "unknown-model": (N_("There is no such version of the challenger."), N_("Choose one of the list.")),
    "unknown-proposal": (N_("There is no such proposal."), N_("Look at the list of those that wait.")),
    "proposal-refused": (N_("The proposal was not carried out."), N_("Look at the list of those that wait.")),
    "unknown-report": (N_("No report of the watch is stored for that day."), N_("Choose one of the list.")),
    "models-unavailable": (
        N_("The registry of models cannot be read now, or holds no such version."),
        N_("Try again in a moment; if it stays so, tell the administrator."),
    ),
    "credit-file-invalid": (
        N_("Values of the credit file are not allowed by the policy."),
        N_("Have the source correct them."),
    ),
    "at-work": (N_("The same work is being done at this moment."), N_("Wait until it has ended.")),
    "not-ready": (N_("What binding answers stand on is missing."), N_("Tell the administrator.")),
    "clock-behind": (
        N_("The service's clock stands behind what is recorded; nothing was done."),
        N_("Tell the administrator."),
    ),
    "store-unavailable": (N_("The database cannot be reached; nothing was recorded."), N_("Try again in a moment.")),
    "address-too-long": (N_("The address is too long."), N_("Begin at the start page.")),
    "headers-too-large": (N_("The request is too large."), N_("Delete this site's cookies and sign in again.")),
    "http": (N_("The request could not be answered."), N_("Begin at the start page.")),
}
"""By the problem's kind."""
