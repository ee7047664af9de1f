"""The form as it stands for one person and these values: hidden, required, set, computed, checked (S20, S74)."""

import datetime as dt
from typing import Any

import pytest

from builder import forms
from core.errors import Invalid
from tests.builder import documents

pytestmark = pytest.mark.usefixtures("in_chinese")

PROPOSAL = forms.of(documents.load("proposal")["body"])
DAY = forms.World(on=dt.date(2025, 6, 30))
SHELF = {"item": "展架", "qty": 2, "price": 300}


def state(world: forms.World = DAY, **values: Any) -> forms.Effective:
    return forms.effective(PROPOSAL, {"relevance": 4, "kind": "event", "resources": [SHELF]} | values, world)


def told(world: forms.World = DAY, **values: Any) -> dict[str, str]:
    return {problem.path: problem.message for problem in forms.judge(state(world, **values)).problems}


def test_a_sound_submission_has_no_problems() -> None:
    assert told() == {}


@pytest.mark.parametrize("score", [0, 6, 3.5, "3", True, None])
def test_S74_a_score_outside_1_to_5_is_refused(score: Any) -> None:
    assert next(iter(told(relevance=score))) == "/relevance"


def test_S74_a_missing_score_and_an_empty_list_are_refused() -> None:
    refused = forms.judge(forms.effective(PROPOSAL, {"kind": "event", "resources": []}, DAY)).problems
    assert [problem.path for problem in refused] == ["/relevance", "/resources"]
    assert [problem.message for problem in refused] == ["请填写此项。", "这里至少要有 1 项。"]


def test_what_a_rule_shows_is_hidden_until_it_holds() -> None:
    assert {"f2", "f4"} <= state().hidden
    assert "f2" not in state(relevance=2).hidden
    assert "f2" in state(relevance=2).required


def test_a_condition_over_a_blank_field_does_not_hold() -> None:
    blank = forms.effective(PROPOSAL, {}, DAY)
    assert "f2" in blank.hidden  # a blank score is not a low one


def test_a_hidden_value_is_kept_apart_and_neither_judged_nor_sent() -> None:
    shown = state(reason="x")
    assert "reason" not in shown.values
    assert shown.kept == {"reason": "x"}
    assert forms.judge(shown).problems == []
    assert "reason" not in shown.schema["properties"]
    assert told(relevance=1, reason="x") == {"/reason": "至少写 5 个字。"}


def test_a_rule_sets_a_value_and_the_field_cannot_be_changed_meanwhile() -> None:
    fixed = state(budget=1)
    assert fixed.values["budget"] == 50_000
    assert "fd" in fixed.readonly
    free = state(kind="refit", shops=3, budget=1_000)
    assert free.values["budget"] == 1_000
    assert "fd" not in free.readonly


def test_columns_totals_and_fields_are_computed_in_the_order_that_they_need() -> None:
    found = state(kind="refit", shops=4, resources=[SHELF, {"item": "灯箱", "qty": 3, "price": 100.1}])
    assert [row["cost"] for row in found.values["resources"]] == [600, 300.3]
    assert found.values["total"] == 900.3
    assert found.values["per_shop"] == 225.08
    assert found.sums == {"f5": {"f9": 900.3}}


def test_a_computed_value_that_was_sent_counts_for_nothing() -> None:
    assert state(total=1).values["total"] == 600


def test_a_blank_cell_leaves_its_row_uncomputed() -> None:
    found = state(resources=[{"item": "展架", "qty": 2}, SHELF])
    assert "cost" not in found.values["resources"][0]
    assert found.values["total"] == 600


def test_checks_are_errors_warnings_or_neither() -> None:
    assert told(resources=[{"item": "屏", "qty": 1, "price": 60_000}]) == {"/total": "费用超过预算上限"}
    judged = forms.judge(state(resources=[{"item": "传单", "qty": 101, "price": 1}]))
    assert judged.problems == []
    assert [problem.path for problem in judged.warnings] == ["/resources"]


def test_a_check_at_a_column_is_asked_of_each_row() -> None:
    rows = [{**SHELF, "need_by": "2025-07-01"}, {**SHELF, "need_by": "2025-09-01"}, SHELF]
    assert told(period=["2025-07-01", "2025-08-01"], resources=rows) == {"/resources/1/need_by": "晚于执行期间"}


def test_places_are_called_as_people_call_them() -> None:
    refused = told(resources=[SHELF, {"item": "展架"}])
    assert list(refused) == ["/resources/1/qty"]
    assert forms.called(PROPOSAL, "/resources/1/qty") == "资源需求清单 · 第 2 行 · 数量"


def test_problems_come_in_the_order_of_the_page() -> None:
    assert list(told(relevance=9, kind="x", period=["2025-02-01", "2025-01-01"])) == ["/relevance", "/kind", "/period"]


def test_an_unknown_key_is_refused_at_its_place() -> None:
    assert list(told(extra=1)) == ["/extra"]
    assert list(told(resources=[{**SHELF, "extra": 1}])) == ["/resources/0/extra"]


def test_a_field_is_hidden_from_those_who_may_not_see_it() -> None:
    executive = forms.World(forms.Who(roles=frozenset({"hq_exec"})), on=dt.date(2025, 6, 30))
    assert "fg" in state().unseen
    assert "fg" not in state(executive).unseen
    assert not state().shows("fg")
    refused = forms.refused_changes(state(secret="同意"), {}, {"secret": "同意"})
    assert [problem.path for problem in refused] == ["/secret"]
    assert forms.refused_changes(state(executive), {}, {"secret": "同意"}) == []


def test_what_comes_out_anyway_may_be_sent_and_nothing_else() -> None:
    sent = {"total": 600, "budget": 50_000, "resources": [{**SHELF, "cost": 600}]}
    assert forms.refused_changes(state(**sent), {}, sent) == []
    forged = {"total": 1, "budget": 9, "resources": [SHELF, {**SHELF, "cost": 1}]}
    refused = forms.refused_changes(state(**forged), {}, forged)
    assert {problem.path for problem in refused} == {"/total", "/budget", "/resources/1/cost"}
    assert forms.refused_changes(state(**forged), forged, forged) == []  # it stood there already


def test_rows_may_go_and_come_but_what_is_only_read_stays_in_its_row() -> None:
    body = PROPOSAL.body | {"access": [{"id": "a9", "fields": ["f7"], "may": "read"}]}
    form = forms.of(body, "rows")
    before = {"resources": [{"item": "甲", "qty": 1}, {"item": "乙", "qty": 2}, {"item": "丙", "qty": 3}]}

    def refused(*rows: dict[str, Any]) -> list[str]:
        sent = {"resources": [*rows]}
        found = forms.refused_changes(forms.effective(form, sent, forms.World()), before, sent)
        return [problem.path for problem in found]

    assert refused({"item": "乙改", "qty": 2}, {"item": "新"}, {"item": "丙", "qty": 3}) == []
    assert refused({"item": "丙", "qty": 3}, {"item": "甲", "qty": 1}) == ["/resources/1/qty"]
    assert refused({"item": "甲", "qty": 1}, {"item": "甲", "qty": 1}) == ["/resources/1/qty"]


def test_the_schema_is_closed_and_its_digest_tells_which_one_was_asked() -> None:
    assert state().schema["additionalProperties"] is False
    assert state().digest == state(relevance=3).digest
    assert state().digest != state(relevance=1).digest
    assert state().validity is state(relevance=3).validity  # compiled once


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 10**400, [[[[[1]]]]], {"a": {"b": {"c": {"d": 1}}}}, b"x"])
def test_what_no_page_could_have_sent_is_refused_at_once(bad: Any) -> None:
    with pytest.raises(Invalid) as refused:
        state(relevance=bad)
    assert refused.value.problems[0].path == "/relevance"


def test_depth_a_thousand_and_ten_thousand_rows_end_as_problems() -> None:
    deep: Any = 1
    for _level in range(1_000):
        deep = [deep]
    with pytest.raises(Invalid):
        state(resources=deep)
    assert list(told(resources=[{"item": "展架", "qty": 2}] * 10_000)) == ["/resources"]


def test_a_text_of_a_megabyte_is_told_at_its_field() -> None:
    assert list(told(relevance=1, reason="长" * 1_000_000)) == ["/reason"]


@pytest.mark.parametrize(
    "wrong", [{"kind": 1}, {"resources": "x"}, {"resources": [1]}, {"resources": [{"item": 1, "qty": "2"}]}]
)
def test_wrong_types_are_told_and_break_nothing(wrong: dict[str, Any]) -> None:
    assert told(**wrong)


def test_what_cannot_be_computed_is_told_where_it_is_missed() -> None:
    found = state(kind="refit", shops=1)
    assert found.errors == {}
    body = documents.changed(documents.load("proposal"), "/body/computed/0/formula", "费用合计/(涉及门店-1)")["body"]
    failed = forms.effective(forms.of(body), {**found.values}, DAY)
    assert failed.errors == {("fc", None): "#DIV/0!"}
    assert [problem.path for problem in forms.judge(failed).warnings] == ["/per_shop"]


def test_a_rule_may_be_switched_off() -> None:
    body = documents.changed(documents.load("proposal"), "/body/rules/3/off", True)["body"]
    dear = {"relevance": 4, "kind": "event", "resources": [{"item": "屏", "qty": 1, "price": 60_000}]}
    assert forms.judge(forms.effective(forms.of(body), dear, DAY)).problems == []


def test_rules_that_never_come_to_rest_are_told() -> None:
    rules = [{"id": "x1", "when": "ISBLANK(预算上限)", "then": [{"set": "fd", "to": "1"}]}]
    body = documents.changed(documents.load("proposal"), "/body/rules", rules)["body"]
    restless = forms.effective(forms.of(body), {"relevance": 4, "kind": "event", "resources": [SHELF]}, DAY)
    assert restless.steady is False
    assert [problem.code for problem in forms.judge(restless).problems] == ["unsteady"]


def test_hiding_a_part_hides_all_that_lies_in_it() -> None:
    rules = [{"id": "x1", "when": "目标关联度评分=1", "then": [{"hide": "s2"}]}]
    body = documents.changed(documents.load("proposal"), "/body/rules", rules)["body"]
    found = forms.effective(forms.of(body), {"relevance": 1, "kind": "event"}, DAY)
    assert {"f5", "f6", "fb", "fd"} <= found.hidden
    assert {"s2", "i5"} <= found.parts
    assert forms.judge(found).problems == []


def test_a_hidden_column_leaves_every_row() -> None:
    rules = [{"id": "x1", "when": "目标关联度评分=1", "then": [{"hide": "f8"}]}]
    body = documents.changed(documents.load("proposal"), "/body/rules", rules)["body"]
    found = forms.effective(forms.of(body), {"relevance": 1, "kind": "event", "resources": [SHELF]}, DAY)
    assert found.values["resources"] == [{"item": "展架", "qty": 2}]
    assert found.kept == {"resources": [{"price": 300}]}


# ── people and units ──────────────────────────────────────────────────────────────────────────────────────────────


def test_people_of_one_name_are_two_people() -> None:
    """我 is who fills the form: compared by id, and with a name by name."""
    rules = [
        {"id": "x1", "when": "负责人=我", "then": [{"hide": "f3"}]},
        {"id": "x2", "when": '负责人="张三"', "then": [{"hide": "f4"}]},
        {"id": "x3", "when": "[负责人]<>我", "then": [{"hide": "f6"}]},
    ]
    body = documents.changed(documents.load("proposal"), "/body/rules", rules)["body"]
    me = forms.Who(member_id=7, name="张三", unit_id=3, unit="华东")

    def hidden(owner: int | None, **more: Any) -> set[str]:
        world = forms.World(named=lambda _widget, _id: "张三", **{"who": me, **more})
        values = {"relevance": 4, "resources": [SHELF]} | ({"owner": owner} if owner else {})
        return {"f3", "f4", "f6"} & forms.effective(forms.of(body), values, world).hidden

    assert hidden(7) == {"f3", "f4"}
    assert hidden(8) == {"f4", "f6"}
    assert hidden(None) == set()
    assert hidden(8, author=forms.Who(member_id=8, name="张三")) == {"f3", "f4"}  # it is read by somebody else
    assert hidden(8, who=forms.Who()) == {"f4"}  # nobody is anybody


def test_my_unit_and_people_in_rows_are_compared_by_id_too() -> None:
    body = documents.load("proposal")["body"]
    items = body["data"]["properties"]["resources"]["items"]["properties"]
    items |= {"by": {"x-id": "y1", "title": "经办人", "type": "integer"}}
    items |= {"mine": {"x-id": "y2", "title": "是我", "type": "boolean"}}
    body["data"]["properties"] |= {"unit": {"x-id": "y3", "title": "门店", "type": "integer"}}
    body["layout"][0]["items"].append({"id": "z3", "field": "y3", "widget": "unit"})
    table = next(node for node in body["layout"][1]["items"] if node["id"] == "i5")
    table["items"] += [{"id": "z1", "field": "y1", "widget": "person"}, {"id": "z2", "field": "y2", "widget": "switch"}]
    body["computed"] += [{"field": "y2", "formula": "AND(本行.经办人=负责人, 门店=我的部门)"}]
    world = forms.World(who=forms.Who(member_id=7, name="张三", unit_id=3, unit="华东"), named=lambda *_: "同名")
    rows = [{**SHELF, "by": 7}, {**SHELF, "by": 8}]
    found = forms.effective(forms.of(body), {"owner": 7, "unit": 3, "resources": rows}, world)
    assert [row["mine"] for row in found.values["resources"]] == [True, False]
