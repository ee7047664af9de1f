"""What changed between two flows, as sentences by step: “总部评审”：时限 16 → 24 工作小时内."""

from collections.abc import Iterable, Iterator, Mapping, Set

from builder.flows import tree, words
from builder.flows.words import Names, Pair, said
from core.db import Document
from core.i18n import text

TOLD = ("subject", "steps")
"""What is told here; the rest of a document is told as for every kind."""

BLANK = "—"


def sentences(old: Document, new: Document) -> Iterator[str]:
    """Of two bodies that can be read."""
    names = Names()
    before = {step["id"]: step for step in tree.walk(old["steps"])}
    after = {step["id"]: step for step in tree.walk(new["steps"])}
    if old["subject"] != new["subject"]:
        yield _changed(("批的是什么", "what is decided on"), words.subject(old, {}), words.subject(new, {}))
    for identity, step in after.items():
        if identity not in before:
            yield said(("加了步骤", "added the step ")) + _called(step) + said(("：", ": ")) + _sentence(step, names)
        else:
            yield from _step(before[identity], step, names)
    for identity, step in before.items():
        if identity not in after:
            yield said(("删了步骤", "removed the step ")) + _called(step)
    kept = before.keys() & after.keys()
    for identity in _moved(old, new, kept):
        yield said((f"{_called(after[identity])}换了位置", f"{_called(after[identity])} stands elsewhere"))


def _called(step: Document) -> str:
    return f"“{words.called(step)}”"


def _sentence(step: Document, names: Names) -> str:
    return "".join(piece.words for piece in words.sentence(step, names))


def _changed(what: Pair, old: str, new: str) -> str:
    return f"{said(what)} {old or BLANK} → {new or BLANK}"


def _step(old: Document, new: Document, names: Names) -> Iterator[str]:
    before, after = dict(_facts(old, names)), dict(_facts(new, names))
    for label in dict.fromkeys([*after, *before]):
        if before.get(label) != after.get(label):
            told = _changed(label, before.get(label, ""), after.get(label, ""))
            yield f"{_called(new)}{said(('：', ': '))}{told}"


def _facts(step: Document, names: Names) -> Iterator[tuple[Pair, str]]:
    """Everything that a step says, each under what it is called."""
    title = step.get("title", {})
    yield ("名称", "name"), title.get("zh", "")
    yield ("英文名称", "name in English"), title.get("en", "")
    if "who" in step:
        yield ("人员", "people"), words.people(step["who"], names)
    if "mode" in step or "split" in step:
        yield ("几人同意", "how many agree"), words.mode(step) + f" {step.get('split', '')}".rstrip()
    if "empty" in step:
        yield ("找不到人时", "when nobody is found"), _policy(step, names)
    yield from _choices(step)
    if "due" in step:
        yield ("时限", "time limit"), _due(step)
    if "fields" in step:
        yield ("字段权限", "rights on fields"), _fields(step["fields"])
    if "then" in step:
        yield ("系统动作", "actions"), _actions(step["then"], names)
    for part in _parts(step):
        yield _way(part, names)
    yield from _walking(step, names)


def _policy(step: Document, names: Names) -> str:
    empty = step["empty"]
    found = [said(words.EMPTY[empty["do"]]), empty.get("outcome", "")]
    return " ".join([*filter(None, found), *([words.who(empty["to"], names)] if "to" in empty else [])])


def _choices(step: Document) -> Iterator[tuple[Pair, str]]:
    single = (
        ("same_as_submitter", ("处理人是发起人时", "if it is the submitter"), words.SAME),
        ("repeated", ("前面同意过时", "if he was asked before"), words.REPEATED),
    )
    several = (
        ("can", ("还可以", "may also"), words.CAN),
        ("require", ("必须给出", "must give"), words.REQUIRE),
    )
    for key, label, known in single:
        if key in step:
            yield label, said(known[step[key]])
    for key, label, known in several:
        if key in step:
            yield label, _listed(said(known[one]) for one in step[key])
    if "return" in step:
        yield ("退回", "return"), _return(step["return"])


def _return(back: Document) -> str:
    known = words.RETURN_TO.get(back["to"])
    to = said(known) if known else back["to"]
    return f"{to}, {said(words.RESUME[back.get('resume', 'again')])}"


def _due(step: Document) -> str:
    hours = said((f"{step['due']['working_hours']} 工作小时", f"{step['due']['working_hours']} working hours"))
    lapses = [words.lapse(one, _outcome_names(step)) for one in step["due"].get("then", ())]
    return _listed([hours, *lapses])


def _outcome_names(step: Document) -> Mapping[str, str]:
    own = {one["key"]: words.called(one) for one in step.get("outcomes", ())}
    return {
        "approve": said(("同意", "approve")),
        "reject": said(("不同意", "reject")),
        "done": said(("办完", "done")),
    } | own


def _fields(fields: Mapping[str, str]) -> str:
    return _listed(f"{field_id} {said(words.FIELD_MAY[may])}" for field_id, may in fields.items())


def _actions(actions: list[Document], names: Names) -> str:
    """All that an action says: two that differ in a word only are told apart."""
    return _listed(f"{words.action(one, names)}{_rest(one, names)}" for one in actions)


def _rest(action: Document, names: Names) -> str:
    told = [text(action[key]) for key in ("text", "title", "reason", "message") if key in action]
    told += [str(action[key]) for key in ("to", "field", "url", "parent", "layer", "cascade", "hours") if key in action]
    told += [words.who(action["for"], names)] if "for" in action else []
    return f" ({', '.join(told)})" if told else ""


def _parts(step: Document) -> list[Document]:
    return [*step.get("branches", ()), *step.get("outcomes", ())]


def _way(part: Document, names: Names) -> tuple[Pair, str]:
    """A branch or an outcome, without the steps in it. Called by what stays, so that a new name is told as one."""
    identity = part.get("id") or part["key"]
    told = [text(part.get("title")), part.get("when", "")]
    told += [_return(part["return"])] if "return" in part else []
    told += [said(words.WAYS[part["end"]])] if "end" in part else []
    told += [_actions(part["then"], names)] if "then" in part else []
    told += [said(words.REQUIRE[one]) for one in part.get("require", ())]
    return (f"分支 {identity}", f"way {identity}"), _listed(filter(None, told)) or BLANK


def _walking(step: Document, names: Names) -> Iterator[tuple[Pair, str]]:
    if "join" in step:
        yield ("汇合", "joins when"), words.join(step)
    if "over" in step:
        yield ("对谁", "for"), words.over(step, names)
    if "for" in step:
        yield ("等", "waits"), words.waited(step)
    if "workflow" in step:
        yield ("子流程", "flow"), step["workflow"]


def _listed(found: Iterable[str]) -> str:
    return said(("、", ", ")).join(found)


def _moved(old: Document, new: Document, kept: Set[str]) -> Iterator[str]:
    """Steps that stand in another sequence; within one, those out of the order that the others keep."""
    before, after = dict(_places(old, kept)), dict(_places(new, kept))
    there = [identity for identity in after if before[identity][0] == after[identity][0]]
    ranks = [before[identity][1] for identity in there]
    staying = _longest_run(ranks)
    still = {identity for identity, rank in zip(there, ranks, strict=True) if rank in staying}
    yield from (identity for identity in after if identity not in still)


def _longest_run(ranks: list[int]) -> set[int]:
    """The longest part of the list that ascends."""
    best: list[list[int]] = []
    for rank in ranks:
        runs = [run for run in best if run[-1] < rank]
        best.append([*max(runs, key=len, default=[]), rank])
    return set(max(best, key=len, default=[]))


def _places(body: Document, kept: Set[str]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Of each step its sequence, and the how many-th it is in the whole flow."""
    for rank, step in enumerate(tree.walk(body["steps"])):
        if step["id"] in kept:
            yield step["id"], (tree.address_of(body["steps"], step["id"]) or tree.TRUNK, rank)
