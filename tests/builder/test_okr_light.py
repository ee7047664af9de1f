"""F8: the traffic light is a table that staff may change; as shipped it gives the lights of the worked examples."""

from typing import Any

import pytest

from builder import json_text, packs
from formulas import tables

TABLE = tables.compile_table(json_text.load(packs.SHIPPED / "okr_core/definitions/table/okr.light.json")[1]["body"])

EXAMPLES = {
    "day 14 of 90, 38 % of the plan so far": (0.1556, 0.0591, "yellow"),
    "8 stores, 3 done, day 45": (0.5, 0.375, "yellow"),
    "the same on a phased curve": (0.3333, 0.375, "green"),
    "before the first step of the curve": (0.0, 0.375, "grey"),
    "50 guides, 31, day 45": (0.5, 0.62, "green"),
    "market share 15 to 18 %, now 15.9": (0.5, 0.3, "red"),
    "response 9 h to 4 h, now 6.5 h": (0.5, 0.5, "green"),
    "response 9 h to 4 h, got worse: 10 h": (0.5, -0.2, "red"),
    "a milestone not reached on a linear plan": (0.5, 0.0, "red"),
    "0 to 100, ends at 107": (1.0, 1.07, "green"),
    "ends at 98 %": (1.0, 0.98, "green"),
    "ends at 90 %": (1.0, 0.90, "yellow"),
    "ends at 80 %": (1.0, 0.80, "red"),
    "day 81 of 90, exactly 15 % behind": (0.9, 0.765, "yellow"),
}


def light(plan: float, progress: float | None, missed: int = 0) -> tuple[Any, tuple[str, ...]]:
    done = progress or 0.0
    deviation = (plan - done) / plan if plan else 0.0
    pace = max(0.0, 1 - done) / (1 - plan) if plan < 1 else (9.99 if done < 1 else 0.0)
    row = {"missed": missed, "has_data": progress is not None, "plan": plan, "progress": progress}
    found = TABLE.evaluate({**row, "deviation": deviation, "pace": pace})
    return found.values["light"], found.rows


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_examples_get_their_lights(name: str) -> None:
    plan, progress, expected = EXAMPLES[name]
    assert light(plan, progress)[0] == expected


def test_exactly_15_percent_behind_is_not_beyond_it() -> None:
    assert light(0.5, 0.425)[1] != ("r6",)
    assert light(0.5, 0.4249)[1] == ("r6",)


def test_silence_is_never_green() -> None:
    assert light(0.2, 0.25, missed=1)[0] == "yellow"
    assert light(0.2, 0.25, missed=2)[0] == "red"
    assert light(0.2, None)[0] == "grey"
