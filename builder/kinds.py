"""What people call the kinds: a question that a definition answers. Kinds and keys show up in expert mode only."""

from dataclasses import dataclass

from core.db import Document


@dataclass(frozen=True)
class Kind:
    key: str
    title: Document
    question: Document
    icon: str


HOW_COMPUTED = {"zh": "怎么算", "en": "How it is computed"}
HOW_SPLIT = {"zh": "怎么拆", "en": "How it is split"}
WHEN = {"zh": "何时提醒", "en": "When it happens"}
WHO_FILLS = {"zh": "谁填什么", "en": "Who fills what"}
WHO_DECIDES = {"zh": "谁来批", "en": "Who approves"}
WHAT_SEEN = {"zh": "看什么", "en": "What is seen"}
PACKS = {"zh": "模板包", "en": "Packs"}

KINDS = {
    kind.key: kind
    for kind in (
        Kind("metric", {"zh": "指标", "en": "Metric"}, HOW_COMPUTED, "target"),
        Kind("formula", {"zh": "公式", "en": "Formula"}, HOW_COMPUTED, "math-function"),
        Kind("table", {"zh": "规则表", "en": "Rule table"}, HOW_COMPUTED, "table"),
        Kind("cascade", {"zh": "目标拆解", "en": "Cascade"}, HOW_SPLIT, "sitemap"),
        Kind("schedule", {"zh": "节奏", "en": "Schedule"}, WHEN, "calendar"),
        Kind("form", {"zh": "表单", "en": "Form"}, WHO_FILLS, "forms"),
        Kind("workflow", {"zh": "流程", "en": "Flow"}, WHO_DECIDES, "route"),
        Kind("board", {"zh": "看板", "en": "Board"}, WHAT_SEEN, "chart-bar"),
        Kind("pack", {"zh": "模板包", "en": "Pack"}, PACKS, "package"),
    )
}


JOINT = frozenset({"table", "cascade"})
"""What only two people in two roles put in force (S54)."""


def title(kind: str) -> Document:
    known = KINDS.get(kind)
    return known.title if known else {"zh": kind, "en": kind}
