"""What a flow can be built from: every type of step, with what a fresh one says. Whoever adds one has a step that
works, and changes its words."""

from collections.abc import Iterator
from dataclasses import dataclass

from builder.flows import tree
from core.db import Document


@dataclass(frozen=True)
class Type:
    key: str
    title: Document
    says: Document
    icon: str


TYPES = {
    type.key: type
    for type in (
        Type("approve", {"zh": "审批", "en": "Approve"}, {"zh": "同意或不同意", "en": "Yes or no"}, "user-check"),
        Type(
            "decide", {"zh": "评审", "en": "Decide"}, {"zh": "从几个结论里选", "en": "One of several outcomes"}, "scale"
        ),
        Type(
            "handle",
            {"zh": "办理", "en": "Handle"},
            {"zh": "填写或办一件事", "en": "Something is done or filled in"},
            "edit",
        ),
        Type("notify", {"zh": "抄送", "en": "Tell"}, {"zh": "只是告知", "en": "Somebody is told"}, "mail"),
        Type(
            "choose",
            {"zh": "条件分支", "en": "Choose"},
            {"zh": "按条件走一条路", "en": "One way, by conditions"},
            "git-branch",
        ),
        Type(
            "together",
            {"zh": "并行", "en": "Together"},
            {"zh": "几条路同时走", "en": "Several ways at the same time"},
            "arrows-split",
        ),
        Type(
            "each",
            {"zh": "逐个", "en": "For each"},
            {"zh": "每个单位或每行各走一遍", "en": "The same for each unit or row"},
            "hierarchy-3",
        ),
        Type("wait", {"zh": "等待", "en": "Wait"}, {"zh": "等时间或等一件事", "en": "For a time or an event"}, "clock"),
        Type(
            "effect", {"zh": "自动动作", "en": "Do"}, {"zh": "系统自动去做", "en": "The system does something"}, "bolt"
        ),
        Type(
            "call",
            {"zh": "子流程", "en": "Call"},
            {"zh": "走完另一条流程再继续", "en": "Another flow goes first"},
            "arrows-exchange",
        ),
    )
}

ASKING = ("approve", "decide", "handle")
MANAGER: Document = {"kind": "manager", "of": "submitter", "level": 1}
HR: Document = {"kind": "role", "role": "hr_admin", "scope": "company"}
TO_HR: Document = {"do": "assign", "to": HR}


def fresh(type: str, steps: tree.Steps) -> Document:
    """A step of the type with ids that the flow has not used."""
    ids, branches = tree.free_ids(steps, "n"), tree.free_ids(steps, "b")
    return {"id": next(ids), "type": type, **_says(type, branches)}


def _says(type: str, branches: Iterator[str]) -> Document:
    match type:
        case "approve":
            return {
                "title": _title("主管审批", "Manager"),
                "who": [MANAGER],
                "empty": TO_HR,
                "can": ["return", "transfer"],
            }
        case "decide":
            return {
                "title": _title("评审", "Decision"),
                "who": [HR],
                "empty": {"do": "refuse_start"},
                "outcomes": outcomes(),
            }
        case "handle":
            return {"title": _title("办理", "To be done"), "who": [{"kind": "submitter"}], "empty": TO_HR}
        case "notify":
            return {"title": _title("抄送", "Told"), "who": [HR]}
        case "choose":
            return {
                "title": _title("条件分支", "By condition"),
                "branches": [{"id": next(branches), "when": "", "steps": []}],
                "else": {"id": next(branches), "steps": []},
            }
        case "together":
            both = [{"id": next(branches), "steps": []} for _ in range(2)]
            return {"title": _title("并行", "At the same time"), "branches": both, "join": "all"}
        case "each":
            return {"title": _title("逐个", "For each"), "over": {"units": "region"}, "steps": [], "join": "all"}
        case "wait":
            return {"title": _title("等待", "Wait"), "for": {"hours": 24}}
        case "call":
            return {"title": _title("子流程", "Another flow"), "workflow": ""}
        case _:
            return {"title": _title("自动动作", "The system acts"), "then": []}


def outcomes() -> list[Document]:
    """What may be decided, before anybody says otherwise."""
    back = {"to": "submitter", "resume": "here"}
    return [
        {"key": "adopt", "title": _title("采纳", "Adopt"), "steps": []},
        {"key": "decline", "title": _title("退回", "Send back"), "require": ["reason"], "return": back},
    ]


def _title(zh: str, en: str) -> Document:
    return {"zh": zh, "en": en}
