"""Many voices, one outcome: modes, and signers who are added."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.workflows.stories import HR, Story, approve, decide, role
from workflows.errors import Forbidden

PANEL = ("a", "b", "c", "d", "e")
KEYS: Sequence[dict[str, Any]] = [
    {"key": "adopt", "steps": []},
    {"key": "decline", "end": "rejected"},
    {"key": "park", "end": "finished"},
]


def panel(mode: Any, *said: str) -> Story:
    """Five people, who answer one after the other for as long as they are asked."""
    story = Story(approve("n1", *PANEL, mode=mode), approve("n2", "vp"))
    for person, outcome in zip(PANEL, said, strict=False):
        story.says(person, {"y": "approve", "n": "reject"}[outcome])
    return story


@pytest.mark.parametrize(
    ("mode", "said", "ends"),
    [
        ("any", "y", "approved"),
        ("any", "n", "rejected"),
        ("all", "yyyy", "open"),
        ("all", "yyyyy", "approved"),
        ("all", "yn", "rejected"),
        ("in_turn", "yyyy", "open"),
        ("in_turn", "yyyyy", "approved"),
        ("in_turn", "yn", "rejected"),
        ({"at_least": 2}, "ny", "open"),
        ({"at_least": 2}, "nyy", "approved"),
        ({"at_least": 2}, "nnny", "open"),
        ({"at_least": 2}, "nnnn", "rejected"),
        ({"at_least": "60%"}, "yny", "open"),
        ({"at_least": "60%"}, "ynyy", "approved"),
        ({"at_least": "60%"}, "nnn", "rejected"),
    ],
)
def test_a_step_is_over_as_soon_as_it_is_certain(mode: Any, said: str, ends: str) -> None:
    story = panel(mode, *said)
    now = {"running": "approved" if story.waiting == [("n2", "vp")] else "open"}.get(story.status, story.status)
    assert now == ends


def test_those_who_need_not_answer_any_more_are_let_go() -> None:
    story = panel({"at_least": 2}, "y", "y")
    assert [(one.id, one.why) for one in story.turn.closed] == [(f"w{place}", "decided") for place in (2, 3, 4, 5)]


def test_in_turn_asks_one_after_the_other() -> None:
    story = Story(approve("n1", "a", "b", mode="in_turn"))
    assert story.waiting == [("n1", "a")]
    assert story.says("a").waiting == [("n1", "b")]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (["adopt", "adopt"], "finished"),
        (["decline", "adopt", "decline"], "rejected"),
        (["adopt", "decline", "park"], "finished"),
    ],
)
def test_of_several_outcomes_one_wins_or_the_document_says_what_a_split_is(said: list[str], status: str) -> None:
    story = Story(decide("n1", "a", "b", "c", outcomes=KEYS, mode={"at_least": 2}, split="park"))
    for person, outcome in zip("abc", said, strict=False):
        story.says(person, outcome)
    assert story.status == status


def test_a_split_is_told_as_soon_as_nobody_can_win() -> None:
    story = Story(decide("n1", "a", "b", "c", outcomes=KEYS, mode="all", split="decline"))
    assert story.says("a", "adopt").says("b", "park").status == "rejected"


def test_everybody_does_his_part() -> None:
    story = Story({**approve("n1", "a", "b", mode="all"), "type": "handle"})
    assert story.says("b", "done").waiting == [("n1", "a")]
    assert story.says("a", "done").status == "finished"


# signers


def test_a_signer_before_is_asked_first_and_the_same_person_again() -> None:
    story = Story(approve("n1", "chen")).does("add_signer", "chen", to="bp", where="before")
    assert story.waiting == [("n1", "bp")]
    assert story.says("bp").waiting == [("n1", "chen")]
    assert story.says("chen").status == "finished"


def test_a_signer_beside_must_sign_too_whatever_the_mode() -> None:
    story = Story(approve("n1", "chen", "east", mode="any")).does("add_signer", "chen", to="bp", where="with")
    assert story.waiting == [("n1", "chen"), ("n1", "east"), ("n1", "bp")]
    assert story.says("chen").waiting == [("n1", "east"), ("n1", "bp")]
    assert story.says("bp").status == "finished"


def test_a_signer_after_is_asked_when_the_one_before_has_approved() -> None:
    story = Story(approve("n1", "chen"), approve("n2", "vp")).does("add_signer", "chen", to="bp", where="after")
    assert story.waiting == [("n1", "chen")]
    assert story.says("chen").waiting == [("n1", "bp")]
    assert story.says("bp").waiting == [("n2", "vp")]


def test_a_signer_before_holds_everybody_who_signs_beside() -> None:
    story = Story(approve("n1", "chen")).does("add_signer", "chen", to="bp", where="with")
    assert story.does("add_signer", "chen", to="hr", where="before").waiting == [("n1", "hr")]
    assert story.says("hr").waiting == [("n1", "chen"), ("n1", "bp")]
    assert story.says("bp").says("chen").status == "finished"


def test_signers_add_signers() -> None:
    story = Story(approve("n1", "chen"))
    story.does("add_signer", "chen", to="bp", where="before").does("add_signer", "bp", to="hr", where="before")
    story.does("add_signer", "hr", to="ceo", where="after")
    asked = []
    while story.status == "running":
        ((_, person),) = story.waiting
        asked.append(person)
        story.says(str(person))
    assert asked == ["hr", "ceo", "bp", "chen"]


def test_a_signer_who_rejects_speaks_for_the_seat() -> None:
    story = Story(approve("n1", "chen", "east", mode={"at_least": 1}))
    story.does("add_signer", "chen", to="bp", where="with").does("add_signer", "chen", to="hr", where="after")
    story.says("bp", "reject")
    assert story.waiting == [("n1", "east")]
    assert story.says("east").status == "finished"


def test_the_last_word_counts_among_outcomes() -> None:
    story = Story(decide("n1", "vp", outcomes=KEYS)).does("add_signer", "vp", to="ceo", where="after")
    assert story.says("vp", "adopt").says("ceo", "decline").status == "rejected"
    with pytest.raises(Forbidden):
        Story(decide("n1", "vp", outcomes=KEYS)).does("add_signer", "vp", to="ceo", where="with")


def test_an_orphan_seat_counts_in_the_quorum() -> None:
    step = approve("n1", who=role("hrbp"), mode={"at_least": 2}, empty={**HR, "to": role("none")[0]})
    story = Story(step)
    assert story.says("bp").waiting == [("n1", None)]
