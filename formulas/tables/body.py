"""The body of a table definition, read into columns and rows; what is wrong with it stands in a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from formulas.errors import FormulaError
from formulas.schema import FIELD_TYPES, FieldType, Schema

HITS = ("first", "unique", "collect")
COLLECTS = ("list", "sum", "min", "max", "count")
DEFAULT = "default"
"""The id under which the default row is reported."""


@dataclass(frozen=True, slots=True)
class TableProblem:
    """`path` is a JSON Pointer into the body; `start` and `end` are columns of the cell that it names."""

    path: str
    code: str
    message: Mapping[str, str]
    start: int = 0
    end: int = 0


class TableError(ValueError):
    """A table that cannot be compiled, with all its problems."""

    def __init__(self, problems: Sequence[TableProblem]) -> None:
        super().__init__("; ".join(f"{problem.path}: {problem.message['en']}" for problem in problems))
        self.problems = list(problems)


def problem(path: str, code: str, zh: str, en: str) -> TableProblem:
    return TableProblem(path, code, {"zh": zh, "en": en})


def refused(path: str, error: FormulaError) -> TableProblem:
    message = {"zh": error.text("zh"), "en": error.text("en")}
    return TableProblem(path, error.code, message, error.start, error.end)


@dataclass(frozen=True, slots=True)
class TableColumn:
    id: str
    title: str
    title_en: str
    key: str
    type: str
    options: tuple[str, ...]
    folded: frozenset[str]
    """The options whatever their capitals."""

    @property
    def kind(self) -> str:
        return FIELD_TYPES[self.type]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which data may bring this column."""
        return tuple(dict.fromkeys(name for name in (self.title, self.key, self.id, self.title_en) if name))

    @property
    def spec(self) -> dict[str, Any]:
        return {"type": self.type, "options": list(self.options)}


@dataclass(frozen=True, slots=True)
class TableRow:
    id: str
    path: str
    when: Mapping[str, str]
    then: Mapping[str, str]


@dataclass(slots=True)
class TableBody:
    """A body whose shape is right; meaning is judged by the compiler. `problems` collects what is wrong."""

    hit: str
    collect: str
    inputs: list[TableColumn]
    outputs: list[TableColumn]
    rows: list[TableRow]
    default: TableRow | None
    checks: list[Mapping[str, Any]]
    problems: list[TableProblem] = field(default_factory=list)

    def schema(self, columns: Sequence[TableColumn], others: Schema | None = None) -> Schema:
        """The names of the columns, and those of another schema that they do not hide."""
        fields: dict[str, Any] = {}
        aliases: dict[str, str] = {}
        if others is not None:
            fields = {name: _spec(known) for name, known in others.fields.items()}
            aliases = dict(others.aliases)
        fields |= {column.title: column.spec for column in columns}
        for column in columns:
            aliases |= {name: column.title for name in (column.key, column.title_en) if name and name not in fields}
        return Schema(fields, aliases={alias: name for alias, name in aliases.items() if alias not in fields})


def _spec(known: FieldType) -> dict[str, Any]:
    return {"type": known.kind if known.options is None else "choice", "options": sorted(known.options or ())}


def read_body(body: Mapping[str, Any]) -> TableBody:
    """The parts of a body; problems of shape and of ids are collected, not raised."""
    problems: list[TableProblem] = []
    default = body.get("default")
    table = TableBody(
        hit=str(body.get("hit", HITS[0])),
        collect=str(body.get("collect", COLLECTS[0])),
        inputs=_columns(body, "inputs", problems),
        outputs=_columns(body, "outputs", problems),
        rows=[
            TableRow(str(row.get("id", place)), f"/rows/{place}", row.get("when") or {}, row.get("then") or {})
            for place, row in enumerate(body.get("rows") or ())
        ],
        default=None if default is None else TableRow(DEFAULT, "", {}, default),
        checks=list(body.get("checks") or ()),
        problems=problems,
    )
    _judge(table)
    return table


def _columns(body: Mapping[str, Any], group: str, problems: list[TableProblem]) -> list[TableColumn]:
    columns = []
    for place, column in enumerate(body.get(group) or ()):
        kind = str(column.get("type", "number"))
        if kind not in FIELD_TYPES:
            zh, en = f"类型“{kind}”不认识", f"the type “{kind}” is unknown"
            problems.append(problem(f"/{group}/{place}/type", "unknown_type", zh, en))
            kind = "text"
        columns.append(_column(column, kind))
    return columns


def _column(column: Mapping[str, Any], kind: str) -> TableColumn:
    key, title = str(column.get("key") or ""), column.get("title")
    zh, en = (title.get("zh"), title.get("en")) if isinstance(title, Mapping) else (title, "")
    own = str(column.get("id") or key or zh)
    options = tuple(column.get("options") or ())
    folded = frozenset(option.casefold() for option in options)
    return TableColumn(own, str(zh or key or own), str(en or ""), key, kind, options, folded)


def _judge(table: TableBody) -> None:
    if table.hit not in HITS:
        table.problems.append(
            problem("/hit", "unknown_hit", f"命中方式“{table.hit}”不认识", f"unknown hit “{table.hit}”")
        )
    if table.collect not in COLLECTS:
        zh, en = f"汇总方式“{table.collect}”不认识", f"unknown collect “{table.collect}”"
        table.problems.append(problem("/collect", "unknown_collect", zh, en))
    if not table.outputs:
        table.problems.append(
            problem("/outputs", "no_outputs", "至少要有一个输出列", "at least one output column is needed")
        )
    for group, columns in (("inputs", table.inputs), ("outputs", table.outputs)):
        _judge_names(table, group, columns)
    inputs = {column.id for column in table.inputs}
    outputs = {column.id for column in table.outputs}
    seen: set[str] = set()
    for row in table.rows:
        if row.id in seen or row.id == DEFAULT:
            zh, en = f"行编号“{row.id}”重复或不能用", f"the row id “{row.id}” is used twice or reserved"
            table.problems.append(problem(f"{row.path}/id", "duplicate_id", zh, en))
        seen.add(row.id)
        _judge_cells(table, f"{row.path}/when", row.when, inputs)
        _judge_cells(table, f"{row.path}/then", row.then, outputs)
    if table.default is not None:
        _judge_cells(table, "/default", table.default.then, outputs)


def _judge_names(table: TableBody, group: str, columns: list[TableColumn]) -> None:
    for what in ("id", "title", "key"):
        names = [getattr(column, what) for column in columns]
        for place, name in enumerate(names):
            if name and name in names[:place]:
                zh, en = f"“{name}”重复了", f"“{name}” is used twice"
                table.problems.append(problem(f"/{group}/{place}/{what}", "duplicate_name", zh, en))


def _judge_cells(table: TableBody, path: str, cells: Mapping[str, Any], known: set[str]) -> None:
    for column, cell in cells.items():
        if column not in known:
            table.problems.append(
                problem(f"{path}/{column}", "unknown_column", f"没有列“{column}”", f"no column “{column}”")
            )
        elif not isinstance(cell, str):
            table.problems.append(
                problem(f"{path}/{column}", "not_text", "格子里要写文字形式的公式", "a cell holds text")
            )
