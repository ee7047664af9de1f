"""Branches that hold at the same time, never, or leave something over: each with a record that shows it."""

import formulas
import workflows
from workflows.coverage import GAP, NEVER, OVERLAP, findings

SCHEMA = formulas.Schema(
    {
        "评分": "number",
        "区域": {"type": "choice", "options": ["华东", "华南"]},
        "加急": "bool",
        "签约日": "date",
        "备注": "text",
    },
    {"明细": {"数量": "number"}},
)


def told(*conditions: str) -> dict[tuple[str, tuple[int, ...]], dict[str, object]]:
    found = findings([{"when": text} for text in conditions], SCHEMA)
    return {(one.kind, one.branches): dict(one.record) for one in found}


def test_ranges_that_meet_leave_nothing_over_and_overlap_nowhere() -> None:
    assert told("评分<3", "评分>=3") == {}
    assert told("评分<=85%", "评分>85%") == {}


def test_a_gap_between_two_ranges_has_a_record_in_it() -> None:
    assert told("评分<3", "评分>3") == {(GAP, ()): {"评分": 3.0}}
    assert told("评分<3", "评分>=5") == {(GAP, ()): {"评分": 3.0}}
    assert told("评分<=3", "评分>=5") == {(GAP, ()): {"评分": 4.0}}


def test_two_that_hold_at_once_are_shown_on_a_record() -> None:
    assert told("评分<3", '区域="华东"', "评分>=3")[OVERLAP, (0, 1)] == {"区域": "华东", "评分": 2.0}


def test_a_branch_that_those_before_it_take_everything_from_is_never_taken() -> None:
    assert (NEVER, (1,)) in told("评分<5", "评分<3")
    assert (NEVER, (2,)) in told('区域="华东"', '区域="华南"', "评分>1")
    assert (NEVER, (0,)) in told("FALSE")


def test_what_is_not_certain_is_not_claimed() -> None:
    assert (NEVER, (1,)) not in told("评分*评分>=0", "评分<3")
    assert (NEVER, (0,)) not in told("LEN(备注)>3")


def test_choices_dates_switches_and_texts_are_told_apart() -> None:
    assert told('区域="华东"', '区域="华南"') == {}
    assert told('区域="华东"') == {(GAP, ()): {"区域": "华南"}}
    assert told("加急", "NOT(加急)") == {}
    assert [*told("签约日<DATE(2025,7,1)", "签约日>=DATE(2025,7,1)")] == []
    assert told('备注="免审"') == {(GAP, ()): {"备注": "其他"}}


def test_rows_of_sub_tables_and_broken_conditions_are_left_alone() -> None:
    assert told("SUM(明细.数量)>3") == {}
    assert told("评份>3", "评分<3") == {}
    assert told("评分") == {}


def test_hints_stand_at_their_branch_with_the_record_in_the_sentence() -> None:
    inner = {
        "id": "n2",
        "type": "choose",
        "branches": [
            {"id": "b1", "when": "评分<3", "steps": []},
            {"id": "b2", "when": "AND(评分<5,加急)", "steps": []},
        ],
        "else": {"id": "b0", "steps": []},
    }
    outer = {"id": "n1", "type": "together", "branches": [{"id": "b3", "steps": [inner]}]}
    overlap, gap = workflows.hints({"steps": [outer]}, SCHEMA)
    assert overlap.path == "/steps/0/branches/0/steps/0/branches/1/when"
    assert overlap.text() == "加急=是、评分=2 时第 1 个分支也成立，会走那一个。若不是本意，请调整条件或顺序"
    assert gap.path == "/steps/0/branches/0/steps/0/else"
    assert (
        gap.text("en")
        == "With 加急=yes, 评分=5 no branch holds and “otherwise” is taken. Add a condition if that is wrong"
    )
