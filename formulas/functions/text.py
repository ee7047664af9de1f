"""Text."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from formulas.columns import Column, flagged, leftmost, settled
from formulas.errors import VALUE
from formulas.functions.registry import Cost, Function, Param, Routine

MAX_TEXT = 32_767
"""The longest text that a cell holds, as in spreadsheets."""
_ONE = Column(np.ones(()))


def number_text(value: float) -> str:
    """A number as it is shown: 15 significant digits, no superfluous zeros."""
    short = f"{value:.15g}"
    if "e" not in short:
        return "0" if short == "-0" else short
    exponent = int(short.split("e")[1])
    if exponent > 20 or exponent < -9:
        digits = short.split("e")[0]
        return f"{digits}E{exponent:+03d}"
    places = max(0, 14 - exponent)
    plain = f"{float(short):.{places}f}"
    return plain.rstrip("0").rstrip(".") if places else plain


def each(function: Callable[..., Any], kind: Any, *arrays: Any) -> Any:
    """The function of each row's cells; a constant meets every row."""
    if not any(np.ndim(array) for array in arrays):
        return np.asarray(function(*(array.item() for array in arrays)), dtype=kind)
    rows = next(len(array) for array in arrays if np.ndim(array))
    cells = (array.tolist() if np.ndim(array) else [array.item()] * rows for array in arrays)
    results = np.empty(rows, dtype=kind)
    results[:] = [function(*row) for row in zip(*cells, strict=True)]
    return results


def shown(column: Column) -> Column:
    """The column as text; a blank is empty text."""
    column = settled(column)
    if column.values.dtype.kind != "f":
        return column
    texts = each(number_text, object, column.values)
    if column.blank is not None:
        texts = np.where(column.blank, "", texts)
    return Column(texts, column.blank, column.error)


def join(*columns: Column) -> Column:
    texts = [shown(column) for column in columns]
    joined = each(lambda *cells: "".join(cells), object, *(text.values for text in texts))
    error = leftmost(*(text.error for text in texts))
    return Column(joined, None, flagged(error, length_of(joined) > MAX_TEXT, VALUE))


def length_of(values: Any) -> Any:
    return each(len, np.float64, values)


def length(text: Column) -> Column:
    text = shown(text)
    return Column(length_of(text.values), None, text.error)


def _cut(cut: Callable[[str, int], str], text: Column, count: Column) -> Column:
    text, count = shown(text), settled(count)
    counts = np.clip(count.values, 0, MAX_TEXT)
    error = flagged(leftmost(text.error, count.error), count.values < 0, VALUE)
    return Column(each(lambda cell, size: cut(cell, math.trunc(size)), object, text.values, counts), None, error)


def left(text: Column, count: Column = _ONE) -> Column:
    return _cut(lambda cell, size: cell[:size], text, count)


def right(text: Column, count: Column = _ONE) -> Column:
    return _cut(lambda cell, size: cell[-size:] if size else "", text, count)


def contains(text: Column, part: Column) -> Column:
    found = each(lambda cell, sought: sought.casefold() in cell.casefold(), bool, text.values, part.values)
    return Column(found, None, leftmost(text.error, part.error))


TEXTLIKE = Param("文字", "text", "textlike")
COUNT = Param("几个字", "count", "number")
_EACH = Cost(20.0, 900.0)

JOIN = Routine(join, None, Cost(30.0, 1500.0))

TEXTS = (
    Function(
        "LEN", "text", (TEXTLIKE,), "number", Routine(length, None, _EACH),
        "字数。", "How many characters.", 'LEN("华东大区")', "4", search=("长度", "字数"),
    ),
    Function(
        "LEFT", "text", (TEXTLIKE, COUNT), "text", Routine(left, None, _EACH),
        "左边几个字，不写就是一个。", "The first characters; one if no count is given.",
        'LEFT("华东大区",2)', "华东", optional=1, search=("开头", "截取"),
    ),
    Function(
        "RIGHT", "text", (TEXTLIKE, COUNT), "text", Routine(right, None, _EACH),
        "右边几个字，不写就是一个。", "The last characters; one if no count is given.",
        'RIGHT("华东大区",2)', "大区", optional=1, search=("结尾", "截取"),
    ),
    Function(
        "CONTAINS", "text", (Param("文字", "text", "text"), Param("要找的文字", "part", "text")), "bool",
        Routine(contains, None, _EACH),
        "文字里有没有另一段文字，不分大小写；* 和 ? 没有特别含义。",
        "Whether a text holds another, whatever the case; * and ? mean themselves.",
        'CONTAINS(阶段,"推广")', "TRUE", search=("包含", "查找"),
    ),
)  # fmt: skip
