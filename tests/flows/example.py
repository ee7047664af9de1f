"""A flow with a step of every type, as somebody would draw it."""

from typing import Any

from core.db import Document

BOSS = [{"kind": "manager", "of": "submitter", "level": 1}]
HR = {"do": "assign", "to": {"kind": "role", "role": "hr_admin"}}
EXECUTIVES = [{"kind": "role", "role": "hq_exec"}]


def approve(id: str, title: str, who: list[Document] = BOSS, **more: Any) -> Document:
    return {"id": id, "type": "approve", "title": {"zh": title, "en": title}, "who": who, "empty": HR, **more}


AMOUNT = {
    "id": "n2",
    "type": "choose",
    "title": {"zh": "金额大小", "en": "Amount"},
    "branches": [
        {"id": "b1", "when": "目标值>100000", "steps": [approve("n3", "分管副总", EXECUTIVES, mode="all")]},
        {
            "id": "b2",
            "when": "目标值>50000",
            "steps": [approve("n4", "设备部与财务部联合审批会签"), approve("n5", "财务")],
        },
    ],
    "else": {"id": "b0", "steps": []},
}
TOGETHER = {
    "id": "n6",
    "type": "together",
    "join": {"at_least": 2},
    "branches": [
        {"id": "b3", "steps": [approve("n7", "财务")]},
        {"id": "b4", "title": {"zh": "人事线"}, "steps": [{**approve("n8", "办理"), "type": "handle"}]},
        {"id": "b5", "steps": []},
    ],
}
EACH = {
    "id": "n9",
    "type": "each",
    "title": {"zh": "各区确认"},
    "over": {"units": "region"},
    "steps": [approve("n10", "大区负责人", [{"kind": "unit_head", "of": "row"}])],
}
DECIDE = {
    "id": "n12",
    "type": "decide",
    "title": {"zh": "总部评审"},
    "who": EXECUTIVES,
    "empty": {"do": "refuse_start"},
    "outcomes": [
        {"key": "adopt", "title": {"zh": "采纳"}, "then": [{"do": "create_goals"}], "steps": [approve("n13", "再批")]},
        {"key": "accept", "title": {"zh": "同意"}, "steps": []},
        {
            "key": "decline",
            "title": {"zh": "退回"},
            "require": ["reason"],
            "return": {"to": "submitter", "resume": "here"},
        },
        {"key": "stop", "title": {"zh": "否决"}, "end": "rejected"},
    ],
}
BODY: Document = {
    "subject": {"kind": "goal"},
    "steps": [
        approve(
            *("n1", "直接主管"),
            due={"working_hours": 16, "then": [{"remind": "assignee"}, {"after": 8, "escalate": 1}]},
            can=["return", "transfer"],
            **{"return": {"to": "earlier", "resume": "here"}},
        ),
        *(AMOUNT, TOGETHER, EACH),
        {"id": "n11", "type": "wait", "title": {"zh": "冷静期"}, "for": {"working_hours": 8}},
        DECIDE,
        {
            "id": "n14",
            "type": "effect",
            "title": {"zh": "动作"},
            "then": [{"do": "award", "points": 5, "for": {"kind": "submitter"}, "reason": {"zh": "提案被采纳"}}],
        },
        {"id": "n15", "type": "call", "title": {"zh": "子流程"}, "workflow": "medical.other"},
        {"id": "n16", "type": "notify", "title": {"zh": '抄送 <HR> & "人事"'}, "who": [HR["to"]]},
    ],
}
