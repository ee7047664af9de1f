"""A run goes over to another version of its flow where everything that its state names means the same there."""

import pytest

import workflows
from tests.workflows.stories import SCHEMA, Document, Story, approve, decide, together
from workflows.moving import Obstacle, obstacles

ADOPT: Document = {"key": "adopt", "steps": []}
DECLINE: Document = {"key": "decline", "end": "rejected"}
STEPS = [
    approve("n1", "a"),
    together("n2", [approve("n3", "b")], [approve("n4", "c")]),
    decide("n5", "d", "e", outcomes=[ADOPT, DECLINE], split="decline", mode="all"),
]


def over(story: Story, *steps: Document) -> list[Obstacle]:
    return obstacles(story.workflow, workflows.read({"steps": steps}, SCHEMA), story.state)


def test_what_lies_ahead_may_differ() -> None:
    story = Story(*STEPS)
    assert over(story, approve("n1", "x", mode="all"), approve("n9", "y")) == []
    moved = workflows.read({"steps": [approve("n1", "x"), approve("n9", "d")]}, SCHEMA)
    story.workflow = moved
    assert story.says("a").waiting == [("n9", "d")]


def test_what_the_run_stands_in_must_be_there_in_the_same_place() -> None:
    story = Story(*STEPS).says("a")
    first, parallel, last = STEPS
    assert over(story, first, last) == [Obstacle("gone", step) for step in ("n2", "n3", "n4")]
    wider = together("n2", [approve("n3", "b")], [approve("n4", "c")], [approve("n7", "d")])
    assert over(story, first, wider, last) == [Obstacle("branches", "n2")]
    crossed = together("n2", [approve("n4", "c")], [approve("n3", "b")])
    assert over(story, first, crossed, last) == [Obstacle("place", "n3"), Obstacle("place", "n4")]
    handled = {**approve("n1", "a"), "type": "handle"}
    assert over(story, handled, parallel, last) == [Obstacle("type", "n1")], "a return might lead there"


def test_an_answer_that_was_given_must_still_be_one() -> None:
    story = Story(*STEPS).says("a").says("b").says("c").says("d", "adopt")
    fewer = decide("n5", "d", "e", outcomes=[{"key": "accept", "steps": []}, DECLINE], split="decline", mode="all")
    assert over(story, *STEPS[:2], fewer) == [Obstacle("outcome", "n5")]


@pytest.mark.parametrize("said", [(), ("a",), ("a", "b"), ("a", "b", "c")])
def test_a_run_always_fits_the_version_that_it_has(said: tuple[str, ...]) -> None:
    story = Story(*STEPS)
    for person in said:
        story.says(person)
    assert over(story, *STEPS) == []
