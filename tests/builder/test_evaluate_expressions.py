"""Expressions over the names of their place and over tables and formulas, in whole columns, with their reasons."""

import numpy as np
import pytest
from flask import Flask

import formulas
from builder.expressions import Expression
from builder.scopes import PLACES
from builder.sources import of_documents
from core.errors import Invalid
from tests.builder import documents

KNOWN = of_documents(documents.everything().values())
WEIGHTS = [
    {"as": "覆盖权重", "table": "test.stage_weights", "inputs": {"stage": "成熟度"}, "output": "coverage"},
    {"as": "利润权重", "table": "test.stage_weights", "inputs": {"stage": "成熟度"}, "output": "profit"},
]


@pytest.fixture(autouse=True)
def _words(speaking: Flask) -> None:
    """Problems are told in words, and words need the product."""


def columns(rows: int, **given: object) -> dict[str, object]:
    blank = {name.key: [None] * rows for name in PLACES["cascade.unit"]}
    return {**blank, **given}


def test_it_reads_columns_by_key_and_formulas_by_chinese_name_or_key() -> None:
    expression = Expression.compile("历史占比*50%+share_potential*50%", [], "cascade.unit", KNOWN)
    found = expression.evaluate_batch(columns(2, share_history=[0.4, 0.6], share_potential=np.array([0.8, 0.2])), 2)
    assert found.to_list() == pytest.approx([0.6, 0.4])
    assert expression.keys == {"share_history", "share_potential"}


def test_S21_each_row_says_which_version_and_row_of_a_table_fired() -> None:
    expression = Expression.compile("覆盖权重*2", WEIGHTS, "cascade.unit", KNOWN)
    found = expression.evaluate_batch(columns(2, maturity=["推广期", "成熟期"]), 2)
    assert found.to_list() == pytest.approx([0.8, 0.9])
    (use,) = found.uses_of(1)
    assert (use["as"], use["key"], use["row"], use["value"]) == ("覆盖权重", "test.stage_weights", "w2", 0.45)


def test_S22_moving_a_product_to_another_stage_moves_its_weights() -> None:
    expression = Expression.compile("利润权重", WEIGHTS, "cascade.unit", KNOWN)
    found = expression.evaluate_batch(columns(2, maturity=["推广期", "成熟期"]), 2)
    assert found.to_list() == [0.6, 0.55]


def test_a_value_that_no_row_knows_is_an_error_and_no_silent_number() -> None:
    expression = Expression.compile("覆盖权重", WEIGHTS, "cascade.unit", KNOWN)
    found = expression.evaluate_batch(columns(1, maturity=["衰退期"]), 1)
    assert found.to_list() == [formulas.ErrorValue("#N/A")]
    assert found.uses_of(0)[0]["row"] is None


def test_a_formula_is_used_like_a_table() -> None:
    uses = [{"as": "得分", "formula": "test.score", "inputs": {"coverage": "历史占比", "profit": "潜力占比"}}]
    expression = Expression.compile("得分+1", uses, "cascade.unit", KNOWN)
    found = expression.evaluate_batch(columns(2, share_history=[0.9, 9], share_potential=[0.5, 0.5]), 2)
    assert found.to_list() == pytest.approx([67, 91]), "the cap of 1.5 holds"


def test_a_missing_input_holds_the_result_and_is_named() -> None:
    uses = [{"as": "得分", "formula": "test.score", "inputs": {"coverage": "历史占比", "profit": "潜力占比"}}]
    expression = Expression.compile("得分", uses, "cascade.unit", KNOWN)
    found = expression.evaluate_batch(columns(2, share_history=[None, 0.9], share_potential=[0.5, 0.5]), 2)
    assert found.to_list() == [None, 66]
    assert found.uses_of(0)[0]["missing"] == ["覆盖率"], "MIN(1.5, blank) would have been the cap"


def test_a_missing_input_counts_as_zero_where_the_formula_says_so() -> None:
    lenient = documents.changed(documents.load("formula"), "/body/on_missing", "zero")
    known = KNOWN | of_documents([lenient])
    uses = [{"as": "得分", "formula": "test.score", "inputs": {"coverage": "历史占比", "profit": "潜力占比"}}]
    found = Expression.compile("得分", uses, "cascade.unit", known).evaluate_batch(columns(1, share_history=[0.9]), 1)
    assert found.to_list() == [36]


def test_a_use_may_take_the_result_of_the_one_above_it() -> None:
    uses = [*WEIGHTS, {"as": "得分", "formula": "test.score", "inputs": {"coverage": "覆盖权重", "profit": "利润权重"}}]
    expression = Expression.compile("得分", uses, "cascade.unit", KNOWN)
    found = expression.evaluate_batch(columns(1, maturity=["推广期"]), 1)
    assert found.to_list() == pytest.approx([52])
    assert {source.key for source in expression.sources} == {"test.stage_weights", "test.score"}
    assert expression.keys == {"maturity"}


def test_only_what_the_text_names_must_make_sense_at_its_place() -> None:
    reserve = Expression.compile("3%", WEIGHTS, "cascade.product", KNOWN)
    assert reserve.evaluate_batch({}, 1).to_list() == [0.03]
    with pytest.raises(Invalid, match="覆盖权重"):
        Expression.compile("覆盖权重", WEIGHTS, "cascade.product", KNOWN)


def test_names_that_the_document_makes_stand_beside_those_of_the_place() -> None:
    expression = Expression.compile("目标/单价", [], "cascade.needed", KNOWN, numbers=["单价"])
    assert expression.evaluate_batch({"target": [100.0], "单价": [20.0]}, 1).to_list() == [5]


def test_a_constant_needs_nothing() -> None:
    assert Expression.constant("15%") == 0.15
    with pytest.raises(Invalid):
        Expression.constant("目标*15%")


def test_a_column_that_was_promised_and_not_given_is_a_fault_of_ours() -> None:
    expression = Expression.compile("历史业绩", [], "cascade.unit", KNOWN)
    with pytest.raises(KeyError):
        expression.evaluate_batch({}, 1)
