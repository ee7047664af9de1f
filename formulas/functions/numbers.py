"""Arithmetic on numbers, and SUM and its like over values and sub-table columns."""

from functools import partial
from typing import Any

import numpy as np

from formulas import single
from formulas.columns import EPSILON, Column, Items, choose, flagged, leftmost, settled
from formulas.errors import DIV0, NUM
from formulas.functions.operators import quotient
from formulas.functions.registry import Cost, Function, Param, Routine
from formulas.rounding import DOWN, HALF, UP, floor_column, round_column

Part = Column | Items
_WITHOUT_DECIMALS = Column(np.zeros(()))


# aggregates


def _settled_part(part: Part) -> Part:
    if isinstance(part, Column):
        return settled(part)
    return Items(part.shape, settled(part.column))


def _error(part: Part) -> Any:
    """A row's error; of its items the first one's."""
    if isinstance(part, Column):
        return part.error
    error = part.column.error
    if error is None:
        return None
    first = part.shape.first(error != 0)
    return np.where(first >= 0, error[first], np.uint8(0)) if len(error) else None


def _errors(parts: tuple[Part, ...]) -> Any:
    return leftmost(*(_error(part) for part in parts))


def _any_error(parts: tuple[Part, ...]) -> bool:
    return any((part if isinstance(part, Column) else part.column).error is not None for part in parts)


def _sum(part: Part) -> Any:
    if isinstance(part, Column):
        return part.values
    return np.bincount(part.shape.owner, weights=part.column.values, minlength=part.shape.rows)


def _count(part: Part) -> Any:
    column = part if isinstance(part, Column) else part.column
    present = 1.0 if column.blank is None else 1.0 - column.blank
    if isinstance(part, Column):
        return present
    weights = None if column.blank is None else present
    return np.bincount(part.shape.owner, weights=weights, minlength=part.shape.rows).astype(np.float64)


def total(*parts: Part) -> Column:
    if _any_error(parts):
        parts = tuple(_settled_part(part) for part in parts)
    values = _sum(parts[0]) + 0.0
    for part in parts[1:]:
        values = values + _sum(part)
    return Column(np.asarray(values), None, _errors(parts))


def count(*parts: Part) -> Column:
    parts = tuple(_settled_part(part) for part in parts)
    values = _count(parts[0])
    for part in parts[1:]:
        values = values + _count(part)
    return Column(np.asarray(values), None, _errors(parts))


def average(*parts: Part) -> Column:
    return quotient(total(*parts), count(*parts))


def _extreme(pick: np.ufunc, *parts: Part) -> Column:
    """The least or greatest of what is present; blank where nothing is."""
    parts = tuple(_settled_part(part) for part in parts)
    best, found = _extreme_of(pick, parts[0])
    for part in parts[1:]:
        values, present = _extreme_of(pick, part)
        best = np.where(found & present, pick(best, values), np.where(present, values, best))
        found = found | present
    return Column(np.where(found, best, 0.0), None if np.all(found) else ~found, _errors(parts))


def _extreme_of(pick: np.ufunc, part: Part) -> tuple[Any, Any]:
    if isinstance(part, Column):
        return part.values, np.ones((), dtype=bool) if part.blank is None else ~part.blank
    present = slice(None) if part.column.blank is None else ~part.column.blank
    values, owner = part.column.values[present], part.shape.owner[present]
    best, found = np.zeros(part.shape.rows), np.zeros(part.shape.rows, dtype=bool)
    if len(owner):
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        best[owner[starts]] = pick.reduceat(values, starts)
        found[owner[starts]] = True
    return best, found


def _extreme_number(pick: np.ufunc, *parts: Part) -> Column:
    column = _extreme(pick, *parts)
    return Column(column.values, None, column.error)


least, greatest = partial(_extreme_number, np.minimum), partial(_extreme_number, np.maximum)
earliest, latest = partial(_extreme, np.minimum), partial(_extreme, np.maximum)


# one number at a time


def clamp(value: Column, low: Column, high: Column) -> Column:
    value, low, high = settled(value), settled(low), settled(high)
    values = value.values
    for bound, pick in ((high, np.minimum), (low, np.maximum)):
        limited = pick(values, bound.values)
        values = limited if bound.blank is None else np.where(bound.blank, values, limited)
    return Column(np.asarray(values), None, leftmost(value.error, low.error, high.error))


def percentage(part: Column, whole: Column, if_zero: Column | None = None) -> Column:
    if if_zero is None:
        return quotient(part, whole)
    part, whole = settled(part), settled(whole)
    error = leftmost(part.error, whole.error)
    zero = (whole.values == 0) if error is None else (whole.values == 0) & (error == 0)
    safe = Column(np.where(whole.values == 0, 1.0, whole.values), None, whole.error)
    return choose(zero, if_zero, quotient(part, safe))


def _rounded(mode: str, value: Column, decimals: Column = _WITHOUT_DECIMALS) -> Column:
    value, decimals = settled(value), settled(decimals)
    values = round_column(value.values, decimals.values, mode)
    return settled(Column(values, None, leftmost(value.error, decimals.error)))


rounded, rounded_up, rounded_down = (partial(_rounded, mode) for mode in (HALF, UP, DOWN))


def integer(value: Column) -> Column:
    value = settled(value)
    return Column(floor_column(value.values), None, value.error)


def remainder(value: Column, divisor: Column) -> Column:
    value, divisor = settled(value), settled(divisor)
    zero = divisor.values == 0
    error = flagged(leftmost(value.error, divisor.error), zero, DIV0)
    times = value.values / np.where(zero, 1.0, divisor.values)
    many = ~(np.abs(times) < single.MAX_TIMES)
    error = flagged(error, many, NUM)
    rest = value.values - divisor.values * floor_column(np.where(many, 0.0, times))
    noise = np.abs(rest) <= EPSILON * np.abs(value.values)
    return Column(np.where(noise | many, 0.0, rest), None, error)


def absolute(value: Column) -> Column:
    return Column(np.abs(value.values), None, value.error)


def root(value: Column) -> Column:
    value = settled(value)
    below = value.values < 0
    return Column(np.sqrt(np.where(below, 0.0, value.values)), None, flagged(value.error, below, NUM))


NUMBER = Param("数", "number", "number")
DECIMALS = Param("小数位", "decimals", "number")
VALUES = Param("数或表.列", "values", "values")
STAMPS = Param("值或表.列", "values", "stamps")
_ROUND = Cost(90.0, 260.0)
_FOLD = Cost(10.0, 12.0, 30.0)

DATE_EXTREMES = {
    "FEARLIEST": Routine(earliest, None, Cost(20.0, 40.0, 60.0)),
    "FLATEST": Routine(latest, None, Cost(20.0, 40.0, 60.0)),
}

NUMBERS = (
    Function(
        "SUM", "numbers", (VALUES,), "number", Routine(total, single.total, _FOLD),
        "相加；表.列 把子表的每一行加起来，同一子表的列可以先逐行计算。",
        "Adds up; table.column adds all rows of a sub-table, whose columns may be combined row by row first.",
        "SUM(明细.数量*明细.单价)", "170", repeat=1, aliases=("求和",), search=("加", "合计", "总和"),
    ),
    Function(
        "AVERAGE", "numbers", (VALUES,), "number", Routine(average, single.average, Cost(24.0, 40.0, 60.0)),
        "平均值，不计没填的；一个也没有得 #DIV/0!。", "The mean of what is filled in; #DIV/0! if nothing is.",
        "AVERAGE(明细.数量)", "4", repeat=1, aliases=("平均", "AVG"), search=("均值",),
    ),
    Function(
        "MIN", "numbers", (STAMPS,), "same", Routine(least, single.least, Cost(20.0, 40.0, 60.0)),
        "最小的一个（日期则最早），不计没填的。", "The smallest, or the earliest date, of what is filled in.",
        "MIN(完成额/目标额,1.5)", "0.8", repeat=1, aliases=("最小",), search=("最低", "封顶", "最早"),
    ),
    Function(
        "MAX", "numbers", (STAMPS,), "same", Routine(greatest, single.greatest, Cost(20.0, 40.0, 60.0)),
        "最大的一个（日期则最晚），不计没填的。", "The largest, or the latest date, of what is filled in.",
        "MAX(完成额-目标额,0)", "0", repeat=1, aliases=("最大",), search=("最高", "保底", "最晚"),
    ),
    Function(
        "COUNT", "numbers", (STAMPS,), "number", Routine(count, single.count, _FOLD),
        "填写了几个数。", "How many numbers are filled in.", "COUNT(明细.数量)", "2", repeat=1, search=("计数", "个数"),
    ),
    Function(
        "ROUND", "numbers", (NUMBER, DECIMALS), "number", Routine(rounded, single.rounded, _ROUND),
        "四舍五入到几位小数，按 15 位有效数字看；负的位数舍到十、百。",
        "Rounds half away from zero, on 15 significant digits; negative decimals round to tens and hundreds.",
        "ROUND(1.005,2)", "1.01", optional=1, aliases=("四舍五入",), search=("取整", "小数"),
    ),
    Function(
        "ROUNDUP", "numbers", (NUMBER, DECIMALS), "number", Routine(rounded_up, single.rounded_up, _ROUND),
        "向远离 0 的方向进位。", "Rounds away from zero.",
        "ROUNDUP(2.001,0)", "3", optional=1, search=("进位", "向上取整"),
    ),
    Function(
        "ROUNDDOWN", "numbers", (NUMBER, DECIMALS), "number", Routine(rounded_down, single.rounded_down, _ROUND),
        "向 0 的方向舍去。", "Rounds towards zero.", "ROUNDDOWN(2.99,0)", "2", optional=1, search=("舍去", "截断"),
    ),
    Function(
        "INT", "numbers", (NUMBER,), "number", Routine(integer, single.integer, Cost(180.0, 450.0)),
        "不大于它的整数。", "The integer that is not greater.", "INT(-2.5)", "-3", search=("取整", "向下取整"),
    ),
    Function(
        "MOD", "numbers", (NUMBER, Param("除数", "divisor", "number")), "number",
        Routine(remainder, single.remainder, Cost(220.0, 520.0)),
        "余数，符号随除数。", "The remainder, with the sign of the divisor.", "MOD(7,4)", "3", search=("余数", "取模"),
    ),
    Function(
        "ABS", "numbers", (NUMBER,), "number", Routine(absolute, single.absolute, Cost(4.0, 8.0)),
        "绝对值。", "The size without the sign.", "ABS(完成额-目标额)", "20", search=("绝对值",),
    ),
    Function(
        "SQRT", "numbers", (NUMBER,), "number", Routine(root, single.root, Cost(14.0, 20.0)),
        "平方根；负数得 #NUM!。", "The square root; #NUM! for a negative number.",
        "SQRT(9)", "3", search=("开方", "平方根"),
    ),
    Function(
        "CLAMP", "numbers", (NUMBER, Param("下限", "low", "number"), Param("上限", "high", "number")), "number",
        Routine(clamp, single.clamp, Cost(20.0, 30.0)),
        "限制在下限和上限之间；没填的界限不起作用。",
        "Keeps the number between two bounds; a blank bound does not bind.",
        "CLAMP(完成额/目标额,0,1.5)", "0.8", search=("保底", "封顶", "限制"),
    ),
    Function(
        "PERCENT", "numbers",
        (Param("部分", "part", "number"), Param("整体", "whole", "number"), Param("整体为0时", "if_zero", "number")),
        "number", Routine(percentage, single.percentage, Cost(30.0, 60.0)),
        "部分除以整体；整体为 0 时得 #DIV/0!，或第三个值。",
        "Part over whole; where the whole is 0, #DIV/0! or the third value.",
        "PERCENT(完成额,目标额,0)", "0.8", optional=1, search=("占比", "百分比", "达成率"),
    ),
)  # fmt: skip
