"""A draft of the table of lights: whose light would be another one."""

from typing import Any

import pytest

from builder.models import DefinitionVersion
from core.db import Document
from organization.models import Member
from runtime.goals.models import GoalSet
from runtime.whatif import drafts
from tests.whatif.drafts_of import draft_of


def stricter(body: Document) -> None:
    """Whoever is a hair behind his plan is yellow."""
    body["rows"][5]["when"]["deviation"] = ">0"


@pytest.fixture
def draft(ops: Member, sold: GoalSet) -> DefinitionVersion:
    return draft_of(ops, "table", "okr.light", stricter)


def test_lights_are_judged_again_and_nothing_else_changes(draft: DefinitionVersion) -> None:
    [part] = drafts.parts(draft)
    found = drafts.compare(draft, part)
    assert found.moves.crossed
    assert {(row.grade_before, row.grade_after) for row in found.moves.crossed} == {("green", "yellow")}
    assert len(found.moves) == 9


def test_a_past_month_is_judged_by_what_was_sold_by_then(draft: DefinitionVersion, sold: GoalSet) -> None:
    [part] = drafts.parts(draft)
    assert part.periods[0].value == "2025-06"
    assert part.periods[-1].value == "2025-01"
    june, january = (drafts.compare(draft, part, month) for month in ("2025-06", "2025-01"))
    lights = [{row.member_id: row.grade_before for row in found.moves.rows} for found in (june, january)]
    assert lights[0] != lights[1]


def test_the_page_says_which_way_lights_change(draft: DefinitionVersion, ops: Member, sign_in: Any) -> None:
    told = sign_in(ops).get(f"/what-if/{draft.definition_id}").get_data(as_text=True)
    assert "人变灯" in told
    assert "绿" in told
    assert "按大区合计" in told
