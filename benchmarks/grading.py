"""The binding grade against its peers: pandas.cut for columns, zen-engine for one household."""

from __future__ import annotations

import json
import statistics
import time

import numpy as np
import pandas
import zen
from numpy.typing import NDArray

from benchmarks import households
from benchmarks.measure import Paired, paired
from scoring.assess import assess, path_of
from scoring.points import tally_columns
from scoring.policy.compiled import Compiled, compiled
from scoring.policy.schema import Policy
from scoring.vetoes import first_free


def columns(policy: Policy, rows: int = 107_000) -> tuple[Paired, bool]:
    """Points with per-heading totals for a county; also whether both give the same totals (before caps)."""
    table = compiled(policy)
    codes = households.draw(policy, rows)
    frame = pandas.DataFrame({item.indicator.id: codes[item.position] for item in table.items})
    result = paired(lambda: tally_columns(table, codes), lambda: _cut(table, frame))
    same = bool((_cut(table, frame).sum(axis=1).to_numpy() == _raw(table, codes)).all())
    return result, same


def _cut(table: Compiled, frame: pandas.DataFrame) -> pandas.DataFrame:
    """Per-heading sums by pandas.cut, one cut for each scored indicator."""
    totals: dict[int, pandas.Series] = {}
    for item in table.items:
        edges = [*(float(edge) - 0.5 for edge in item.edges[1:]), np.inf]
        numbers = pandas.cut(frame[item.indicator.id], edges, labels=False)
        points = pandas.Series(np.array([line.points for line in item.lines[2:]])[numbers])
        totals[item.heading] = totals[item.heading] + points if item.heading in totals else points
    return pandas.DataFrame(totals)


def _raw(table: Compiled, codes: NDArray[np.int32]) -> NDArray[np.int64]:
    total = np.zeros(codes.shape[1], np.int64)
    for item in table.items:
        number = np.searchsorted(np.array(item.edges), codes[item.position], side="right")
        total += np.array([line.points for line in item.lines])[number]
    return total


def one(policy: Policy, rows: int = 200) -> tuple[Paired, bool]:
    """One household with a full trace; also whether zen-engine finds the same points and vetoes."""
    table = compiled(policy)
    codes = households.draw(policy, rows)
    files = households.files(policy, codes)
    decision = zen.ZenEngine().create_decision(json.dumps(_rules(table)))
    contexts = [{name: int(code) for name, code in zip(table.ids, column, strict=True)} for column in codes.T]
    same = all(_agrees(table, decision, file, policy, context) for file, context in zip(files, contexts, strict=True))
    result = paired(
        lambda: [assess(file, policy, on=households.ON) for file in files],
        lambda: [decision.evaluate(context, {"trace": True}) for context in contexts],
        runs=5,
    )
    return Paired(result.ours / rows, result.peer / rows, result.ratio, result.low, result.high), same


def _agrees(table: Compiled, decision: zen.ZenDecision, file: object, policy: Policy, context: dict[str, int]) -> bool:
    found = decision.evaluate(context, {})["result"]
    ours = assess(file, policy, on=households.ON)  # type: ignore[arg-type]
    points = {line.indicator: line.points for line in ours.points.lines}
    fired = {f"veto_{one.veto.id}": one.state == "fired" for one in ours.vetoes}
    return all(found[name] == value for name, value in (points | fired).items())


def _rules(table: Compiled) -> dict[str, object]:
    """The same items and vetoes as decision tables of zen-engine, and every plain indicator passed on."""
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
    ]
    edges = []

    def add(name: str, field: str, rules: list[tuple[str, str]]) -> None:
        content = {
            "hitPolicy": "first",
            "inputs": [{"id": "i", "name": field, "field": field}],
            "outputs": [{"id": "o", "name": name, "field": name}],
            "rules": [{"_id": str(number), "i": when, "o": then} for number, (when, then) in enumerate(rules)],
        }
        nodes.append(
            {"id": name, "type": "decisionTableNode", "name": name, "content": content, "position": {"x": 0, "y": 0}}
        )
        edges.extend(
            {"id": f"{start}-{end}", "sourceId": start, "targetId": end, "type": "edge"}
            for start, end in (("in", name), (name, "out"))
        )

    for item in table.items:
        steps = sorted(zip(item.edges[1:], item.lines[2:], strict=True), reverse=True, key=lambda step: step[0])
        add(item.indicator.id, item.indicator.id, [(f">= {edge}", str(line.points)) for edge, line in steps])
    for compiled_veto in table.vetoes:
        veto = compiled_veto.veto
        low = max(first_free(households.ON, veto.observation_months), 1) if veto.test.active else veto.test.low
        low = veto.test.codes[0] if veto.test.codes else low
        add(f"veto_{veto.id}", veto.test.indicator, [(f">= {low}", "true"), ("", "false")])
    scored = {item.indicator.id for item in table.items} | {veto.veto.test.indicator for veto in table.vetoes}
    for name in (name for name in table.ids if name not in scored):
        add(f"info_{name}", name, [(">= 0", "true"), ("", "false")])
    return {"nodes": nodes, "edges": edges}


def path(policy: Policy, rows: int = 500) -> tuple[float, float]:
    """Milliseconds of one path to the next grade: median and greatest."""
    found = [assess(file, policy, on=households.ON) for file in households.files(policy, households.draw(policy, rows))]
    times = []
    for assessment in found:
        start = time.perf_counter()
        path_of(assessment)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), max(times)
