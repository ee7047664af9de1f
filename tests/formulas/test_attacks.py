"""Hostile and malformed formulas are refused with a place, or give a value; never anything else, never for long."""

import math
import time
import tracemalloc
from typing import Any

import pytest

import formulas
from formulas import ErrorValue, FormulaError, Schema
from formulas.lexer import MAX_TOKENS
from formulas.parser import MAX_DEPTH, MAX_NODES
from tests.formulas.samples import cases, refusal

DOCUMENT = cases("formula_attacks")
ATTACKS = DOCUMENT["cases"]
ROW = DOCUMENT["meta"]["row"]
SCHEMA = Schema(DOCUMENT["meta"]["schema"]["fields"], DOCUMENT["meta"]["schema"]["tables"])
GENEROUS_SECONDS = 1.0
PEAK_BYTES = 10_000_000


def text_of(case: dict[str, Any]) -> str:
    return case.get("formula") or "".join(text * count for text, count in case["parts"])


def outcome(case: dict[str, Any]) -> Any:
    text = text_of(case)
    try:
        return formulas.compile(text, SCHEMA).evaluate(ROW | case.get("inputs", {}))
    except FormulaError as error:
        return error


@pytest.mark.parametrize("case", ATTACKS, ids=[case["id"] for case in ATTACKS])
def test_an_attack_is_refused_or_harmless(case: dict[str, Any]) -> None:
    start = time.perf_counter()
    result = outcome(case)
    assert time.perf_counter() - start < GENEROUS_SECONDS
    if isinstance(result, FormulaError):
        assert 0 <= result.start <= result.end <= len(text_of(case))
        assert result.message
    if case["expect"] == "reject":
        assert isinstance(result, FormulaError), result
    elif case["expect"] == "ok-value":
        assert str(result) == case["value"] if isinstance(result, ErrorValue) else result == case["value"]
    else:
        assert not isinstance(result, float) or math.isfinite(result)


def test_no_attack_takes_much_memory() -> None:
    texts = [text_of(case) for case in ATTACKS]
    tracemalloc.start()
    for text in texts:
        formulas.check(text, SCHEMA)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < PEAK_BYTES


@pytest.mark.parametrize(
    "text",
    [
        "1" * 4001,
        "1+" * 600 + "1",
        "1+" * 450 + "1",
        "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1),
        "SUM(" + "1," * 64 + "1)",
        '"' + "字" * 201 + '"',
    ],
    ids=["characters", "tokens", "nodes", "nesting", "arguments", "text"],
)
def test_size_is_limited_before_anything_costly(text: str) -> None:
    assert refusal(text).code == "E_LIMIT"


def test_the_limits_themselves_are_allowed() -> None:
    deep = "(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH
    wide = "+".join(["1"] * (MAX_NODES - 1))
    assert len(wide) < 2 * MAX_TOKENS
    for text, value in ((deep, 1.0), (wide, float(MAX_NODES - 1)), ("SUM(" + "1," * 63 + "1)", 64.0)):
        assert formulas.compile(text, SCHEMA).evaluate({}) == value


def test_the_deepest_formula_stays_within_pythons_stack() -> None:
    open_, close = "1+2*3^-(", ")"
    text = open_ * MAX_DEPTH + "1" + close * MAX_DEPTH
    for formula in (text, text.replace("^-(", "*-(")):
        value = formulas.compile(formula.replace("1", "覆盖率", 1), SCHEMA).evaluate({"覆盖率": 1})
        assert isinstance(value, (float, ErrorValue))


def test_alternating_dates_cannot_nest_without_end() -> None:
    chain = "入职日期-入职日期+" * 33 + "入职日期"
    assert refusal(chain, SCHEMA).code == "E_LIMIT"


def test_texts_do_not_grow_past_what_a_cell_holds() -> None:
    schema = Schema({"备注": "text"})
    formula = formulas.compile("&".join(["备注"] * 60), schema)
    assert formula.evaluate({"备注": "字" * 1000}) == ErrorValue("#VALUE!")
    with pytest.raises(FormulaError) as caught:
        formula.evaluate({"备注": "字" * 40_000})
    assert caught.value.code == "E_INPUT"
