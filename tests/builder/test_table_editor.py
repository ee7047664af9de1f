"""What one does to a rule table: type in words, paste, move rows and columns, move a weight, be told what is wrong."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from builder import differences, shape, table_columns, table_editor, table_weights, table_words
from builder.table_findings import findings
from core.db import Document
from core.errors import Invalid

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*/definitions/table/*.json"))
STAGES = next(file for file in SEEDS if file.stem == "medical.stage_weights")


@pytest.fixture(autouse=True)
def _chinese(speaking: Flask) -> Iterator[None]:
    with speaking.test_request_context(headers={"Accept-Language": "zh-CN"}):
        yield


@pytest.fixture
def stages() -> Document:
    return json.loads(STAGES.read_text(encoding="utf-8"))


def weights(document: Document, row: int = 0) -> list[str]:
    return list(document["body"]["rows"][row]["then"].values())


def refused(document: Document, **operation: Any) -> str:
    with pytest.raises(Invalid) as told:
        table_editor.perform(document, operation)
    return told.value.problems[0].message


def messages(document: Document) -> list[str]:
    return [finding.message for finding in findings(document["body"])]


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────

NUMBER = {"type": "number"}
CHOICE = {"type": "choice", "options": ["推广期", "成熟期"]}
BOOL = {"type": "bool"}
DATE = {"type": "date"}


@pytest.mark.parametrize(
    ("cell", "column", "words"),
    [
        ("-", NUMBER, "任意"),
        ("", CHOICE, "任意"),
        ('"推广期"', CHOICE, "是 推广期"),
        ('"推广期","成熟期"', CHOICE, "是 推广期、成熟期"),
        ('<>"推广期"', CHOICE, "不是 推广期"),
        (">=90%", NUMBER, "≥ 90%"),
        (">=1,<2", NUMBER, "≥ 1 且 < 2"),
        ("TRUE", BOOL, "是"),
        ("ISBLANK(阶段)", CHOICE, "ISBLANK(阶段)"),
        ('阶段="推广期"', CHOICE, '公式 阶段="推广期"'),
        ('"华东、华南"', {"type": "text"}, '"华东、华南"'),
        ("1,200", NUMBER, "1、200"),
        (">=DATE(2025,1,1),<DATE(2025,7,1)", DATE, "≥ 2025-01-01 且 < 2025-07-01"),
        ("DATE(2025,2,30)", DATE, "DATE(2025,2,30)"),
        (">=DATE(2025,1,1)+试用期", DATE, ">=DATE(2025,1,1)+试用期"),
    ],
)
def test_a_condition_is_shown_in_words_and_editable_as_such(cell: str, column: Document, words: str) -> None:
    assert table_words.condition(cell, column) == words
    assert table_words.condition_of(words, column) == (cell or "-")


@pytest.mark.parametrize(
    ("typed", "column", "cell"),
    [
        ("推广期", CHOICE, '"推广期"'),
        ("推广期，成熟期", CHOICE, '"推广期","成熟期"'),
        ("any", CHOICE, "-"),
        ("≥90％", NUMBER, ">=90%"),
        ("４５％", NUMBER, "45%"),
        ("￥1,200.00", NUMBER, "1200.00"),
        ("(1,200)", NUMBER, "-1200"),
        ("1.2E+05", NUMBER, "120000"),
        ("1、200", NUMBER, "1,200"),
        ("≥2025年1月3日", DATE, ">=DATE(2025,1,3)"),
        ("2025/1/3", DATE, "DATE(2025,1,3)"),
        ("#N/A", CHOICE, "#N/A"),
        ("＞＝90%", NUMBER, ">=90%"),
        ("1,200", NUMBER, "1200"),
        ("否", BOOL, "FALSE"),
        ('"华东","华南"', {"type": "text"}, '"华东","华南"'),
    ],
)
def test_what_people_type_becomes_a_cell(typed: str, column: Document, cell: str) -> None:
    assert table_words.condition_of(typed, column) == cell


@pytest.mark.parametrize("file", SEEDS, ids=lambda file: file.stem)
def test_every_shipped_table_survives_being_said_in_words(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    retyped = copy.deepcopy(document)
    for row in document["body"]["rows"]:
        for column in document["body"]["inputs"]:
            if column["id"] in row["when"]:
                words = table_words.condition(row["when"][column["id"]], column)
                retyped = table_editor.set_cell(retyped, row["id"], column["id"], words)
        for column in document["body"]["outputs"]:
            if column["id"] in row["then"]:
                words = table_words.outcome(row["then"][column["id"]], column)
                retyped = table_editor.set_cell(retyped, row["id"], column["id"], words)
    assert retyped == document


# ── weights ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("check", "total"),
    [
        ("覆盖权重+拜访权重+销售权重+利润权重=100%", 1),
        ("SUM(覆盖权重,拜访权重,销售权重,利润权重)=1", 1),
        ("ABS(覆盖权重+拜访权重+销售权重+利润权重-1)<0.0001", 1),
        ("100=ROUND(覆盖权重+拜访权重+销售权重+利润权重,2)", 100),
    ],
)
def test_a_check_that_adds_up_is_known_however_it_is_written(stages: Document, check: str, total: int) -> None:
    stages["body"]["checks"][0]["text"] = check
    assert table_weights.groups(stages["body"]) == [table_weights.Group(("c2", "c3", "c4", "c5"), Decimal(total))]


@pytest.mark.parametrize(
    "check", ["覆盖权重<=100%", "覆盖权重+拜访权重<=100%", "覆盖权重*2+利润权重=100%", "覆盖权重+"]
)
def test_other_checks_make_no_sliders(stages: Document, check: str) -> None:
    stages["body"]["checks"][0]["text"] = check
    assert table_weights.groups(stages["body"]) == []


def test_moving_a_weight_takes_equally_from_the_others(stages: Document) -> None:
    assert weights(table_editor.weigh(stages, "r1", "c2", "45")) == ["45%", "23%", "18%", "14%"]
    assert weights(stages) == ["40%", "25%", "20%", "15%"], "the old document stays as it was"


def test_moving_a_weight_takes_from_the_one_that_is_chosen(stages: Document) -> None:
    assert weights(table_editor.weigh(stages, "r1", "c2", 45, giver="c5")) == ["45%", "25%", "20%", "10%"]


def test_locked_weights_stay_and_the_moved_one_stops_there(stages: Document) -> None:
    moved = table_editor.weigh(stages, "r1", "c2", 95, locked=["c3"])
    assert weights(moved) == ["75%", "25%", "0%", "0%"]


def test_with_all_others_locked_nothing_moves_and_the_person_is_told(stages: Document) -> None:
    assert "锁定" in refused(stages, do="weigh", row="r1", column="c2", to=45, locked=["c3", "c4", "c5"])


def test_coefficients_that_add_up_to_one_keep_their_spelling(stages: Document) -> None:
    file = next(file for file in SEEDS if file.stem == "medical.region_coef")
    moved = table_editor.weigh(json.loads(file.read_text(encoding="utf-8")), "r1", "c2", 50, giver="c3")
    assert weights(moved) == ["0.5", "0.3", "0.2"]


AMOUNT = st.integers(0, 10_000).map(lambda units: Decimal(units) / 10_000)


@given(st.lists(AMOUNT, min_size=2, max_size=8), AMOUNT, st.data())
def test_whatever_moves_the_sum_is_kept_and_nothing_is_negative(
    amounts: list[Decimal], wanted: Decimal, data: st.DataObject
) -> None:
    named = {f"c{place}": amount for place, amount in enumerate(amounts)}
    locked = (
        data.draw(st.sets(st.sampled_from(sorted(named)[1:]), max_size=len(named) - 2)) if len(named) > 2 else set()
    )
    if sum(named[name] for name in locked) > 1:
        return
    settled = table_weights.rebalance(named, "c0", wanted, total=Decimal(1), locked=locked)
    assert sum(settled.values()) == 1
    assert min(settled.values()) >= 0
    assert all(settled[name] == named[name] for name in locked)


# ── rows, columns, blocks ─────────────────────────────────────────────────────────────────────────────────────────


def test_rows_are_added_copied_moved_and_deleted(stages: Document) -> None:
    more = table_editor.add_row(stages, after="r1", values={"c1": "推广期"})
    assert [row["id"] for row in more["body"]["rows"]] == ["r1", "r5", "r2", "r3", "r4"]
    assert more["body"]["rows"][1]["when"] == {"c1": '"推广期"'}
    more = table_editor.duplicate_row(more, "r4")
    more = table_editor.move_row(more, "r4", -1)
    assert [row["id"] for row in more["body"]["rows"]] == ["r1", "r5", "r2", "r4", "r3", "r6"]
    assert [row["id"] for row in table_editor.delete_row(more, "r5")["body"]["rows"]] == ["r1", "r2", "r4", "r3", "r6"]


def test_columns_are_added_copied_moved_and_deleted(stages: Document) -> None:
    more = table_columns.add(stages, "inputs", "区域", "choice", "华东、华南")
    assert more["body"]["inputs"][-1]["options"] == ["华东", "华南"]
    assert all(row["when"]["c6"] == "-" for row in more["body"]["rows"])
    more = table_columns.move(more, "c6", -1)
    assert [column["id"] for column in more["body"]["inputs"]] == ["c6", "c1"]
    more = table_columns.duplicate(more, "c2")
    assert more["body"]["outputs"][1]["title"]["zh"] == "覆盖权重2"
    assert more["body"]["rows"][0]["then"]["c7"] == "40%"
    more = table_columns.delete(more, "c7")
    assert shape.problems(more) == []
    assert messages(more) == []


def changed(document: Document, column: str, **more: Any) -> Document:
    """The column changed as the dialog sends it."""
    body = document["body"]
    found = next(one for one in [*body["inputs"], *body["outputs"]] if one["id"] == column)
    same = {"title": found["title"]["zh"], "title_en": found["title"].get("en", ""), "type": found["type"]}
    return table_editor.perform(document, {"do": "change_column", "column": column, **same, **more})


def column_of(document: Document, column: str) -> Document:
    return next(one for group in ("inputs", "outputs") for one in document["body"][group] if one["id"] == column)


def test_a_new_title_is_followed_by_every_formula_and_check_and_the_key_stays(stages: Document) -> None:
    stages = table_editor.set_cell(stages, "r1", "c2", '1-IF(阶段="推广期",60%,50%)')
    named = changed(stages, "c1", title="生命周期", title_en="Life stage")
    assert named["body"]["rows"][0]["then"]["c2"] == '1-IF(生命周期="推广期",60%,50%)'
    assert column_of(named, "c1")["key"] == column_of(stages, "c1")["key"]
    named = changed(named, "c2", title="覆盖 (新)", unit="点")
    assert named["body"]["checks"][0]["text"].startswith("[覆盖 (新)]+拜访权重")
    assert column_of(named, "c2")["unit"] == {"zh": "点"}
    assert messages(named) == []
    assert len(table_weights.groups(named["body"])) == 1


def test_cells_follow_an_option_that_is_called_anew(stages: Document) -> None:
    stages = table_editor.set_cell(stages, "r3", "c2", 'IF(阶段="推广期",60%,5%)')
    kept = [["成长期", "成长期"], ["成熟期", "成熟期"], ["衰退期", "衰退期"]]
    renamed = changed(stages, "c1", becomes=[["推广期", "导入期"], *kept, ["", "退市期"]])
    assert column_of(renamed, "c1")["options"] == ["导入期", "成长期", "成熟期", "衰退期", "退市期"]
    assert renamed["body"]["rows"][0]["when"]["c1"] == '"导入期"'
    assert renamed["body"]["rows"][2]["then"]["c2"] == 'IF(阶段="导入期",60%,5%)'
    [finding] = findings(renamed["body"])
    assert "阶段 = 退市期" in finding.message


def test_two_options_change_names_with_each_other_and_two_become_one(stages: Document) -> None:
    kept = [["成熟期", "成熟期"], ["衰退期", "衰退期"]]
    swapped = changed(stages, "c1", becomes=[["推广期", "成长期"], ["成长期", "推广期"], *kept])
    assert [row["when"]["c1"] for row in swapped["body"]["rows"][:2]] == ['"成长期"', '"推广期"']
    wide = table_editor.set_cell(stages, "r1", "c1", "推广期、成长期")
    one = changed(wide, "c1", becomes=[["推广期", "上升期"], ["成长期", "上升期"], *kept])
    assert one["body"]["rows"][0]["when"]["c1"] == '"上升期"'
    assert column_of(one, "c1")["options"] == ["上升期", "成熟期", "衰退期"]


def test_an_option_that_rows_need_is_not_given_up(stages: Document) -> None:
    becomes = [["推广期", ""], ["成长期", "成长期"], ["成熟期", "成熟期"], ["衰退期", "衰退期"]]
    same = {"title": "阶段", "type": "choice", "becomes": becomes}
    assert refused(stages, do="change_column", column="c1", **same) == "仍有行用到“推广期”:第 1 行。请先修改这些行。"
    freed = table_editor.delete_row(stages, "r1")
    assert "推广期" not in column_of(changed(freed, "c1", becomes=becomes), "c1")["options"]


@pytest.mark.parametrize(
    ("before", "type", "becomes", "after"),
    [
        ({"type": "text"}, "choice", [], ['"甲","乙"', '"乙"']),
        ({"type": "text"}, "choice", [["甲", "丙"]], ['"丙","乙"', '"乙"']),
        ({"type": "text"}, "number", [["甲", "1"], ["乙", "20％"]], ["1,20%", "20%"]),
        ({"type": "text"}, "bool", [["甲", "是"], ["乙", "否"]], ["TRUE,FALSE", "FALSE"]),
        ({"type": "text"}, "date", [["甲", "2025年1月3日"], ["乙", "2025/2/4"]], ["DATE(2025,1,3),DATE(2025,2,4)"]),
    ],
)
def test_a_type_changes_with_what_its_values_become(
    stages: Document, before: Document, type: str, becomes: list[list[str]], after: list[str]
) -> None:
    wide = table_columns.add(stages, "inputs", "区域", before["type"])
    wide = table_editor.set_cell(wide, "r1", "c6", "甲、乙")
    wide = table_editor.set_cell(wide, "r2", "c6", "乙")
    typed = changed(wide, "c6", type=type, becomes=becomes)
    assert [row["when"]["c6"] for row in typed["body"]["rows"]][: len(after)] == after
    assert typed["body"]["rows"][2]["when"]["c6"] == "-", "any stays any"
    assert shape.problems(typed) == []
    assert not any(finding.column == "c6" for finding in findings(typed["body"]))


def test_what_cannot_be_said_in_the_new_type_stays_and_is_found(stages: Document) -> None:
    typed = changed(stages, "c1", type="number")
    assert typed["body"]["rows"][0]["when"]["c1"] == '"推广期"'
    assert "options" not in column_of(typed, "c1")
    assert {finding.row for finding in findings(typed["body"])} == {"r1", "r2", "r3", "r4"}
    back = changed(typed, "c1", type="choice")
    assert back["body"]["rows"] == stages["body"]["rows"]
    assert messages(back) == []


def test_a_block_from_a_spreadsheet_fills_cells_and_adds_rows(stages: Document) -> None:
    block = '衰退期\t5%\t10%\t25%\t60%\r\n"推广期"\t"40%"\t25%\t20%\t15%\r\n'
    pasted = table_editor.paste(stages, "r4", "c1", block)
    assert len(pasted["body"]["rows"]) == 5
    assert pasted["body"]["rows"][4] == {
        "id": "r5",
        **{side: stages["body"]["rows"][0][side] for side in ("when", "then")},
    }


def test_quoted_cells_keep_their_line_breaks_and_quotes(stages: Document) -> None:
    file = next(file for file in SEEDS if file.stem == "okr.light")
    light = json.loads(file.read_text(encoding="utf-8"))
    column = light["body"]["outputs"][-1]["id"]
    pasted = table_editor.paste(light, light["body"]["rows"][0]["id"], column, '"甲说 ""好""\n再说"')
    assert pasted["body"]["rows"][0]["then"][column] == '"甲说 ""好""\n再说"'


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({"text": "a\n" * 501, "lines": 10_000}, "10,000"),
        ({"text": "a\n" * 501}, "501"),
        ({"text": "a", "merged": True}, "合并"),
        ({"text": "a\tb\tc\td\te\tf"}, "6 列"),
        ({"text": "a" * 3000}, "2000"),
    ],
)
def test_a_block_that_does_not_fit_is_answered_in_words(stages: Document, operation: Document, words: str) -> None:
    assert words in refused(stages, do="paste", row="r1", column="c1", **operation)


@pytest.mark.parametrize(
    "operation",
    [
        {"do": "explode"},
        {"do": "set", "row": "r1"},
        {"do": "set", "row": "r99", "column": "c1", "text": ""},
        {"do": "set", "row": "r1", "column": "c99", "text": ""},
        {"do": "weigh", "row": "r1", "column": "c1", "to": 5},
        {"do": "weigh", "row": "r1", "column": "c2", "to": "many"},
        {"do": "weigh", "row": "r1", "column": "c2", "to": "NaN"},
        {"do": "add_column", "group": "inputs", "title": " ", "type": "text"},
        {"do": "add_column", "group": "inputs", "title": "阶段", "type": "text"},
        {"do": "add_column", "group": "inputs", "title": "区域", "type": "choice"},
        {"do": "set_hit", "hit": "collect"},
        {"do": "change_column", "column": "c1", "title": "覆盖权重", "type": "choice"},
        {"do": "change_column", "column": "c1", "title": " ", "type": "choice"},
        {"do": "change_column", "column": "c1", "title": "阶段", "type": "picture"},
        {"do": "change_column", "column": "c1", "title": "阶段", "type": "choice", "becomes": [["推广期"]]},
        {"do": "change_column", "column": "c1", "title": "阶段", "type": "choice", "becomes": [["推广期", 5]]},
        {"do": "set", "row": "default", "column": "c1", "text": "推广期"},
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(stages: Document, operation: Document) -> None:
    assert len(refused(stages, **operation)) > 5


def test_the_last_row_and_the_last_result_stay(stages: Document) -> None:
    for row in ("r2", "r3", "r4"):
        stages = table_editor.delete_row(stages, row)
    assert "至少" in refused(stages, do="delete_row", row="r1")
    for column in ("c3", "c4", "c5"):
        stages = table_columns.delete(stages, column)
    assert "至少" in refused(stages, do="delete_column", column="c2")


# ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_weights_of_99_9_percent_are_told_with_the_sum_and_mended_in_one_click(stages: Document) -> None:
    off = table_editor.set_cell(stages, "r1", "c2", "39.9%")
    [finding] = findings(off["body"])
    assert (finding.row, finding.message) == ("r1", "四项权重合计必须是 100%。 现在是 99.9%。")
    assert findings(table_editor.perform(off, finding.remedy)["body"]) == []


def test_a_gap_is_told_with_a_row_that_shows_it_and_filled_in_one_click(stages: Document) -> None:
    open_ = table_editor.delete_row(stages, "r2")
    [finding] = findings(open_["body"])
    assert "阶段 = 成长期" in finding.message
    filled = table_editor.perform(open_, finding.remedy)
    assert not any(finding.code == "gap" for finding in findings(filled["body"]))


def test_an_overlap_is_told_by_the_numbers_of_the_rows(stages: Document) -> None:
    [finding] = findings(table_editor.duplicate_row(stages, "r2")["body"])
    assert finding.message.startswith("第 2 行和第 3 行都符合 阶段 = 成长期")


@pytest.mark.parametrize(
    ("column", "typed", "told"),
    [
        ("c1", "推厂期", "可用的选项"),
        ("c2", "40％％", "%"),
        ("c2", '"40%"', "数字"),
        ("c2", "(40%", "括号"),
        ("c2", "覆盖率", "覆盖率"),
    ],
)
def test_a_mistake_in_a_cell_is_told_at_the_cell(stages: Document, column: str, typed: str, told: str) -> None:
    [finding] = findings(table_editor.set_cell(stages, "r1", column, typed)["body"])
    assert (finding.row, finding.column) == ("r1", column)
    assert told in finding.message


def test_what_changed_is_told_as_a_sentence(stages: Document) -> None:
    moved = table_editor.weigh(stages, "r1", "c2", 45, giver="c5")
    assert differences.sentences(stages, moved) == ["推广期:覆盖权重 40% → 45%", "推广期:利润权重 15% → 10%"]
