"""The functions on one row's plain values: float, str, bool, BLANK or ErrorValue.

A row that is evaluated alone would spend its time in setting up columns of length one. These do the same, operation
by operation, as the column functions of the same name, and tests hold the two to the same bits. A function without
a row here makes its formula take the way of the columns.

Most calls meet plain floats: those are tried first, and a BLANK or an error among them raises the TypeError that
leads to the careful way.
"""

import math
from typing import Any

from formulas.columns import EPSILON
from formulas.errors import DIV0_ERROR, NA_ERROR, NUM_ERROR, ErrorValue
from formulas.rounding import DOWN, HALF, UP, floor, round_to, snap

Value = Any


class Blank:
    """The value of a cell that was not filled in."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "BLANK"


BLANK = Blank()


def _settled(value: Value) -> Value:
    return NUM_ERROR if value.__class__ is float and value - value != 0.0 else value


def _number(value: Value) -> Value:
    """The number that a blank stands for; infinity is #NUM!."""
    return 0.0 if value is BLANK else _settled(value)


def _truth(value: Value) -> Value:
    return False if value is BLANK else value


def _failed(values: "tuple[Value, ...] | list[Value]") -> ErrorValue | None:
    for value in values:
        if value.__class__ is ErrorValue:
            return value
    return None


# operators


def chain(operators: str, first: Value, *rest: Value) -> Value:
    total, adds, term = None, True, first
    try:
        for operator, value in zip(operators, rest, strict=True):
            if operator == "*":
                term = term * value
            elif operator == "/":
                if value - value != 0.0:
                    return _careful_chain(operators, first, rest)
                term = term / value
            else:
                total = term if total is None else total + term if adds else total - term
                adds, term = operator == "+", value
        return term if total is None else total + term if adds else total - term
    except (TypeError, ZeroDivisionError):
        return _careful_chain(operators, first, rest)


def _careful_chain(operators: str, term: Value, rest: tuple[Value, ...]) -> Value:
    total, pending = None, "+"
    for operator, value in zip(operators, rest, strict=True):
        if operator in "*/":
            term = _step(operator, term, value)
        else:
            total = term if total is None else _step(pending, total, term)
            pending, term = operator, value
    return term if total is None else _step(pending, total, term)


def _step(operator: str, left: Value, right: Value) -> Value:
    left, right = _number(left), _number(right)
    if left.__class__ is ErrorValue:
        return left
    if right.__class__ is ErrorValue:
        return right
    if operator == "/":
        return _settled(left / right) if right else DIV0_ERROR
    return _settled(left * right if operator == "*" else left + right if operator == "+" else left - right)


def negative(value: Value) -> Value:
    value = _number(value)
    return value if value.__class__ is ErrorValue else -value


def positive(value: Value) -> Value:
    return _number(value)


def percent(value: Value) -> Value:
    value = _number(value)
    return value if value.__class__ is ErrorValue else value / 100.0


def near(left: float, right: float) -> bool:
    return abs(left - right) <= EPSILON * max(abs(left), abs(right))


def _compared(left: Value, right: Value) -> tuple[Value, Value, ErrorValue | None]:
    if left.__class__ is float and right.__class__ is float and left - left == 0.0 and right - right == 0.0:
        return left, right, None
    left, right = _number(left), _number(right)
    return left, right, _failed((left, right))


def equal(left: Value, right: Value) -> Value:
    a, b, error = _compared(left, right)
    return near(a, b) if error is None else error


def unequal(left: Value, right: Value) -> Value:
    a, b, error = _compared(left, right)
    return not near(a, b) if error is None else error


def less(left: Value, right: Value) -> Value:
    a, b, error = _compared(left, right)
    return (a < b and not near(a, b)) if error is None else error


def less_or_equal(left: Value, right: Value) -> Value:
    a, b, error = _compared(left, right)
    return (a <= b or near(a, b)) if error is None else error


def greater(left: Value, right: Value) -> Value:
    a, b, error = _compared(left, right)
    return (a > b and not near(a, b)) if error is None else error


def greater_or_equal(left: Value, right: Value) -> Value:
    a, b, error = _compared(left, right)
    return (a >= b or near(a, b)) if error is None else error


def equal_text(left: Value, right: Value) -> Value:
    if left.__class__ is str and right.__class__ is str:
        return bool(left == right or left.casefold() == right.casefold())
    error = _failed((left, right))
    if error is not None:
        return error
    return equal_text("" if left is BLANK else left, "" if right is BLANK else right)


def unequal_text(left: Value, right: Value) -> Value:
    same = equal_text(left, right)
    return same if same.__class__ is ErrorValue else not same


def equal_truth(left: Value, right: Value) -> Value:
    error = _failed((left, right))
    return _truth(left) is _truth(right) if error is None else error


def unequal_truth(left: Value, right: Value) -> Value:
    error = _failed((left, right))
    return _truth(left) is not _truth(right) if error is None else error


# logic


def if_(condition: Value, yes: Value, no: Value) -> Value:
    if condition is True:
        return yes
    return condition if condition.__class__ is ErrorValue else no


def ifs(*pairs: Value) -> Value:
    for place in range(0, len(pairs), 2):
        condition = pairs[place]
        if condition is True:
            return pairs[place + 1]
        if condition.__class__ is ErrorValue:
            return condition
    return NA_ERROR


def switch(value: Value, *cases: Value) -> Value:
    if _settled(value).__class__ is ErrorValue:
        return _settled(value)
    for place in range(0, len(cases) - 1, 2):
        same = _alike(value, cases[place])
        if same.__class__ is ErrorValue:
            return same
        if same:
            return cases[place + 1]
    return cases[-1] if len(cases) % 2 else NA_ERROR


def _alike(left: Value, right: Value) -> Value:
    kind = right.__class__ if left is BLANK else left.__class__
    if kind is str:
        return equal_text(left, right)
    return equal_truth(left, right) if kind is bool else equal(left, right)


def and_(*conditions: Value) -> Value:
    error = _failed(conditions)
    return all(condition is True for condition in conditions) if error is None else error


def or_(*conditions: Value) -> Value:
    error = _failed(conditions)
    return any(condition is True for condition in conditions) if error is None else error


def not_(condition: Value) -> Value:
    return condition if condition.__class__ is ErrorValue else condition is not True


def if_error(value: Value, otherwise: Value) -> Value:
    return otherwise if _settled(value).__class__ is ErrorValue else value


def is_blank(value: Value) -> Value:
    return value is BLANK


def coalesce(*values: Value) -> Value:
    for value in values:
        if value is not BLANK:
            return value
    return BLANK


# numbers


def total(*values: Value) -> Value:
    try:
        result = values[0] + 0.0
        for value in values[1:]:
            result = result + value
        return result
    except TypeError:
        filled = [_number(value) for value in values]
        return _failed(filled) or total(*filled)


def average(*values: Value) -> Value:
    counted = count(*values)
    return counted if counted.__class__ is ErrorValue else _step("/", total(*values), counted)


def count(*values: Value) -> Value:
    error = _failed([_settled(value) for value in values])
    return float(sum(value is not BLANK for value in values)) if error is None else error


def least(*values: Value) -> Value:
    present = [_settled(value) for value in values if value is not BLANK]
    return _failed(present) or (min(present) if present else 0.0)


def greatest(*values: Value) -> Value:
    present = [_settled(value) for value in values if value is not BLANK]
    return _failed(present) or (max(present) if present else 0.0)


def clamp(value: Value, low: Value, high: Value) -> Value:
    try:
        if (value + low + high) * 0.0 == 0.0:
            return max(low, min(high, value))
    except TypeError:
        pass
    value, low, high = _number(value), _settled(low), _settled(high)
    error = _failed((value, low, high))
    if error is not None:
        return error
    value = value if high is BLANK else min(high, value)
    return value if low is BLANK else max(low, value)


def percentage(part: Value, whole: Value, if_zero: Value = None) -> Value:
    part, whole = _number(part), _number(whole)
    error = _failed((part, whole))
    if error is None and if_zero is not None and whole == 0.0:
        return if_zero
    return error or _step("/", part, whole)


def _rounded(value: Value, decimals: Value, mode: str) -> Value:
    value, decimals = _number(value), _number(decimals)
    return _failed((value, decimals)) or _settled(round_to(value, decimals, mode))


def rounded(value: Value, decimals: Value = 0.0) -> Value:
    return _rounded(value, decimals, HALF)


def rounded_up(value: Value, decimals: Value = 0.0) -> Value:
    return _rounded(value, decimals, UP)


def rounded_down(value: Value, decimals: Value = 0.0) -> Value:
    return _rounded(value, decimals, DOWN)


def integer(value: Value) -> Value:
    value = _number(value)
    return value if value.__class__ is ErrorValue else floor(value)


def remainder(value: Value, divisor: Value) -> Value:
    value, divisor = _number(value), _number(divisor)
    error = _failed((value, divisor))
    if error is not None:
        return error
    if divisor == 0.0:
        return DIV0_ERROR
    times = value / divisor
    if not abs(times) < MAX_TIMES:
        return NUM_ERROR
    rest = value - divisor * floor(times)
    return 0.0 if abs(rest) <= EPSILON * abs(value) else rest


MAX_TIMES = 2.0**50


def absolute(value: Value) -> Value:
    value = _number(value)
    return value if value.__class__ is ErrorValue else abs(value)


def root(value: Value) -> Value:
    value = _number(value)
    if value.__class__ is ErrorValue:
        return value
    return math.sqrt(value) if value >= 0.0 else NUM_ERROR


def finished(value: Value) -> Value:
    """A number as it leaves: snapped to 15 digits."""
    value = _settled(value)
    return snap(value) if value.__class__ is float else value
