"""What asteval is given: three node handlers, an empty table of names, and trees without a word of the author's."""

import ast
import re

import pytest
from hypothesis import given

import formulas
from formulas import evaluator
from formulas.functions import ROUTINES
from formulas.lowering import Lowering, Names
from tests.formulas.samples import SCHEMA, any_formula, value_of
from tests.formulas.test_properties import RELAXED

SYNTHETIC = re.compile(r"(?:v\d+|t\d+|d0|c0|F[A-Z]+)\Z")


def test_exactly_three_handlers_are_on() -> None:
    machine = evaluator.interpreter()
    handlers = machine.node_handlers
    on = {node for node, handler in handlers.items() if handler.__name__ != "unimplemented"}
    assert on == {"call", "name", "constant"}


def test_the_table_of_names_is_empty_before_and_after() -> None:
    assert evaluator.interpreter().symtable == {}
    assert value_of("完成额*2", {"完成额": 2}) == 4
    assert evaluator.interpreter().symtable == {}
    assert not evaluator.interpreter().code_text


@RELAXED
@given(any_formula)
def test_a_lowered_tree_holds_calls_names_and_constants_only(text: str) -> None:
    formula = formulas.compile(text, SCHEMA)
    for plain in (False, True):
        lowered = Lowering(Names(), plain=plain).lower(formula.tree, formula.kind)
        for node in ast.walk(lowered):
            assert isinstance(node, (ast.Call, ast.Name, ast.Load, ast.Constant))
            if isinstance(node, ast.Call):
                assert isinstance(node.func, ast.Name)
                assert node.func.id in ROUTINES
                assert not node.keywords
            if isinstance(node, ast.Name):
                assert SYNTHETIC.match(node.id)


def test_routines_have_synthetic_names() -> None:
    assert all(SYNTHETIC.match(symbol) for symbol in ROUTINES)


def test_a_fault_inside_a_routine_is_raised_and_does_not_stay() -> None:
    call = ast.Call(func=ast.Name(id="FBROKEN", ctx=ast.Load()), args=[], keywords=[])
    with pytest.raises(ZeroDivisionError):
        evaluator.run(call, {"FBROKEN": lambda: 1 // 0})
    assert value_of("1+1", {}) == 2


def test_a_swallowed_fault_is_not_taken_for_a_value() -> None:
    with pytest.raises(RuntimeError, match="failed inside"):
        evaluator.run(ast.Constant(value=None), {})
