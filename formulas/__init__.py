"""The formula language: text that staff write, to a value. Pure: no web, no database.

    schema  = formulas.Schema(fields={"覆盖率": "number"}, tables={"系数表": {"下限": "number", "系数": "number"}})
    formula = formulas.compile("MIN(覆盖率,1.5)*40%", schema)      raises FormulaError
    formula.evaluate({"覆盖率": 0.8})                              0.32
    formula.evaluate_batch({"覆盖率": array}, len(array))          Batch(values, status)

Grammar
-------
    formula  := ["="] compare
    compare  := concat [("=" | "<>" | "<" | "<=" | ">" | ">=") concat]        no chaining
    concat   := sum {"&" sum}
    sum      := term {("+" | "-") term}
    term     := power {("*" | "/") power}
    power    := unary ["^" unary]            no chaining; the left side may not start with a sign
    unary    := ["+" | "-"] postfix
    postfix  := primary ["%"]
    primary  := number | text | TRUE | FALSE | name | table.column | FUNC(args) | (compare)
    name     := letters, CJK, _ and digits, or [anything but brackets]

`==` and `!=` are read as `=` and `<>`, `;` as `,`; what a Chinese input method types (full-width forms, “”, ×÷≥≤≠,
【】, 《》, 3万, 7.2亿) as its plain form. What could be read in two ways is refused.

A formula goes through: characters and lexer (tokens), parser (a tree), checker (kinds, names), lowering (a Python
AST of Call, Name and Constant), evaluator (asteval with every other node off). Errors and blanks are values; a
missing input is the caller's policy (`Formula.required_names`).
"""

from formulas.errors import ErrorValue, FormulaError
from formulas.explain import Step, plain
from formulas.formula import Formula, check, compile
from formulas.functions import ALIASES, FUNCTIONS, REPLACED
from formulas.functions.dates import Calendar
from formulas.functions.text import number_text
from formulas.results import Batch
from formulas.schema import Schema

__all__ = [
    "ALIASES",
    "FUNCTIONS",
    "REPLACED",
    "Batch",
    "Calendar",
    "ErrorValue",
    "Formula",
    "FormulaError",
    "Schema",
    "Step",
    "check",
    "compile",
    "number_text",
    "plain",
]
