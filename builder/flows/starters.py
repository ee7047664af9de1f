"""What a new flow may begin with: nothing, or a pattern that many companies know."""

from dataclasses import dataclass

from flask_babel import gettext as _

from builder.flows import palette, subjects
from builder.sources import Sources
from core.db import Document
from core.errors import Invalid, Problem
from core.i18n import text

HQ: Document = {"kind": "role", "role": "hq_exec", "scope": "company"}
BACK: Document = {"to": "submitter", "resume": "here"}


@dataclass(frozen=True)
class Starter:
    key: str
    title: Document
    says: Document
    steps: tuple[Document, ...]


def _approve(id: str, zh: str, en: str, *who: Document, **more: object) -> Document:
    asked = {"who": list(who) or [palette.MANAGER], "empty": palette.TO_HR}
    allowed = {"can": ["return", "transfer"], "return": {"to": "earlier", "resume": "here"}}
    return {"id": id, "type": "approve", "title": {"zh": zh, "en": en}, **asked, **allowed, **more}


DUE = {"working_hours": 16, "then": [{"before": 4, "remind": "assignee"}, {"after": 8, "escalate": 1}]}

STARTERS = {
    starter.key: starter
    for starter in (
        Starter(
            "nothing",
            {"zh": "空白流程", "en": "An empty flow"},
            {"zh": "一步步自己加", "en": "Add every step yourself"},
            (),
        ),
        Starter(
            "manager",
            {"zh": "直接主管审批", "en": "The direct manager approves"},
            {
                "zh": "16 工作小时内，到期前提醒，超时转上级",
                "en": "Within 16 working hours, with a reminder; then his manager",
            },
            (_approve("n1", "直接主管审批", "Direct manager", due=DUE),),
        ),
        Starter(
            "manager_and_hr",
            {"zh": "主管和 HR 会签", "en": "Manager and HR both agree"},
            {"zh": "两边同时审，都同意才通过", "en": "At the same time; both must agree"},
            (
                {
                    "id": "n1",
                    "type": "together",
                    "title": {"zh": "会签", "en": "Both agree"},
                    "join": "all",
                    "branches": [
                        {
                            "id": "b1",
                            "title": {"zh": "业务", "en": "Line"},
                            "steps": [_approve("n2", "直接主管审批", "Direct manager")],
                        },
                        {
                            "id": "b2",
                            "title": {"zh": "人事", "en": "HR"},
                            "steps": [_approve("n3", "HR 审批", "HR", palette.HR)],
                        },
                    ],
                },
            ),
        ),
        Starter(
            "chain",
            {"zh": "逐级审批", "en": "Every manager, up to the top"},
            {"zh": "从直接主管到最高层，一级级同意", "en": "One after the other, each must agree"},
            (
                _approve(
                    "n1",
                    "逐级审批",
                    "All managers",
                    {"kind": "manager_chain", "of": "submitter", "to": "top"},
                    mode="in_turn",
                    repeated="skip",
                ),
            ),
        ),
        Starter(
            "proposal",
            {"zh": "反向提案流", "en": "A proposal from below"},
            {
                "zh": "主管看过，总部评审：采纳、同意或退回",
                "en": "The manager, then headquarters: adopt, accept or send back",
            },
            (
                _approve("n1", "直接主管审批", "Direct manager", due=DUE),
                {
                    "id": "n2",
                    "type": "decide",
                    "title": {"zh": "总部评审", "en": "Headquarters"},
                    "who": [HQ],
                    "empty": {"do": "refuse_start"},
                    "outcomes": [
                        {
                            "key": "adopt",
                            "title": {"zh": "采纳", "en": "Adopt"},
                            "then": [
                                {"do": "append_note", "to": "parent_goal"},
                                {"do": "create_goals", "parent": "parent_goal"},
                            ],
                            "steps": [],
                        },
                        {
                            "key": "accept",
                            "title": {"zh": "同意", "en": "Accept"},
                            "then": [{"do": "create_goals", "parent": "parent_goal"}],
                            "steps": [],
                        },
                        {
                            "key": "decline",
                            "title": {"zh": "退回", "en": "Send back"},
                            "require": ["reason"],
                            "return": BACK,
                        },
                    ],
                },
                {
                    "id": "n3",
                    "type": "notify",
                    "title": {"zh": "告知发起人", "en": "The submitter is told"},
                    "who": [{"kind": "submitter"}],
                },
            ),
        ),
        Starter(
            "handle",
            {"zh": "主管批、专人办", "en": "The manager approves, somebody does it"},
            {"zh": "同意后交 HR 办理，办完告知发起人", "en": "Then HR does it, and the submitter is told"},
            (
                _approve("n1", "直接主管审批", "Direct manager", due=DUE),
                {
                    "id": "n2",
                    "type": "handle",
                    "title": {"zh": "HR 办理", "en": "HR does it"},
                    "who": [palette.HR],
                    "empty": {"do": "refuse_start"},
                },
                {
                    "id": "n3",
                    "type": "notify",
                    "title": {"zh": "告知发起人", "en": "The submitter is told"},
                    "who": [{"kind": "submitter"}],
                },
            ),
        ),
    )
}


def subjects_of(known: Sources) -> list[tuple[str, str]]:
    """What a new flow may be for: published forms, then what the product itself decides on."""
    titles = sorted((text(source.document["title"]), key) for (kind, key), source in known.items() if kind == "form")
    own = [(f"form:{key}", title) for title, key in titles]
    return [*own, *((f"kind:{kind}", text(title)) for kind, title in subjects.TITLES.items())]


def body(starter: str, subject: str) -> Document:
    """Raises Invalid where nothing was chosen."""
    kind, _colon, key = subject.partition(":")
    if kind not in ("form", "kind") or not key or (kind == "kind" and key not in subjects.TITLES):
        raise Invalid([Problem("/subject", "required", _("Choose what the flow is for."))])
    return {"subject": {kind: key}, "steps": list(STARTERS.get(starter, STARTERS["nothing"]).steps)}
