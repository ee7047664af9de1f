"""What a flow decides on: the records of a form, or what the product itself has decided on. Pure."""

import formulas
from builder import forms
from builder.forms import Form
from builder.sources import Sources
from core.db import Document

TITLES: dict[str, Document] = {
    "target": {"zh": "目标下达", "en": "A target to be published"},
    "goal": {"zh": "个人目标", "en": "A goal of a person"},
    "task_swap": {"zh": "任务置换", "en": "A swap of tasks"},
    "definition": {"zh": "定义的发布", "en": "A definition to be published"},
}
"""What can be decided on beside records of forms."""

NAMES: dict[str, dict[str, str]] = {
    "target": {"指标": "text", "目标值": "number", "年份": "number", "单位": "text"},
    "goal": {"指标": "text", "目标值": "number", "层级": "text", "单位": "text"},
    "task_swap": {"减少分值": "number", "增加分值": "number", "置换占比": "number", "类别": "text"},
    "definition": {"类型": "text", "名称": "text"},
}
"""What their conditions may name: a name and its type in the formula language."""


def form_of(subject: Document, known: Sources) -> Form | None:
    """The form whose records are decided on, as it is in `known`."""
    source = known.get(("form", subject.get("form", "")))
    return forms.of(source.document["body"], source.digest) if source else None


def schema(subject: Document, known: Sources) -> formulas.Schema:
    """What the conditions of a flow may name."""
    form = form_of(subject, known)
    return forms.schema(form) if form else formulas.Schema(fields=NAMES.get(subject.get("kind", ""), {}))
