"""Whatever people do to a flow in its designer, what they are left with can be read, drawn and told."""

import random
from collections import Counter

from flask import Flask
from werkzeug.datastructures import MultiDict

import workflows
from builder.flows import designer, differences, edits, palette, tree, words
from builder.flows.around import Around
from builder.flows.words import Names
from core.db import Document
from core.errors import AppError
from tests.flows.test_what_publishing_refuses import approve, flow

RUNS, DEEDS_A_RUN, LEAST_KINDS = 24, 25, 20
SAID: dict[str, list[str]] = {
    "what": [*palette.TYPES],
    "into": ["", "b1", "b2", "b3", "n2", "n8", "n3.adopt", "n3.decline", "n99"],
    "at": ["0", "1", "2"],
    "to": ["up", "down", "top", "3", "parent_goal"],
    "place": ["who", "who/0", "who/1", "empty/to", "who/0/from", "then", "then/0", "then/0/for", "outcomes/0/then"],
    "kind": [*words.WHO],
    "of": ["submitter", "member", "field", "row", "unit", "goal", "nonsense"],
    "do": [*words.ACTIONS],
    "mode": [*words.MODES],
    "least": ["", "2", "60%", "0", "x"],
    "join": [*words.JOINS],
    "empty": [*words.EMPTY],
    "may": [*words.FIELD_MAY, ""],
    "field": ["f1", "*"],
    "can": [*words.CAN],
    "has_can": ["1"],
    "return_to": ["earlier", "submitter", "n1", "n2"],
    "working_hours": ["", "8", "-1"],
    "n": ["0", "1", "x"],
    "does": ["assignee", "escalate", "outcome:approve", ""],
    "when": ["before", "after", "at", "评分>1"],
    "outcome": ["adopt", "decline", "outcome_1"],
    "way": [*words.WAYS],
    "branch": ["b1", "b2", "b3", "b5"],
    "over": [*words.OVER],
    "for": [*words.FOR],
    "title": ["", "名称"],
    "subject": ["form:own.proposal", "kind:target", "kind:nothing"],
    "layer": ["tactic", "nonsense"],
}


def test_any_deeds_leave_a_flow_that_can_be_read_drawn_and_told(app: Flask) -> None:
    tried: Counter[str] = Counter()
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        for seed in range(RUNS):
            chance = random.Random(seed)
            document = _everything()
            for _ in range(DEEDS_A_RUN):
                deed = chance.choice([*edits.DEEDS])
                after = _done(document, deed, chance)
                if after is not None:
                    _assert_sound(document, after)
                    document, tried[deed] = after, tried[deed] + 1
    print(f"{sum(tried.values())} deeds of {RUNS * DEEDS_A_RUN} changed something: {dict(tried)}")
    assert len(tried) >= LEAST_KINDS, edits.DEEDS.keys() - tried.keys()


def _everything() -> Document:
    """A flow with a step of every type."""
    document = flow(
        approve("n1", who=[palette.MANAGER, palette.HR], due={"working_hours": 8, "then": [{"remind": "assignee"}]})
    )
    for type in palette.TYPES:
        body = edits.apply(document["body"], "add", MultiDict({"what": type}), Around())
        document = {**document, "body": body}
    return document


def _done(document: Document, deed: str, chance: random.Random) -> Document | None:
    """None for what was refused: by the deed, or, being crafted, by the page."""
    posted = {name: chance.choice(values) for name, values in SAID.items() if chance.random() < 0.8}
    ids = [step["id"] for step in tree.walk(document["body"]["steps"])]
    posted |= {"id": chance.choice([*ids, "n99"])}
    try:
        after = {**document, "body": edits.apply(document["body"], deed, MultiDict(posted), Around())}
    except AppError:
        return None
    return after if designer.is_readable(after) else None


def _assert_sound(before: Document, after: Document) -> None:
    steps = after["body"]["steps"]
    assert all(count == 1 for count in Counter(tree.ids(steps)).values())
    assert all(words.sentence(step, Names()) and words.policy(step, Names()) for step in tree.walk(steps))
    workflows.check(after["body"])
    assert bool([*differences.sentences(before["body"], after["body"])]) == (before != after)
