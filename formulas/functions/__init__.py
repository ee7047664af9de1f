"""The table of functions: one row each, and the names under which they are found."""

from formulas.functions.dates import DATE_ARITHMETIC, DATES
from formulas.functions.logic import LOGIC
from formulas.functions.numbers import DATE_EXTREMES, NUMBERS
from formulas.functions.operators import OPERATORS
from formulas.functions.registry import Cost, Function, Param, Routine
from formulas.functions.subtables import SUBTABLES
from formulas.functions.text import JOIN, TEXTS

FUNCTIONS: dict[str, Function] = {row.name: row for row in (*LOGIC, *NUMBERS, *SUBTABLES, *TEXTS, *DATES)}

ALIASES: dict[str, str] = {alias: row.name for row in FUNCTIONS.values() for alias in row.aliases}

ROUTINES: dict[str, Routine] = {
    **{row.symbol: row.routine for row in FUNCTIONS.values()},
    **OPERATORS, **DATE_ARITHMETIC, **DATE_EXTREMES, "FJOIN": JOIN,
}  # fmt: skip
"""What each synthetic name of a lowered formula stands for."""

_LOOKUP = ("LOOKUP(值, 表.列, 表.结果列)", "LOOKUP(value, table.column, table.result)")
_TODAY = ("TODAY() 取计算那天的日期", "TODAY() is the day of the evaluation")
REPLACED: dict[str, tuple[str, str]] = {
    "VLOOKUP": _LOOKUP, "XLOOKUP": _LOOKUP, "HLOOKUP": _LOOKUP, "INDEX": _LOOKUP, "MATCH": _LOOKUP,
    "SUMIFS": ("SUMIF(表.列, 条件, 表.要加的列)", "SUMIF(table.column, criterion, table.values)"),
    "COUNTIFS": ("COUNTIF(表.列, 条件)", "COUNTIF(table.column, criterion)"),
    "AVERAGEIFS": ("AVERAGEIF(表.列, 条件, 表.列)", "AVERAGEIF(table.column, criterion, table.values)"),
    "DATEDIF": ("DAYS(结束, 开始)", "DAYS(end, start)"),
    "NOW": _TODAY,
    "CONCAT": ("用 & 连接：甲&乙", "join with &: a&b"),
    "CONCATENATE": ("用 & 连接：甲&乙", "join with &: a&b"),
    "CEILING": ("ROUNDUP(数, 小数位)", "ROUNDUP(number, decimals)"),
    "FLOOR": ("ROUNDDOWN(数, 小数位)", "ROUNDDOWN(number, decimals)"),
    "POWER": ("用 ^：x^2", "use ^: x^2"),
    "SUMPRODUCT": ("SUM(表.列*表.列)", "SUM(table.column*table.column)"),
    "COUNTA": ('COUNTIF(表.列, "<>")', 'COUNTIF(table.column, "<>")'),
    "IFNA": ("IFERROR(值, 出错时)", "IFERROR(value, otherwise)"),
    "XOR": ("甲<>乙", "a<>b"),
    "FIND": ("CONTAINS(文字, 要找的文字)", "CONTAINS(text, part)"),
    "SEARCH": ("CONTAINS(文字, 要找的文字)", "CONTAINS(text, part)"),
    "NETWORKDAYS.INTL": ("WORKDAYS(开始, 结束)", "WORKDAYS(start, end)"),
}  # fmt: skip
"""Spreadsheet functions that are not here, and what to write instead."""


def find_function(name: str) -> Function | None:
    """The function of that name or alias, whatever the case."""
    upper = name.upper()
    return FUNCTIONS.get(ALIASES.get(upper, upper))


__all__ = ["ALIASES", "FUNCTIONS", "REPLACED", "ROUTINES", "Cost", "Function", "Param", "Routine", "find_function"]
