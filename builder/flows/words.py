"""A flow in words: what its controls are called, and every step as one sentence whose parts lead to their controls.

words.sentence(step, names)     [Piece("由", ""), Piece("发起人的直接主管", "who"), Piece("审批", ""), …]
words.who(entry, names)         发起人的直接主管
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from builder.flows import palette
from builder.flows.subjects import TITLES
from core.db import Document
from core.i18n import language, text
from organization import roles

Pair = tuple[str, str]
Choices = list[tuple[str, str]]

WHO: dict[str, Pair] = {
    "manager": ("主管", "a manager"),
    "manager_chain": ("逐级主管", "managers one after the other"),
    "unit_head": ("部门负责人", "the head of a unit"),
    "role": ("角色", "a role"),
    "member": ("指定的人", "a person by name"),
    "field": ("表单里填的人", "people in a field"),
    "submitter": ("发起人本人", "the submitter"),
    "submitter_choice": ("发起人自选", "whom the submitter chooses"),
    "previous_choice": ("上一步的人选定", "whom the one before chooses"),
    "goal_owner": ("目标负责人", "the owner of a goal"),
    "formula": ("公式算出的人", "whom a formula names"),
}
OF_PERSON: dict[str, Pair] = {
    "submitter": ("发起人的", "of the submitter"),
    "member": ("指定的人的", "of a person by name"),
    "field": ("表单里填的人的", "of the people in a field"),
}
OF_UNIT: dict[str, Pair] = {
    "submitter": ("发起人所在部门", "the submitter's unit"),
    "row": ("逐个处理的那个单位", "the unit of this row"),
    "field": ("表单里填的部门", "the unit in a field"),
    "unit": ("指定的部门", "a unit by name"),
}
OF_GOAL: dict[str, Pair] = {"goal": ("本目标", "this goal"), "parent": ("上级目标", "the goal above")}
SCOPES: dict[str, Pair] = {
    "company": ("全公司的", "of the whole company"),
    "nearest": ("离发起人最近一级的", "nearest above the submitter"),
    "submitter_unit": ("管到发起人的所有", "all above the submitter"),
    "row_unit": ("管到这个单位的", "nearest above the unit of this row"),
    "unit": ("管到指定部门的", "nearest above a unit by name"),
}
MODES: dict[str, Pair] = {
    "any": ("一人同意即可（或签）", "one of them is enough"),
    "all": ("所有人都要同意（会签）", "all of them must agree"),
    "in_turn": ("按顺序一个个来", "one after the other"),
    "at_least": ("至少几个人同意", "at least so many agree"),
}
EMPTY: dict[str, Pair] = {
    "assign": ("转给", "it goes to"),
    "pass": ("自动通过", "it passes"),
    "reject": ("自动不通过", "it is rejected"),
    "refuse_start": ("不让提交", "it cannot be submitted"),
}
SAME: dict[str, Pair] = {
    "next_manager": ("改由他的主管审批", "his manager is asked instead"),
    "skip": ("算他已同意", "his voice counts as given"),
    "allow": ("允许自己审批", "he may decide himself"),
}
REPEATED: dict[str, Pair] = {
    "ask": ("再问一次", "ask again"),
    "skip": ("前面同意过就不再问", "not if he approved before"),
    "skip_in_a_row": ("上一步刚同意过就不再问", "not if he approved in the step before"),
}
CAN: dict[str, Pair] = {
    "return": ("退回", "return it"),
    "transfer": ("转交", "hand it to somebody else"),
    "delegate": ("委派征求意见", "ask somebody's opinion"),
    "add_before": ("前加签", "add a signer before"),
    "add_with": ("并加签", "add a signer beside"),
    "add_after": ("后加签", "add a signer after"),
}
RETURN_TO: dict[str, Pair] = {
    "earlier": ("前面任一步（当时选）", "any earlier step, chosen then"),
    "submitter": ("发起人", "the submitter"),
}
RESUME: dict[str, Pair] = {
    "again": ("从那一步重新走", "walks on from there"),
    "here": ("改好直接回到这一步", "comes straight back here"),
    "ask": ("退回时选", "is chosen when it is returned"),
}
REQUIRE: dict[str, Pair] = {
    "reason": ("原因", "a reason"),
    "comment": ("意见", "a comment"),
    "signature": ("手写签名", "a signature"),
    "attachment": ("附件", "an attachment"),
}
WHEN: dict[str, Pair] = {
    "before": ("到期前", "before the limit"),
    "at": ("到期时", "at the limit"),
    "after": ("超时", "after the limit"),
}
LAPSE: dict[str, Pair] = {
    "assignee": ("提醒处理人", "remind who is asked"),
    "manager": ("提醒他的主管", "remind his manager"),
    "escalate": ("转给上级处理", "hand it to his manager"),
}
FIELD_MAY: dict[str, Pair] = {
    "read": ("只读", "may read"),
    "edit": ("可以改", "may change"),
    "require": ("必须填", "must fill in"),
    "hide": ("看不到", "does not see"),
}
JOINS: dict[str, Pair] = {
    "all": ("全部走完", "all have arrived"),
    "any": ("任一走完", "one has arrived"),
    "at_least": ("至少走完几条", "so many have arrived"),
}
OVER: dict[str, Pair] = {
    "units": ("每个下级单位", "each unit below"),
    "rows": ("子表每一行", "each row of a sub-table"),
}
FOR: dict[str, Pair] = {
    "hours": ("几小时", "so many hours"),
    "working_hours": ("几个工作小时", "so many working hours"),
    "until": ("到表单里的日期", "until a date of the form"),
    "event": ("等一件事发生", "until something happened"),
}
EVENTS: dict[str, Pair] = {
    "minutes_filed": ("会议纪要已提交", "minutes were filed"),
    "goals_confirmed": ("目标确认书已全部签收", "all goals were confirmed"),
    "case_closed": ("跟进单已关闭", "the case was closed"),
}
ACTIONS: dict[str, Pair] = {
    "notify": ("发通知", "send a message"),
    "set": ("改表单字段", "set a field"),
    "append_note": ("写入目标备注", "write into a goal's notes"),
    "create_goals": ("生成目标", "create goals"),
    "recascade": ("重新拆目标", "split the target again"),
    "publish": ("发布（下达）", "publish it"),
    "open_case": ("开跟进单", "open a case"),
    "award": ("奖励积分", "award points"),
    "webhook": ("通知外部系统", "tell another system"),
}
NOTED: dict[str, Pair] = {"goal": ("本目标", "this goal"), "parent_goal": ("上级目标", "the goal above")}
LAYERS: dict[str, Pair] = {
    "strategic": ("战略", "strategic"),
    "campaign": ("战役", "campaign"),
    "tactic": ("战术", "tactic"),
}
WAYS: dict[str, Pair] = {
    "on": ("继续往下走", "it goes on"),
    "return": ("退回", "it goes back"),
    "finished": ("整个流程结束（通过）", "the run ends, finished"),
    "rejected": ("整个流程结束（不通过）", "the run ends, rejected"),
}


@dataclass(frozen=True)
class Names:
    """What ids and keys in a flow are called. Whoever has none is called by his number."""

    people: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


class Piece(NamedTuple):
    """`part` names the control behind these words, empty for what only holds them together."""

    words: str
    part: str = ""


def said(pair: Pair) -> str:
    return pair[1] if language() == "en" else pair[0]


def choices(known: Mapping[str, Pair], keys: Iterable[str] | None = None) -> Choices:
    return [(key, said(known[key])) for key in (known if keys is None else keys)]


def called(part: Document) -> str:
    """A step, a branch or an outcome by its own words, else by its type."""
    if part.get("title"):
        return text(part["title"])
    return text(palette.TYPES[part["type"]].title) if "type" in part else str(part.get("id", ""))


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def who(entry: Document, names: Names) -> str:
    """One entry of `who`: 发起人的直接主管."""
    zh, en = _who(entry, names)
    return said((zh, en))


def people(entries: Iterable[Document], names: Names) -> str:
    found = [who(entry, names) for entry in entries]
    return said(("、", ", ")).join(found) or said(("（还没选人）", "(nobody yet)"))


def _who(entry: Document, names: Names) -> Pair:
    match entry["kind"]:
        case "manager":
            zh, en = _whose(entry, names)
            return f"{zh}{_level(entry.get('level', 1))[0]}", f"the {_level(entry.get('level', 1))[1]} {en}"
        case "manager_chain":
            zh, en = _whose(entry, names)
            top = entry.get("to", "top")
            far = ("到最高层", "to the top") if top == "top" else (f"到第 {top} 级", f"{top} levels up")
            return f"{zh}逐级主管（{far[0]}）", f"the managers {en}, {far[1]}"
        case "unit_head":
            zh, en = _of_unit(entry, names)
            return f"{zh}的负责人", f"the head of {en}"
        case "role":
            return _holders(entry, names)
        case "member":
            name = names.people.get(entry.get("member", 0), _unnamed(entry.get("member")))
            return name, name
        case "field":
            return f"“{entry.get('field') or '…'}”里的人", f"the people in “{entry.get('field') or '…'}”"
        case "goal_owner":
            zh, en = OF_GOAL[entry.get("of", "goal")]
            return f"{zh}的负责人", f"the owner of {en}"
        case "submitter_choice" | "previous_choice":
            return _chosen(entry, names)
        case kind:
            return WHO[kind]


def _level(level: int) -> Pair:
    return ("直接主管", "direct manager") if level == 1 else (f"第 {level} 级主管", f"manager {level} levels up")


def _whose(entry: Document, names: Names) -> Pair:
    match entry.get("of", "submitter"):
        case "member":
            name = names.people.get(entry.get("member", 0), _unnamed(entry.get("member")))
            return f"{name}的", f"of {name}"
        case "field":
            return f"“{entry.get('field') or '…'}”里的人的", f"of the people in “{entry.get('field') or '…'}”"
        case _:
            return "发起人的", "of the submitter"


def _of_unit(entry: Document, names: Names) -> Pair:
    match entry.get("of", "submitter"):
        case "field":
            return f"“{entry.get('field') or '…'}”里的部门", f"the unit in “{entry.get('field') or '…'}”"
        case "unit":
            name = names.units.get(entry.get("unit", 0), _unnamed(entry.get("unit")))
            return name, name
        case of:
            return OF_UNIT[of]


def _holders(entry: Document, names: Names) -> Pair:
    known = roles.ROLES.get(entry.get("role", ""))
    zh, en = (known.title["zh"], known.title["en"]) if known else ("…", "…")
    if entry.get("scope") == "unit":
        name = names.units.get(entry.get("unit", 0), _unnamed(entry.get("unit")))
        return f"管到{name}的{zh}", f"{en} above {name}"
    scope = SCOPES[entry.get("scope", "company")]
    return f"{scope[0]}{zh}", f"{en} {scope[1]}"


def _chosen(entry: Document, names: Names) -> Pair:
    zh, en = WHO[entry["kind"]]
    if "from" not in entry:
        return zh, en
    range_zh, range_en = _who(entry["from"], names)
    return f"{zh}（从{range_zh}里选）", f"{en} among {range_en}"


def _unnamed(number: Any) -> str:
    return f"#{number}" if number else "…"


# ── steps as sentences ────────────────────────────────────────────────────────────────────────────────────────────


def sentence(step: Document, names: Names) -> list[Piece]:
    """The step in one sentence, in pieces."""
    match step["type"]:
        case "approve" | "decide" | "handle":
            return _asking(step, names)
        case "notify":
            return [Piece(said(("告知", "tells "))), Piece(people(step["who"], names), "who")]
        case "choose":
            count = len(step["branches"])
            return [
                Piece(
                    said((f"按顺序看 {count} 个条件，走第一条成立的路", f"the first of {count} conditions that holds"))
                )
            ]
        case "together":
            ways = said((f"{len(step['branches'])} 条路同时走，", f"{len(step['branches'])} ways at once, until "))
            return [Piece(ways), Piece(join(step), "join"), Piece(said(("后继续", "")))]
        case "each":
            return [
                Piece(over(step, names), "over"),
                Piece(said(("各走一遍，", ", until "))),
                Piece(join(step), "join"),
                Piece(said(("后继续", ""))),
            ]
        case "wait":
            return [Piece(said(("等", "waits "))), Piece(waited(step), "for")]
        case "call":
            named = names.flows.get(step["workflow"], step["workflow"]) or said(("（还没选流程）", "(no flow yet)"))
            return [Piece(said(("先走完流程", "goes through "))), Piece(f"“{named}”", "workflow")]
        case _:
            return [Piece(actions(step["then"], names), "then")]


VERBS: dict[str, Pair] = {
    "approve": ("审批", " approve"),
    "decide": ("评审", " decide"),
    "handle": ("办理", " handle it"),
}


def _asking(step: Document, names: Names) -> list[Piece]:
    found = [Piece(said(("由", ""))), Piece(people(step["who"], names), "who"), Piece(said(VERBS[step["type"]]))]
    comma = Piece(said(("，", ", ")))
    found += [comma, Piece(mode(step), "mode")]
    if "due" in step:
        hours = step["due"]["working_hours"]
        found += [comma, Piece(said((f"{hours} 工作小时内", f"within {hours} working hours")), "due")]
    if step.get("can"):
        allowed = said(("、", ", ")).join(said(CAN[one]) for one in step["can"])
        found += [comma, Piece(said((f"可{allowed}", f"may {allowed}")), "can")]
    return found


def mode(step: Document) -> str:
    """How many of them must agree."""
    return _counted(step.get("mode", "any"), MODES, ("至少 {} 人同意", "at least {} agree"))


def join(step: Document) -> str:
    return _counted(step.get("join", "all"), JOINS, ("至少走完 {} 条", "{} have arrived"))


def _counted(value: Any, known: Mapping[str, Pair], counted: Pair) -> str:
    return said(known[value]) if isinstance(value, str) else said(counted).format(value["at_least"])


def over(step: Document, names: Names) -> str:
    if "rows" in step["over"]:
        return said((f"“{step['over']['rows'] or '…'}”的每一行", f"each row of “{step['over']['rows'] or '…'}”"))
    level = names.levels.get(step["over"]["units"], step["over"]["units"])
    return said((f"每个{level}", f"each {level}"))


def waited(step: Document) -> str:
    what = step["for"]
    if "hours" in what:
        return said((f" {what['hours']} 小时", f"{what['hours']} hours"))
    if "working_hours" in what:
        return said((f" {what['working_hours']} 个工作小时", f"{what['working_hours']} working hours"))
    if "until" in what:
        return said((f"到“{what['until'] or '…'}”那天", f"until the day in “{what['until'] or '…'}”"))
    known = EVENTS.get(what["event"])
    return said(known) if known else str(what["event"])


def policy(step: Document, names: Names) -> str:
    """What happens when nobody is found."""
    empty = step.get("empty")
    if empty is None:
        return said(("还没说找不到人怎么办", "it does not say what happens when nobody is found"))
    to = who(empty["to"], names) if "to" in empty else ""
    return said(("找不到人时", "when nobody is found ")) + said(EMPTY[empty["do"]]) + said(("", " ")) + to


def lapse(entry: Document, outcomes: Mapping[str, str]) -> str:
    """One line of a time limit."""
    if "before" in entry:
        moment = said((f"到期前 {entry['before']} 小时", f"{entry['before']} h before the limit"))
    elif "after" in entry:
        moment = said((f"超时 {entry['after']} 小时", f"{entry['after']} h after the limit"))
    else:
        moment = said(WHEN["at"])
    if "remind" in entry:
        return moment + said(("", ": ")) + said(LAPSE[entry["remind"]])
    if "escalate" in entry:
        return moment + said((f"转给上 {entry['escalate']} 级", f": {entry['escalate']} levels up"))
    outcome = outcomes.get(entry.get("outcome", ""), "…")
    return moment + said((f"自动按“{outcome}”处理", f": “{outcome}” is taken"))


def actions(found: Iterable[Document], names: Names) -> str:
    done = [action(one, names) for one in found]
    return said(("、", ", ")).join(done) or said(("（还没有动作）", "(no action yet)"))


def action(entry: Document, names: Names) -> str:
    """One action in a few words."""
    title = said(ACTIONS[entry["do"]])
    match entry["do"]:
        case "notify":
            return f"{title}{said(('给', ' to '))}{people(entry.get('who', ()), names)}"
        case "set":
            return f"{title}“{names.fields.get(entry.get('field', ''), '…')}”"
        case "award":
            return f"{title} {entry.get('points', '…')}"
        case "append_note":
            return said((f"写入{said(NOTED.get(entry.get('to', ''), ('…', '…')))}的备注", title))
        case _:
            return title


def subject(body: Document, forms: Mapping[str, str]) -> str:
    """What the flow decides on."""
    about = body["subject"]
    return forms.get(about["form"], about["form"]) if "form" in about else text(TITLES[about["kind"]])
