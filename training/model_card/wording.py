"""Words of the card that do not depend on the run."""

from __future__ import annotations

from scoring.policy.elements import Text
from training.model_card.blocks import Colour, Format, Status
from training.table import Table

STATISTICS: tuple[tuple[str, Format, Text], ...] = (
    ("auc", "three", Text("AUC:坏样本得分高于好样本的概率", "AUC: chance that a bad row scores above a good one")),
    ("gini", "three", Text("基尼系数 (2·AUC − 1)", "Gini (2·AUC − 1)")),
    ("ks", "three", Text("KS:好坏累计占比的最大差", "KS: greatest gap of cumulated shares")),
    ("h_measure", "three", Text("H 度量:省下的损失占比", "H-measure: share of loss saved")),
    ("brier", "four", Text("Brier 分数(越小越好)", "Brier score (lower is better)")),
    ("log_loss", "four", Text("对数损失(越小越好)", "log-loss (lower is better)")),
    ("ece", "four", Text("期望校准误差", "expected calibration error")),
    ("in_the_large", "three", Text("总体校准偏移(对数几率,0 为准)", "calibration in the large (log-odds, 0 is right)")),
    ("slope", "three", Text("校准斜率(1 为准)", "calibration slope (1 is right)")),
)
SHORT = {
    "auc": Text("AUC", "AUC"),
    "ks": Text("KS", "KS"),
    "brier": Text("Brier 分数(越小越好)", "Brier score (lower is better)"),
    "slope": Text("校准斜率(1 为准)", "Calibration slope (1 is right)"),
}
RIVALS = {
    "woe": Text("WoE 逻辑回归", "WoE logistic regression"),
    "binding": Text("现行得分", "binding score"),
    "previous": Text("上一个挑战者", "previous challenger"),
}
VERDICTS = {
    "better": Status("good", Text("显著更好", "better")),
    "worse": Status("bad", Text("显著更差", "worse")),
    "not significant": Status("even", Text("差异不显著", "not significant")),
}
REFUSED: tuple[Colour, Text, Text] = (
    "bad",
    Text("拒绝", "Refused"),
    Text("不得作为挑战者模型。理由如下:", "It may not become the challenger. The reasons:"),
)
PASSED: tuple[Colour, Text, Text] = (
    "good",
    Text("通过", "Passed"),
    Text(
        "守住了每一条界限;可由两人签字后成为挑战者模型。",
        "Every limit is kept; two people may now promote it to challenger.",
    ),
)
SYNTHETIC: tuple[Text, Text] = (
    Text("合成数据", "Synthetic data"),
    Text(
        "每户、每笔贷款、每个结果都是虚构的;这些数字不说明任何真实的县或农户。",
        "Every household, loan and outcome is invented; no figure here says anything about a real county or household.",
    ),
)
COUNTS = (Text("行数", "rows"), Text("坏", "bad"), Text("坏账率", "share of bad"))
NOT_SAID = Text("–", "–")
SEGMENTS = {
    "vintage": Text("放款季度", "vintage"),
    "township": Text("乡镇", "township"),
    "industry": Text("产业", "industry"),
    "registered_poor": Text("建档立卡贫困户", "registered poor"),
    "grade": Text("信用等级", "grade"),
}
PARTS = {
    "(other)": Text("其他(小分组合并)", "other (small parts together)"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "unknown": Text("不详", "unknown"),
    "below_a": Text("不足 A 级", "below A"),
    "vetoed": Text("一票否决", "vetoed"),
    "withheld": Text("暂不评级", "withheld"),
}
AGAINST = Text(
    "“违约概率与结果”:平均违约概率在实际坏账率的 95% 区间内为相符,在其下为偏低(低估风险),在其上为偏高。"
    "区间之外每二十个分组约有一个出于偶然。",
    "“PD against outcome” is in line where the mean PD lies inside the 95% interval of the realised share of bad, too low "
    "(risk understated) below it, too high above it. About one part in twenty lies outside by chance.",
)
PURPOSE = Text(
    "估计一笔贷款在表现期内变坏的概率,作为有约束力的信用等级之外的参考意见,供银行、分析人员和审计人员使用。",
    "Estimates the probability that a loan turns bad within its performance window, as an opinion beside the binding "
    "grade, for banks, analysts and auditors.",
)
NOT_FOR = (
    Text("不得改变信用等级、授信额度或一票否决。", "It may not change a grade, a credit limit or a veto."),
    Text("不得单独用于拒绝贷款。", "It may not be the sole ground for refusing a loan."),
    Text(
        "不得用于训练数据之外的人群、产品或地区,除非重新评估。",
        "It may not be used for people, products or places outside its training data without being judged again.",
    ),
    Text("贡献是模型的算法解释,不是因果关系。", "Contributions explain the model's arithmetic; they are not causes."),
)
GRANTED_ONLY = Text(
    "训练只见过已放款的贷款:被拒绝或未申请者的还款情况无从得知,对他们的违约概率是外推。按通过率 [[accept.rate|share]] "
    "比较换入换出与公平性;换入者也只是已放款者中的换入者。",
    "Training saw only granted loans: how those refused, or who never applied, would have repaid is unknown, and a PD for "
    "them is an extrapolation. Swap sets and fairness are looked at for an accept rate of [[accept.rate|share]]; those "
    "swapped in are swapped in among granted loans only.",
)
LIMITS_OF_IT = (
    Text(
        "区间来自按组重抽样,只反映样本大小,不反映将来的变化。",
        "Intervals come from resampling groups: they show sample size, not what the future may change.",
    ),
    Text(
        "校准映射与提前停止使用训练期内部留出的行,不用评判行。",
        "Calibration and early stopping use rows held out inside the training window, never those that judge.",
    ),
    Text(
        "小分组(不足 50 行)合并显示;区间宽的分组不下结论。",
        "Parts of fewer than 50 rows are shown together; where an interval is wide nothing is concluded.",
    ),
    Text(
        "期望校准误差在重抽样时偏大,其区间可能高于估计值。",
        "Resampling inflates the expected calibration error: its interval may lie above the value.",
    ),
    Text(
        "若数据并非农户,本卡的数字不说明农户。",
        "Where the data are not of rural households, no figure here says anything about rural households.",
    ),
)
POOLED = Text(
    "各折的分数合并评判,并非同一模型所给;留用的模型用全部行拟合。",
    "Scores of several folds are pooled; the model kept is another one, fitted on all rows.",
)


def label(table: Table, part: str) -> Text:
    """What an id among segments or categories is called: by the card, by the table, or as it is."""
    return PARTS.get(part) or table.words.get(part) or Text(part, part)
