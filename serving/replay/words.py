"""What a replay can find, each in a word and in two languages."""

from __future__ import annotations

from enum import StrEnum

from scoring.policy.elements import Text


class Kind(StrEnum):
    """Something that differs, or why a decision cannot be repeated."""

    ALTERED = "altered"
    DATA = "data"
    AREA = "area"
    BINDING = "binding"
    CERTIFICATE = "certificate"
    OPINION = "opinion"
    SUSPENSION = "suspension"
    CONTENT_ERASED = "content_erased"
    POLICY_NOT_APPROVED = "policy_not_approved"
    FILINGS_ERASED = "filings_erased"
    RETENTION = "retention"
    NOT_REGISTERED_NOW = "not_registered_now"
    PURPOSE_NOT_LISTED = "purpose_not_listed"
    MODEL_GONE = "model_gone"
    MODEL_CORRUPT = "model_corrupt"
    MODEL_LOADING = "model_loading"
    FEATURES_UNKNOWN = "features_unknown"


OPINION_CANNOT = frozenset({Kind.MODEL_GONE, Kind.MODEL_CORRUPT, Kind.MODEL_LOADING, Kind.FEATURES_UNKNOWN})
"""Why the opinion cannot be repeated; the binding part can."""
CANNOT = OPINION_CANNOT | {
    Kind.CONTENT_ERASED,
    Kind.POLICY_NOT_APPROVED,
    Kind.FILINGS_ERASED,
    Kind.NOT_REGISTERED_NOW,
    Kind.PURPOSE_NOT_LISTED,
}
"""Why a decision cannot be repeated; all other kinds are differences."""


class Verdict(StrEnum):
    """What a replay comes to.

    changed_by_several: more than one change moves the outcome by itself, or only all of them together.
    differs: the plain replay itself gives another answer than the recorded one.
    """

    SAME = "same"
    CHANGED_BY_POLICY = "changed_by_policy"
    CHANGED_BY_DATA = "changed_by_data"
    CHANGED_BY_MODEL = "changed_by_model"
    CHANGED_BY_SEVERAL = "changed_by_several"
    DIFFERS = "differs"
    CANNOT = "cannot"


VERDICTS = {
    Verdict.SAME: Text("结果相同", "The outcome is the same"),
    Verdict.CHANGED_BY_POLICY: Text("结果因政策不同而改变", "The other policy changes the outcome"),
    Verdict.CHANGED_BY_DATA: Text("结果因数据更新而改变", "What is known today changes the outcome"),
    Verdict.CHANGED_BY_MODEL: Text(
        "另一模型的意见不同,等级不受影响", "The other model's opinion differs; no grade moves"
    ),
    Verdict.CHANGED_BY_SEVERAL: Text(
        "结果改变,原因不止一项,见“causes”",
        "The outcome changes, by more than one cause: see 'causes'; none there: only all changes together move it",
    ),
    Verdict.DIFFERS: Text(
        "按原数据、原政策、原模型重放,结果与记录不符:记录、数据或程序已被改动,须查明",
        "Repeated from its own data, policy and model the decision is not the recorded one: record, data or program "
        "was altered; find out which",
    ),
    Verdict.CANNOT: Text("无法重放,原因见“why”", "It cannot be repeated: see 'why'"),
}
REASONS = {
    Kind.ALTERED: Text("记录内容与日志中的承诺不符", "The content is not what its entry in the log commits to"),
    Kind.DATA: Text("当时已知的报送与所读的不符", "The filings known then are not the ones that it read"),
    Kind.AREA: Text("当时的贷款台账得出另一区域状态", "The loan book known then gives another area state"),
    Kind.BINDING: Text("约束部分不同", "A part of the binding answer differs"),
    Kind.CERTIFICATE: Text("政策证书不同:证明程序已更新", "The policy's certificate differs: the certifier changed"),
    Kind.OPINION: Text("模型意见不同", "A part of the model's opinion differs"),
    Kind.SUSPENSION: Text("与当时意见是否暂停不符", "Whether opinions were suspended at its time is another thing"),
    Kind.CONTENT_ERASED: Text("内容已到期删除", "Its content was erased after its time"),
    Kind.POLICY_NOT_APPROVED: Text("其政策不在已批准之列", "Its policy is not among the approved ones"),
    Kind.FILINGS_ERASED: Text("所读的报送已不在库中", "Filings that it read are no longer in the store"),
    Kind.RETENTION: Text(
        "此后有数据到期删除,或为其因", "Facts were erased after their retention since then, which may be why"
    ),
    Kind.NOT_REGISTERED_NOW: Text("该户今日未登记", "The household is not registered today"),
    Kind.PURPOSE_NOT_LISTED: Text("该政策未列此用途", "That policy does not list the loan's purpose"),
    Kind.MODEL_GONE: Text(
        "模型已不在登记库,或登记库无法读取", "The model is gone from the registry, or the registry is away"
    ),
    Kind.MODEL_CORRUPT: Text("模型文件已损坏", "The model's files are no longer intact"),
    Kind.MODEL_LOADING: Text("模型正在读取,请稍后再试", "The model is still being read; ask again in a moment"),
    Kind.FEATURES_UNKNOWN: Text("该政策下无法构成模型特征", "The model's features cannot be built under that policy"),
}
