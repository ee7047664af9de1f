"""HR changes how targets are split: cards, no JSON; each change can be taken back, nobody's change is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from builder import cascade_bindings, cascade_editor, cascade_phrases, definitions
from builder.cascade_editor import Around
from builder.models import DefinitionVersion
from builder.scopes import PLACES
from core.db import Document, db
from tests.product import People, add_member

pytestmark = pytest.mark.sqlite  # pages of one document: no database shows them otherwise

CASCADE = "medical.sales_cascade"
LEVELS = ("company", "region", "province")


@pytest.fixture
def draft(medical: People) -> DefinitionVersion:
    definition = definitions.find(medical.company.id, "cascade", CASCADE)
    assert definition is not None
    found = definitions.open_draft(definition, by_id=medical.hr.id)
    db.session.commit()
    return found


@pytest.fixture
def around(people: People, draft: DefinitionVersion) -> Around:
    return Around(definitions.sources(people.company.id), LEVELS)


@pytest.fixture
def do(draft: DefinitionVersion, around: Around) -> Callable[..., Document]:
    """A deed on the pack's cascade, as a card posts it; gives the body."""

    def done(deed: str, document: Document | None = None, **posted: Any) -> Document:
        body: Document = cascade_editor.apply(document or draft.document, deed, MultiDict(posted), around)["body"]
        return body

    return done


@pytest.fixture
def hr(people: People, sign_in: Any) -> FlaskClient:
    return sign_in(people.hr)


def post(client: FlaskClient, draft: DefinitionVersion, deed: str, seen: int | None = None, **posted: Any) -> Any:
    data = {"seen": draft.version_id if seen is None else seen, **posted}
    return client.post(f"/cascades/{draft.definition_id}/{deed}", data=data, headers={"HX-Request": "true"})


def level(body: Document, level_id: str) -> Document:
    return next(entry for entry in body["levels"] if entry["id"] == level_id)


# ── sentences and expressions ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["floor", "cap"])
@pytest.mark.parametrize("way", ["history", "growth"])
@pytest.mark.parametrize("factor", ["0.8", "1.3", "下限系数"])
def test_a_bound_that_a_sentence_made_is_read_as_that_sentence(name: str, way: str, factor: str) -> None:
    text = cascade_phrases.bound_text(name, way, factor)
    assert cascade_phrases.bound(name, text) == cascade_phrases.Bound(way, factor)


def test_what_no_sentence_says_stays_a_formula() -> None:
    assert cascade_phrases.bound("floor", "MAX(历史业绩,100)*0.8").way == "formula"
    assert cascade_phrases.weight_way("历史占比*60%+潜力占比*40%", "cascade.unit", []) == "formula"
    assert cascade_phrases.percent("IF(人数>3,3%,0%)") is None


def test_the_packs_own_bounds_are_read_as_sentences(draft: DefinitionVersion) -> None:
    first = draft.document["body"]["levels"][0]
    assert cascade_phrases.bound("floor", first["floor"]) == cascade_phrases.Bound("growth", "下限系数")
    assert cascade_phrases.bound("cap", first["cap"]) == cascade_phrases.Bound("growth", "上限系数")
    assert cascade_phrases.weight_way(first["weight"], "cascade.unit", first["uses"]) == "use:单位权重"
    assert cascade_phrases.percent(first["reserve"]) == "3"


# ── deeds ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_level_is_split_by_history_with_one_choice(do: Callable[..., Document]) -> None:
    changed = level(do("level", id="l2", weight_way="history"), "l2")
    assert changed["weight"] == "历史占比"
    assert {use["as"] for use in changed["uses"]} == {"下限系数", "上限系数"}, "what nothing names any more goes"


def test_a_formula_finds_its_inputs_and_tables_by_itself(draft: DefinitionVersion, around: Around) -> None:
    written = draft.document["body"]["levels"][0]["uses"]
    formula = around.known["formula", "medical.unit_weight"]
    found = cascade_bindings.bind(formula, PLACES["cascade.unit"], [], around.known)
    assert found is not None
    by_hand = {use["as"]: use for use in written if use["as"] not in ("下限系数", "上限系数")}
    assert {use["as"]: use for use in found} == by_hand


def test_choosing_a_formula_gives_a_cascade_that_passes(
    do: Callable[..., Document], draft: Any, around: Around
) -> None:
    body = do("level", id="l2", weight_way="history")
    again = do("level", {**draft.document, "body": body}, id="l2", weight_way="formula:medical.unit_weight")
    assert definitions.check({**draft.document, "body": again}, around.known) == []
    assert level(again, "l2")["weight"] == "单位权重"


def test_a_formula_whose_inputs_are_not_there_is_not_offered(around: Around) -> None:
    offered = cascade_bindings.bindable(PLACES["cascade.month"], [], around.known)
    assert "medical.unit_weight" not in offered


@pytest.mark.parametrize(
    ("posted", "key", "text"),
    [
        ({"floor_way": "history"}, "floor", "历史业绩*下限系数"),
        ({"cap_way": "none"}, "cap", None),
        ({"reserve_percent": "5.5"}, "reserve", "5.5%"),
        ({"floor": "历史业绩*0.9"}, "floor", "历史业绩*0.9"),
        ({"weight": "潜力占比^2"}, "weight", "潜力占比^2"),
        ({"mode": "copy"}, "mode", "copy"),
    ],
)
def test_a_control_sets_what_its_words_say(do: Callable[..., Document], posted: Any, key: str, text: str) -> None:
    assert level(do("level", id="l1", **posted), "l1").get(key) == text


def test_a_factor_is_a_number_box(do: Callable[..., Document], draft: DefinitionVersion) -> None:
    none = do("level", id="l3", floor_way="history")
    assert level(none, "l3")["floor"] == "历史业绩*0.8"
    more = do("level", {**draft.document, "body": none}, id="l3", floor_way="history", floor_factor="0.9")
    assert level(more, "l3")["floor"] == "历史业绩*0.9"


def test_levels_are_added_in_the_order_of_the_organisation(draft: DefinitionVersion, around: Around) -> None:
    body = cascade_editor.apply(draft.document, "remove", MultiDict({"part": "levels", "id": "l2"}), around)["body"]
    assert cascade_editor.levels_left(body, around) == ["province"]
    posted = MultiDict({"part": "levels", "to": "province"})
    again = cascade_editor.apply({**draft.document, "body": body}, "add", posted, around)
    assert [entry["to"] for entry in again["body"]["levels"]] == ["region", "province", "member"]
    assert definitions.check(again, around.known) == []


def test_cards_move_and_go(do: Callable[..., Document]) -> None:
    assert [task["id"] for task in do("move", part="tasks", id="t2", to="up")["tasks"]] == ["t2", "t1"]
    assert [task["id"] for task in do("move", part="tasks", id="t2", to="down")["tasks"]] == ["t1", "t2"]
    assert [warning["id"] for warning in do("remove", part="warnings", id="w2")["warnings"]] == ["w1", "w3"]


@pytest.mark.parametrize("part", ["drivers", "tasks", "warnings"])
def test_what_is_added_passes_the_check(do: Callable[..., Document], draft: Any, around: Around, part: str) -> None:
    body = do("add", part=part)
    assert len(body[part]) == len(draft.document["body"][part]) + 1
    assert definitions.check({**draft.document, "body": body}, around.known) == []


def test_the_customers_of_a_task_follow_its_tier(do: Callable[..., Document]) -> None:
    task = next(t for t in do("task", id="t1", customer_tier="三乙", contact_level="")["tasks"] if t["id"] == "t1")
    assert task["pick"]["where"] == '等级="三乙"'
    assert "contact_level" not in task


def test_a_task_may_be_a_share_of_a_driver(do: Callable[..., Document]) -> None:
    task = do("task", id="t1", number_way="share", share_percent="40")["tasks"][0]
    assert (task["of"], task["share"], "count" in task) == ("visits", "40%", False)


def test_a_driver_is_renamed_in_the_tasks_that_count_by_it(
    do: Callable[..., Document], draft: Any, around: Any
) -> None:
    body = do("driver", id="visits", **{"as": "每周拜访"})
    assert body["tasks"][0]["count"] == "MIN(3,ROUND(每周拜访*37.5%,0))"
    assert definitions.check({**draft.document, "body": body}, around.known) == []


def test_a_rate_is_added_named_and_taken_out(do: Callable[..., Document], draft: Any, around: Around) -> None:
    body = do("add_rate", id="visits")
    rate = body["drivers"][0]["rates"][-1]
    assert definitions.check({**draft.document, "body": body}, around.known) == []
    named = {
        f"rate-{rate['id']}-as": "成交率",
        f"rate-{rate['id']}-value": "商机转化率",
        "needed": f"目标/{rate['as']}",
    }
    body = do("driver", {**draft.document, "body": body}, id="visits", **named)
    body = do("driver", {**draft.document, "body": body}, id="visits", **{f"rate-{rate['id']}-as": "赢单率"})
    assert body["drivers"][0]["needed"] == "目标/赢单率", "a new name is written where the old one stood"
    assert definitions.check({**draft.document, "body": body}, around.known) == []
    body = do("remove_rate", {**draft.document, "body": body}, id="visits", which=rate["id"])
    assert [one["id"] for one in body["drivers"][0]["rates"]] == ["ticket", "conversion", "visits_per_opportunity"]


def test_a_week_may_hold_any_number(do: Callable[..., Document], draft: Any, around: Around) -> None:
    body = do("driver", id="visits", limited="no")
    assert "capacity" not in body["drivers"][0]
    again = do("driver", {**draft.document, "body": body}, id="visits", limited="yes")
    assert again["drivers"][0]["capacity"] == {"value": "周拜访上限"}
    assert definitions.check({**draft.document, "body": again}, around.known) == []


@pytest.mark.parametrize(
    ("owner", "id"), [("levels", "l2"), ("levels", "l3"), ("drivers", "visits"), ("warnings", "w2"), ("time", "")]
)
def test_a_table_is_taken_into_a_card_without_json(
    do: Callable[..., Document], draft: Any, around: Around, owner: str, id: str
) -> None:
    body = do("add_use", owner=owner, id=id, source="table medical.team_mix")
    part = body[owner] if owner == "time" else next(one for one in body[owner] if one["id"] == id)
    assert part["uses"][-1]["table"] == "medical.team_mix"
    assert definitions.check({**draft.document, "body": body}, around.known) == []
    gone = do("remove_use", {**draft.document, "body": body}, owner=owner, id=id, which=str(len(part["uses"]) - 1))
    assert gone == draft.document["body"]


def test_what_was_just_added_stays_until_a_formula_names_it(do: Callable[..., Document], draft: Any) -> None:
    body = do("add_use", owner="levels", id="l2", source="table medical.ramp")
    body = do("level", {**draft.document, "body": body}, id="l2", reserve_percent="2")
    assert level(body, "l2")["uses"][-1]["table"] == "medical.ramp"


def test_a_misspelt_name_takes_no_table_away(do: Callable[..., Document], draft: Any) -> None:
    before = level(draft.document["body"], "l2")["uses"]
    assert level(do("level", id="l2", weight="单位权"), "l2")["uses"] == before


def test_a_new_name_of_a_value_is_written_into_every_formula_of_the_card(
    do: Callable[..., Document], draft: Any, around: Around
) -> None:
    uses = level(draft.document["body"], "l1")["uses"]
    names = {use["as"]: position for position, use in enumerate(uses)}
    posted = {f"use-{names['上限系数']}-as": "上浮", f"use-{names['历史系数']}-as": "甲系数"}
    body = do("level", id="l1", **posted)
    changed = level(body, "l1")
    assert changed["cap"] == "IF(历史业绩>0,ROUNDUP(历史业绩*(1+上级增长率)*上浮,0),BLANK())"
    assert next(use for use in changed["uses"] if use["as"] == "单位权重")["inputs"]["alpha"] == "甲系数"
    assert definitions.check({**draft.document, "body": body}, around.known) == []


def test_a_new_name_is_said_in_the_warning_too(do: Callable[..., Document], draft: Any, around: Around) -> None:
    told = do("warning", id="w1", message="{姓名}超过{新人上限}")
    body = do("warning", {**draft.document, "body": told}, id="w1", **{"use-1-as": "新人封顶"})
    warning = body["warnings"][0]
    assert warning["when"] == "AND(司龄月数<3,目标>新人封顶)"
    assert warning["message"]["zh"] == "{姓名}超过{新人封顶}"
    assert definitions.check({**draft.document, "body": body}, around.known) == []


def test_customers_are_ordered_by_a_formula(do: Callable[..., Document], draft: Any, around: Around) -> None:
    body = do("task", id="t1", **{"order0-by": "潜力*2", "order0-desc": "no", "take": "件数+1"})
    pick = body["tasks"][0]["pick"]
    assert pick["order"][0] == {"by": "潜力*2", "desc": False}
    assert pick["take"] == "件数+1"
    assert definitions.check({**draft.document, "body": body}, around.known) == []


def test_what_a_change_may_do_is_a_slider(do: Callable[..., Document]) -> None:
    change = do("change", mode="fresh", limited="yes", max_child_change="20", has_keeps="1", keep_locked="1")
    assert change["on_change"] == {
        "mode": "fresh",
        "keep_locked": True,
        "keep_booked": False,
        "max_child_change": "20%",
    }


# ── in the browser ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_is_kept_in_the_draft_and_nothing_holds_yet(hr: FlaskClient, draft: DefinitionVersion) -> None:
    answer = post(hr, draft, "level", id="l2", reserve_percent="2")
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "draft-saved"
    db.session.expire_all()
    assert level(draft.document["body"], "l2")["reserve"] == "2%"
    in_force = definitions.published(draft.definition.company_id, "cascade", CASCADE)
    assert in_force is not None
    assert level(in_force.document["body"], "l2")["reserve"] == "0%"


def test_a_plain_form_works_as_well(hr: FlaskClient, draft: DefinitionVersion) -> None:
    data = {"seen_here": draft.version_id, "id": "l2", "reserve_percent": "2"}
    answer = hr.post(f"/cascades/{draft.definition_id}/level", data=data)
    assert answer.status_code == 303
    assert hr.get(answer.location).status_code == 200


def test_a_wrong_formula_is_kept_and_told_at_its_card(hr: FlaskClient, draft: DefinitionVersion) -> None:
    page = post(hr, draft, "level", id="l2", weight="历史占笔").get_data(as_text=True)
    card = page[page.index('id="l2-problems"') :]
    assert "历史占笔" in card[: card.index("</ul>")]
    db.session.expire_all()
    assert level(draft.document["body"], "l2")["weight"] == "历史占笔"


def test_a_number_that_is_none_is_refused_with_the_remedy(hr: FlaskClient, draft: DefinitionVersion) -> None:
    answer = post(hr, draft, "level", id="l2", reserve_percent="200")
    assert answer.status_code == 422
    assert "0 到 100" in answer.get_data(as_text=True)


def test_each_step_is_taken_back_one_by_one(hr: FlaskClient, draft: DefinitionVersion) -> None:
    original = draft.document
    for deed, posted in (
        ("level", {"id": "l2", "reserve_percent": "2"}),
        ("remove", {"part": "warnings", "id": "w1"}),
        ("shares", {"part": "products", "split": "no"}),
    ):
        assert post(hr, draft, deed, **posted).status_code == 200
        db.session.expire_all()
    assert "products" not in draft.document["body"]
    for _step in range(3):
        assert post(hr, draft, "undo").status_code == 200
        db.session.expire_all()
    assert draft.document == original
    assert list(draft.document["body"]) == list(original["body"])
    assert post(hr, draft, "undo").status_code == 409


def test_undo_says_what_it_takes_back(hr: FlaskClient, draft: DefinitionVersion) -> None:
    page = post(hr, draft, "level", id="l2", reserve_percent="2").get_data(as_text=True)
    said = re.search(r'id="undo-says">(.*?)</p>', page, re.S)
    assert said is not None
    assert "2% → 0%" in said[1]


def test_the_second_of_two_is_told_and_neither_change_is_lost(hr: FlaskClient, draft: DefinitionVersion) -> None:
    seen = draft.version_id
    post(hr, draft, "level", id="l1", reserve_percent="4")
    db.session.expire_all()
    answer = post(hr, draft, "level", seen=seen, id="l2", reserve_percent="2")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "何人事" in page
    assert "0% → 2%" in page, "what my change would do to theirs"
    db.session.expire_all()
    assert level(draft.document["body"], "l2")["reserve"] == "0%"
    assert post(hr, draft, "level", id="l2", reserve_percent="2").status_code == 200
    db.session.expire_all()
    assert [entry["reserve"] for entry in draft.document["body"]["levels"]] == ["4%", "2%", "0%"]


def test_who_may_not_edit_definitions_may_not_come_here(people: People, draft: DefinitionVersion, sign_in: Any) -> None:
    client = sign_in(people.an)
    assert client.get(f"/cascades/{draft.definition_id}").status_code == 403
    assert post(client, draft, "level", id="l2", reserve_percent="2").status_code == 403


def test_the_cascade_of_another_company_is_not_there(hr: FlaskClient, draft: DefinitionVersion) -> None:
    assert hr.get("/cascades/999999").status_code == 404


# ── the action library ───────────────────────────────────────────────────────────────────────────────────────────────


def test_S9_the_library_tells_the_actions_of_a_position_for_a_metric(hr: FlaskClient, draft: DefinitionVersion) -> None:
    page = hr.get("/cascades/actions").get_data(as_text=True)
    assert "一线销售" in page
    assert "有效拜访" in page
    assert "专家讲座参与" in page


def test_changing_an_action_changes_the_draft_of_its_cascade(hr: FlaskClient, draft: DefinitionVersion) -> None:
    data = {"seen": draft.version_id, "tier": "base", "value": "3", "evidence": "photo"}
    answer = hr.post(f"/cascades/actions/{draft.definition_id}/tasks/t2", data=data)
    assert answer.status_code == 303
    db.session.expire_all()
    task = draft.document["body"]["tasks"][1]
    assert (task["tier"], task["value"], task["evidence"]) == ("base", 3, "photo")


def test_an_action_is_added_for_one_position(hr: FlaskClient, draft: DefinitionVersion, around: Around) -> None:
    data = {"seen": draft.version_id, "role": "sales", "title_zh": "本周召开{n}场科室会"}
    hr.post(f"/cascades/actions/{draft.definition_id}/add", data=data)
    db.session.expire_all()
    task = draft.document["body"]["tasks"][-1]
    assert (task["roles"], task["key"]) == (["sales"], "ben_zhou_zhao_kai_n_chang_ke_shi_hui")
    assert definitions.check(draft.document, around.known) == []


def test_changing_a_swap_value_begins_a_draft_of_the_table(hr: FlaskClient, draft: DefinitionVersion) -> None:
    table = definitions.find(draft.definition.company_id, "table", "medical.swap_values")
    assert table is not None
    data = {"seen": 0, "value": "5", "has_proof": "1"}
    assert hr.post(f"/cascades/actions/{table.id}/swaps/r4", data=data).status_code == 303
    db.session.expire_all()
    changed = definitions.draft_of(table)
    assert changed is not None
    assert changed.document["body"]["rows"][3]["then"] == {"c2": "5", "c3": "FALSE"}


def test_two_people_in_one_line_of_the_library(hr: FlaskClient, draft: DefinitionVersion) -> None:
    seen = draft.version_id
    url = f"/cascades/actions/{draft.definition_id}/tasks/t2"
    hr.post(url, data={"seen": seen, "value": "3"})
    answer = hr.post(url, data={"seen": seen, "value": "7"})
    assert answer.status_code == 409
    assert "3 → 7" in answer.get_data(as_text=True)


def test_who_only_reads_sees_the_library_closed(people: People, draft: DefinitionVersion, sign_in: Any) -> None:
    page = sign_in(people.east_manager).get("/cascades/actions").get_data(as_text=True)
    assert "disabled" in page
    assert "hx-post" not in page[page.index("action-library") :]


def test_sales_operations_may_edit(people: People, draft: DefinitionVersion, sign_in: Any) -> None:
    operator = add_member(people.headquarters, "O001", "销售运营", "sales_ops")
    db.session.commit()
    client = sign_in(operator)
    assert client.get(f"/cascades/{draft.definition_id}").status_code == 200
    assert post(client, draft, "level", id="l2", reserve_percent="2").status_code == 200
