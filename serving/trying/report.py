"""A trial as plain data: the same figures go to the screen, to JSON and to the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from feature_store.filing import INVENTED_COUNTY
from scoring.errors import LushiError
from scoring.policy.in_force import incompatible
from scoring.policy.schema import Policy
from serving.county.village_counts import POVERTY, REGISTERED
from serving.rights.reports import SYNTHETIC
from serving.trying import words
from serving.trying.attribution import Attribution, Part, Trial, attribute
from serving.trying.checks import Checks, check
from serving.trying.limits import held
from serving.trying.movement import Ranks, matrix, movement, products
from serving.trying.outcomes import Book, judge
from serving.trying.places import Names, areas_data, by_township, credit_areas, where_they_live, yuan
from serving.trying.seen import Seen
from serving.trying.steps import Between

Progress = Callable[[str], None]


class DraftUnfit(LushiError):
    """A draft that would read the stored values otherwise than they were written."""


def try_on(
    seen: Seen,
    before_texts: Mapping[str, str],
    draft: Policy,
    draft_texts: Mapping[str, str],
    *,
    names: Names | None,
    progress: Progress = lambda _: None,
) -> tuple[Trial, dict[str, Any]]:
    """Try a draft against the policy under which the households were read. names: of areas; None: a file without villages.

    Raises:
        DraftUnfit: where the draft cannot read what the policy in force wrote.
        TrialUnsound: where the trial's own checks fail.
    """
    if faults := incompatible(seen.policy, draft):
        raise DraftUnfit(
            "; ".join(faults) + ". Keep type, decimals and the order of categories, or use a new indicator id"
        )
    book, ranks = Book(), Ranks(seen.policy, draft)
    progress("assessing everybody under both policies · 按两份政策评定")
    before, after = judge(seen, seen.policy, book), judge(seen, draft, book)
    found = movement(before, after, book, ranks)
    trial = Trial(seen, Between(seen.policy, before_texts, draft_texts), book, ranks, before, after, found)
    said = "attributing the moves · 逐项归因"
    attribution = attribute(trial, lambda done, total: progress(f"{said} {done}/{total}"))
    progress("checking the trial · 自检")
    checks = check(trial, attribution)
    return trial, _data(trial, draft, attribution, checks, names)


def finish(data: dict[str, Any], draft: Policy) -> dict[str, Any]:
    """Hold the draft's own limits against the trial, and say it in words; call it when everything else is in ``data``."""
    data["limits"] = held(draft.trial, data)
    data["in_words"] = {"zh": words.told(data, "zh"), "en": words.told(data, "en")}
    return data


def _data(trial: Trial, draft: Policy, attribution: Attribution, checks: Checks, names: Names | None) -> dict[str, Any]:
    seen, book, found = trial.seen, trial.book, trial.found
    fen, lendable = book.fen(), book.lendable_fen()
    change = fen[trial.after.outcome] - fen[trial.before.outcome]
    standings, cells = matrix(found, book, trial.ranks)
    places = names is not None
    areas = [
        credit_areas(seen, p, j, book, names or {}) for p, j in ((seen.policy, trial.before), (draft, trial.after))
    ]
    invented = places and any(str(it).startswith(INVENTED_COUNTY) for it in seen.villages[:1])
    return {
        "synthetic": SYNTHETIC if invented else None,
        "on": seen.on.isoformat(),
        "in_force": _named(seen.policy),
        "draft": _named(draft),
        "households": seen.rows,
        "movement": {"standings": standings, "matrix": cells, "kinds": found.counts()},
        "products": _products(trial, draft, products(found, book)),
        "scores_changed": int((trial.before.score != trial.after.score).sum()),
        "yuan": {"limit": _sums(trial, fen), "lendable": _sums(trial, lendable)},
        "townships": by_township(seen, found, change, names or {}) if places else [],
        "poverty": _poverty(trial),
        "registered_poor": _registered(trial),
        "areas": areas_data(areas[0], areas[1], names or {}) if places else None,
        "attribution": {
            "method": attribution.method,
            "wordings": trial.between.wordings,
            "parts": [_part(trial, attribution, it, draft, names, areas[0]) for it in attribution.parts],
        },
        "checks": {
            "null_change_moves": checks.null_moves,
            "attribution_equals_movement": checks.sums_equal,
            "changes_together_give_the_draft": checks.all_steps_give_the_draft,
            "parts_that_move_nobody": list(checks.idle),
        },
        "realised": None,
        "challenger": None,
        "cases": None,
        "limits": [],
    }


def _part(
    trial: Trial, found: Attribution, part: Part, draft: Policy, names: Names | None, credit: tuple[set[str], set[str]]
) -> dict[str, Any]:
    steps = [trial.between.steps[it] for it in part.steps]
    shares = {"moved": part.moved, "grade_moved": part.graded}
    policy = trial.between.policy(part.steps)
    areas_moved = 0
    if names is not None and policy is not None and part.idle:
        now = credit_areas(trial.seen, policy, trial.before, trial.book, names)
        areas_moved = sum(len(a ^ b) for a, b in zip(credit, now, strict=True))
    return {
        "changes": [
            {
                "file": it.file,
                "place": list(it.place),
                "zh": it.text.zh,
                "en": it.text.en,
                "plain": {"zh": it.plain.zh, "en": it.plain.en},
                "from": it.old,
                "to": it.new,
                "number": it.number,
            }
            for it in steps
        ],
        "attributed": {key: _share(value, found.denominator) for key, value in shares.items()}
        | {"yuan": _share(part.fen, found.denominator * 100)},
        "here": part.here.counts(),
        "products": _products(trial, draft, products(part.here, trial.book, same_grade=True)),
        "townships": where_they_live(trial.seen, part.here, names) if names is not None else [],
        "moved_alone": part.alone,
        "scores_changed_alone": part.scores_alone,
        "areas_moved_alone": areas_moved,
        "moves_nobody": part.idle and not areas_moved,
    }


def _share(value: int, denominator: int) -> str:
    """A sum of shares, with as many decimals as it needs and at most two."""
    return f"{value / denominator:.2f}".removesuffix(".00")


def _products(trial: Trial, draft: Policy, found: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    labels = {it.id: it.label for policy in (draft, trial.seen.policy) for it in policy.terms.products}
    return [{"id": name, "zh": labels[name].zh, "en": labels[name].en, **counts} for name, counts in found.items()]


def _sums(trial: Trial, fen: Any) -> dict[str, str]:
    before, after = int(fen[trial.before.outcome].sum()), int(fen[trial.after.outcome].sum())
    rows = max(trial.seen.rows, 1)
    mean = round((after - before) / rows)
    return {"before": yuan(before), "after": yuan(after), "change": yuan(after - before), "per_household": yuan(mean)}


def _named(policy: Policy) -> dict[str, str]:
    return {"id": policy.id, "sha256": policy.sha256, "title_zh": policy.title.zh, "title_en": policy.title.en}


def _poverty(trial: Trial) -> list[dict[str, Any]]:
    """Moves by poverty registration, where the policy in force collects it; it is shown, never scored."""
    column, policy = trial.seen.column(POVERTY), trial.seen.policy
    if column is None:
        return []
    indicator = next(it for it in policy.indicators if it.id == POVERTY)
    rows = []
    for code, name in [*enumerate(indicator.categories, indicator.low), (None, "")]:
        mine = column == code if code is not None else (column < indicator.low)
        if mine.any():
            word = policy.words.get(name)
            label = {"zh": word.zh, "en": word.en} if word else {"zh": name or "未知", "en": name or "not known"}
            rows.append({"status": name, **label, "households": int(mine.sum()), "kinds": trial.found.counts(mine)})
    return rows


def _registered(trial: Trial) -> dict[str, Any] | None:
    column = trial.seen.column(POVERTY)
    if column is None:
        return None
    indicator = next(it for it in trial.seen.policy.indicators if it.id == POVERTY)
    codes = [code for code, name in enumerate(indicator.categories, indicator.low) if name in REGISTERED]
    mine = np.isin(column, codes)
    return {"households": int(mine.sum()), "kinds": trial.found.counts(mine)}
