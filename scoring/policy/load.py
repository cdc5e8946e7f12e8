"""From a folder of YAML to a :class:`Policy`, or a refusal that names every fault.

The only file of ``scoring`` that reads from disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from scoring.errors import Fault, PolicyFaults
from scoring.policy.in_force import Policies, check_index, read_index
from scoring.policy.read_about import read_about
from scoring.policy.read_areas import read_areas
from scoring.policy.read_grades import read_grades
from scoring.policy.read_indicators import read_indicators
from scoring.policy.read_outcomes import read_outcomes
from scoring.policy.read_reasons import read_reasons
from scoring.policy.read_scorecard import read_scorecard
from scoring.policy.read_terms import read_terms
from scoring.policy.read_trial import read_trial
from scoring.policy.read_vetoes import read_vetoes
from scoring.policy.schema import Policy, TrialLimit
from scoring.policy.tree import Node, parse

FILES = ("about", "indicators", "scorecard", "vetoes", "grades", "areas", "outcomes", "terms", "reasons")
TRIAL = "trial.yaml"
"""A draft's own limits for its trial; a policy may have it, and then its hash covers it."""
ROOT = Path(__file__).parent
"""Where the policies that come with the product stand: one folder per county."""


def load(folder: Path) -> Policy:
    """The policy written in a folder.

    Raises:
        PolicyFaults: with every fault, each with its file, line and mend.
    """
    texts = read_texts(folder)
    return policy_of(texts)


def load_index(folder: Path) -> Policies:
    """Every approved policy of a county, from the folder that holds its ``index.yaml``.

    Raises:
        PolicyFaults: where the index or any folder is faulty, or a hash is not the approved one.
    """
    path = folder / "index.yaml"
    if not path.is_file():
        raise PolicyFaults(
            [
                Fault(
                    path.name,
                    1,
                    f"there is no index of approved policies in the folder '{folder.name}'",
                    "Check the path",
                )
            ]
        )
    return index_of(folder, path.read_text(encoding="utf-8", errors="replace"))


def index_of(folder: Path, text: str) -> Policies:
    """Every policy that the text of an ``index.yaml`` approves, from the county's folder.

    Raises:
        PolicyFaults: as :func:`load_index`.
    """
    node, faults = parse("index.yaml", text)
    approvals = [] if faults else read_index(node, faults)
    policies = {}
    for approval in approvals:
        try:
            policies[approval.folder] = load(folder / approval.folder)
        except PolicyFaults as refused:
            faults += [Fault(f"{approval.folder}/{f.file}", f.line, f.what, f.mend) for f in refused.faults]
    checked = check_index(approvals, policies, faults)
    if faults:
        raise PolicyFaults(faults)
    return checked


def read_texts(folder: Path) -> dict[str, str]:
    """The folder's files as text, by file name.

    Raises:
        PolicyFaults: where a file is missing, is not UTF-8, or does not belong there.
    """
    faults: list[Fault] = []
    texts: dict[str, str] = {}
    if not folder.is_dir():
        raise PolicyFaults([Fault(folder.name, 1, "there is no such policy folder", "Check the path")])
    trial = folder / TRIAL
    for path in [*(folder / f"{name}.yaml" for name in FILES), *([trial] if trial.exists() else [])]:
        try:
            if path.exists() and not path.is_file():
                raise OSError("not a regular file")
            texts[path.name] = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            faults.append(Fault(path.name, 1, "the file is missing", f"Add {path.name} to the policy folder"))
        except UnicodeDecodeError:
            faults.append(Fault(path.name, 1, "the file is not UTF-8 text", "Save it as UTF-8"))
        except OSError:
            faults.append(Fault(path.name, 1, "the file cannot be read", "Put a plain, readable file there"))
    for path in sorted(folder.iterdir()):
        if path.suffix in (".yaml", ".yml") and path.name not in {*(f"{name}.yaml" for name in FILES), TRIAL}:
            faults.append(Fault(path.name, 1, "the file does not belong to a policy", f"Keep only: {', '.join(FILES)}"))
    if faults:
        raise PolicyFaults(faults)
    return texts


def sha256_of(texts: Mapping[str, str]) -> str:
    """The hash that the index approves: over every file's name and content, in name order."""
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\0{hashlib.sha256(texts[name].encode()).hexdigest()}\n".encode())
    return digest.hexdigest()


def policy_of(texts: Mapping[str, str]) -> Policy:
    """The policy that these texts state.

    Raises:
        PolicyFaults: with every fault found in any of them.
    """
    faults: list[Fault] = []
    nodes: dict[str, Node] = {}
    for name in FILES:
        nodes[name], broken = parse(f"{name}.yaml", texts.get(f"{name}.yaml", ""))
        faults += broken
    limits: tuple[TrialLimit, ...] = ()
    promised: list[Fault] = []
    if TRIAL in texts:
        node, broken = parse(TRIAL, texts[TRIAL])
        faults += broken
        limits = () if broken else read_trial(node, promised)
    if faults:
        raise PolicyFaults(faults)
    try:
        policy = policy_from(nodes, sha256_of(texts), limits)
    except PolicyFaults as refused:
        raise PolicyFaults([*refused.faults, *promised]) from None
    if promised:
        raise PolicyFaults(promised)
    return policy


def policy_from(nodes: Mapping[str, Node], sha256: str, trial: tuple[TrialLimit, ...] = ()) -> Policy:
    """The policy that parsed files state, under a hash that no other policy has.

    Raises:
        PolicyFaults: as :func:`policy_of`.
    """
    faults: list[Fault] = []
    about = read_about(nodes["about"], faults)
    sources, headings, indicators = read_indicators(nodes["indicators"], about, faults)
    base, capped, items = read_scorecard(nodes["scorecard"], about, headings, indicators, faults)
    vetoes = read_vetoes(nodes["vetoes"], about, indicators, faults)
    grades, completeness = read_grades(nodes["grades"], about, indicators, faults)
    areas = read_areas(nodes["areas"], about, faults)
    outcomes = read_outcomes(nodes["outcomes"], about, faults)
    terms = read_terms(nodes["terms"], about, indicators, faults)
    reasons = read_reasons(nodes["reasons"], about, faults)
    used = [(f"item '{item.indicator}'", "scorecard", item.indicator, item.reason) for item in items]
    used += [(f"veto '{veto.id}'", "vetoes", veto.id, veto.reason) for veto in vetoes]
    used += [(f"gate item '{name}'", "grades", name, reason) for _, name, reason in completeness.gate]
    used += [(f"condition on '{test.indicator}'", "terms", test.indicator, reason) for test, reason in terms.conditions]
    for what, file, owner, reason in used:
        if reason and reason not in reasons:
            line = _line_of(nodes[file], owner, "reason", reason)
            faults.append(
                Fault(
                    f"{file}.yaml",
                    line,
                    f"{what} gives the reason '{reason}', which does not exist",
                    "Word it in reasons.yaml",
                )
            )
    strict = {veto.test.indicator: f"veto '{veto.id}'" for veto in vetoes if veto.if_stale != "value"}
    lenient = [
        (f"item '{item.indicator}'", "scorecard", item.indicator, item.indicator)
        for item in items
        if item.if_stale == "value"
    ]
    lenient += [
        (f"veto '{veto.id}'", "vetoes", veto.id, veto.test.indicator) for veto in vetoes if veto.if_stale == "value"
    ]
    strict |= {name: "the completeness gate" for _, name, _ in completeness.gate}
    strict |= {test.indicator: "a loan condition" for test, _ in terms.conditions}
    strict |= {product.only.indicator: f"product '{product.id}'" for product in terms.products if product.only}
    for rule, file, owner, name in lenient:
        if name in strict:
            line = _line_of(nodes[file], owner, "if_stale", "value")
            what = f"{rule} uses a stale value, which {strict[name]} refuses"
            faults.append(
                Fault(f"{file}.yaml", line, what, "Give another if_stale (an item: points, 'ask' or 'withhold')")
            )
    if faults:
        raise PolicyFaults(faults)
    return Policy(
        id=about.id,
        county=about.county,
        title=about.title,
        effective_from=about.effective_from,
        effective_to=about.effective_to,
        documents=about.documents,
        units=about.units,
        words=about.words,
        sources=sources,
        headings=capped,
        indicators=tuple(indicators.values()),
        base_points=base,
        items=items,
        vetoes=vetoes,
        grades=grades,
        completeness=completeness,
        areas=areas,
        outcomes=outcomes,
        terms=terms,
        reasons=reasons,
        sha256=sha256,
        trial=trial,
    )


def _line_of(node: Node, owner: str, key: str, value: str) -> int:
    """Line of ``key: value`` in the first rule that bears the owner's name as its id or indicator; else 1."""
    inside = node.value
    if isinstance(inside, dict):
        named = any(name in inside and inside[name].value == owner for name in ("id", "indicator"))
        if named and key in inside and inside[key].value == value:
            return inside[key].line
    below = inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ()
    return next((line for one in below if (line := _line_of(one, owner, key, value)) > 1), 1)
