"""Every sentence that the engine says to a person, in Chinese and English: what is wrong, and what to do."""

from collections.abc import Mapping
from typing import NamedTuple

Value = str | tuple[str, str]
"""What stands in a sentence; a pair where it differs in Chinese and English."""


class Wording(NamedTuple):
    zh: str
    en: str


def in_words(wording: Wording, values: Mapping[str, Value], language: str) -> str:
    """The sentence in `zh` or `en`."""
    place = 1 if language == "en" else 0
    return wording[place].format(**{key: one if isinstance(one, str) else one[place] for key, one in values.items()})


REFUSALS: dict[str, Wording] = {
    "ended": Wording(
        "这张审批单已经结束，不能再操作。请刷新页面查看结果",
        "This run has ended. Reload the page to see how",
    ),
    "still_running": Wording(
        "这张审批单还在进行中，不能重新打开",
        "This run is still going on. It cannot be reopened",
    ),
    "not_waiting": Wording(
        "这项待办已经不在了：有人先处理了，或流程已退回、撤回。请刷新页面查看",
        "This item is gone: somebody was first, or the run was returned or withdrawn. Reload the page",
    ),
    "not_yours": Wording(
        "这项待办不是您的。请由{who}处理，或请管理员改派",
        "This item is not yours. It waits for {who}; an admin can reassign it",
    ),
    "not_the_submitter": Wording(
        "只有发起人可以这样做",
        "Only the submitter may do this",
    ),
    "unknown_outcome": Wording(
        "“{step}”没有结论“{outcome}”。可选：{outcomes}",
        "“{step}” has no outcome “{outcome}”. There are: {outcomes}",
    ),
    "not_allowed": Wording(
        "“{step}”不允许{deed}。需要的话请修改流程设置",
        "“{step}” does not allow to {deed}. The workflow can be changed to allow it",
    ),
    "not_while_advising": Wording(
        "您是被委派提供意见的，只能给出结论",
        "You were asked for your opinion. Give it by choosing an outcome",
    ),
    "already_there": Wording(
        "{who}已经在这里处理了，请选择其他人",
        "{who} is asked already. Choose somebody else",
    ),
    "own_request": Wording(
        "发起人不能审批自己的申请，请选择其他人",
        "Nobody judges his own request. Choose somebody else",
    ),
    "nowhere_to_return": Wording(
        "请选择“{step}”退回到哪一步。可选：{targets}",
        "Choose where “{step}” returns to. There are: {targets}",
    ),
    "cannot_jump": Wording(
        "不能跳到“{step}”：它在一个没有进行中的并行分支里。请跳到并行步骤本身",
        "It cannot jump to “{step}”, which is in a parallel branch that is not going on. Jump to the parallel step",
    ),
    "several_places": Wording(
        "“{step}”同时在几处进行，请指明是哪一处",
        "“{step}” goes on in several places. Say which one",
    ),
    "unknown_step": Wording(
        "流程里没有步骤“{step}”",
        "There is no step “{step}” in the workflow",
    ),
    "reason_needed": Wording(
        "请写明原因",
        "Give a reason",
    ),
    "choice_needed": Wording(
        "请为“{step}”选择处理人",
        "Choose who is asked in “{step}”",
    ),
    "outside_range": Wording(
        "为“{step}”选择的{who}不在可选范围内，请另选",
        "{who} may not be chosen for “{step}”. Choose somebody else",
    ),
    "nobody": Wording(
        "“{step}”找不到处理人，不能提交。请联系管理员指定",
        "Nobody is found for “{step}”, so it cannot be submitted. Ask an admin to name somebody",
    ),
    "unclear": Wording(
        "“{step}”的条件算不出来（{value}）。请补全或更正表单里的数据",
        "A condition of “{step}” cannot be computed ({value}). Complete or correct the record",
    ),
    "nothing_lapses": Wording(
        "“{step}”的时限里没有第 {entry} 项",
        "The time limit of “{step}” has no entry {entry}",
    ),
    "bad_end": Wording(
        "只能结束为“通过”或“不通过”",
        "A run ends as finished or rejected",
    ),
}

DEEDS: dict[str, Wording] = {
    "return": Wording("退回", "return"),
    "transfer": Wording("转交", "transfer"),
    "delegate": Wording("委派", "delegate"),
    "add_before": Wording("前加签", "add a signer before"),
    "add_with": Wording("并加签", "add a signer beside"),
    "add_after": Wording("后加签", "add a signer after"),
}
"""What a step may allow in `can`."""

PROBLEMS: dict[str, Wording] = {
    "no_steps": Wording(
        "流程里还没有步骤。请至少加一步",
        "The workflow has no steps yet. Add at least one",
    ),
    "reserved_id": Wording(
        "“{id}”是发起人提交的名字，步骤不能用。请换一个",
        "“{id}” stands for what the submitter sends. Give the step another id",
    ),
    "repeated_id": Wording(
        "标识“{id}”在 {first} 已经用过。请换一个",
        "The id “{id}” stands at {first} already. Give this one its own",
    ),
    "unreachable_step": Wording(
        "永远走不到“{step}”：前一步的每条路都退回或结束。请让其中一条继续，或删掉它",
        "“{step}” is never reached: every way out of the step before returns or ends. Let one go on, or remove it",
    ),
    "unreachable_branch": Wording(
        "这个分支永远走不到：前面的条件已经包含它，或它不可能成立。请调整顺序或条件",
        "This branch is never taken: those before it hold as well, or it cannot hold. Move it up or change it",
    ),
    "conditions_overlap": Wording(
        "{record} 时第 {first} 个分支也成立，会走那一个。若不是本意，请调整条件或顺序",
        "With {record} branch {first} holds as well and is taken. Change or reorder the conditions if that is wrong",
    ),
    "conditions_leave": Wording(
        "{record} 时没有分支成立，会走“其他情况”。若不是本意，请补上条件",
        "With {record} no branch holds and “otherwise” is taken. Add a condition if that is wrong",
    ),
    "formula": Wording("{said}", "{said}"),
    "not_bool": Wording(
        "条件要能判断是或否，例如 金额>10000",
        "A condition is true or false, for example 金额>10000",
    ),
    "not_text": Wording(
        "公式要给出一个人",
        "The formula must name a person",
    ),
    "unknown_field": Wording(
        "表单里没有“{name}”。请选择现有的字段",
        "The form has no “{name}”. Choose a field that it has",
    ),
    "nobody_named": Wording(
        "没有指定处理人。请至少选一种",
        "It does not say who is asked. Name somebody",
    ),
    "nobody_chooses": Wording(
        "前面没有人可以替这一步选人。请改用“发起人自选”或指定处理人",
        "Nobody comes before who could choose. Let the submitter choose, or name somebody",
    ),
    "missing_empty": Wording(
        "“{step}”没有说找不到处理人时怎么办。请选择：转给谁、自动通过、自动不通过或不让提交",
        "“{step}” does not say what happens when nobody is found: assign, pass, reject or refuse the start",
    ),
    "no_verdict": Wording(
        "“{step}”没有“不通过”这个结论。请选择其他办法",
        "“{step}” cannot be rejected. Choose another policy",
    ),
    "no_pass": Wording(
        "“{step}”找不到处理人时按哪个结论走？请选一个不退回的结论",
        "Which outcome does “{step}” have when nobody is found? Name one that does not return",
    ),
    "unknown_target": Wording(
        "不能退回到“{to}”：走到这里不一定经过它。可选：发起人、前面的步骤 {known}",
        "It cannot be returned to “{to}”, which need not have been passed. There are: the submitter, {known}",
    ),
    "unknown_outcome": Wording(
        "没有结论“{outcome}”。可选：{known}",
        "There is no outcome “{outcome}”. There are: {known}",
    ),
    "repeated_outcome": Wording(
        "结论“{outcome}”写了两次",
        "The outcome “{outcome}” stands here twice",
    ),
    "no_way_on": Wording(
        "结论“{outcome}”之后没有去处。请加后续步骤（可以为空）、动作、退回或结束",
        "The outcome “{outcome}” leads nowhere. Give it steps (none will do), actions, a return or an end",
    ),
    "two_ways_on": Wording(
        "结论“{outcome}”既退回或结束，又有别的去处。请只留一个",
        "The outcome “{outcome}” returns or ends and leads elsewhere too. Keep one",
    ),
    "missing_split": Wording(
        "“{step}”由几个人决定，意见不一时算哪个结论？请选一个",
        "Several people decide “{step}”. Say which outcome it has when they do not agree",
    ),
    "no_skip": Wording(
        "要在几个结论里选，不能跳过发起人。请改由他的主管决定，或允许本人决定",
        "A choice among outcomes cannot be skipped. Let his manager decide, or the submitter himself",
    ),
    "no_add_with": Wording(
        "要在几个结论里选时不能并加签，只能前加签或后加签",
        "Where one of several outcomes is chosen a signer comes before or after, not beside",
    ),
    "missing_else": Wording(
        "“{step}”没有“其他情况”。请加上（可以为空），否则都不符合时无路可走",
        "“{step}” has no “otherwise”. Add it (without steps if you like), or a run may have no way on",
    ),
    "join_too_many": Wording(
        "要等 {wanted} 个分支，但只有 {count} 个",
        "It waits for {wanted} branches but has {count}",
    ),
    "joined_at_once": Wording(
        "“{step}”有空的分支，一开始就算汇合了，其余分支没人来得及处理。请删掉空分支或改为全部汇合",
        "“{step}” has an empty branch and is joined at once, before anybody acts. Remove it, or join all",
    ),
}
"""What publishing says about a document: what it refuses, and what is worth knowing."""
