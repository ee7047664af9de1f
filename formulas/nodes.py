"""The tree of a formula. The checker fills in what is known about each node's value."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Node:
    """`kind` is number, text, bool, date or blank; `table` is set where there is a value for each item of a
    sub-table; `options` are the texts that are possible, where they are known."""

    start: int
    end: int
    kind: str = field(default="", kw_only=True)
    table: str | None = field(default=None, kw_only=True)
    options: frozenset[str] | None = field(default=None, kw_only=True)

    @property
    def children(self) -> "list[Node]":
        return []

    def walk(self) -> "Iterator[Node]":
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True, eq=False)
class Literal(Node):
    value: float | str | bool


@dataclass(slots=True, eq=False)
class Field(Node):
    name: str


@dataclass(slots=True, eq=False)
class ItemColumn(Node):
    """表.列: the cells of one column of a sub-table."""

    table_name: str
    column: str
    dot: int

    @property
    def name(self) -> str:
        return f"{self.table_name}.{self.column}"


@dataclass(slots=True, eq=False)
class Chain(Node):
    """a + b - c, a * b / c or a & b: operators of one level, read from left to right."""

    operators: str
    args: list[Node]

    @property
    def children(self) -> list[Node]:
        return self.args


@dataclass(slots=True, eq=False)
class Compare(Node):
    operator: str
    args: list[Node]

    @property
    def children(self) -> list[Node]:
        return self.args


@dataclass(slots=True, eq=False)
class Power(Node):
    args: list[Node]

    @property
    def children(self) -> list[Node]:
        return self.args


@dataclass(slots=True, eq=False)
class Negative(Node):
    """-x; +x is read as `sign` +, because only a number may carry it."""

    sign: str
    arg: Node

    @property
    def children(self) -> list[Node]:
        return [self.arg]


@dataclass(slots=True, eq=False)
class Percent(Node):
    arg: Node

    @property
    def children(self) -> list[Node]:
        return [self.arg]


@dataclass(slots=True, eq=False)
class Call(Node):
    name: str
    name_end: int
    args: list[Node]

    @property
    def children(self) -> list[Node]:
        return self.args
