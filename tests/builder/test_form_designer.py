"""HR designs a form in the browser's pages: what each control does, what is kept, what is told."""

import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from builder import definitions, form_tree
from builder.models import Definition, DefinitionVersion
from core.db import Document, db
from organization import spreadsheets
from organization.models import Member
from tests.product import People

pytestmark = pytest.mark.sqlite  # pages of one document: no database shows them otherwise


@pytest.fixture
def hr(client: FlaskClient, people: People, sign_in: Callable[[Member], object]) -> FlaskClient:
    sign_in(people.hr)
    return client


class Desk:
    """A draft in the designer, as the one who edits it has it before his eyes."""

    def __init__(self, client: FlaskClient, definition_id: int) -> None:
        self.client = client
        self.id = definition_id

    @property
    def draft(self) -> DefinitionVersion:
        draft = definitions.draft_of(db.session.get_one(Definition, self.id))
        assert draft is not None
        return draft

    @property
    def body(self) -> Document:
        body: Document = self.draft.document["body"]
        return body

    def do(self, deed: str, seen: int | None = None, **posted: Any) -> TestResponse:
        data = {"seen": self.draft.version_id if seen is None else seen, **posted}
        return self.client.post(f"/form-designer/{self.id}/{deed}", data=data, headers={"HX-Request": "true"})

    def page(self, **query: Any) -> str:
        return self.client.get(f"/form-designer/{self.id}", query_string=query).text


@pytest.fixture
def desk(hr: FlaskClient) -> Desk:
    made = hr.post("/form-designer/new", data={"title": "区域反向提案"})
    assert made.status_code == 303
    return Desk(hr, int(made.location.rsplit("/", 1)[1]))


def titles(body: Document) -> list[str]:
    return [spec["title"] for spec in body["data"]["properties"].values()]


# ── from nothing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_begins_with_its_name_alone_and_a_key_that_nobody_typed(desk: Desk) -> None:
    assert desk.draft.definition.key == "own.qu_yu_fan_xiang_ti_an"
    assert desk.body == {"data": {"type": "object", "properties": {}}, "layout": []}
    assert "还没有要填的内容" in desk.page()


def test_a_form_without_a_name_is_asked_for_one(hr: FlaskClient) -> None:
    refused = hr.post("/form-designer/new", data={"title": " "})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text


def test_a_click_adds_a_field_and_chooses_it(desk: Desk) -> None:
    answer = desk.do("add", what="rating")
    assert answer.status_code == 200
    assert answer.headers["HX-Replace-Url"].endswith(f"/form-designer/{desk.id}?at=i1&pane=field")
    assert titles(desk.body) == ["评分"]
    assert 'name="title" value="评分"' in answer.text


def test_the_canvas_draws_a_field_as_people_will_fill_it(desk: Desk) -> None:
    desk.do("add", what="choice")
    page = desk.page()
    assert '<input type="radio" name="dan_xuan"' in page
    assert 'data-node="i1"' in page


# ── a person, a size ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_person_may_not_see_is_marked_on_the_canvas(desk: Desk, people: People) -> None:
    desk.do("add", what="text")
    desk.do("access", id="f1", role="region_manager", may="hide")
    assert "is-hidden" not in desk.page()
    assert "is-hidden" in desk.page(who=people.east_manager.id)


def test_the_canvas_is_narrow_for_a_phone(desk: Desk) -> None:
    assert "designer-canvas is-phone" in desk.page(size="phone")


# ── undo, redo, two people ────────────────────────────────────────────────────────────────────────────────────────


def test_every_step_is_taken_back_and_done_again(desk: Desk) -> None:
    for what in ("text", "number", "date"):
        desk.do("add", what=what)
    desk.do("title", title="季度提案")
    whole = desk.draft.document
    for _step in range(4):
        assert desk.do("undo").status_code == 200
    assert titles(desk.body) == []
    assert desk.draft.document["title"]["zh"] == "区域反向提案"
    assert desk.do("undo").status_code == 409
    for _step in range(4):
        assert desk.do("redo").status_code == 200
    assert desk.draft.document == whole
    assert desk.do("redo").status_code == 409


def test_a_new_step_ends_what_could_be_done_again(desk: Desk) -> None:
    desk.do("add", what="text")
    desk.do("undo")
    desk.do("add", what="number")
    assert desk.do("redo").status_code == 409
    assert titles(desk.body) == ["数字"]


def test_two_people_in_one_draft_are_told_and_nothing_is_lost(desk: Desk) -> None:
    seen = desk.draft.version_id
    desk.do("add", what="text")
    answer = desk.do("add", seen=seen, what="number")
    assert answer.status_code == 422
    assert "保存了这份草稿" in answer.text
    assert "数字" in answer.text
    assert titles(desk.body) == ["单行文字"]
    assert desk.do("add", what="number").status_code == 200


def test_what_cannot_be_is_said_and_nothing_is_kept(desk: Desk) -> None:
    desk.do("add", what="number")
    desk.do("add", what="text")
    answer = desk.do("field", id="f2", title="数字", shown_at="i2")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert titles(desk.body) == ["数字", "单行文字"]


def test_the_json_beside_is_in_step_both_ways(desk: Desk) -> None:
    desk.client.post("/definitions/expert")
    desk.do("add", what="number")
    assert "&#34;title&#34;: &#34;数字&#34;" in desk.page(pane="form")
    document = json.loads(json.dumps(desk.draft.document))
    document["body"]["data"]["properties"]["shu_zi"]["title"] = "台数"
    assert desk.do("text", text=json.dumps(document)).status_code == 200
    assert titles(desk.body) == ["台数"]
    document["body"]["data"] = 7
    assert desk.do("text", text=json.dumps(document)).status_code == 422
    desk.do("undo")
    assert titles(desk.body) == ["数字"]


# ── rules and formulas ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_is_a_sentence_of_controls(desk: Desk) -> None:
    desk.do("add", what="rating")
    desk.do("add", what="text")
    page = desk.do("rule_add", what="then", shown_pane="rules").text
    for control in ('id="r1-when-0-field"', 'id="r1-when-0-op"', 'id="r1-when-0-value"', 'id="r1-then-0-target"'):
        assert control in page
    desk.do("clause", rule="r1", part="when", clause="0", value="2")
    assert desk.body["rules"][0]["when"] == "评分<=2"


def test_a_formula_that_is_wrong_is_marked_and_the_rest_is_drawn(desk: Desk) -> None:
    desk.do("add", what="number")
    desk.do("add", what="number")
    desk.do("computed", id="f2", given_by="formula", formula="数字*")
    page = desk.page(at="i2")
    assert "is-wrong" in page
    assert 'id="field-shu_zi"' in page
    checked = desk.client.post(
        f"/formulas/{desk.id}/desk",
        data={"id": "p-f2-formula", "at": "computed/f2", "field": "formula", "formula": "数字*2"},
    )
    assert checked.status_code == 200
    assert 'data-insert="数字"' in checked.text


def test_a_draft_with_many_things_wrong_at_once_is_still_drawn(desk: Desk) -> None:
    desk.do("add", what="record")  # of no form yet
    desk.do("add", what="number")
    desk.do("add", what="date_range")
    desk.do("rule_add", what="then")
    desk.do("rule", rule="r1", when="数字<")
    desk.do("computed", id="f2", given_by="formula", formula="数字+1")
    desk.do("add", what="text")
    desk.do("field", id="f4", title="日期区间开始")  # which formulas call the first day of the range
    assert definitions.check_draft(desk.draft) != []
    for pane in ("field", "rules", "form"):
        assert 'id="node-i2"' in desk.page(at="i2", pane=pane)
    preview = desk.client.post(f"/form-designer/{desk.id}/preview", data={"shu_zi": "3", "send": "1"})
    assert preview.status_code == 200


# ── preview and cases ─────────────────────────────────────────────────────────────────────────────────────────────


def proposal(desk: Desk) -> None:
    desk.do("add", what="number")
    desk.do("field", id="f1", title="目标关联度评分", minimum="1", maximum="5", has_required="1", required="1")
    desk.do("add", what="table")
    desk.do("field", id="f2", title="资源需求清单", has_required="1", required="1")


def test_a_preview_judges_what_was_filled_in_and_keeps_nothing(desk: Desk) -> None:
    proposal(desk)
    url = f"/form-designer/{desk.id}/preview"
    refused = desk.client.post(url, data={"mu_biao_guan_lian_du_ping_fen": "6", "send": "1"}).text
    assert "#field-mu_biao_guan_lian_du_ping_fen" in refused
    assert "#field-zi_yuan_xu_qiu_qing_dan" in refused
    sound = {"mu_biao_guan_lian_du_ping_fen": "4", "zi_yuan_xu_qiu_qing_dan-0-ming_cheng": "设备", "send": "1"}
    assert "可以提交" in desk.client.post(url, data=sound).text


def test_what_was_filled_in_is_kept_as_a_case_and_tried_before_publishing(desk: Desk) -> None:
    proposal(desk)
    given = {"mu_biao_guan_lian_du_ping_fen": "6", "keep": "1", "case": "关联度 6", "seen": desk.draft.version_id}
    desk.client.post(f"/form-designer/{desk.id}/preview", data=given)
    (case,) = desk.body["cases"]
    assert case["expects"]["problems"] == ["/mu_biao_guan_lian_du_ping_fen", "/zi_yuan_xu_qiu_qing_dan"]
    assert definitions.check_draft(desk.draft) == []
    desk.do("field", id="f1", maximum="10")
    assert [problem.code for problem in definitions.check_draft(desk.draft)] == ["case"]


# ── from and to others ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_of_titles_from_excel_becomes_fields(desk: Desk) -> None:
    text = "客户名称\t预算金额\t转化率\t拜访日期\t备注"
    desk.client.post(f"/form-designer/{desk.id}/import", data={"text": text, "seen": desk.draft.version_id})
    widgets = [node["widget"] for node in form_tree.walk(desk.body["layout"])]
    assert titles(desk.body) == ["客户名称", "预算金额", "转化率", "拜访日期", "备注"]
    assert widgets == ["text", "money", "percent", "date", "long_text"]


def test_a_workbook_gives_fields_by_what_stands_in_it(desk: Desk) -> None:
    days = [dt.datetime(2025, 6, 2), dt.datetime(2025, 6, 3)]
    book = spreadsheets.workbook(["门店", "到店", "金额", "台"], [["一店", days[0], 1.5, 3], ["二店", days[1], 2, 4]])
    sent = {"file": (io.BytesIO(book), "字段.xlsx"), "seen": desk.draft.version_id}
    desk.client.post(f"/form-designer/{desk.id}/import", data=sent)
    widgets = [node["widget"] for node in form_tree.walk(desk.body["layout"])]
    assert widgets == ["text", "date", "money", "number"]


def test_a_schema_of_rjsf_comes_in_and_goes_out(desk: Desk) -> None:
    text = """{"schema": {"type": "object", "required": ["score"], "properties": {
        "score": {"type": "number", "title": "得分", "minimum": 1, "maximum": 5},
        "kind": {"type": "string", "title": "类型", "oneOf": [{"const": "a", "title": "新品"}]},
        "rows": {"type": "array", "title": "明细", "items": {"type": "object", "properties": {
            "item": {"type": "string", "title": "名目"}}}}}}, "uiSchema": {"score": {"ui:help": "1 到 5"}}}"""
    desk.client.post(f"/form-designer/{desk.id}/import", data={"text": text, "seen": desk.draft.version_id})
    assert definitions.check_draft(desk.draft) == []
    pair = desk.client.get(f"/form-designer/{desk.id}/rjsf.json").json
    assert pair is not None
    assert pair["schema"]["properties"]["de_fen"]["maximum"] == 5
    assert pair["uiSchema"]["de_fen"] == {"ui:help": "1 到 5"}
    assert [*pair["schema"]["properties"]["ming_xi"]["items"]["properties"]] == ["ming_mu"]


def test_a_text_that_is_no_schema_is_refused_beside_the_box(desk: Desk) -> None:
    sent = {"text": "{]", "seen": desk.draft.version_id}
    answer = desk.client.post(f"/form-designer/{desk.id}/import", data=sent)
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text


def test_the_data_dictionary_opens_in_excel(desk: Desk) -> None:
    desk.do("add", what="table")
    answer = desk.client.get(f"/form-designer/{desk.id}/dictionary.xlsx")
    assert answer.data.startswith(b"PK")
    assert "spreadsheetml" in answer.content_type


# ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_form_from_nothing_is_published_and_its_changes_are_sentences(desk: Desk) -> None:
    proposal(desk)
    published = desk.client.post(f"/definitions/{desk.id}/review", data={"note": ""})
    assert published.status_code == 303
    (version,) = definitions.history(db.session.get_one(Definition, desk.id))
    assert titles(version.document["body"]) == ["目标关联度评分", "资源需求清单"]
    desk.client.post(f"/form-designer/{desk.id}/draft")
    desk.do("field", id="f1", maximum="10")
    assert "目标关联度评分" in desk.client.get(f"/definitions/{desk.id}/review").text


def test_who_may_not_edit_definitions_sees_no_designer(
    client: FlaskClient, people: People, sign_in: Callable[[Member], object]
) -> None:
    sign_in(people.an)
    assert client.get("/form-designer/new").status_code == 403


def test_what_sending_creates_is_chosen_in_the_settings(desk: Desk) -> None:
    for kind in ("text", "table"):
        desk.do("add", what=kind)
    for make in ("goal", "case", "asset"):
        desk.do("creates_add", make=make)
    goal, case, _asset = desk.body["creates"]
    table = next(node for node in form_tree.walk(desk.body["layout"]) if node.get("widget") == "table")
    desk.do("creates", id=goal["id"], kind="objective", rows_table=table["field"])
    page = desk.do("creates", id=case["id"], kind="suggestion", shown_pane="form").text
    for words in ("目标与关键结果", "关键结果取自子表", "权重取自", "跟进单", "知识资产"):
        assert words in page, words
    assert [entry.get("kind") for entry in desk.body["creates"]] == ["objective", "suggestion", None]
