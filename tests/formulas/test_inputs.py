"""What a host may hand in, and what is refused with E_INPUT."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import formulas
from formulas import Batch, ErrorValue, FormulaError, Schema

SCHEMA = Schema(
    {"x": "number", "t": "text", "c": {"type": "choice", "options": ["甲", "乙"]}, "b": "bool", "d": "date"},
    {"行": {"n": "number"}},
)


def compiled(text: str) -> formulas.Formula:
    return formulas.compile(text, SCHEMA)


@pytest.mark.parametrize("value", [3, 3.0, Decimal("3"), np.float64(3), np.int64(3)])
def test_a_number_is_any_finite_number(value: Any) -> None:
    assert compiled("x*2").evaluate({"x": value}) == 6.0
    assert compiled("x^2").evaluate({"x": value}) == 9.0


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("x", {"x": "3"}),
        ("x", {"x": True}),
        ("x", {"x": float("nan")}),
        ("x", {"x": float("inf")}),
        ("x", {"x": 10**400}),
        ("x", {"x": [1]}),
        ("x", {"x": 3 + 0j}),
        ("t", {"t": 5}),
        ("t", {"t": b"a"}),
        ("t", {"t": "字" * 40_000}),
        ("c", {"c": 1}),
        ("IF(b,1,2)", {"b": 1}),
        ("IF(b,1,2)", {"b": "TRUE"}),
        ("d", {"d": "2025-02-30"}),
        ("d", {"d": "昨天"}),
        ("d", {"d": 45000}),
        ("SUM(行.n)", {"行": 5}),
        ("SUM(行.n)", {"行": {"n": 1}}),
        ("SUM(行.n)", {"行": [1]}),
        ("SUM(行.n)", {"行": [{"n": "1"}]}),
        ("SUM(行.n)", {"行": "abc"}),
        ("x^2", {"x": float("nan")}),
    ],
)
def test_a_wrong_value_is_refused_by_name(text: str, row: dict[str, Any]) -> None:
    with pytest.raises(FormulaError) as caught:
        compiled(text).evaluate(row)
    error = caught.value
    assert (error.code, error.start, error.end) == ("E_INPUT", 0, 0)
    assert next(iter(row)) in error.message
    assert error.hint


def test_a_missing_key_is_blank() -> None:
    assert compiled("x").evaluate({}) is None
    assert compiled("x^2").evaluate({"other": 1}) == 0.0
    assert compiled("x").evaluate_batch({}, 2).to_list() == [None, None]


def test_dates_come_in_any_usual_form() -> None:
    for value in ("2025-01-31", dt.date(2025, 1, 31), dt.datetime(2025, 1, 31, 9), np.datetime64("2025-01-31T09:00")):
        assert compiled("d").evaluate({"d": value}) == dt.date(2025, 1, 31)


@pytest.mark.parametrize(
    "column",
    [
        [1, 2.5, 0],
        (1.0, 2.5, 0.0),
        np.array([1, 2.5, 0]),
        np.array([1, 2.5, 0], dtype=object),
        np.array([1, 2.5, 0], dtype=np.float32),
        (np.array([1, 2.5, 0]), np.array([False, False, False])),
        Batch(np.array([1, 2.5, 0]), np.zeros(3, dtype=np.uint8)),
    ],
    ids=["list", "tuple", "array", "objects", "float32", "masked", "batch"],
)
def test_a_column_comes_in_any_usual_form(column: Any) -> None:
    assert compiled("x*2").evaluate_batch({"x": column}, 3).to_list() == [2.0, 5.0, 0.0]


def test_blanks_and_errors_come_in_every_form() -> None:
    formula = compiled("IF(ISBLANK(x),-1,x*2)")
    values = np.array([1.0, np.nan, 3.0])
    mask = np.array([False, True, False])
    assert formula.evaluate_batch({"x": (values, mask)}, 3).to_list() == [2.0, -1.0, 6.0]
    assert formula.evaluate_batch({"x": [1, None, ErrorValue("#N/A")]}, 3).to_list() == [2.0, -1.0, ErrorValue("#N/A")]
    chained = compiled("x/x").evaluate_batch({"x": [1, 0, 2]}, 3)
    assert formula.evaluate_batch({"x": chained}, 3).to_list() == [2.0, ErrorValue("#DIV/0!"), 2.0]


def test_text_yes_no_and_date_arrays() -> None:
    columns = {
        "t": np.array(["a", "", "c"]),
        "c": np.array(["甲", None, "乙"], dtype=object),
        "b": np.array([True, False, True]),
        "d": np.array(["2025-01-31", "NaT", "2024-02-29"], dtype="datetime64[D]"),
    }
    assert compiled('t&"!"').evaluate_batch(columns, 3).to_list() == ["a!", "!", "c!"]
    assert compiled('IF(c="甲",1,0)').evaluate_batch(columns, 3).to_list() == [1, 0, 0]
    assert compiled("ISBLANK(c)").evaluate_batch(columns, 3).to_list() == [False, True, False]
    assert compiled("NOT(b)").evaluate_batch(columns, 3).to_list() == [False, True, False]
    assert compiled("d").evaluate_batch(columns, 3).to_list() == [dt.date(2025, 1, 31), None, dt.date(2024, 2, 29)]


@pytest.mark.parametrize(
    "column",
    [
        [1, 2],
        np.array([1.0, 2.0]),
        np.array([[1.0], [2.0], [3.0]]),
        "abc",
        5,
        {"a": 1},
        [1, 2, float("nan")],
        np.array([1, 2, np.inf]),
        ["1", "2", "3"],
        np.array(["1", "2", "3"]),
        [True, False, True],
        [1, 2, 10**400],
    ],
    ids=str,
)
def test_a_wrong_column_is_refused(column: Any) -> None:
    with pytest.raises(FormulaError) as caught:
        compiled("x+1").evaluate_batch({"x": column}, 3)
    assert caught.value.code == "E_INPUT"


def test_a_wrong_cell_is_named_by_its_row() -> None:
    with pytest.raises(FormulaError, match="第 2 行"):
        compiled("x+1").evaluate_batch({"x": [1, "2", 3]}, 3)


def test_a_batch_says_its_values_and_a_status_byte() -> None:
    batch = compiled("IF(x>1,1/(x-2),BLANK())").evaluate_batch({"x": [1, 2, 3]}, 3)
    assert batch.status.tolist() == [1, 2, 0]
    assert batch.status.dtype == np.uint8
    assert batch.values.tolist() == [0.0, 0.0, 1.0]
    assert batch.to_list() == [None, ErrorValue("#DIV/0!"), 1.0]


def test_a_large_batch_is_computed_in_blocks_like_a_small_one() -> None:
    rows = 40_000
    numbers = np.arange(rows) / 7
    names = np.array(["甲", "乙"])[np.arange(rows) % 2]
    tables = [[{"n": row % 3}] * (row % 3) for row in range(rows)]
    formula = compiled('IF(c="甲",ROUND(x,1),x)+SUM(行.n)')
    whole = formula.evaluate_batch({"x": numbers, "c": names, "行": tables}, rows).to_list()
    for start in (0, 16_380, 32_760):
        part = slice(start, start + 10)
        few = formula.evaluate_batch({"x": numbers[part], "c": names[part], "行": tables[part]}, 10).to_list()
        assert whole[part] == few
    constant = compiled("1+1").evaluate_batch({}, rows)
    assert constant.values.sum() == 2 * rows


def test_no_rows_give_no_values() -> None:
    for text in ("x+1", "SUM(行.n)", 'IF(c="甲",t,"")', "DAYS(TODAY(),d)", "1"):
        assert compiled(text).evaluate_batch({"x": [], "c": [], "t": [], "d": [], "行": []}, 0).to_list() == []
