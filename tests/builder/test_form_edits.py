"""Whatever somebody does to a form in its designer, the form stays one that can be drawn, filled and published."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from builder import definitions, form_conditions, form_data, form_edits, form_palette, form_tree, forms
from builder.form_around import Around
from builder.form_conditions import Clause
from core.db import Document
from core.errors import AppError, Invalid

EMPTY: Document = {"data": {"type": "object", "properties": {}}, "layout": []}
AROUND = Around()


@pytest.fixture(autouse=True)
def words(speaking: Flask) -> Any:
    with speaking.test_request_context():
        yield


def done(body: Document, deed: str, **posted: Any) -> Document:
    return form_edits.apply(body, deed, MultiDict(posted), AROUND)


def built(*kinds: str) -> Document:
    body = EMPTY
    for kind in kinds:
        body = done(body, "add", what=kind)
    return body


def titles(body: Document) -> list[str]:
    return [place.spec["title"] for place in form_data.fields(body)]


def faults(body: Document) -> list[str]:
    """What publishing would refuse, but for parts that nobody has filled yet and links that nobody has chosen."""
    document = {"kind": "form", "schema_version": 1, "key": "own.f", "title": {"zh": "表"}, "body": body}
    unfinished = ("minItems", "minProperties", "lookup", "record", "link", "unreachable")
    return [f"{p.path} {p.code} {p.message}" for p in definitions.check(document, {}) if p.code not in unfinished]


# ── adding ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_of_the_palette_can_be_added_and_drawn() -> None:
    body = EMPTY
    for kind in form_palette.KINDS:
        body = done(body, "add", what=kind, into="")
    assert faults(body) == []
    assert {node["widget"] for node in form_tree.walk(body["layout"]) if "widget" in node} >= {"rating", "table"}
    assert forms.effective(forms.of(body), {}, forms.World()).steady


def test_a_field_goes_beside_what_is_chosen() -> None:
    body = built("section", "text", "number")
    section = body["layout"][0]
    assert [item["widget"] for item in section["items"]] == ["text", "number"]
    body = done(body, "add", what="date", beside=section["items"][0]["id"])
    assert [item["widget"] for item in body["layout"][0]["items"]] == ["text", "date", "number"]


def test_beside_a_column_comes_another_column() -> None:
    body = built("table")
    table = form_tree.find(body["layout"], "i1")
    assert table is not None
    body = done(body, "add", what="money", beside=table["items"][0]["id"])
    table = form_tree.find(body["layout"], "i1")
    assert table is not None
    assert [item["widget"] for item in table["items"]] == ["text", "money", "number"]
    assert faults(body) == []


def test_tabs_hold_sections_and_a_field_goes_into_the_last() -> None:
    body = built("tabs", "text")
    body = done(body, "add", what="text", into=body["layout"][0]["id"])
    assert len(body["layout"][0]["items"][1]["items"]) == 1
    assert faults(body) == []


def test_keys_come_from_the_title_until_records_have_them() -> None:
    body = done(built("number"), "field", id="f1", title="目标关联度评分")
    assert [*body["data"]["properties"]] == ["mu_biao_guan_lian_du_ping_fen"]
    published = Around(published=frozenset(body["data"]["properties"]))
    body = form_edits.apply(body, "field", MultiDict({"id": "f1", "title": "关联度"}), published)
    assert [*body["data"]["properties"]] == ["mu_biao_guan_lian_du_ping_fen"]


# ── moving, duplicating, removing ─────────────────────────────────────────────────────────────────────────────────


def test_moving_down_walks_into_a_section_and_out_of_it_again() -> None:
    body = done(built("text"), "add", what="section", into="")
    for _step in range(2):
        body = done(body, "move", id="i1", to="down")
        where = form_tree.holder_of(body["layout"], "i1")
    assert where is None
    assert body["layout"][-1]["id"] == "i1"
    body = done(body, "move", id="i1", to="up")
    holder = form_tree.holder_of(body["layout"], "i1")
    assert holder is not None
    assert holder["type"] == "section"


def test_a_part_cannot_lie_in_itself() -> None:
    body = built("section")
    with pytest.raises(Invalid):
        done(body, "drop", id="p1", into="p1", at="0")


def test_a_copy_has_its_own_ids_titles_and_formula() -> None:
    body = done(built("section", "number"), "computed", id="f1", given_by="formula", formula="1+1")
    body = done(body, "add", what="table", beside="i1")
    body = done(body, "duplicate", id="p1")
    assert faults(body) == []
    assert titles(body) == ["数字", "明细表", "名称", "数量", "数字 2", "明细表 2", "名称", "数量"]
    assert len(body["computed"]) == 2


def test_what_a_formula_names_cannot_be_removed_and_it_is_said_where() -> None:
    body = done(built("number", "text"), "rule_add", what="then")
    with pytest.raises(Invalid) as refused:
        done(body, "remove", id="i1")
    assert "1" in refused.value.problems[0].message
    body = done(done(body, "rule_remove", rule="r1"), "remove", id="i1")
    assert titles(body) == ["单行文字"]
    assert "rules" not in body


def test_removing_a_field_takes_what_was_done_with_it() -> None:
    body = done(built("number", "text"), "rule_add", what="then")  # 数字 shows 单行文字
    body = done(done(body, "access", id="f2", role="sales", may="hide"), "prefill", id="f2", **{"from": "me"})
    body = done(body, "remove", id="i2")
    assert not {"rules", "access", "prefill"} & body.keys()
    assert faults(body) == []


# ── fields and options ────────────────────────────────────────────────────────────────────────────────────────────


def test_renaming_a_field_writes_its_formulas_anew() -> None:
    body = done(done(built("number", "text"), "rule_add", what="then"), "field", id="f1", title="关联度 (1-5)")
    assert body["rules"][0]["when"].startswith("[关联度 (1-5)]")
    assert faults(body) == []


def test_two_fields_cannot_have_one_title() -> None:
    with pytest.raises(Invalid):
        done(built("number", "text"), "field", id="f1", title="单行文字")


def test_limits_are_typed_as_the_field_is() -> None:
    body = done(built("percent"), "field", id="f1", maximum="25", minimum="5%")
    spec = body["data"]["properties"]["bai_fen_bi"]
    assert (spec["minimum"], spec["maximum"]) == (0.05, 0.25)
    with pytest.raises(Invalid):
        done(body, "field", id="f1", minimum="80")


def test_pasted_options_keep_the_ids_of_those_that_were_there() -> None:
    body = built("choice")
    first = body["data"]["properties"]["dan_xuan"]["x-options"][0]["id"]
    body = done(body, "option_paste", id="f1", lines="降价\n选项 1\n陈列")
    given = body["data"]["properties"]["dan_xuan"]["x-options"]
    assert [option["title"]["zh"] for option in given] == ["降价", "选项 1", "陈列"]
    assert given[1]["id"] == first
    assert faults(body) == []


def test_a_cascading_choice_is_pasted_as_ways() -> None:
    body = done(built("cascading"), "option_paste", id="f1", lines="华东/上海\n华东/江苏\n华南/广东")
    given = next(iter(body["data"]["properties"].values()))["x-options"]
    assert [[inner["title"]["zh"] for inner in option["options"]] for option in given] == [["上海", "江苏"], ["广东"]]
    assert faults(body) == []


def test_a_renamed_option_is_followed_by_the_rules_that_compare_with_it() -> None:
    body = done(done(built("choice", "text"), "rule_add", what="then"), "option", id="f1", option="o1", title="降价")
    assert '"降价"' in body["rules"][0]["when"]
    assert faults(body) == []


# ── rules ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("rating", Clause("f1", "<=", "2")),
        ("percent", Clause("f1", ">", "15%")),
        ("date", Clause("f1", "<", "2025-03-01")),
        ("choice", Clause("f1", "<>", "选项 2")),
        ("choices", Clause("f1", "contains", "选项 1")),
        ("switch", Clause("f1", "no")),
        ("text", Clause("f1", "filled")),
        ("image", Clause("f1", "blank")),
        ("person", Clause("f1", "=", "我")),
        ("person", Clause("f1", "<>", "张三")),
        ("unit", Clause("f1", "=", "我的部门")),
    ],
)
def test_a_condition_is_a_sentence_and_a_formula(kind: str, clause: Clause) -> None:
    form = forms.of(built(kind, "text"))
    text = form_conditions.write(form, [clause])
    assert form_conditions.read(text, form) == ([clause], "and")
    both = form_conditions.write(form, [clause, Clause("f2", "filled")], "or")
    assert form_conditions.read(both, form) == ([clause, Clause("f2", "filled")], "or")
    assert forms.compiled(form, both).kind == "bool"


def test_a_formula_that_is_no_sentence_stays_a_formula() -> None:
    form = forms.of(built("number", "text"))
    assert form_conditions.read("数字*2<=10", form) is None
    assert form_conditions.read("数字<", form) is None


def test_a_goal_with_key_results_is_made_from_the_fields_that_are_chosen() -> None:
    body = built("text", "table")
    table = next(place for place in form_data.fields(body) if place.spec["type"] == "array")
    column = next(place for place in form_data.fields(body) if place.table == table.id)
    body = done(body, "creates_add", make="goal")
    (entry,) = body["creates"]
    body = done(body, "creates", id=entry["id"], kind="micro", rows_table=table.id)
    (entry,) = body["creates"]
    assert (entry["kind"], entry["rows"]) == ("micro", {"table": table.id, "from": {"title": column.id}})
    assert faults(body) == []
    assert "rows" not in done(body, "creates", id=entry["id"], rows_table="")["creates"][0]
    with pytest.raises(Invalid):
        done(built("number"), "creates_add", make="check_in")


def test_a_rule_is_changed_part_by_part() -> None:
    body = done(built("number", "text"), "rule_add", what="then")
    body = done(body, "clause", rule="r1", part="when", clause="0", op=">=", value="3")
    body = done(body, "clause_add", rule="r1", part="when")
    body = done(body, "action", rule="r1", action="0", verb="set", target="f2", to='"无"')
    body = done(body, "action_add", rule="r1")
    assert body["rules"] == [
        {
            "id": "r1",
            "when": "AND(数字>=3, NOT(ISBLANK(单行文字)))",
            "then": [{"set": "f2", "to": '"无"'}, {"require": "f2"}],
        }
    ]
    assert faults(body) == []


# ── any sequence ──────────────────────────────────────────────────────────────────────────────────────────────────

Choose = Callable[[Any], Any]


def random_deed(body: Document, choose: Choose) -> tuple[str, dict[str, Any]]:
    nodes = [node["id"] for node in form_tree.walk(body["layout"])] or [""]
    fields = [place.id for place in form_data.fields(body)] or [""]
    rules = [rule["id"] for rule in body.get("rules", ())] or [""]
    node, field, rule = (choose(st.sampled_from(known)) for known in (nodes, fields, rules))
    options = [entry for place in form_data.fields(body) if place.id == field for entry in form_tree.ids(place.spec)]
    option = choose(st.sampled_from(options or [""]))
    at = str(choose(st.integers(0, 3)))
    words = choose(st.sampled_from(["甲", "乙 (元)", "A&B", "单行文字", "期间", "3 个", "选项 2", ""]))
    deeds: dict[str, dict[str, Any]] = {
        "add": {"what": choose(st.sampled_from([*form_palette.KINDS])), "beside": node},
        "drop": {"id": node, "into": choose(st.sampled_from(["", *nodes])), "at": at},
        "move": {"id": node, "to": choose(st.sampled_from(["up", "down"]))},
        "duplicate": {"id": node},
        "remove": {"id": node},
        "part": {"id": node, "title": words, "hint": words},
        "field": {"id": field, "title": words, "has_required": "1", "required": "1", "hint": words, "width": "half"},
        "option_add": {"id": field},
        "option_remove": {"id": field, "option": option},
        "option": {"id": field, "option": option, "title": words or "丙"},
        "rule_add": {"what": choose(st.sampled_from(["then", "check"]))},
        "clause": {"rule": rule, "part": "when", "field": field, "op": "=", "value": "3"},
        "clause_add": {"rule": rule, "part": choose(st.sampled_from(["when", "check"]))},
        "action": {"rule": rule, "verb": choose(st.sampled_from(["hide", "require", "set"])), "target": node or field},
        "rule_remove": {"rule": rule},
        "access": {"id": field, "role": "sales", "may": choose(st.sampled_from(["hide", "read", "edit"]))},
    }
    name = choose(st.sampled_from([*deeds]))
    return name, deeds[name]


STILL_TO_SAY = (" conflict ", "/x-pick required ")
"""Two rules that disagree, a new picker of records whose form nobody has named yet: for the author to say."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_sequence_of_deeds_leaves_a_form_that_can_be_drawn_and_checked(data: st.DataObject) -> None:
    body = built("section", "rating", "table", "choice")
    for _deed in range(data.draw(st.integers(3, 10))):
        name, posted = random_deed(body, data.draw)
        try:
            body = done(body, name, **posted)
        except AppError:
            continue
        ids = [*form_tree.ids(body["data"]), *form_tree.ids(body["layout"])]
        assert len(ids) == len(set(ids)), f"{name} {posted}"
        placed = [node["field"] for node in form_tree.walk(body["layout"]) if "field" in node]
        assert sorted(placed) == sorted(place.id for place in form_data.fields(body)), f"{name} {posted}"
        assert [fault for fault in faults(body) if not any(word in fault for word in STILL_TO_SAY)] == [], (
            f"{name} {posted}"
        )
        forms.effective(forms.of(body), {}, forms.World())
