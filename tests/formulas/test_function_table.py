"""The table of functions is whole: each row documents itself and its example is true."""

import datetime as dt
import inspect
import re

import pytest

import formulas
from formulas import ALIASES, FUNCTIONS, REPLACED, Schema
from formulas.functions import ROUTINES, Function, find_function
from tests.formulas.samples import refusal

ROWS = list(FUNCTIONS.values())
EXAMPLE_SCHEMA = Schema(
    {"完成额": "number", "目标额": "number", "达成率": "number", "阶段": "text", "备注": "text", "入职日期": "date"},
    {"明细": {"类型": "text", "数量": "number", "单价": "number"}, "档位": {"下限": "number", "系数": "number"}},
)
EXAMPLE_ROW = {
    "完成额": 80,
    "目标额": 100,
    "达成率": 0.8,
    "阶段": "推广期",
    "备注": None,
    "入职日期": "2024-01-31",
    "明细": [{"类型": "三甲", "数量": 5, "单价": 10}, {"类型": "二甲", "数量": 3, "单价": 40}],
    "档位": [{"下限": 0, "系数": 0.5}, {"下限": 0.8, "系数": 1}],
}
LOGIC = {"IF", "IFS", "SWITCH", "AND", "OR", "NOT", "IFERROR", "ISBLANK", "COALESCE", "BLANK"}
NUMBERS = {"SUM", "AVERAGE", "MIN", "MAX", "COUNT", "ROUND", "ROUNDUP", "ROUNDDOWN", "INT", "MOD", "ABS", "SQRT"}
NUMBERS |= {"CLAMP", "PERCENT"}
SUBTABLES = {"SUMIF", "COUNTIF", "AVERAGEIF", "LOOKUP", "TIER", "RANK"}
TEXT = {"LEN", "LEFT", "RIGHT", "CONTAINS"}
DATES = {"DATE", "YEAR", "MONTH", "DAY", "TODAY", "DAYS", "WORKDAYS", "EDATE", "EOMONTH"}


def test_the_language_has_these_functions() -> None:
    assert set(FUNCTIONS) == LOGIC | NUMBERS | SUBTABLES | TEXT | DATES
    names = {"NETWORKDAYS", "AVG", "如果", "求和", "平均", "最大", "最小", "四舍五入", "并且", "或者"}
    assert names == set(ALIASES)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_row_documents_itself(row: Function) -> None:
    assert re.search("[\u4e00-\u9fff]", row.zh)
    assert row.zh.endswith("。")
    assert row.en.endswith(".")
    assert not re.search("[\u4e00-\u9fff]", row.en.replace("表.列", ""))
    assert row.search
    assert row.usage("zh").startswith(f"{row.name}(")
    assert ROUTINES[row.symbol] is row.routine


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_the_example_gives_what_the_table_says(row: Function) -> None:
    formula = formulas.compile(row.example, EXAMPLE_SCHEMA)
    value = formula.evaluate(EXAMPLE_ROW, dt.date(2025, 6, 30))
    if row.gives:
        shown = (
            formulas.number_text(value)
            if isinstance(value, float)
            else str(value).upper()
            if value is True
            else str(value)
        )
        assert shown == row.gives
    assert row.name in row.example


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_wrong_number_of_arguments_shows_the_usage(row: Function) -> None:
    fits = {count for count in range(40) if row.slots(count) is not None}
    wrong = next(count for count in (0, 1, 2, 5, 10) if count not in fits)
    error = refusal(f"{row.name}({','.join(['1'] * wrong)})")
    assert error.code == "E_ARGS"
    assert error.hint == row.usage()


@pytest.mark.parametrize("row", [row for row in ROWS if row.routine.single], ids=lambda row: row.name)
def test_a_single_routine_takes_the_arguments_of_its_column_routine(row: Function) -> None:
    def kinds(routine: object) -> int:
        parameters = inspect.signature(routine).parameters.values()  # type: ignore[arg-type]
        return len([one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD])

    assert row.routine.single
    assert kinds(row.routine.run) == kinds(row.routine.single)


def test_names_are_found_whatever_their_case() -> None:
    assert find_function("sum") is find_function("SUM") is find_function("求和")
    assert find_function("vlookup") is None
    assert "VLOOKUP" in REPLACED
    assert not set(REPLACED) & (set(FUNCTIONS) | set(ALIASES))
