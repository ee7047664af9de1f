"""What the operators do, on columns."""

from typing import Any

import numpy as np

from formulas import single
from formulas.columns import Column, Items, Shape, flagged, leftmost, near, parts, same_text, settled
from formulas.errors import DIV0
from formulas.functions.registry import Cost, Routine


def chain(operators: str, first: Column, *rest: Column) -> Column:
    """a + b * c / d - e: products before sums, from left to right."""
    if first.error is None and all(column.error is None for column in rest):
        values = _fast_chain(operators, first.values, rest)
        if values is not None:
            return Column(values)
    return _careful_chain(operators, first, rest)


def _fast_chain(operators: str, term: Any, rest: tuple[Column, ...]) -> Any:
    """The values where nothing is divided by zero; None if the careful way is needed."""
    total, adds = None, True
    for operator, column in zip(operators, rest, strict=True):
        if operator == "*":
            term = term * column.values
        elif operator == "/":
            if not np.all(column.values) or not np.isfinite(column.values).all():
                return None
            term = term / column.values
        else:
            total = term if total is None else total + term if adds else total - term
            adds, term = operator == "+", column.values
    return term if total is None else total + term if adds else total - term


def _careful_chain(operators: str, term: Column, rest: tuple[Column, ...]) -> Column:
    total: Column | None = None
    pending = "+"
    for operator, column in zip(operators, rest, strict=True):
        if operator in "*/":
            term = _step(operator, term, column)
        else:
            total = term if total is None else _step(pending, total, term)
            pending, term = operator, column
    return term if total is None else _step(pending, total, term)


def _step(operator: str, left: Column, right: Column) -> Column:
    left, right = settled(left), settled(right)
    error = leftmost(left.error, right.error)
    if operator == "/":
        return settled(_quotient(left.values, right.values, error))
    if operator == "*":
        values = left.values * right.values
    else:
        values = left.values + right.values if operator == "+" else left.values - right.values
    return settled(Column(np.asarray(values), None, error))


def _quotient(left: Any, right: Any, error: Any) -> Column:
    zero = right == 0
    values = left / np.where(zero, 1.0, right)
    return Column(np.where(zero, 0.0, values), None, flagged(error, zero, DIV0))


def quotient(part: Column, whole: Column) -> Column:
    return _step("/", part, whole)


def power(base: Column, exponent: Column) -> Column:
    """0^0 is 1 as in spreadsheets; 0^-1 and the roots of negative numbers are #NUM!."""
    base, exponent = settled(base), settled(exponent)
    values = np.power(base.values, exponent.values)
    return settled(Column(np.asarray(values), None, leftmost(base.error, exponent.error)))


def negative(value: Column) -> Column:
    return Column(np.asarray(-value.values), None, value.error)


def percent(value: Column) -> Column:
    return Column(np.asarray(value.values / 100.0), None, value.error)


def positive(value: Column) -> Column:
    return Column(value.values, None, value.error)


def _compared(left: Column, right: Column) -> tuple[Any, Any, Any]:
    left, right = settled(left), settled(right)
    return left.values, right.values, leftmost(left.error, right.error)


def equal(left: Column, right: Column) -> Column:
    a, b, error = _compared(left, right)
    return Column(near(a, b), None, error)


def unequal(left: Column, right: Column) -> Column:
    a, b, error = _compared(left, right)
    return Column(~near(a, b), None, error)


def less(left: Column, right: Column) -> Column:
    a, b, error = _compared(left, right)
    return Column((a < b) & ~near(a, b), None, error)


def less_or_equal(left: Column, right: Column) -> Column:
    a, b, error = _compared(left, right)
    return Column((a <= b) | near(a, b), None, error)


def greater(left: Column, right: Column) -> Column:
    return less(right, left) if left.error is None and right.error is None else _swapped(less, left, right)


def greater_or_equal(left: Column, right: Column) -> Column:
    if left.error is None and right.error is None:
        return less_or_equal(right, left)
    return _swapped(less_or_equal, left, right)


def _swapped(compare: Any, left: Column, right: Column) -> Column:
    left, right = settled(left), settled(right)
    values = compare(Column(right.values), Column(left.values)).values
    return Column(values, None, leftmost(left.error, right.error))


def equal_text(left: Column, right: Column) -> Column:
    return Column(np.asarray(same_text(left.values, right.values)), None, leftmost(left.error, right.error))


def unequal_text(left: Column, right: Column) -> Column:
    return Column(~np.asarray(same_text(left.values, right.values)), None, leftmost(left.error, right.error))


def equal_truth(left: Column, right: Column) -> Column:
    return Column(np.asarray(left.values == right.values), None, leftmost(left.error, right.error))


def unequal_truth(left: Column, right: Column) -> Column:
    return Column(np.asarray(left.values != right.values), None, leftmost(left.error, right.error))


def items(shape: Shape, column: Column) -> Items:
    return Items(shape, column)


def spread(shape: Shape, column: Column) -> Column:
    """A row's value for each of its items."""
    return Column(*(part if part is None or not np.ndim(part) else part[shape.owner] for part in parts(column)))


ARITHMETIC = Cost(6.0, 14.0)
COMPARISON = Cost(14.0, 20.0)

OPERATORS: dict[str, Routine] = {
    "FCHAIN": Routine(chain, single.chain, ARITHMETIC),
    "FPOWER": Routine(power, None, Cost(14.0, 300.0)),
    "FNEGATIVE": Routine(negative, single.negative, ARITHMETIC),
    "FPOSITIVE": Routine(positive, single.positive, ARITHMETIC),
    "FHUNDREDTH": Routine(percent, single.percent, ARITHMETIC),
    "FEQ": Routine(equal, single.equal, COMPARISON),
    "FNE": Routine(unequal, single.unequal, COMPARISON),
    "FLT": Routine(less, single.less, COMPARISON),
    "FLE": Routine(less_or_equal, single.less_or_equal, COMPARISON),
    "FGT": Routine(greater, single.greater, COMPARISON),
    "FGE": Routine(greater_or_equal, single.greater_or_equal, COMPARISON),
    "FTEXTEQ": Routine(equal_text, single.equal_text, Cost(10.0, 400.0)),
    "FTEXTNE": Routine(unequal_text, single.unequal_text, Cost(10.0, 400.0)),
    "FBOOLEQ": Routine(equal_truth, single.equal_truth, COMPARISON),
    "FBOOLNE": Routine(unequal_truth, single.unequal_truth, COMPARISON),
    "FITEMS": Routine(items, None, Cost(4.0, 0.0, 4.0)),
    "FSPREAD": Routine(spread, None, Cost(4.0, 0.0, 8.0)),
}
