"""An explanation shows every part of a formula with its place, its arguments and its value."""

import json

import formulas
from tests.formulas.samples import SCHEMA, TODAY


def test_each_part_has_its_place_and_value() -> None:
    text = 'IF(阶段="成熟期",完成额*2,0)+1'
    step = formulas.compile(text, SCHEMA).explain({"阶段": "成熟期", "完成额": 40})
    assert (step.name, step.source, step.value) == ("+", text, 81.0)
    branch = step.args[0]
    assert (branch.name, branch.start, branch.end, branch.value) == ("IF", 0, 20, 80.0)
    assert [arg.source for arg in branch.args] == ['阶段="成熟期"', "完成额*2", "0"]
    assert [arg.value for arg in branch.args] == [True, 80.0, 0.0]
    assert [arg.value for arg in branch.args[0].args] == ["成熟期", "成熟期"]


def test_columns_of_a_sub_table_show_their_items() -> None:
    text = 'SUM(明细.数量*明细.单价)/SUMIF(明细.类型,"三甲",明细.数量)'
    row = {"明细": [{"类型": "三甲", "数量": 2, "单价": 3}, {"类型": "二甲", "数量": 1, "单价": None}]}
    step = formulas.compile(text, SCHEMA).explain(row)
    total, selected = step.args
    assert (step.value, total.value, selected.value) == (3.0, 6.0, 2.0)
    assert total.args[0].value == [6.0, 0.0]
    assert [arg.value for arg in selected.args] == [["三甲", "二甲"], "三甲", [2.0, 1.0]]
    assert total.args[0].args[1].value == [3.0, None]


def test_an_explanation_is_a_document() -> None:
    step = formulas.compile("DAYS(TODAY(),入职日期)/0", SCHEMA).explain({"入职日期": "2025-06-01"}, TODAY)
    document = json.loads(json.dumps(step.to_dict(), allow_nan=False))
    assert document["value"] == "#DIV/0!"
    assert document["args"][0]["value"] == 29.0
    assert [arg["value"] for arg in document["args"][0]["args"]] == ["2025-06-30", "2025-06-01"]


def test_the_result_is_rounded_as_declared() -> None:
    assert formulas.compile("完成额/3", SCHEMA, decimals=1).explain({"完成额": 1}).value == 0.3
