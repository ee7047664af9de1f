"""F13 by definition: points by line and person, grades, what is held, and why; a draft stands in for a version."""

import datetime as dt
from typing import Any

import numpy as np
import pytest

from builder import pack_folders, packs
from builder.sources import Source, Sources, of_documents
from core.errors import NotFound
from runtime.facts import periods
from runtime.scores import scoring
from runtime.scores.ground import Ground, Person

COMPOSITE = "medical.composite"
Q2 = periods.containing(dt.date(2025, 4, 1), periods.QUARTER)


@pytest.fixture(scope="module")
def pack() -> dict[tuple[str, str], Source]:
    return of_documents(pack_folders.read(packs.shipped_folder("medical_goals")).documents.values())


def ground(*people: list[tuple[float, str | None, tuple[float | None, ...]]]) -> Ground:
    """People as lists of lines: target in yuan, stage, and what was reached of coverage, visits, sales and profit.

    They should have reached 80 % coverage, 7 visits a week, the target in sales and 30 % of it in profit.
    """
    lines = [(owner, *line) for owner, own in enumerate(people) for line in own]
    shares = np.array([line[1] for line in lines])
    reached = np.array([line[3] for line in lines], dtype=np.float64)
    return Ground(
        metric_key=COMPOSITE,
        periods=(Q2,),
        people=[Person(n, f"第{n}人", "sales", 1, "/1/", 0) for n in range(len(people))],
        owner=np.array([line[0] for line in lines]),
        product_ids=list(range(1, len(lines) + 1)),
        shares=shares,
        columns={
            "target": shares,
            "stage": [line[2] for line in lines],
            "weekly_capacity": [10.0] * len(lines),
            "role": ["sales"] * len(lines),
        },
        actual=dict(zip(("coverage", "visit", "revenue", "profit"), reached.T, strict=True)),
    )


REACHED = (0.72, 5.6, 600_000.0, 150_000.0)  # attainments .9, .8, .6 and .5 of a target of a million


@pytest.mark.parametrize(("stage", "points"), [("推广期", 75.5), ("成长期", 67.5), ("成熟期", 58.0)])
def test_F13_the_same_results_weigh_by_the_stage(pack: Sources, stage: str, points: float) -> None:
    found = scoring.score(ground([(1_000_000, stage, REACHED)]), pack)
    assert found.value(0) == points


def test_F13_lines_weigh_what_they_are_of_the_target(pack: Sources) -> None:
    """A quarter of the target in a product that is new, three quarters in one that is mature."""
    mature = (0.72, 5.6, 1_800_000.0, 450_000.0)
    found = scoring.score(ground([(1_000_000, "推广期", REACHED), (3_000_000, "成熟期", mature)]), pack)
    assert found.lines.tolist() == [75.5, 58.0]
    assert found.value(0) == pytest.approx(62.4)  # (75.5 + 3 × 58.0) / 4 = 62.375
    assert found.grades == ["待改进"]


def test_a_line_without_a_share_is_left_out(pack: Sources) -> None:
    found = scoring.score(ground([(1_000_000, "推广期", REACHED), (0, "成熟期", (None,) * 4)]), pack)
    assert found.value(0) == 75.5
    assert [line["product"] for line in found.why(0)["lines"]] == [1]


def test_what_is_missing_holds_the_score_and_is_named(pack: Sources) -> None:
    found = scoring.score(ground([(1_000_000, "推广期", (0.72, 5.6, 600_000, None))]), pack)
    (line,) = found.why(0)["lines"]
    assert (found.value(0), found.grades[0]) == (None, None)
    assert line["missing"] == ["利润达成"]


def test_one_held_line_holds_the_person_and_nobody_else(pack: Sources) -> None:
    complete, gap = (1_000_000, "推广期", REACHED), (1_000_000, "成熟期", (None, 5.6, 600_000, 150_000))
    found = scoring.score(ground([complete, gap], [complete]), pack)
    assert [found.value(0), found.value(1)] == [None, 75.5]


def test_a_stage_that_the_table_does_not_know_is_an_error_not_a_number(pack: Sources) -> None:
    found = scoring.score(ground([(1_000_000, "试用期", REACHED)]), pack)
    assert found.value(0) is None
    assert found.why(0)["lines"][0]["error"] == "#N/A"


@pytest.mark.parametrize(
    ("reached", "grade"), [(0.95, "优"), (0.9499, "优"), (0.949, "良"), (0.85, "良"), (0.7, "中"), (0.69, "待改进")]
)
def test_points_as_they_are_shown_become_grades(pack: Sources, reached: float, grade: str) -> None:
    """94.99 is shown as 95.0, and that is what is judged."""
    done = (0.8 * reached, 7 * reached, 1_000_000 * reached, 300_000 * reached)
    found = scoring.score(ground([(1_000_000, "成长期", done)]), pack)
    assert found.grades == [grade]


def test_the_explanation_has_inputs_and_the_rows_that_fired(pack: Sources) -> None:
    found = scoring.score(ground([(1_000_000, "推广期", REACHED)]), pack)
    (line,) = found.why(0)["lines"]
    assert line["inputs"]["revenue"] == {"value": 0.6, "actual": 600_000, "target": 1_000_000}
    assert line["inputs"]["stage"] == {"value": "推广期"}
    weight = next(use for use in line["uses"] if use["as"] == "覆盖权重")
    assert weight == {
        "as": "覆盖权重",
        "kind": "table",
        "key": "medical.stage_weights",
        "value": 0.4,
        "row": "r1",
    }
    assert (found.grades, found.lights, found.why(0)["row"]) == (["中"], ["yellow"], "r3")
    assert "table medical.stage_weights" in found.rule.pins


def test_a_draft_stands_in_for_what_is_published(pack: Sources) -> None:
    """What-if: coverage 40 → 45, taken from profit 15 → 10; the ground stays as it was read."""
    document: dict[str, Any] = pack["table", "medical.stage_weights"].document
    rows = [*document["body"]["rows"]]
    rows[0] = {**rows[0], "then": {"c2": "45%", "c3": "25%", "c4": "20%", "c5": "10%"}}
    draft = {**document, "body": {**document["body"], "rows": rows}}
    here = ground([(1_000_000, "推广期", REACHED)])
    after = scoring.score(here, {**pack, **of_documents([draft])})
    assert [scoring.score(here, pack).value(0), after.value(0)] == [75.5, 77.5]


def test_a_metric_that_scores_nobody_is_told(pack: Sources) -> None:
    here = ground([(1_000_000, "推广期", REACHED)])
    with pytest.raises(NotFound):
        scoring.score(here, {key: source for key, source in pack.items() if key[0] != "metric"})
