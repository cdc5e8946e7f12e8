"""What is different between two policies, in words that a person can sign (Chinese and English).

Everything is matched by id, never by position: a row that only moved is a change of order, a row with
another id is one removed and one added. Values that are the same number (1.0 and 1.00) are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from scoring.errors import PolicyFaults
from scoring.policy.load import FILES
from scoring.policy.numbers import row_id, row_names
from scoring.policy.schema import Text
from scoring.policy.tree import Node, parse

_FIELDS = {
    "id": ("编号", "id"),
    "county": ("县", "county"),
    "title": ("标题", "title"),
    "effective_from": ("生效日", "effective from"),
    "effective_to": ("失效日", "effective to"),
    "documents": ("引用文件", "document"),
    "units": ("单位", "unit"),
    "words": ("用词", "word"),
    "label": ("名称", "label"),
    "type": ("类型", "type"),
    "unit": ("单位", "unit"),
    "range": ("取值范围", "range"),
    "from": ("起", "from"),
    "to": ("止", "to"),
    "decimals": ("小数位", "decimals"),
    "categories": ("类别值", "categories"),
    "refresh": ("更新周期", "refresh cycle"),
    "sensitivity": ("敏感程度", "sensitivity"),
    "model_risk": ("模型使用", "model use"),
    "heading": ("所属类别", "heading"),
    "base": ("基础分", "base"),
    "points": ("分值", "points"),
    "at_least": ("下限", "lower end"),
    "most_added": ("加分上限", "most added"),
    "most_deducted": ("扣分上限", "most deducted"),
    "if_missing": ("缺失时", "if missing"),
    "if_stale": ("过期时", "if stale"),
    "reason": ("理由", "reason"),
    "improve": ("改进", "improvement"),
    "effort": ("难度", "effort"),
    "wait_days": ("等待天数", "wait in days"),
    "when": ("条件", "condition"),
    "only": ("适用对象", "eligibility"),
    "observation_months": ("观察期(月)", "observation months"),
    "remedy": ("解除办法", "remedy"),
    "limit_cny": ("授信额度(元)", "limit in yuan"),
    "known_percent": ("已知比例(%)", "known percent"),
    "fresh_days": ("有效天数", "fresh days"),
    "completeness": ("完整性", "completeness"),
    "village_stop": ("行政村熔断", "village stop"),
    "township_stop": ("乡镇熔断", "township stop"),
    "bad_ratio_over": ("不良率超过", "bad ratio over"),
    "stopped_villages_at_least": ("熔断村占比达到", "share of stopped villages at least"),
    "release": ("解除", "release"),
    "clear_month_ends": ("连续达标月末数", "clear month ends"),
    "sign_off": ("须签字", "sign-off"),
    "few_loans": ("贷款笔数过少", "few loans"),
    "credit_village": ("信用村", "credit village"),
    "credit_township": ("信用乡镇", "credit township"),
    "graded_at_least": ("有等级户占比达到", "share of graded households at least"),
    "credit_villages_at_least": ("信用村占比达到", "share of credit villages at least"),
    "at_least_days": ("逾期天数下限", "days past due at least"),
    "bad": ("计为不良", "counts as bad"),
    "cap_cny": ("单笔上限(元)", "cap in yuan"),
    "up_to_months": ("期限至(月)", "up to months"),
    "rate": ("年利率", "yearly rate"),
    "subsidy_share": ("贴息比例", "subsidy share"),
    "value": ("数值", "value"),
    "source": ("依据", "source"),
    "assumed": ("属建议值", "assumed"),
}
_ROWS = {
    "sources": ("部门 {}", "source {}"),
    "headings": ("类别 {}", "heading {}"),
    "indicators": ("指标 {}", "indicator {}"),
    "caps": ("类别 {} 的封顶", "caps of {}"),
    "items": ("计分项 {}", "item {}"),
    "bands": ("分档 >= {}", "band >= {}"),
    "vetoes": ("否决项 {}", "veto {}"),
    "grades": ("等级 {}", "grade {}"),
    "gate": ("必备项 {}", "gate item {}"),
    "loan_classes": ("贷款分类 {}", "loan class {}"),
    "conditions": ("借款条件 {}", "condition on {}"),
    "allowed_purposes": ("允许用途 {}", "allowed purpose {}"),
    "refused_purposes": ("不予支持用途 {}", "refused purpose {}"),
    "products": ("产品 {}", "product {}"),
    "rates": ("{} 个月以内利率", "rate up to {} months"),
    "service": ("承诺 {}", "promise {}"),
    "reasons": ("理由 {}", "reason {}"),
}
_BY_NUMBER = ("bands", "rates")
"""Rows named by a number that may itself be changed; unmatched ones are paired in order."""
_OPERATORS = {"at_least": ("至少", "at least"), "at_most": ("至多", "at most"), "active": ("未了结或在观察期", "open or observed")}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the file, what happened, and the sentence in both languages."""

    file: str
    kind: Literal["added", "removed", "changed"]
    text: Text


_Path = tuple[Text, ...]


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Every difference of meaning between two policies' texts, in file order; layout and comments are none.

    Raises:
        PolicyFaults: where a text is not YAML.
    """
    old, new = _parsed(before), _parsed(after)
    comparison = _Comparison({**_labels(old), **_labels(new)})
    return [change for name in FILES for change in comparison.mappings((), old[name], new[name])]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The wordings of ids and categories while two trees are compared."""

    labels: Mapping[str, Text]

    def mappings(self, path: _Path, old: Node, new: Node) -> Iterator[Change]:
        """Differences between two mappings, key by key."""
        before, after = _map(old), _map(new)
        for key in dict.fromkeys([*before, *after]):
            yield from self.values(path, key, before.get(key), after.get(key), new.file)

    def values(self, path: _Path, key: str, old: Node | None, new: Node | None, file: str) -> Iterator[Change]:
        """Differences under one key."""
        if _rows(old) is not None or _rows(new) is not None:
            yield from self.lists(path, key, _rows(old) or [], _rows(new) or [], file)
        elif key in ("when", "only") or _is_text(old) or _is_text(new) or not (_map(old) or _map(new)):
            was, now = self.say(old), self.say(new)
            if not _same(was, now):
                text = _joined((*path, self.field(key)))
                yield Change(file, "changed", Text(f"{text.zh}:{was.zh} → {now.zh}", f"{text.en}: {was.en} → {now.en}"))
        else:
            empty = Node(file, 1, {})
            yield from self.mappings((*path, self.field(key)), old or empty, new or empty)

    def lists(self, path: _Path, key: str, old: list[Node], new: list[Node], file: str) -> Iterator[Change]:
        """Differences between two lists of rows, matched by what names them."""
        before, after = dict(zip(row_names(key, old), old, strict=True)), dict(zip(row_names(key, new), new, strict=True))
        gone, come = [name for name in before if name not in after], [name for name in after if name not in before]
        paired = dict(zip(gone, come, strict=True)) if key in _BY_NUMBER and len(gone) == len(come) else {}
        for name, row in before.items():
            if name in after or name in paired:
                yield from self.mappings((*path, self.row(key, row)), row, after[name if name in after else paired[name]])
            else:
                yield self._one_sided("removed", (*path, self.row(key, row)), row)
        for name in come:
            if name not in paired.values():
                yield self._one_sided("added", (*path, self.row(key, after[name])), after[name])
        kept = [name for name in after if name in before]
        if kept != [name for name in before if name in after]:
            place = _joined((*path, self.field(key)))
            yield Change(file, "changed", Text(f"{place.zh}:顺序改变", f"{place.en}: the order changed"))

    def _one_sided(self, kind: Literal["added", "removed"], path: _Path, row: Node) -> Change:
        place = _joined(path)
        shown = [(self.field(key), self.say(node)) for key, node in _map(row).items() if key in ("points", "rate", "value")]
        shown = [(field, said) for field, said in shown if isinstance(said, Text)]
        zh = "".join(f",{field.zh} {said.zh}" for field, said in shown)
        en = "".join(f", {field.en} {said.en}" for field, said in shown)
        verb = "新增" if kind == "added" else "删除"
        return Change(row.file, kind, Text(f"{verb}{place.zh}{zh}", f"{kind}: {place.en}{en}"))

    def field(self, key: str) -> Text:
        """A key in words; a free key (a category, a document) by its own wording or as written."""
        if key in _ROWS:
            return Text(*(pattern.replace(" {}", "").replace("{} ", "") for pattern in _ROWS[key]))
        return Text(*_FIELDS[key]) if key in _FIELDS else self.word(key)

    def row(self, key: str, row: Node) -> Text:
        """A row by its kind, its id and what the policy calls it."""
        zh, en = _ROWS.get(key, (f"{key} {{}}", f"{key} {{}}"))
        name = row_id(row)
        label = None if key in (*_BY_NUMBER, "grades", "reasons") else self.labels.get(name)
        return Text(zh.format(f"{name}({label.zh})" if label else name), en.format(f"{name} ({label.en})" if label else name))

    def word(self, written: str) -> Text:
        """A category in words, a plain value as written."""
        if written in ("yes", "no"):
            return Text("是" if written == "yes" else "否", written)
        return self.labels.get(f"word {written}", Text(written, written))

    def say(self, node: Node | None) -> Text:
        """A value in words."""
        if node is None:
            return Text("未写明", "not stated")
        if isinstance(node.value, str):
            return self.word(node.value)
        if isinstance(node.value, list):
            words = [self.say(inner) for inner in node.value]
            return Text("、".join(word.zh for word in words), " or ".join(word.en for word in words))
        if _is_text(node):
            return Text(*(str(node.value[key].value) if key in node.value else "" for key in ("zh", "en")))
        if "when" in node.value and "indicator" in node.value:
            name, test = self.say(node.value["indicator"]), self.say(node.value["when"])
            label = self.labels.get(name.en, name)
            return Text(f"{label.zh} {test.zh}", f"{label.en}: {test.en}")
        parts = []
        for key, inner in node.value.items():
            said, operator = self.say(inner), _OPERATORS.get(key, ("", ""))
            shown = ("", "") if key == "active" else (said.zh, said.en)
            parts.append((f"{operator[0]} {shown[0]}".strip(), f"{operator[1]} {shown[1]}".strip()))
        return Text("、".join(zh for zh, _ in parts), " and ".join(en for _, en in parts))
