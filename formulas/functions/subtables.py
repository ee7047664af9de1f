"""Looking into a sub-table: conditional sums, lookups, tiers and ranks.

Each function gets the table's Shape first; `keys` and `values` are columns over its items.
"""

from typing import Any

import numpy as np

from formulas.columns import Column, Items, Shape, failing, flagged, leftmost, near, picked, same_text, settled
from formulas.errors import NA
from formulas.functions.numbers import average, total
from formulas.functions.operators import spread
from formulas.functions.registry import Cost, Function, Param, Routine

_ORDER = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
_CLOSED = frozenset({"<=", ">="})


def _row_error(shape: Shape, *columns: Column) -> Any:
    """The first error among a row's items."""
    error = leftmost(*(column.error for column in columns))
    if error is None or not shape.items:
        return None
    first = shape.first(error != 0)
    return np.where(first >= 0, error[first], np.uint8(0))


def _matching(shape: Shape, keys: Column, operator: str, criterion: Column) -> Any:
    """Which items meet the criterion; a blank item meets only <> and "is empty"."""
    filled = np.ones(shape.items, dtype=bool) if keys.blank is None else ~keys.blank
    if operator in ("filled", "empty"):
        return filled if operator == "filled" else ~filled
    sought = spread(shape, settled(criterion)).values
    if operator == "<>":
        return ~(_alike(keys.values, sought) & filled)
    if operator == "=":
        return _alike(keys.values, sought) & filled
    same = near(keys.values, sought)
    return filled & ((same | _ORDER[operator](keys.values, sought)) if operator in _CLOSED
                     else _ORDER[operator](keys.values, sought) & ~same)  # fmt: skip


def _alike(left: Any, right: Any) -> Any:
    if left.dtype.kind == "f":
        return near(left, right)
    return left == right if left.dtype.kind == "b" else same_text(left, right)


def _selected(shape: Shape, keys: Column, operator: str, criterion: Column, values: Column) -> tuple[Items, Any]:
    mask = _matching(shape, keys, operator, criterion)
    kept = Shape(shape.rows, shape.owner[mask])
    chosen = Column(*(part if part is None else part[mask] for part in (values.values, values.blank, values.error)))
    return Items(kept, chosen), leftmost(_row_error(shape, keys), settled(criterion).error)


def sum_if(shape: Shape, keys: Column, operator: str, criterion: Column, values: Column | None = None) -> Column:
    items, error = _selected(shape, keys, operator, criterion, keys if values is None else values)
    column = total(items)
    return Column(column.values, None, leftmost(error, column.error))


def average_if(shape: Shape, keys: Column, operator: str, criterion: Column, values: Column | None = None) -> Column:
    items, error = _selected(shape, keys, operator, criterion, keys if values is None else values)
    column = average(items)
    return Column(column.values, None, leftmost(error, column.error))


def count_if(shape: Shape, keys: Column, operator: str, criterion: Column) -> Column:
    mask = _matching(shape, keys, operator, criterion)
    counted = np.bincount(shape.owner[mask], minlength=shape.rows).astype(np.float64)
    return Column(counted, None, leftmost(_row_error(shape, keys), settled(criterion).error))


def _taken(values: Column, places: Any, default: Column | None) -> Column:
    """The items at these places; where a place is -1 the default or #N/A."""
    otherwise = default if default is not None else failing(values, NA)
    if not len(values.values):
        return otherwise if default is not None else failing(_empty(values, len(places)), NA)
    found = places >= 0
    taken = (None if part is None else part[places] for part in (values.values, values.blank, values.error))
    item = Column(*taken)
    if default is None:
        return Column(item.values, picked(found, item.blank, None), flagged(item.error, ~found, NA))
    return Column(
        np.where(found, item.values, otherwise.values),
        picked(found, item.blank, otherwise.blank),
        picked(found, item.error, otherwise.error),
    )


def _empty(values: Column, rows: int) -> Column:
    kind = values.values.dtype.kind
    return Column(np.full(rows, 0.0 if kind == "f" else False if kind == "b" else ""))


def lookup(shape: Shape, key: Column, keys: Column, values: Column, default: Column | None = None) -> Column:
    key = settled(key)
    filled = np.ones(shape.items, dtype=bool) if keys.blank is None else ~keys.blank
    first = shape.first(_alike(keys.values, spread(shape, key).values) & filled)
    result = _taken(values, first, default)
    return Column(result.values, result.blank, leftmost(key.error, _row_error(shape, keys), result.error))


def tier(shape: Shape, number: Column, bounds: Column, values: Column) -> Column:
    number = settled(number)
    sought = spread(shape, number).values
    reached = (bounds.values <= sought) | near(bounds.values, sought)
    if bounds.blank is not None:
        reached &= ~bounds.blank
    order = np.lexsort((bounds.values, shape.owner))
    order = order[reached[order]]
    last = np.full(shape.rows, -1, dtype=np.intp)
    last[shape.owner[order]] = order
    result = _taken(values, last, None)
    return Column(result.values, result.blank, leftmost(number.error, _row_error(shape, bounds), result.error))


def rank(shape: Shape, number: Column, values: Column, ascending: Column | None = None) -> Column:
    number = settled(number)
    sought = spread(shape, number).values
    filled = np.ones(shape.items, dtype=bool) if values.blank is None else ~values.blank
    same = near(values.values, sought)
    above, below = values.values > sought, values.values < sought
    better = above if ascending is None else np.where(spread(shape, ascending).values.astype(bool), below, above)
    counted = np.bincount(shape.owner[better & ~same & filled], minlength=shape.rows).astype(np.float64)
    present = np.bincount(shape.owner[same & filled], minlength=shape.rows) > 0
    error = leftmost(number.error, None if ascending is None else ascending.error, _row_error(shape, values))
    return Column(counted + 1.0, None, flagged(error, ~present, NA))


KEYS = Param("表.列", "keys", "column")
CRITERION = Param("条件", "criterion", "criterion")
SUMMED = Param("要计算的列", "values", "numbers")
RESULT = Param("表.结果列", "result", "column")
_SCAN = Cost(120.0, 200.0, 600.0)

SUBTABLES = (
    Function(
        "SUMIF", "subtables", (KEYS, CRITERION, SUMMED), "number", Routine(sum_if, None, _SCAN),
        '某列符合条件的行，另一列相加。条件写值，或 ">=30" 这样的文字。',
        'Adds one column over the rows where another meets a criterion: a value, or text such as ">=30".',
        'SUMIF(明细.类型,"三甲",明细.数量)', "5", optional=1, search=("条件求和",),
    ),
    Function(
        "COUNTIF", "subtables", (KEYS, CRITERION), "number", Routine(count_if, None, _SCAN),
        "某列符合条件的行数。", "How many rows meet a criterion.",
        'COUNTIF(明细.数量,">=4")', "1", search=("条件计数",),
    ),
    Function(
        "AVERAGEIF", "subtables", (KEYS, CRITERION, SUMMED), "number", Routine(average_if, None, _SCAN),
        "某列符合条件的行，另一列的平均。", "The mean of one column over the rows where another meets a criterion.",
        'AVERAGEIF(明细.类型,"三甲",明细.单价)', "10", optional=1, search=("条件平均",),
    ),
    Function(
        "LOOKUP", "subtables",
        (Param("值", "key", "match"), Param("表.列", "keys", "matched column"), RESULT,
         Param("找不到时", "default", "default")),
        "value", Routine(lookup, None, _SCAN),
        "在一列里找到等于值的第一行，取另一列；找不到得 #N/A 或最后一个参数。",
        "Another column's cell in the first row that equals the key; #N/A or the default if none does.",
        'LOOKUP("三甲",明细.类型,明细.单价)', "10", optional=1, search=("查找", "VLOOKUP"),
    ),
    Function(
        "TIER", "subtables",
        (Param("数", "number", "number"), Param("表.下限", "bounds", "numbers"), RESULT), "value",
        Routine(tier, None, Cost(200.0, 400.0, 1000.0)),
        "达到的最高一档：下限不大于该数的最大一行，取另一列。",
        "The tier that is reached: the row with the largest bound that is not above the number.",
        "TIER(达成率,档位.下限,档位.系数)", "1", search=("分档", "阶梯", "提成"),
    ),
    Function(
        "RANK", "subtables",
        (Param("数", "number", "number"), Param("表.列", "values", "numbers"), Param("升序", "ascending", "flag")),
        "number", Routine(rank, None, _SCAN),
        "在一列里排第几，最大的第 1；第三个参数 TRUE 则最小的第 1；列里没有这个数得 #N/A。",
        "The place among a column, the largest first (TRUE: the smallest); #N/A if the number is not in it.",
        "RANK(5,明细.数量)", "1", optional=1, search=("排名", "名次"),
    ),
)  # fmt: skip
