"""A small company and a run in it, told step by step."""

import datetime
import json
from collections.abc import Mapping, Sequence
from typing import Any

import formulas
import workflows
from workflows import Turn
from workflows.document import Document

SCHEMA = formulas.Schema(
    fields={"目标关联度评分": "number", "区域": {"type": "choice", "options": ["华东", "华南"]}, "经办人": "text"},
    tables={"资源清单": {"数量": "number"}},
)
ROLES = {"hr_admin": ["hr"], "hq_exec": ["vp", "ceo"], "hrbp": ["bp"], "panel": ["a", "b", "c", "d", "e"], "none": []}
MANAGERS = {"an": "chen", "chen": "east", "east": "vp", "vp": "ceo"}
HR = {"do": "assign", "to": {"kind": "role", "role": "hr_admin"}}


class Company:
    """Facts that stand still, until a test changes them."""

    def __init__(self, **values: Any) -> None:
        self.record: dict[str, Any] = {"目标关联度评分": 3.0, "区域": "华东", "经办人": "", **values}
        self.away: dict[str, str] = {}
        self.roles = {role: [*people] for role, people in ROLES.items()}
        self.regions = ["华东", "华南"]

    def resolve(self, who: Document, row: str | None) -> Sequence[str]:
        match who["kind"]:
            case "member":
                return [who["member"]]
            case "role":
                return self.roles[who["role"]]
            case "manager":
                person = who.get("member", "an")
                for _ in range(who["level"]):
                    person = MANAGERS.get(person, "")
                return [person] if person else []
            case "unit_head":
                return [f"head of {row}"]
        raise AssertionError(who)

    def substitute(self, person: str) -> str | None:
        return self.away.get(person)

    def rows(self, over: Document, row: str | None) -> Sequence[str]:
        return self.regions

    def values(self, row: str | None) -> Mapping[str, Any]:
        return self.record

    def today(self) -> datetime.date:
        return datetime.date(2025, 6, 30)


class Story:
    """A run by 安店长 (an), or whoever submits it; every state goes through JSON, as it would through a database."""

    def __init__(self, *steps: Document, facts: Company | None = None, submitter: str = "an", **chosen: Any) -> None:
        self.workflow = workflows.read({"steps": steps}, SCHEMA)
        self.facts = facts or Company()
        self.events: list[Any] = []
        self.effects: list[dict[str, Any]] = []
        self.keep(workflows.start(self.workflow, submitter, self.facts, chosen.get("chosen")))

    def keep(self, turn: Turn) -> None:
        self.state = json.loads(json.dumps(turn.state, sort_keys=True))
        self.turn = turn
        self.events.append(turn.event)
        self.effects += turn.effects

    @property
    def status(self) -> str:
        return str(self.state["status"])

    @property
    def waiting(self) -> list[tuple[str, str | None]]:
        """Step and person of every item, in the order in which they were asked."""
        items = sorted(self.state["items"].items(), key=lambda entry: int(entry[0][1:]))
        return [(item["step"], item["who"]) for _, item in items]

    def item(self, who: str | None, step: str | None = None) -> str:
        (found,) = [
            identity
            for identity, item in self.state["items"].items()
            if item["who"] == who and step in (None, item["step"])
        ]
        return str(found)

    def wait(self) -> str:
        (found,) = self.state["waits"]
        return str(found)

    def says(self, who: str, outcome: str = "approve", step: str | None = None, **more: Any) -> "Story":
        turn = workflows.decide(self.workflow, self.state, self.item(who, step), outcome, who, self.facts, **more)
        self.keep(turn)
        return self

    def does(self, do: str, who: str | None = None, **more: Any) -> "Story":
        """Another operation; `who` does it on his item."""
        mine = {} if who is None else {"item": self.item(who), "by": who}
        self.keep(workflows.perform(self.workflow, self.state, {"do": do, **mine, **more}, self.facts))
        return self

    def replayed(self) -> Any:
        return workflows.replay(self.workflow, json.loads(json.dumps(self.events)))


def approve(id: str, *people: str, **more: Any) -> Document:
    """Approval by these members, or by what `who` says."""
    who = [{"kind": "member", "member": person} for person in people]
    can = ["return", "transfer", "delegate", "add_before", "add_with", "add_after"]
    return {"id": id, "type": "approve", "who": who, "empty": HR, "can": can, **more}


def decide(id: str, *people: str, outcomes: Sequence[Document], **more: Any) -> Document:
    can = ["return", "transfer", "delegate", "add_before", "add_after"]
    return {**approve(id, *people), "type": "decide", "can": can, "outcomes": outcomes, **more}


def together(id: str, *branches: Sequence[Document], join: Any = "all") -> Document:
    parts = [{"id": f"{id}_{place}", "steps": steps} for place, steps in enumerate(branches, 1)]
    return {"id": id, "type": "together", "branches": parts, "join": join}


def choose(id: str, when: str, *steps: Document, other: Sequence[Document] = ()) -> Document:
    branch = {"id": f"{id}_1", "when": when, "steps": steps}
    return {"id": id, "type": "choose", "branches": [branch], "else": {"id": f"{id}_0", "steps": other}}


def role(name: str) -> list[Document]:
    return [{"kind": "role", "role": name}]
