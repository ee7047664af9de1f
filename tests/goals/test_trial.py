"""Beside the cards of a draft cascade stands what it would make of a region's target, and why it would not."""

import datetime as dt
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core import clock
from core.db import Document, db
from organization.models import Member
from runtime.actions import weekly
from runtime.actions.models import Task
from runtime.goals import targets, trial
from runtime.goals.models import GoalSet
from tests.sales import CASCADE, Sales, publish

TARGET = targets.read("7.2亿", "15")


@pytest.fixture
def draft(sales: Sales) -> DefinitionVersion:
    definition = definitions.find(sales.people.company.id, "cascade", CASCADE)
    assert definition is not None
    found = definitions.open_draft(definition, by_id=sales.people.hr.id)
    db.session.commit()
    return found


def change(draft: DefinitionVersion, **body: Any) -> None:
    """Save the draft with other parts of its body."""
    document: Document = {**draft.document, "body": {**draft.document["body"], **body}}
    text = json.dumps(document, ensure_ascii=False)
    definitions.save_draft(draft, text, seen=draft.version_id, by_id=None)
    db.session.commit()


def with_level(draft: DefinitionVersion, level_id: str, **changes: Any) -> list[Document]:
    levels = draft.document["body"]["levels"]
    return [level | changes if level["id"] == level_id else level for level in levels]


def ask(client: FlaskClient, draft: DefinitionVersion, **args: Any) -> Any:
    return client.get(f"/goals/trials/{draft.definition_id}", query_string=args, headers={"HX-Request": "true"})


def test_a_draft_that_says_the_same_moves_nobody(draft: DefinitionVersion, sales: Sales) -> None:
    found = trial.of_draft(draft, sales.people.headquarters, TARGET)
    assert found.incomplete == []
    assert found.moved == 0
    assert {line.change for line in found.lines} == {0}


def test_a_larger_reserve_shows_as_less_for_everybody_beside_the_rules_in_force(
    draft: DefinitionVersion, sales: Sales
) -> None:
    change(draft, levels=with_level(draft, "l2", reserve="10%"))
    found = trial.of_draft(draft, sales.people.east, TARGET)
    assert found.tree is not None
    assert found.tree.root.reserve >= TARGET.total // 10
    assert found.moved > 0
    by_parent = sum(line.node.target for line in found.lines if line.node.parent == found.tree.root.id)
    assert by_parent + found.tree.root.reserve == TARGET.total, "exact in a trial as well"


def test_a_target_that_the_caps_refuse_is_told_at_the_card_that_refuses_it(
    draft: DefinitionVersion, sales: Sales, sign_in: Any
) -> None:
    change(draft, levels=with_level(draft, "l2", cap="历史业绩*0.5"))
    found = trial.of_draft(draft, sales.people.headquarters, TARGET)
    assert list(found.problems_by_level()) == ["l2"]
    page = ask(sign_in(sales.people.hr), draft, unit=sales.people.headquarters.id, base="7.2亿", growth_pct="15")
    text = page.get_data(as_text=True)
    at_card = text[text.index('id="trial-l2"') :]
    assert "封顶" in at_card[: at_card.index("</ul>")]


def test_a_weight_that_is_none_is_told_at_its_own_level(draft: DefinitionVersion, sales: Sales) -> None:
    change(draft, levels=with_level(draft, "l3", weight="0-1"))
    found = trial.of_draft(draft, sales.people.east, TARGET)
    assert list(found.problems_by_level()) == ["l3"]


def test_a_draft_that_is_not_complete_says_what_is_missing(draft: DefinitionVersion, sales: Sales) -> None:
    change(draft, levels=with_level(draft, "l2", weight="历史占笔"))
    found = trial.of_draft(draft, sales.people.east, TARGET)
    assert found.tree is None
    assert [problem.path for problem in found.incomplete] == ["/body/levels/1/weight"]


def test_a_region_begins_with_its_own_history(draft: DefinitionVersion, sales: Sales, sign_in: Any) -> None:
    page = ask(sign_in(sales.people.hr), draft, unit=sales.people.east.id, base="1", base_of="0").get_data(as_text=True)
    assert targets.in_words(str(sales.people.east.attributes["history"])) in page
    assert "安店长" in page


def test_nonsense_in_a_field_is_told_at_the_field(draft: DefinitionVersion, sales: Sales, sign_in: Any) -> None:
    east = sales.people.east.id
    page = ask(sign_in(sales.people.hr), draft, unit=east, base_of=east, base="很多", growth_pct="15")
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.get_data(as_text=True)


def test_a_trial_stores_nothing(draft: DefinitionVersion, sales: Sales, sign_in: Any) -> None:
    ask(sign_in(sales.people.hr), draft, unit=sales.people.headquarters.id)
    assert db.session.scalars(select(GoalSet)).all() == []


def test_who_sets_no_goals_sees_no_trial(draft: DefinitionVersion, sales: Sales, sign_in: Any) -> None:
    assert ask(sign_in(sales.people.an), draft).status_code == 403


def test_S9_a_change_of_position_swaps_the_actions_next_monday(draft: DefinitionVersion, sales: Sales) -> None:
    tasks = draft.document["body"]["tasks"]
    others = {"id": "t3", "key": "training", "title": {"zh": "本周带教{n}次"}, "count": "2", "tier": "base", "value": 1}
    own = [{**task, "roles": ["sales"]} for task in tasks]
    levels = with_level(draft, "l3", roles=["sales", "buddy"])
    change(draft, tasks=[*own, {**others, "roles": ["buddy"]}], levels=levels)
    definitions.publish(draft, by_id=None)
    db.session.commit()
    goal_set = publish(sales, "7.2亿", "15")
    an = db.session.get_one(Member, sales.people.an.id)
    assert titles(an.id, "2025-W27") == {"本周需完成3家三甲医院主任级拜访", *visits(an.id, "2025-W27")}
    an.role = "buddy"
    db.session.commit()
    with clock.at(dt.datetime(2025, 7, 7, 0, 0, 5, tzinfo=dt.UTC)):
        weekly.generate(goal_set, "2025-W28")
    assert titles(an.id, "2025-W28") == {"本周带教2次"}
    assert len(visits(an.id, "2025-W27")) == 1, "this week stays as it is"


def titles(member_id: int, week: str) -> set[str]:
    rows = db.session.scalars(select(Task.title).where(Task.member_id == member_id, Task.week == week))
    return {title["zh"] for title in rows}


def visits(member_id: int, week: str) -> set[str]:
    return {title for title in titles(member_id, week) if "有效拜访" in title}
