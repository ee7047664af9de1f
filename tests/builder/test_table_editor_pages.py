"""The table editor through the front door: open it, try, save, be told of somebody else, take sheets out and in."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from builder import definitions, table_editor, table_sheets
from builder.models import DefinitionVersion
from core.db import Document, db
from organization.imports import reading
from tests.builder import documents
from tests.product import People, add_member

pytestmark = pytest.mark.sqlite  # pages of one document: no database shows them otherwise

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*/definitions/table/*.json"))
STAGES = next(file for file in SEEDS if file.stem == "medical.stage_weights")
JSON = {"Accept": "application/json"}


@pytest.fixture
def draft(people: People) -> DefinitionVersion:
    version = definitions.create(people.company.id, load(STAGES), by_id=people.hr.id)
    definitions.publish(version, by_id=people.hr.id)
    draft = definitions.open_draft(version.definition, by_id=people.hr.id)
    db.session.commit()
    return draft


@pytest.fixture
def operations(people: People, sign_in: Any) -> FlaskClient:
    member = add_member(people.headquarters, "O001", "苏运营", "sales_ops")
    db.session.commit()
    client = sign_in(member)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return client


def load(file: Path) -> Document:
    return json.loads(file.read_text(encoding="utf-8"))


def address(draft: DefinitionVersion, more: str = "") -> str:
    return f"/definitions/{draft.definition_id}/table{more}"


def fields(document: Document, **more: Any) -> dict[str, Any]:
    return {"document": json.dumps(document, ensure_ascii=False), **more}


def tried(client: FlaskClient, draft: DefinitionVersion, *operations: Document, **more: Any) -> TestResponse:
    return client.post(
        address(draft, "/try"), data=fields(draft.document, operations=json.dumps(operations), **more), headers=JSON
    )


def taken_in(client: FlaskClient, draft: DefinitionVersion, content: bytes, name: str = "表.xlsx") -> TestResponse:
    return client.post(address(draft, "/sheet"), data={"file": (io.BytesIO(content), name)})


def workbook(lines: list[list[Any]], merged: str = "") -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
        if merged:
            sheet.merge_range(merged, "合并")
    return stream.getvalue()


HEADER = ["编号", "阶段", "覆盖权重", "拜访权重", "销售权重", "利润权重"]
LINES = [
    ["r1", "推广期", 0.45, 0.25, 0.2, 0.1],
    ["r2", "成长期", "20%", "20%", "35%", "25%"],
    ["r3", "是 成熟期", "5%", "10%", "30%", "55%"],
    ["r4", "衰退期", "5%", "10%", "25%", "60%"],
]


def test_changing_a_table_opens_the_table_editor(operations: FlaskClient, draft: DefinitionVersion) -> None:
    answer = operations.post(f"/definitions/{draft.definition_id}/draft", follow_redirects=True)
    assert answer.request.path == address(draft)
    page = answer.get_data(as_text=True)
    assert "是 推广期" in page
    assert page.count('type="range"') == 16
    assert "medical.stage_weights" not in re.sub(r'<input type="hidden" name="document"[^>]*>', "", page)


def test_trying_keeps_nothing(operations: FlaskClient, draft: DefinitionVersion) -> None:
    answer = tried(operations, draft, {"do": "weigh", "row": "r1", "column": "c2", "to": "45", "giver": "c5"})
    assert answer.json["document"]["body"]["rows"][0]["then"]["c2"] == "45%"
    assert "合计 100%" in answer.json["html"]
    assert draft.document == load(STAGES)


def test_locks_and_givers_stay_as_they_were_set(operations: FlaskClient, draft: DefinitionVersion) -> None:
    html = tried(operations, draft, locked="r1.c3", **{"giver.r1": "c5"}).json["html"]
    assert re.search(r'value="r1.c3" checked', html)
    assert re.search(r'<option value="c5" selected>', html)


def test_what_cannot_be_done_is_answered_with_a_sentence(operations: FlaskClient, draft: DefinitionVersion) -> None:
    answer = tried(operations, draft, {"do": "delete_row", "row": "r9"})
    assert (answer.status_code, answer.json["problems"][0]["message"]) == (422, "这一行已经不在了。")


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"document": "{"},
        {"document": "[]"},
        {"document": json.dumps(documents.load("metric"))},
        {"document": json.dumps(documents.load("table")), "operations": '{"do": "set"}'},
        {"document": json.dumps(documents.load("table")), "operations": "[1]"},
        {"document": json.dumps(documents.load("table")), "operations": '[{"do": ["set"]}]'},
        {"document": json.dumps(documents.load("table")), "operations": '[{"do": "clear", "rows": 1, "columns": 2}]'},
        {"document": json.dumps(documents.load("table")), "operations": '[{"do": "move_row", "row": "w1", "by": "x"}]'},
        {"document": json.dumps(documents.load("table")), "operations": '[{"do": "add_row", "values": 7}]'},
    ],
)
def test_what_our_page_would_not_send_is_refused(
    operations: FlaskClient, draft: DefinitionVersion, posted: dict[str, str]
) -> None:
    assert operations.post(address(draft, "/try"), data=posted, headers=JSON).status_code == 422


def test_saving_by_itself_answers_with_the_number_of_the_edit(
    operations: FlaskClient, draft: DefinitionVersion
) -> None:
    changed = table_editor.weigh(draft.document, "r1", "c2", 45)
    answer = operations.post(address(draft), data=fields(changed, seen=draft.version_id), headers=JSON)
    assert answer.json["saved"].startswith("草稿已保存")
    assert answer.json["seen"] == draft.version_id
    assert draft.document == changed


def test_the_second_of_two_editors_is_told_and_both_texts_survive(
    operations: FlaskClient, draft: DefinitionVersion, people: People, sign_in: Any
) -> None:
    seen = draft.version_id
    theirs, mine = (table_editor.weigh(draft.document, row, "c2", 30) for row in ("r1", "r2"))
    sign_in(people.hr).post(address(draft), data=fields(theirs, seen=seen))
    answer = operations.post(address(draft), data=fields(mine, seen=seen))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "成长期:覆盖权重 20% → 30%" in page
    assert draft.document == theirs
    over = re.search(r'name="over" value="(\d+)"', page)
    assert over is not None
    assert operations.post(address(draft), data=fields(mine, over=over[1])).status_code == 303
    assert draft.document == mine


def test_without_scripts_the_number_boxes_are_saved(operations: FlaskClient, draft: DefinitionVersion) -> None:
    boxes = {"weight.r1.c2": "45", "weight.r1.c5": "10", "weight.r1.c3": "25"}
    operations.post(address(draft), data=fields(draft.document, seen=draft.version_id, **boxes))
    assert draft.document["body"]["rows"][0]["then"] == {"c2": "45%", "c3": "25%", "c4": "20%", "c5": "10%"}


def test_another_kind_has_no_table_editor(operations: FlaskClient, people: People) -> None:
    metric = definitions.create(people.company.id, documents.load("metric"), by_id=people.hr.id)
    db.session.commit()
    assert operations.get(f"/definitions/{metric.definition_id}/table").status_code == 404


def test_who_may_not_edit_gets_no_editor(draft: DefinitionVersion, people: People, sign_in: Any) -> None:
    client = sign_in(people.an)
    assert client.get(address(draft)).status_code == 403
    assert client.post(address(draft), data=fields(draft.document)).status_code == 403


# ── sheets ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("file", SEEDS, ids=lambda file: file.stem)
def test_a_table_that_went_out_comes_back_as_it_was(
    operations: FlaskClient, people: People, file: Path, form: str
) -> None:
    draft = definitions.create(people.company.id, load(file), by_id=people.hr.id)
    db.session.commit()
    sent = operations.get(address(draft, f"/sheet.{form}"))
    assert sent.status_code == 200
    assert table_sheets.taken_in(draft.document, sent.data) == draft.document


def test_a_formula_leaves_as_text(operations: FlaskClient, draft: DefinitionVersion) -> None:
    changed = table_editor.set_cell(draft.document, "r1", "c2", '1-IF(阶段="推广期",60%,50%)')
    operations.post(address(draft), data=fields(changed, seen=draft.version_id))
    sheet = reading.read(operations.get(address(draft, "/sheet.xlsx")).data)
    assert sheet.rows[0][2] == '1-IF(阶段="推广期",60%,50%)'


def test_a_sheet_shows_what_it_changes_before_it_becomes_the_draft(
    operations: FlaskClient, draft: DefinitionVersion
) -> None:
    page = taken_in(operations, draft, workbook([HEADER, *LINES])).get_data(as_text=True)
    assert "推广期:覆盖权重 40% → 45%" in page
    assert "推广期:利润权重 15% → 10%" in page
    assert page.count("→") == 2
    assert draft.document == load(STAGES)


def test_a_sheet_with_mistakes_is_shown_with_them_marked(operations: FlaskClient, draft: DefinitionVersion) -> None:
    wrong = [["r1", "推厂期", 0.45, 0.25, 0.2, 0.1], *LINES[1:]]
    page = taken_in(operations, draft, workbook([HEADER, *wrong])).get_data(as_text=True)
    assert re.search(r'<td [^>]*class="has-problem">是 推厂期', page)
    assert "可用的选项" in page


def test_rows_without_ids_are_known_by_their_conditions(operations: FlaskClient, draft: DefinitionVersion) -> None:
    lines = [line[1:] for line in (HEADER, LINES[1], LINES[0], LINES[3])]
    page = taken_in(operations, draft, workbook(lines)).get_data(as_text=True)
    assert "推广期:覆盖权重 40% → 45%" in page
    assert "没有一行符合" not in page or "成熟期" in page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空"),
        (b"\x00\x01", "Excel"),
        (workbook([HEADER, *LINES], merged="A6:C6"), "合并单元格"),
        (workbook([HEADER, *([f"r{number}", *LINES[0][1:]] for number in range(10_000))]), "10,000"),
        (workbook([[*HEADER, "奖金"], *LINES]), "奖金"),
        (workbook([HEADER[:-1], *LINES]), "利润权重"),
        (workbook([HEADER]), "没有内容"),
    ],
    ids=["nothing", "noise", "merged", "10000 rows", "strange column", "missing column", "only titles"],
)
def test_a_sheet_that_is_no_table_is_answered_in_words(
    operations: FlaskClient, draft: DefinitionVersion, content: bytes, told: str
) -> None:
    answer = taken_in(operations, draft, content)
    assert answer.status_code == 422
    summary = re.search(r"data-problems.*?</div>", answer.get_data(as_text=True), re.DOTALL)
    assert summary is not None
    assert told in summary[0]
