"""A condition cell: any value, one of some values, all of some comparisons, or a whole formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from formulas.errors import ErrorValue, FormulaError, fault
from formulas.formula import Formula
from formulas.functions.dates import day_number
from formulas.lexer import END, NUMBER, SIGN, TEXT, Token, tokens
from formulas.parser import COMPARISONS
from formulas.schema import Schema
from formulas.tables.body import TableColumn

ANY_SIGNS = ("", "-", "－", "—", "–")
_NOTHING = Schema()
_MOST_KEPT = 4096
"""Cells whose reading is remembered: of a table that somebody edits, all but one are the same from key to key."""
Comparison = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Test:
    """`values`: one of these. `bounds`: all of these comparisons. `formulas`: conditions over the inputs. A cell
    that allows any value has none of the three."""

    values: tuple[Any, ...] = ()
    bounds: tuple[Comparison, ...] = ()
    formulas: tuple[Formula, ...] = ()

    @property
    def simple(self) -> bool:
        return bool(self.values or self.bounds)


ANY = Test()


def read_cell(cell: str, column: TableColumn, schema: Schema) -> Test:
    """What the cell asks of its column; raises FormulaError with columns of the cell."""
    if cell.strip() in ANY_SIGNS:
        return ANY
    parts = _parts(cell)
    compared = [part[0].kind == SIGN and part[0].value in COMPARISONS for part in parts if part]
    if len(compared) < len(parts):
        raise fault("empty_argument", 0, len(cell))
    if all(compared):
        return _bounds(cell, parts, column, schema)
    constants = [_constant(cell, part) for part in parts]
    if all(constant is not None for constant in constants) and not any(compared):
        read = [value for constant in constants if constant for value in [constant[1]]]
        kinds = {constant[0] for constant in constants if constant}
        if kinds == {column.kind} or (kinds == {"blank"}):
            return Test(
                values=tuple(_known(value, part, column, cell) for value, part in zip(read, parts, strict=True))
            )
    if len(parts) == 1:
        return _condition(cell, column, schema)
    raise _misfit(cell, column, 0, len(cell))


@lru_cache(_MOST_KEPT)
def _parts(cell: str) -> Sequence[Sequence[Token]]:
    """The tokens between the commas that stand outside parentheses."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens(cell):
        if token.kind == END:
            break
        if token.kind == SIGN and token.value in ("(", ")"):
            depth += 1 if token.value == "(" else -1
        if token.kind == SIGN and token.value == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _constant(cell: str, part: Sequence[Token]) -> tuple[str, Any] | None:
    """Kind and value of a part that names nothing; None if it is not constant."""
    if len(part) == 1 and part[0].kind in (NUMBER, TEXT):
        return ("number" if part[0].kind == NUMBER else "text"), part[0].value
    if len(part) == 2 and part[0].kind == NUMBER and part[1].value == "%":
        return "number", float(part[0].value) / 100.0
    return _computed(cell[part[0].start : part[-1].end])


@lru_cache(_MOST_KEPT)
def _computed(text: str) -> tuple[str, Any] | None:
    try:
        formula = Formula(text, _NOTHING)
    except FormulaError:
        return None
    if formula.reads_day:
        return None
    value = formula.evaluate({})
    return None if isinstance(value, ErrorValue) else (formula.kind, value)


def _known(value: Any, part: Sequence[Token], column: TableColumn, cell: str) -> Any:
    """The value as columns hold it; an option that a choice does not have is refused."""
    if column.options and value and str(value).casefold() not in column.folded:
        options = "、".join(column.options[:5])
        hint = {"zh_hint": f"可用的选项：{options}", "en_hint": f"options: {options}"}
        start, end = part[0].start, part[-1].end
        raise fault("unknown_option", start, end, name=column.title, option=value, **hint)
    return day_number(value) if column.kind == "date" else value


def _bounds(cell: str, parts: Sequence[Sequence[Token]], column: TableColumn, schema: Schema) -> Test:
    bounds: list[Comparison] = []
    conditions: list[Formula] = []
    for sign, *rest in parts:
        if not rest:
            raise fault("unexpected_end", sign.end, len(cell), zh_hint="补上比较的值", en_hint="add the value")
        constant = _constant(cell, rest)
        if constant is not None and constant[0] == column.kind:
            if column.kind in ("text", "bool") and sign.value not in ("=", "<>"):
                raise _misfit(cell, column, sign.start, rest[-1].end)
            bounds.append((str(sign.value), _known(constant[1], rest, column, cell)))
        else:
            conditions.append(_comparison(cell, sign, rest, column, schema))
    return Test(bounds=tuple(bounds), formulas=tuple(conditions))


def _comparison(cell: str, sign: Token, rest: Sequence[Token], column: TableColumn, schema: Schema) -> Formula:
    """The column compared with an expression over the inputs."""
    prefix = f"[{column.key or column.title}]{sign.value}("
    written = cell[rest[0].start : rest[-1].end]
    try:
        return Formula(f"{prefix}{written})", schema)
    except FormulaError as error:
        raise _placed(error, rest[0].start - len(prefix), len(cell)) from None


def _condition(cell: str, column: TableColumn, schema: Schema) -> Test:
    formula = Formula(cell, schema)
    if formula.kind != "bool":
        raise _misfit(cell, column, 0, len(cell))
    return Test(formulas=(formula,))


def _placed(error: FormulaError, offset: int, length: int) -> FormulaError:
    moved = error.moved(offset)
    moved.start, moved.end = min(moved.start, length), min(moved.end, length)
    return moved


def _misfit(cell: str, column: TableColumn, start: int, end: int) -> FormulaError:
    return fault("bad_cell", start, end, cell=cell.strip(), column=column.title, **_EXAMPLES[column.kind])


_EXAMPLES: dict[str, dict[str, str]] = {
    "number": {"zh_hint": "写 5、>=90%、>=1,<2 或 -", "en_hint": "write 5, >=90%, >=1,<2 or -"},
    "date": {"zh_hint": "写 >=DATE(2025,1,1) 或 -", "en_hint": "write >=DATE(2025,1,1) or -"},
    "text": {"zh_hint": '写 "华东"、"华东","华南"、<>"华东" 或 -', "en_hint": 'write "a", "a","b", <>"a" or -'},
    "bool": {"zh_hint": "写 TRUE、FALSE 或 -", "en_hint": "write TRUE, FALSE or -"},
}
