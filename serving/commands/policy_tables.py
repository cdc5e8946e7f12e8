"""Policies, certificates and effects as tables for a terminal. Only shows; decides nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scoring.policy.certify import Certificate
from scoring.policy.elements import Cite, Text
from scoring.policy.schema import Policy
from scoring.policy.tree import Node, parse
from scoring.probe import Effect

ASSUMED = "Assumed (our proposal, never published) · 建议值(从未公布)"
_WIDE = 160


class Section(StrEnum):
    """The parts in which a policy is shown, in this order."""

    headings = "headings"
    items = "items"
    vetoes = "vetoes"
    grades = "grades"
    areas = "areas"
    terms = "terms"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a section and what it rests on."""

    cells: tuple[str, ...]
    cite: Cite


def console() -> Console:
    """A console as wide as the terminal; wide enough for whole lines where the output is a file."""
    return Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)


def print_certificate(out: Console, certificate: Certificate) -> None:
    """One line per proof, and every finding in red."""
    table = Table(title=f"{certificate.policy} · {certificate.policy_sha256[:12]}", title_justify="left")
    for column in ("证明 · proof", "结果 · result"):
        table.add_column(column)
    for proof, result, whole in _proofs(certificate):
        table.add_row(proof, escape(result) if whole else f"[red]{escape(result)}[/red]")
    out.print(table)
    for finding in certificate.findings:
        out.print(f"[red]发现 · finding: {escape(finding)}[/red]")


def print_section(out: Console, name: Section, policy: Policy, texts: Mapping[str, str]) -> None:
    """One section of a policy: what is published first, what is assumed apart from it."""
    title, columns, rows = _section(name, policy, texts)
    published = [row for row in rows if not row.cite.assumed]
    assumed = [row for row in rows if row.cite.assumed]
    out.print(f"[bold]{title}[/bold]")
    for heading, part in (("", published), (ASSUMED, assumed)):
        if part:
            table = Table(title=heading or None, title_justify="left")
            for column in (*columns, "依据 · source"):
                table.add_column(column)
            for row in part:
                table.add_row(*(escape(cell) for cell in (*row.cells, row.cite.source or "–")))
            out.print(table)


def print_effects(out: Console, effects: Sequence[Effect]) -> None:
    """The numbers whose smallest change moves nobody, and a sum of all."""
    idle = [effect for effect in effects if effect.without_effect]
    refused = sum(effect.refused for effect in effects)
    table = Table(title="无影响的数值 · numbers without effect", title_justify="left")
    for column in ("数值 · number", "写为 · written", "原因 · why"):
        table.add_column(column)
    for effect in idle:
        number = effect.number
        table.add_row(*(escape(cell) for cell in (number.path, number.text, effect.note.removeprefix("no effect: "))))
    out.print(table)
    out.print(
        f"{len(effects)} numbers: {len(effects) - len(idle) - refused} move a generated household, "
        f"{refused} cannot be changed alone (the loader refuses), {len(idle)} have no effect."
    )


def _proofs(c: Certificate) -> Iterator[tuple[str, str, bool]]:
    def none(found: Sequence[str]) -> tuple[str, bool]:
        return ("无 · none", True) if not found else (", ".join(found), False)

    gaps = ", ".join(map(str, c.unreachable_scores_between)) or "无 · none"
    yield "指标 · indicators", f"{c.indicators} ({', '.join(f'{name} {count}' for name, count in c.headings)})", True
    yield "计分项与分档 · items and bands", f"{c.items}, {c.bands}", True
    yield "得分范围 · scores", f"{c.lowest_score} … {c.highest_score}, {c.reachable_scores} reachable", True
    yield "范围内不可达得分 · unreachable scores between", gaps, True
    yield "等级 · grades", ", ".join(f"{name} {low}–{high}" for name, low, high in c.grades), True
    yield "不可达等级 · unreachable grades", *none(c.unreachable_grades)
    yield "分档覆盖 · bands not covering once", *none(c.uncovered)
    yield "无作用计分项 · items that change no grade", *none(c.dead_indicators)
    yield f"否决项不会触发(共{c.vetoes}项) · vetoes that never fire", *none(c.dead_vetoes)
    yield "条件恒真或恒假 · conditions that never tell", *none(c.dead_conditions)
    yield f"缺双语(共{c.wordings}条) · not worded in both languages", *none(c.unworded)
    yield "未用理由 · reasons never given", *none(c.unused_reasons)
    yield f"缺依据(共{c.sourced}条) · without a source", *none(c.unsourced)
    yield "建议值 · assumed values", str(c.assumed), True
    yield "证书 · certificate sha256", c.sha256, True


def _section(name: Section, policy: Policy, texts: Mapping[str, str]) -> tuple[str, tuple[str, ...], list[Row]]:
    """Title, columns and rows of one section."""
    if name is Section.headings:
        rows = [Row((h.id, both(h.label), f"+{h.most_added}", f"-{h.most_deducted}"), h.cite) for h in policy.headings]
        return (
            f"类别与封顶(基础分 {policy.base_points}) · Headings and caps (base points {policy.base_points})",
            ("id", "名称 · name", "加分上限 · most added", "扣分上限 · most deducted"),
            rows,
        )
    if name is Section.items:
        return (
            "计分项 · Items",
            ("indicator", "名称 · name", "分值 · points", "缺失 · missing", "过期 · stale"),
            _items(policy),
        )
    if name is Section.vetoes:
        return (
            "一票否决 · Vetoes",
            ("id", "条件 · condition", "观察期(月) · observed", "缺失/过期 · missing/stale"),
            [
                Row(
                    (
                        v.id,
                        f"{v.test.indicator} {v.test.says}",
                        str(v.observation_months),
                        f"{v.if_missing}/{v.if_stale}",
                    ),
                    v.cite,
                )
                for v in policy.vetoes
            ],
        )
    if name is Section.grades:
        return "等级 · Grades", ("grade", "得分下限 · score at least", "授信额度(元) · limit in yuan"), _grades(policy)
    if name is Section.areas:
        return "区域管控 · Area controls", ("rule", "数值 · values"), list(_written_areas(texts["areas.yaml"]))
    return "贷款条件 · Terms", ("id", "名称 · name", "内容 · content"), list(_terms(policy, texts["terms.yaml"]))


def both(text: Text) -> str:
    """A wording in both languages on one line."""
    return f"{text.zh} · {text.en}"


def _items(policy: Policy) -> list[Row]:
    labels = {one.id: one.label for one in policy.indicators}
    return [
        Row(
            (
                item.indicator,
                both(labels[item.indicator]),
                ", ".join(f"{band.says}: {band.points}" for band in item.bands),
                str(item.if_missing),
                str(item.if_stale),
            ),
            item.cite,
        )
        for item in policy.items
    ]


def _grades(policy: Policy) -> list[Row]:
    gate, rows = policy.completeness, []
    for grade in policy.grades:
        cut, limit = str(grade.at_least), f"{grade.limit_cny:,}"
        if grade.cut_assumed and not grade.cite.assumed:  # two values of one row, only one of them published
            rows += [Row((grade.id, "", limit), grade.cite), Row((grade.id, cut, ""), Cite("project", True))]
        else:
            rows.append(Row((grade.id, cut, limit), grade.cite))
    fresh = ", ".join(f"{cycle} {days}" for cycle, days in gate.fresh_days.items())
    rows.append(Row(("完整性 · completeness", f"{gate.known_percent} %", f"有效天数 · fresh days: {fresh}"), gate.cite))
    return rows


def _written_areas(text: str) -> Iterator[Row]:
    """The area rules as written: the loaded policy keeps their values, the text also their sources."""
    root, _ = parse("areas.yaml", text)
    for key, node in _fields(root).items():
        rows = node.value if isinstance(node.value, list) else [node]
        for row in rows:
            fields = _fields(row)
            name = f"{key}, {fields['id'].value}" if "id" in fields else key
            told = {k: n for k, n in fields.items() if k not in ("id", "label", "source", "assumed")}
            values = ", ".join(f"{k} {n.value}" for k, n in told.items()) or str(row.value)
            yield Row((name, values), _cite(fields))


def _terms(policy: Policy, text: str) -> Iterator[Row]:
    root, _ = parse("terms.yaml", text)
    written = {
        key: [_fields(row) for row in node.value] for key, node in _fields(root).items() if isinstance(node.value, list)
    }
    for (test, reason), fields in zip(policy.terms.conditions, written.get("conditions", []), strict=True):
        yield Row(
            (f"条件 · condition {test.indicator}", both(policy.reasons[reason].text), f"{test.indicator} {test.says}"),
            _cite(fields),
        )
    for product in policy.terms.products:
        rates = ", ".join(f"≤ {rate.up_to_months} months {_percent(rate.rate)}" for rate in product.rates)
        cap = "grade's limit" if product.cap_cny is None else f"{product.cap_cny:,} yuan"
        only = f"; only {product.only.indicator} {product.only.says}" if product.only else ""
        content = f"cap: {cap}; {rates}; subsidy {_percent(product.subsidy_share)}{only}"
        yield Row((f"产品 · product {product.id}", both(product.label), content), product.cite)
    for allowed, word in ((True, "允许用途 · allowed"), (False, "不予支持 · refused")):
        for purpose in (one for one in policy.terms.purposes if one.allowed is allowed):
            yield Row((f"{word} {purpose.id}", both(purpose.label), ""), Cite("", False))
    for fields in written.get("service", []):
        label = _fields(fields["label"])
        name = both(Text(str(label["zh"].value), str(label["en"].value)))
        content = f"{fields['value'].value} {policy.units[str(fields['unit'].value)].en}"
        yield Row((f"承诺 · promise {fields['id'].value}", name, content), _cite(fields))


def _percent(share: Decimal) -> str:
    """A share as percent, with every decimal that was written and no more."""
    return f"{(share * 100).normalize():f} %"


def _fields(node: Node) -> dict[str, Node]:
    return node.value if isinstance(node.value, dict) else {}


def _cite(fields: Mapping[str, Node]) -> Cite:
    source, assumed = fields.get("source"), fields.get("assumed")
    return Cite(str(source.value) if source else "", assumed is not None and assumed.value == "true")
