"""The formula editor: what it shows of a formula, before anything is saved and after."""

import html
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from builder import definitions, formula_editor, formula_places, function_list, functions_page, remedies, samples
from builder.formula_editor import Fault
from builder.models import Definition
from core.config import CHECKOUT
from core.db import db
from tests.product import add_member
from tests.sales import Sales

pytestmark = pytest.mark.sqlite  # pages of one document: no database shows them otherwise

WEIGHT = "medical.member_weight"


@pytest.fixture
def operations(sales: Sales, sign_in: Any) -> FlaskClient:
    member = add_member(sales.people.headquarters, "OPS", "苏运营", "sales_ops")
    db.session.commit()
    return sign_in(member)


@pytest.fixture
def weight(sales: Sales, operations: FlaskClient) -> Definition:
    """个人权重, with a draft."""
    found = definitions.find(sales.people.company.id, "formula", WEIGHT)
    assert found is not None
    operations.post(f"/definitions/{found.id}/draft")
    return found


def page_of(client: FlaskClient, definition: Definition) -> str:
    answer = client.get(f"/formulas/{definition.id}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def posted(page: str) -> dict[str, str]:
    """What the form of a page would send."""
    form = page[page.index('id="formula"') : page.index("</form>", page.index('id="formula"'))]
    found = dict[str, str]()
    for tag in re.findall(r"<input [^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") != "radio" or " checked" in tag:
            found[given.get("name", "")] = html.unescape(given.get("value", ""))
    for name, options in re.findall(r'<select [^>]*name="([\w-]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        assert chosen is not None
        found[name] = chosen[1]
    typed = re.search(r"<textarea [^>]*>(.*?)</textarea>", form, re.DOTALL)
    assert typed is not None
    return found | {"expression": html.unescape(typed[1])}


def check(client: FlaskClient, definition: Definition, **changes: str) -> str:
    sent = posted(page_of(client, definition)) | {"field": "expression"} | changes
    answer = client.post(f"/formulas/{definition.id}/check", data=sent)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def save(client: FlaskClient, definition: Definition, **changes: str) -> Any:
    return client.post(f"/formulas/{definition.id}", data=posted(page_of(client, definition)) | changes)


def draft_of(definition: Definition) -> dict[str, Any]:
    db.session.expire_all()
    draft = definitions.draft_of(definition)
    assert draft is not None
    return draft.document["body"]


def outcomes(fragment: str) -> dict[str, tuple[str, str]]:
    rows = re.findall(r"<tr.*?<th scope=\"row\">(.*?)</th>(.*?)</tr>", fragment, re.DOTALL)
    cells = {
        plain(name).split()[-1]: re.findall(r"<td class=\"number\">(.*?)</td>", rest, re.DOTALL) for name, rest in rows
    }
    return {name: (plain(before), plain(after)) for name, (before, after) in cells.items()}


def plain(markup: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", markup).split()))


# ── what a formula is computed for ────────────────────────────────────────────────────────────────────────────────


def test_a_formula_is_shown_for_the_best_the_middle_and_the_worst_person(
    operations: FlaskClient, weight: Definition
) -> None:
    found = outcomes(page_of(operations, weight))
    assert list(found) == ["吴兰", "赵磊", "新人"]  # of nine people: most history and potential, the median, no history
    values = [float(before.replace(",", "")) for before, _after in found.values()]
    assert values == sorted(values, reverse=True)
    assert all(before == after for before, after in found.values())


def test_a_parameter_changes_results_without_the_expression(operations: FlaskClient, weight: Definition) -> None:
    before = outcomes(check(operations, weight))
    after = outcomes(check(operations, weight, **{"potential_share-default": "60%"}))
    assert {name: pair[0] for name, pair in after.items()} == {name: pair[0] for name, pair in before.items()}
    assert all(published != draft for name, (published, draft) in after.items() if name != "新人")


def test_every_name_is_a_chip_with_the_value_of_the_chosen_person(operations: FlaskClient, weight: Definition) -> None:
    first = plain(check(operations, weight))
    third = plain(check(operations, weight, **{"expression-person": "2"}))
    assert "爬坡系数 1 在岗工作日占比 1" in first
    assert "历史业绩 100,000,000" in first
    assert "历史业绩 0" in third
    assert "潜力比重 0.4" in third


def test_the_steps_name_every_part_with_its_value(operations: FlaskClient, weight: Definition) -> None:
    steps = plain(check(operations, weight).split('id="expression-steps"')[1])
    assert "潜力比重*COALESCE(客户潜力,0) =" in steps
    assert "1-潜力比重 = 0.6" in steps


def test_the_steps_name_the_row_of_the_table_that_fired(sales: Sales, operations: FlaskClient) -> None:
    score = definitions.find(sales.people.company.id, "formula", "medical.composite_score")
    assert score is not None
    operations.post(f"/definitions/{score.id}/draft")
    steps = plain(page_of(operations, score).split('id="expression-steps"')[1])
    assert re.search(r"覆盖权重 = 0\.4 \S+ v1 · 推广期", steps)


def test_a_person_without_data_is_held_and_the_missing_name_is_told(
    operations: FlaskClient, weight: Definition
) -> None:
    found = outcomes(check(operations, weight, expression="历史业绩*0+爬坡系数*客户潜力/历史业绩"))
    assert found["新人"][1] == "#DIV/0! 除数为 0 或为空"


# ── live check ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_wrong_range_comes_with_a_message_and_a_remedy(operations: FlaskClient, weight: Definition) -> None:
    fragment = check(operations, weight, expression="爬坡系数*客户潜")
    assert 'data-start="5" data-end="8"' in fragment
    assert "没有字段“客户潜”" in plain(fragment)
    assert 'data-remedy="客户潜力"' in fragment


def test_a_line_end_counts_as_one_character(operations: FlaskClient, weight: Definition) -> None:
    assert 'data-start="6" data-end="9"' in check(operations, weight, expression="爬坡系数\r\n*客户潜")


def test_full_width_input_is_taken_as_it_comes(operations: FlaskClient, weight: Definition) -> None:
    assert "公式没有问题" in check(operations, weight, expression="ＭＩＮ（爬坡系数，１．５）×客户潜力")


def test_a_formula_must_give_what_it_says(operations: FlaskClient, weight: Definition) -> None:
    fragment = check(operations, weight, expression="爬坡系数>1")
    assert "is-wrong" in fragment
    assert 'data-start="0" data-end="6"' in fragment


def test_samples_are_judged_with_every_change(operations: FlaskClient, weight: Definition) -> None:
    assert plain(check(operations, weight)).count("符合预期") == 3
    changed = plain(check(operations, weight, **{"s1-gives": "1900001"}))
    assert changed.count("符合预期") == 2
    assert "1,900,000 不一致" in changed


def test_what_is_no_number_is_told_and_nothing_is_computed(operations: FlaskClient, weight: Definition) -> None:
    assert "“四成”不是数字" in plain(check(operations, weight, **{"potential_share-default": "四成"}))


def test_people_that_somebody_made_up_are_refused(operations: FlaskClient, weight: Definition) -> None:
    sent = posted(page_of(operations, weight)) | {"field": "expression", "expression-kept": "abc.def"}
    assert operations.post(f"/formulas/{weight.id}/check", data=sent).status_code == 422


def test_a_salesperson_may_not_edit_formulas(sales: Sales, sign_in: Any) -> None:
    found = definitions.find(sales.people.company.id, "formula", WEIGHT)
    assert found is not None
    assert sign_in(sales.people.an).get(f"/formulas/{found.id}").status_code == 403


# ── saving ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_draft_of_a_formula_opens_in_its_own_editor(operations: FlaskClient, weight: Definition) -> None:
    answer = operations.get(f"/definitions/{weight.id}/edit")
    assert answer.headers["Location"] == f"/formulas/{weight.id}"


def test_saving_without_a_change_keeps_the_document(operations: FlaskClient, weight: Definition) -> None:
    before = draft_of(weight)
    assert save(operations, weight).status_code == 303
    assert draft_of(weight) == before


def test_a_changed_parameter_is_all_that_changes(operations: FlaskClient, weight: Definition) -> None:
    before = draft_of(weight)
    save(operations, weight, **{"potential_share-default": "４５％"})
    after = draft_of(weight)
    assert after["parameters"][0]["default"] == 0.45
    after["parameters"][0]["default"] = 0.4
    assert after == before


def test_a_parameter_outside_its_limits_is_kept_and_named(operations: FlaskClient, weight: Definition) -> None:
    save(operations, weight, **{"potential_share-default": "1.5"})
    assert "范围" in plain(page_of(operations, weight).split('id="problems-title"')[1])


def test_what_is_no_number_is_refused_at_its_field(operations: FlaskClient, weight: Definition) -> None:
    answer = save(operations, weight, **{"potential_share-default": "四成"})
    assert answer.status_code == 422
    assert 'value="四成"' in answer.get_data(as_text=True)


def test_renaming_an_input_rewrites_the_expression(operations: FlaskClient, weight: Definition) -> None:
    save(operations, weight, **{"account_potential-as": "客户潜力(元)"})
    body = draft_of(weight)
    assert "COALESCE([客户潜力(元)],0)" in body["expression"]
    assert "没有问题" in check(operations, weight)


def test_parts_are_added_and_removed(operations: FlaskClient, weight: Definition) -> None:
    for part in ("inputs", "parameters", "samples"):
        assert save(operations, weight, add=part).status_code == 303
    body = draft_of(weight)
    assert [len(body[part]) for part in ("inputs", "parameters", "samples")] == [5, 2, 4]
    for part in ("inputs", "parameters", "samples"):
        save(operations, weight, remove=body[part][-1]["id"])
    assert [len(draft_of(weight)[part]) for part in ("inputs", "parameters", "samples")] == [4, 1, 3]


def test_two_people_edit_one_formula_and_both_texts_survive(operations: FlaskClient, weight: Definition) -> None:
    mine = posted(page_of(operations, weight))
    save(operations, weight, **{"potential_share-default": "0.5"})
    answer = operations.post(f"/formulas/{weight.id}", data=mine | {"potential_share-default": "0.45"})
    text = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert '"default": 0.45' in text
    assert '"default": 0.5' in text


# ── functions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wish", "function"),
    [
        *(
            ("加", "SUM"),
            ("今天", "TODAY"),
            ("如果", "IF"),
            ("平均", "AVERAGE"),
            ("封顶", "MIN"),
            ("除以零", "IFERROR"),
        ),
        *(("没填", "ISBLANK"), ("工作日", "WORKDAYS"), ("四舍五入", "ROUND"), ("how many", "COUNT"), ("加起来", "SUM")),
        *(("vlookup", "LOOKUP"), ("sum", "SUM"), ("几个月后", "EDATE"), ("开头", "LEFT"), ("排名", "RANK")),
    ],
)
def test_a_function_is_found_by_what_it_does(wish: str, function: str) -> None:
    assert function_list.search(wish)[0].name == function


def test_the_list_shows_help_and_an_example_that_ran(operations: FlaskClient) -> None:
    page = plain(operations.get("/formulas/functions?q=加").get_data(as_text=True))
    assert page.startswith("数字 SUM")
    assert "= 170" in page
    tried = operations.post("/formulas/try", data={"field": "example", "example": "SUM(明细.数量)"})
    assert plain(tried.get_data(as_text=True)) == "= 8"
    wrong = operations.post("/formulas/try", data={"field": "example", "example": "SUM(明细.数"})
    assert "缺少右括号" in wrong.get_data(as_text=True)


def test_every_function_is_in_the_list_once() -> None:
    listed = [row.name for group in function_list.groups() for row in group.functions]
    assert sorted(listed) == sorted(function_list.formulas.FUNCTIONS)


# ── at other places ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cascade(sales: Sales, operations: FlaskClient) -> Definition:
    """销售额三层拆解, with a draft."""
    found = definitions.find(sales.people.company.id, "cascade", "medical.sales_cascade")
    assert found is not None
    operations.post(f"/cascades/{found.id}/draft")
    return found


def at_place(client: FlaskClient, definition: Definition, deed: str, at: str, typed: str, **more: Any) -> str:
    """What a card of a cascade asks about one of its expressions."""
    sent = {"id": "here", "at": at, "field": "typed", "typed": typed, **more}
    answer = client.post(f"/formulas/{definition.id}/{deed}", data=sent)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def kept_in(fragment: str) -> dict[str, str]:
    found = re.search(r'name="([\w-]+-kept)" value="([^"]*)"', fragment)
    assert found is not None
    return {found[1]: html.unescape(found[2])}


def test_a_weight_of_a_cascade_is_checked_for_real_regions(operations: FlaskClient, cascade: Definition) -> None:
    desk = at_place(operations, cascade, "desk", "levels/l1/weight", "单位权重")
    assert sorted(outcomes(desk)) == ["华东大区", "西南大区"]
    fragment = at_place(operations, cascade, "check", "levels/l1/weight", "单位权重*1.2", **kept_in(desk))
    found = outcomes(fragment)
    assert found.keys() == {"华东大区", "西南大区"}
    for before, after in found.values():
        assert float(after) == pytest.approx(float(before) * 1.2, abs=2e-4)
    assert "历史系数" in plain(fragment)


def test_every_expression_of_a_cascade_has_its_desk(operations: FlaskClient, cascade: Definition) -> None:
    """Whatever the schema calls an expression, the editor can open."""
    draft = definitions.draft_of(cascade)
    assert draft is not None
    written = [place for place in formula_places.of(draft.document) if place.text]
    assert sorted(place.text for place in written) == sorted(expressions_in(draft.document["body"]))
    for place in written:
        said = at_place(operations, cascade, "desk", place.at, place.text)
        assert "is-wrong" not in said, f"{place.at}: {plain(said)[:200]}"


def expressions_in(part: Any) -> list[str]:
    """By the names that the schema of a cascade gives them."""
    named = (
        "weight",
        "floor",
        "cap",
        "reserve",
        "needed",
        "benchmark",
        "share",
        "count",
        "where",
        "by",
        "take",
        "when",
    )
    found: list[str] = []
    for key, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if isinstance(value, str) and (key in (*named, "max_child_change") or (key == "value" and "as" in part)):
            found.append(value)
        elif key in ("capacity", "inputs"):
            found += value.values()
        else:
            found += expressions_in(value)
    return found


@pytest.mark.parametrize(
    ("at", "typed", "names"),
    [
        ("levels/l2/reserve", "IF(增长率>0,5%,3%)", ["华东大区", "西南大区"]),
        ("levels/l3/reserve", "人数/100", ["上海", "江苏", "四川"]),
        ("time/weight", "季节占比", []),
        ("products/weight", "销售占比", []),
        ("warnings/w2/when", "目标>历史业绩*1.3", []),
        ("drivers/visits/rates/ticket/value", "客单价", []),
        ("drivers/visits/needed", "目标/客单价", []),
        ("tasks/t1/pick/order/0/by", "距上次拜访天数", []),
        ("tasks/t1/pick/take", "MIN(件数,5)", []),
    ],
)
def test_an_expression_is_shown_for_those_it_is_asked_about(
    operations: FlaskClient, cascade: Definition, at: str, typed: str, names: list[str]
) -> None:
    found = outcomes(at_place(operations, cascade, "desk", at, typed))
    assert found, "somebody stands beside it"
    assert set(names) <= {*found} or not names
    assert any(after not in ("—", "") for _before, after in found.values())


def test_what_a_week_needs_is_shown_with_the_rates_of_each(operations: FlaskClient, cascade: Definition) -> None:
    """The names of a driver's rates are made by the document: their values are those that the rates give."""
    desk = at_place(operations, cascade, "desk", "drivers/visits/needed", "目标/客单价")
    for name in ("目标", "客单价", "商机转化率", "每商机拜访次数"):
        value = re.search(rf"<span>{name}</span>.*?<small>([^<]+)</small>", desk, re.DOTALL)
        assert value, f"{name} has a chip"
        assert value[1] != "—", f"{name} has a value"


def test_what_is_handed_to_a_table_must_be_of_its_kind(operations: FlaskClient, cascade: Definition) -> None:
    draft = definitions.draft_of(cascade)
    assert draft is not None
    inputs = [place for place in formula_places.of(draft.document) if place.handed and place.text == "成熟度"]
    assert "is-wrong" not in at_place(operations, cascade, "desk", inputs[0].at, "成熟度")
    assert "is-wrong" in at_place(operations, cascade, "desk", inputs[0].at, "历史业绩*2")


def test_a_card_that_is_gone_says_so(operations: FlaskClient, cascade: Definition) -> None:
    sent = {"id": "here", "at": "levels/l9/weight", "field": "typed", "typed": "1"}
    assert operations.post(f"/formulas/{cascade.id}/desk", data=sent).status_code == 404


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


MEMBER = "levels/l3/weight"


def choose(client: FlaskClient, definition: Definition, kept: dict[str, str], **deed: str) -> str:
    return at_place(client, definition, "people", MEMBER, "个人权重", **kept, **deed)


def shown_people(client: FlaskClient, definition: Definition, kept: dict[str, str]) -> list[str]:
    return list(outcomes(at_place(client, definition, "check", MEMBER, "个人权重", **kept)))


def test_more_people_stand_beside_the_first_three(operations: FlaskClient, cascade: Definition) -> None:
    kept = kept_in(at_place(operations, cascade, "desk", MEMBER, "个人权重"))
    first = shown_people(operations, cascade, kept)
    assert len(first) == 3
    found = choose(operations, cascade, kept, search="1", sought="安店")
    assert plain(found) == "安店长"
    position = re.search(r'"add": (\d+)', html.unescape(found))
    assert position is not None
    kept = kept_in(choose(operations, cascade, kept, add=position[1]))
    assert shown_people(operations, cascade, kept) == [*first, "安店长"]
    assert "没有叫这个名字的人" in choose(operations, cascade, kept, search="1", sought="安店"), "he is there already"


def test_somebody_is_taken_out_and_the_choice_is_kept_for_other_texts(
    operations: FlaskClient, cascade: Definition
) -> None:
    desk = at_place(operations, cascade, "desk", MEMBER, "个人权重")
    first = list(outcomes(desk))
    position = re.search(r'"remove": (\d+)', html.unescape(desk))
    assert position is not None
    kept = kept_in(choose(operations, cascade, kept_in(desk), remove=position[1]))
    assert shown_people(operations, cascade, kept) == first[1:]
    assert list(outcomes(at_place(operations, cascade, "desk", MEMBER, "历史占比"))) == first[1:]
    again = kept_in(choose(operations, cascade, kept))
    assert shown_people(operations, cascade, again) == first, "highest, middle and lowest again"


def test_there_is_room_for_eight_people(operations: FlaskClient, cascade: Definition) -> None:
    kept = kept_in(at_place(operations, cascade, "desk", MEMBER, "个人权重"))
    for position in range(9):
        kept = kept_in(choose(operations, cascade, kept, add=str(position)))
    assert len(shown_people(operations, cascade, kept)) == 8


def test_members_of_a_cascade_bring_their_columns(app: Flask, sales: Sales) -> None:
    with app.test_request_context():
        rows = samples.of("cascade.member", sales.people.company.id)
    assert len(rows) == 9
    at = rows.names.index("新人")
    assert rows.columns["tenure_months"][at] == 0
    assert rows.columns["history"][at] == 0
    assert sum(rows.columns["share_history"]) == pytest.approx(3)  # three provinces


def test_a_name_is_written_as_the_language_needs_it() -> None:
    assert remedies.written("历史业绩") == "历史业绩"
    assert remedies.written("客单价(元)") == "[客单价(元)]"


def test_the_reference_of_functions_is_current() -> None:
    written = (CHECKOUT / "docs" / "reference" / "functions.md").read_text(encoding="utf-8")
    assert written == functions_page.markdown(), "run: guantong formulas functions > docs/reference/functions.md"


# ── values from tables ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_value_of_a_table_is_chosen_and_wired_to_an_input(operations: FlaskClient, weight: Definition) -> None:
    save(operations, weight, add="uses", **{"use-source": "table medical.stage_weights"})
    (use,) = draft_of(weight)["uses"]
    assert use == {
        "as": "覆盖权重",
        "table": "medical.stage_weights",
        "inputs": {"stage": "爬坡系数"},
        "output": "coverage",
    }
    wired = {"use-0-in-stage": '"推广期"', "use-0-output": "profit", "use-0-as": "利润权重"}
    fragment = check(operations, weight, expression="利润权重*客户潜力", **wired)
    assert "公式没有问题" in fragment
    assert re.search(r"利润权重 = 0\.\d+ \S+ v1 · 推广期", plain(fragment.split('id="expression-steps"')[1]))
    save(operations, weight, expression="覆盖权重*客户潜力", **wired)
    assert draft_of(weight)["expression"] == "利润权重*客户潜力"
    save(operations, weight, remove="use-0")
    assert draft_of(weight)["uses"] == []


def test_a_value_that_is_wired_wrong_says_so(operations: FlaskClient, weight: Definition) -> None:
    save(operations, weight, add="uses", **{"use-source": "table medical.stage_weights"})
    fragment = check(operations, weight, expression="覆盖权重*客户潜力")
    assert "is-wrong" in fragment
    assert "这里要得到文字" in plain(fragment)


# ── bad input ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_without_its_parts_opens_as_text(operations: FlaskClient, weight: Definition) -> None:
    draft = definitions.draft_of(weight)
    assert draft is not None
    text = json.dumps(draft.document | {"body": {"expression": "1"}})
    definitions.save_draft(draft, text, seen=draft.version_id, by_id=None)
    db.session.commit()
    answer = operations.get(f"/formulas/{weight.id}")
    assert answer.headers["Location"] == f"/definitions/{weight.id}/edit?plain=1"


@pytest.mark.parametrize(
    "changes",
    [
        {"expression": ""},
        {"expression": "很长" * 3000},
        {"history-as": "爬坡系数"},
        {"history-as": "ＡＢ", "ramp-as": "AB"},
        {"potential_share-step": "0"},
        {"potential_share-min": "5"},
        {"s1-history": "99999999999999999999"},
        {"ramp-type": "date"},
        {"result-type": "date"},
        {"use-source": "table nothing", "add": "uses"},
        {"add": "nothing"},
        {"remove": "use-99"},
        {"title-zh": " "},
    ],
)
def test_whatever_is_typed_can_be_kept_and_shown(
    operations: FlaskClient, weight: Definition, changes: dict[str, str]
) -> None:
    check(operations, weight, **changes)
    assert save(operations, weight, **changes).status_code == 303
    page_of(operations, weight)


@pytest.mark.parametrize("typed", ["99", "-1", "1.5", "二"])
def test_decimals_are_a_small_whole_number(operations: FlaskClient, weight: Definition, typed: str) -> None:
    assert "is-wrong" in check(operations, weight, **{"result-decimals": typed})
    assert save(operations, weight, **{"result-decimals": typed}).status_code == 422


def test_hostile_texts_are_answered_in_words(app: Flask) -> None:
    cases = json.loads((CHECKOUT / "tests" / "formulas" / "cases" / "formula_attacks.json").read_text("utf-8"))
    setting = formula_editor.of_place("cascade.unit")
    with app.test_request_context():
        for case in cases["cases"] if isinstance(cases, dict) else cases:
            typed = case.get("formula") or "".join(text * count for text, count in case["parts"])
            judged = formula_editor.judge(typed, setting, {})
            if isinstance(judged, Fault):
                assert judged.message
                assert 0 <= judged.start <= judged.end <= len(typed)


def test_a_new_formula_begins_in_the_editor(operations: FlaskClient) -> None:
    answer = operations.post("/definitions/new", data={"kind": "formula", "title": "提成"})
    opened = operations.get(answer.headers["Location"])
    page = operations.get(opened.headers["Location"])
    assert page.status_code == 200
    assert "公式:提成" in page.get_data(as_text=True)
