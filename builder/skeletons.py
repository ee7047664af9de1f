"""A first text for a new definition of each kind: what must be there, ready to be filled in."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from builder import definitions, kinds
from core.db import Document
from core.errors import Invalid, Problem
from core.later import Later

pypinyin = Later("pypinyin")

OWN = "own"  # the prefix of what a company makes itself

BODIES: dict[str, Document] = {
    "metric": {
        "unit": {"zh": "个", "en": "pieces"},
        "direction": "increase",
        "org": "sum",
        "time": "sum",
        "source": {"from": "csv"},
        "tags": ["factor"],
    },
    "formula": {
        "inputs": [{"id": "i1", "as": "完成额", "type": "number"}, {"id": "i2", "as": "目标额", "type": "number"}],
        "expression": "PERCENT(完成额, 目标额, 0)",
        "result": {"type": "number", "decimals": 4},
        "on_missing": "hold",
    },
    "table": {
        "hit": "first",
        "inputs": [{"id": "c1", "key": "maturity", "title": {"zh": "成熟度", "en": "Maturity"}, "type": "text"}],
        "outputs": [{"id": "c2", "key": "factor", "title": {"zh": "系数", "en": "Factor"}, "type": "number"}],
        "rows": [{"id": "r1", "when": {"c1": '"新开"'}, "then": {"c2": "1.2"}}],
        "default": {"c2": "1"},
    },
    "cascade": {
        "metric": "",
        "grain": 10000,
        "levels": [{"id": "l1", "to": "member", "layer": "tactic", "mode": "split", "weight": "历史占比"}],
        "on_change": {"mode": "minimal", "keep_locked": True, "keep_booked": True},
    },
    "schedule": {"every": "week", "on": "first_workday", "at": "08:00", "run": "weekly_tasks"},
    "form": {
        "data": {"type": "object", "properties": {"amount": {"x-id": "f1", "title": "金额", "type": "number"}}},
        "layout": [{"id": "s1", "type": "section", "items": [{"id": "t1", "field": "f1", "widget": "money"}]}],
    },
    "workflow": {
        "subject": {"kind": "target"},
        "steps": [
            {
                "id": "n1",
                "type": "approve",
                "title": {"zh": "直接主管审批", "en": "Direct manager"},
                "who": [{"kind": "manager", "of": "submitter", "level": 1}],
                "empty": {"do": "assign", "to": {"kind": "role", "role": "hr_admin"}},
            }
        ],
    },
    "board": {"widgets": [{"id": "w1", "type": "goal_tree", "title": {"zh": "目标树", "en": "Goal tree"}}]},
}


def document(posted: Mapping[str, str], company_id: int) -> Document:
    """A document of the kind with this title; its key is made from the title's pinyin and is free. Raises Invalid."""
    kind, title, english = (posted.get(name, "").strip() for name in ("kind", "title", "title_en"))
    problems = []
    if kind not in BODIES:
        problems.append(Problem("/kind", "kind", _("Choose what it is.")))
    if not title or len(title) > 80:
        problems.append(Problem("/title", "required", _("Give it a name of at most 80 characters.")))
    if problems:
        raise Invalid(problems)
    names: dict[str, Any] = {"zh": title} | ({"en": english} if english else {})
    key = _free_key(kind, title, company_id)
    return {"kind": kind, "schema_version": 1, "key": key, "title": names, "body": BODIES[kind]}


def makeable() -> list[kinds.Kind]:
    return [kind for kind in kinds.KINDS.values() if kind.key in BODIES]


def _free_key(kind: str, title: str, company_id: int) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", "_".join(pypinyin.lazy_pinyin(title)).lower()).strip("_")[:50] or kind
    key, count = f"{OWN}.{base}", 1
    while definitions.find(company_id, kind, key) is not None:
        count += 1
        key = f"{OWN}.{base}_{count}"
    return key
