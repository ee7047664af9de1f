"""What holds for every formula: batches are rows, nothing wild leaves, nothing but a FormulaError is raised."""

import datetime as dt
import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import formulas
from formulas import ErrorValue
from tests.formulas.samples import FORMULAS, SCHEMA, TODAY, any_formula, bits, rows

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def columns_of(table: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in table] for name in table[0]}


@RELAXED
@given(any_formula, st.lists(rows, min_size=1, max_size=5))
def test_a_batch_gives_what_its_rows_give_bit_for_bit(text: str, table: list[dict[str, Any]]) -> None:
    formula = formulas.compile(text, SCHEMA)
    batch = formula.evaluate_batch(columns_of(table), len(table), TODAY).to_list()
    alone = [formula.evaluate(row, TODAY) for row in table]
    of_one = [formula.evaluate_batch(columns_of([row]), 1, TODAY).to_list()[0] for row in table]
    assert [bits(value) for value in batch] == [bits(value) for value in alone] == [bits(value) for value in of_one]


@RELAXED
@given(any_formula, rows)
def test_no_nan_no_infinity_and_no_other_kind_leaves(text: str, row: dict[str, Any]) -> None:
    formula = formulas.compile(text, SCHEMA)
    value = formula.evaluate(row, TODAY)
    kinds = {"number": float, "text": str, "bool": bool, "date": dt.date}
    assert value is None or isinstance(value, (ErrorValue, kinds[formula.kind]))
    assert not isinstance(value, float) or (
        math.isfinite(value) and math.copysign(1, value) == (-1 if value < 0 else 1)
    )


@RELAXED
@given(any_formula, rows)
def test_an_explanation_ends_in_the_value(text: str, row: dict[str, Any]) -> None:
    formula = formulas.compile(text, SCHEMA)
    step = formula.explain(row, TODAY)
    assert bits(step.value) == bits(formula.evaluate(row, TODAY))
    assert step.source in text


def refused(text: str, row: dict[str, Any]) -> list[formulas.FormulaError]:
    """The FormulaError that the formula or the row brings; any other exception passes through."""
    try:
        formulas.compile(text, SCHEMA).evaluate(row, TODAY)
    except formulas.FormulaError as error:
        return [error]
    return []


SOUP = [
    "IF",
    "SUM",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "^",
    "&",
    "=",
    "<",
    ">=",
    "%",
    '"',
    "“",
    "[",
    "]",
    ".",
    "明细",
    "数量",
    "完成额",
    "阶段",
    "3",
    "万",
    "0.5",
    " ",
    "，",
    "（",
    "）",
    "；",
    "TRUE",
    "本行",
    "1e9",
    "'",
    "《",
    "×",
    "\u3000",
    "ROUND",
]


@RELAXED
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(SOUP), max_size=30).map("".join)), rows)
def test_garbage_raises_nothing_but_a_formula_error(text: str, row: dict[str, Any]) -> None:
    for error in refused(text, row):
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message
        assert error.text("en") != error.text("zh")


oddities = st.one_of(
    st.text(max_size=3),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.binary(max_size=2),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=1), st.none(), max_size=1),
)


@RELAXED
@given(FORMULAS["number"], st.dictionaries(st.sampled_from(["完成额", "备注", "达标", "入职日期", "明细"]), oddities))
def test_odd_input_raises_nothing_but_a_formula_error(text: str, row: dict[str, Any]) -> None:
    for error in refused(text, row):
        assert (error.code, error.start, error.end) == ("E_INPUT", 0, 0)


def test_eight_threads_do_not_disturb_each_other() -> None:
    formula = formulas.compile('IF(阶段="成熟期",完成额*2,完成额/目标额)+ROUND(达成率,2)', SCHEMA)

    def work(seed: int) -> int:
        wrong = 0
        for step in range(400):
            amount = float(seed * 1000 + step)
            row = {"阶段": "成熟期" if step % 2 else "新品推广期", "完成额": amount, "目标额": 4.0, "达成率": 0.125}
            wanted = (amount * 2 if step % 2 else amount / 4) + 0.13
            value = (
                formula.evaluate(row)
                if step % 3
                else formula.evaluate_batch({k: [v] for k, v in row.items()}, 1).to_list()[0]
            )
            wrong += not math.isclose(value, wanted, rel_tol=1e-12)
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 0
