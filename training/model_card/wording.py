"""Words of the card that do not depend on the run."""

from __future__ import annotations

from scoring.policy.elements import Text
from training.model_card.blocks import Format

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
VERDICTS = {
    "better": Text("显著更好", "better"),
    "worse": Text("显著更差", "worse"),
    "not significant": Text("差异不显著", "not significant"),
}
SEGMENTS = {
    "vintage": Text("放款季度", "vintage"),
    "township": Text("乡镇", "township"),
    "industry": Text("产业", "industry"),
    "registered_poor": Text("建档立卡贫困户", "registered poor"),
    "grade": Text("信用等级", "grade"),
}
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
        "不同折的分数合并评判;并非同一模型所给。",
        "Where folds judge, scores of several models are pooled; the model kept is fitted on all rows.",
    ),
    Text(
        "若数据并非农户,本卡的数字不说明农户。",
        "Where the data are not of rural households, no figure here says anything about rural households.",
    ),
)
CHECKS = (
    ("limit.bads_least", "train.bads", "count", "训练期坏样本不少于", "bads among those that train, at least"),
    ("limit.auc_chance", "overall.auc.low", "three", "AUC 区间下端高于", "low end of the AUC interval, above"),
    ("limit.slope_low", "overall.slope", "three", "校准斜率不低于", "calibration slope, at least"),
    ("limit.slope_high", "overall.slope", "three", "校准斜率不高于", "calibration slope, at most"),
    (
        "limit.in_the_large",
        "overall.in_the_large",
        "three",
        "总体校准偏移绝对值不高于",
        "in the large, either way, at most",
    ),
    ("limit.score_psi", "psi.score", "three", "得分 PSI 不高于", "score PSI, at most"),
    ("limit.alone_auc", "alone.most", "three", "任一特征单独的 AUC 不高于", "AUC of any feature alone, at most"),
    (
        "limit.reversals",
        "check.reversals",
        "count",
        "单调性反转次数不高于",
        "steps against a promised direction, at most",
    ),
    (
        "limit.additivity",
        "check.additivity",
        "small",
        "贡献之和的误差不高于",
        "error of the sum of contributions, at most",
    ),
    (
        "limit.fair_ratio",
        "fairness.least",
        "three",
        "公平性之比不低于(整个区间)",
        "fairness ratio, at least (whole interval)",
    ),
)
"""Limit, figure held against it, format, words."""
