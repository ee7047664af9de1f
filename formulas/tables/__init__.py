"""Decision tables (规则表): rows of conditions over input columns, and what each row gives.

The body of a `table` definition
--------------------------------
    {"hit": "first" | "unique" | "collect",              first is the default
     "collect": "sum" | "min" | "max" | "count" | "list",           only with hit collect; list is the default
     "inputs":  [{"id": "c1", "title": "阶段", "key": "stage", "type": "choice", "options": ["推广期", "成熟期"]},
                 {"id": "c2", "title": "司龄月数", "key": "tenure_months", "type": "number"}],
     "outputs": [{"id": "c3", "title": "覆盖率权重", "key": "coverage", "type": "number", "unit": "%"}],
     "rows":    [{"id": "r1", "when": {"c1": "\\"推广期\\"", "c2": "<1"}, "then": {"c3": "40%"}, "note": "…"}],
     "checks":  [{"id": "k1", "text": "覆盖率权重<=100%", "message": {"zh": "…", "en": "…"}}],
     "default": {"c3": "0"}}

`title` is a text or {"zh": …, "en": …}; `type` is number, text, choice, bool or date. Cells name inputs by title, by
English title or by key alike; columns and rows of data may come under any of these or under the id.

Cells
-----
A `when` cell is one of
    nothing or -            any value
    "华东","华南"  5  40%    values separated by commas: one of them (text in quotes)
    >=90%   >=1,<2   <>"华东" comparisons separated by commas: all of them
    ISBLANK(阶段)            a condition, a whole formula over the inputs
A `then` cell is a formula over the inputs; an empty one gives a blank. A blank number counts as 0 and a blank text
as "", as everywhere in the language.

Hit policies
------------
first    the first row that holds.  unique  the one row that holds; where several do, every output is #VALUE!.
collect  all rows that hold: their sum, min or max (of numbers), their count, or the list of their values.
Where no row holds the `default` row gives the outputs; without one it is #N/A, but a sum or count is 0 and a list [].
`checks` are conditions over the outputs of each row, judged where those are constants.

`compile_table` raises `TableError` with problems at JSON Pointers into the body (`/rows/0/when/c1`); `check_table`
gives those and, if there are none, rows that fail a check and overlaps under `unique`. `CompiledTable.gaps` finds
values for which no row holds.
"""

from formulas.tables.body import TableError, TableProblem
from formulas.tables.compiled import CompiledTable, TableBatch, TableResult, check_table, compile_table
from formulas.tables.coverage import Gap, Overlap

__all__ = [
    "CompiledTable",
    "Gap",
    "Overlap",
    "TableBatch",
    "TableError",
    "TableProblem",
    "TableResult",
    "check_table",
    "compile_table",
]
