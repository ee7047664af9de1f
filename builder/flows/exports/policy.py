"""A flow as a policy to read and to print: one numbered sentence for each step, in the reader's language."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from builder.flows import tree, words
from builder.flows.words import Names, said
from core.db import Document


class Line(NamedTuple):
    """`number` such as 2.1.3; a way into a branch has a title and may have no words of its own."""

    number: str
    title: str
    words: str

    @property
    def depth(self) -> int:
        return self.number.count(".")


def lines(body: Document, names: Names) -> list[Line]:
    return list(_sequence(body["steps"], "", names))


def text(title: str, body: Document, names: Names) -> str:
    """The whole policy as plain text; steps of branches stand further in."""
    head = said(("发起人提交后，依次经过：", "Once it is sent, it goes through:"))
    told = (f"{'    ' * line.depth}{line.number}. {_told(line)}" for line in lines(body, names))
    return "\n".join([title, "", head, *told, ""])


def _told(line: Line) -> str:
    return line.title + said(("：", ": ")) + line.words if line.words else line.title


def _sequence(steps: Sequence[Document], before: str, names: Names) -> Iterator[Line]:
    for place, step in enumerate(steps, start=1):
        number = f"{before}{place}"
        yield Line(number, words.called(step), sentence(step, names))
        if step["type"] == "each":
            yield from _sequence(step["steps"], f"{number}.", names)
            continue
        for inner, part in enumerate(tree.parts(step), start=1):
            yield Line(f"{number}.{inner}", way(step, part.what, inner), _outcome(part.what, names))
            yield from _sequence(part.steps, f"{number}.{inner}.", names)


def way(step: Document, part: Document, place: int) -> str:
    """What leads into a branch: its condition, its name, or its number."""
    named = words.called(part) if part.get("title") else ""
    if "when" in part:
        condition = said(("如果", "If ")) + (part["when"] or "…")
        return said((f"{named}（{condition}）", f"{named} ({condition})")) if named else condition
    if step["type"] == "choose":
        return named or said(("其他情况", "Otherwise"))
    return named or said((f"第 {place} 条路", f"Way {place}"))


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────


def sentence(step: Document, names: Names) -> str:
    """Who does what, then the rules: when nobody is found, whose own request it is, what comes late, what is needed."""
    first = "".join(piece.words for piece in words.sentence(step, names)).strip()
    rules = [first, *(rule for rule in _rules(step, names) if rule)]
    return said(("；", "; ")).join(rules) + said(("。", "."))


def _rules(step: Document, names: Names) -> Iterator[str]:
    if "who" not in step or step["type"] == "notify":
        return
    if step["type"] == "decide":
        yield said(("结论：", "outcomes: ")) + _listed(words.called(outcome) for outcome in step["outcomes"])
    yield words.policy(step, names).strip()
    if step["type"] in ("approve", "decide"):
        same = step.get("same_as_submitter", "next_manager")
        yield said(("处理人就是发起人时", "when it is the submitter himself, ")) + said(words.SAME[same])
    if "repeated" in step:
        yield said(("重复的人", "the same person again: ")) + said(words.REPEATED[step["repeated"]])
    yield from _late(step)
    yield from _returned(step)
    if step.get("require"):
        yield said(("不同意或退回须写", "to refuse or return it takes ")) + _required(step)
    if step.get("then"):
        yield said(("之后", "then: ")) + words.actions(step["then"], names)


def _late(step: Document) -> Iterator[str]:
    outcomes = {outcome["key"]: words.called(outcome) for outcome in step.get("outcomes", ())} or VERDICTS
    titles = {key: said(title) if isinstance(title, tuple) else title for key, title in outcomes.items()}
    yield from (words.lapse(entry, titles) for entry in step.get("due", {}).get("then", ()))


VERDICTS = {"approve": ("同意", "approved"), "reject": ("不同意", "rejected"), "done": ("已办", "done")}


def _returned(step: Document) -> Iterator[str]:
    if "return" in step.get("can", ()) and "return" in step:
        yield returned(step["return"])


def returned(rule: Document) -> str:
    """Where it goes back to, and how it comes on from there."""
    to = words.RETURN_TO.get(rule["to"])
    where = said(to) if to else said(("指定的步骤", "a certain step"))
    after = said(words.RESUME[rule.get("resume", "again")])
    return said((f"退回到{where}，{after}", f"a return goes to {where} and {after}"))


def _outcome(part: Document, names: Names) -> str:
    """What an outcome does beside its steps."""
    if "key" not in part:
        return ""
    told = [said(("须写", "takes ")) + _required(part)] if part.get("require") else []
    if part.get("then"):
        told.append(words.actions(part["then"], names))
    if "return" in part:
        told.append(returned(part["return"]))
    if "end" in part:
        told.append(said(words.WAYS[part["end"]]))
    return said(("；", "; ")).join(told) + said(("。", ".")) if told else ""


def _required(part: Document) -> str:
    return _listed(said(words.REQUIRE[one]) for one in part["require"])


def _listed(found: Iterator[str]) -> str:
    return said(("、", ", ")).join(found)
