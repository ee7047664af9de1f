"""A checked tree to a Python AST of three kinds of node: Call of a Name, Name, Constant.

Names are synthetic: v0 a field or column, t0 the shape of a sub-table, d0 the day, c0 the calendar, FIF a routine.
No name, text or number of the author becomes a name of the lowered tree. Chains are flat, so the depth of a lowered
tree stays within a few times the allowed nesting.
"""

import ast
from dataclasses import dataclass, field
from typing import Any

from formulas import columns, single
from formulas.errors import fault
from formulas.functions import FUNCTIONS, Cost
from formulas.functions import ROUTINES as ROUTINES
from formulas.nodes import Call, Chain, Compare, Field, ItemColumn, Literal, Negative, Node, Percent, Power

MAX_DATE_STEPS = 32
_COMPARE = {"=": "EQ", "<>": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}
_PRODUCTS = frozenset("*/")
_LOAD = ast.Load()


@dataclass(slots=True)
class Names:
    """Which synthetic name stands for which field, column, sub-table or routine of one formula."""

    inputs: dict[str, str] = field(default_factory=dict)
    item_columns: dict[tuple[str, str], str] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    routines: set[str] = field(default_factory=set)
    costs: list[Cost] = field(default_factory=list)

    def input(self, name: str) -> str:
        return self.inputs.setdefault(name, f"v{len(self.inputs) + len(self.item_columns)}")

    def item_column(self, table: str, column: str) -> str:
        self.shape(table)
        return self.item_columns.setdefault((table, column), f"v{len(self.inputs) + len(self.item_columns)}")

    def shape(self, table: str) -> str:
        return self.shapes.setdefault(table, f"t{len(self.shapes)}")


@dataclass(slots=True)
class Lowering:
    """`plain` makes the constants plain values, for one row; otherwise they are columns."""

    names: Names
    plain: bool = False

    def lower(self, node: Node, kind: str = "") -> ast.expr:
        """The lowered node; a blank takes the kind that its place asks for."""
        match node:
            case Literal():
                return self.constant(node.value)
            case Field():
                return _name(self.names.input(node.name))
            case ItemColumn() if node.table is None:
                return _name(self.names.input(node.name))
            case ItemColumn():
                return _name(self.names.item_column(node.table_name, node.column))
            case Chain():
                return self.chain(node)
            case Compare():
                return self.compare(node)
            case Power():
                return self.routine("FPOWER", self.operands(node), node)
            case Negative():
                return self.routine("FNEGATIVE" if node.sign == "-" else "FPOSITIVE", self.operands(node), node)
            case Percent(arg=Literal(value=float() as value)):
                return self.constant(value / 100.0)
            case Percent():
                return self.routine("FHUNDREDTH", self.operands(node), node)
            case Call(name="BLANK"):
                return self.blank(kind)
            case Call():
                return self.call(node, kind)
        raise AssertionError(f"no lowering for {node!r}")

    # constants

    def constant(self, value: float | str | bool) -> ast.expr:
        return _constant(value if self.plain else columns.constant(value))

    def blank(self, kind: str) -> ast.expr:
        return _constant(single.BLANK if self.plain else columns.blank(kind or "number"))

    # operators

    def operands(self, node: Node) -> list[ast.expr]:
        return [self.at_level(child, node.table, "number") for child in node.children]

    def at_level(self, child: Node, table: str | None, kind: str) -> ast.expr:
        """The child; a row's value among the items of a sub-table is spread over them."""
        lowered = self.lower(child, kind)
        if table is None or child.table is not None or isinstance(lowered, ast.Constant):
            return lowered
        return self.routine("FSPREAD", [_name(self.names.shape(table)), lowered], child)

    def chain(self, node: Chain) -> ast.expr:
        if node.operators[0] == "&":
            return self.routine("FJOIN", [self.at_level(arg, node.table, "text") for arg in node.args], node)
        if any(arg.kind == "date" for arg in node.args):
            return self.date_chain(node)
        operators, args = self.flat_chain(node)
        return self.routine("FCHAIN", [_constant(operators), *args], node)

    def flat_chain(self, node: Chain) -> tuple[str, list[ast.expr]]:
        """a+b*c in one call: a product inside a sum keeps its operators."""
        operators, args = "", []
        for operator, arg in zip(("", *node.operators), node.args, strict=True):
            operators += operator
            same = isinstance(arg, Chain) and arg.table == node.table and arg.operators[0] in "+-*/"
            if isinstance(arg, Chain) and same and _PRODUCTS.issuperset(arg.operators) and operator not in ("*", "/"):
                inner_operators, inner = self.flat_chain(arg)
                operators += inner_operators
                args += inner
            else:
                args.append(self.at_level(arg, node.table, "number"))
        return operators, args

    def date_chain(self, node: Chain) -> ast.expr:
        """Dates and days from left to right; numbers in a row make one step."""
        lowered = [self.at_level(arg, node.table, "number") for arg in node.args]
        current, kind, steps = lowered[0], _addend(node.args[0]), 0
        pending: list[tuple[str, ast.expr]] = []
        for operator, arg, item in zip(node.operators, node.args[1:], lowered[1:], strict=True):
            if _addend(arg) == "number":
                pending.append((operator, item))
                continue
            steps += 1
            current = self.shifted(current, kind, pending, node)
            pending = []
            if kind == "date":
                current, kind = self.routine("FDAYSBETWEEN", [current, item], node), "number"
            else:
                current, kind = self.shifted(item, "date", [("+", current)], node), "date"
        if steps > MAX_DATE_STEPS:
            raise fault("too_deep", node.start, node.end, limit=MAX_DATE_STEPS)
        return self.shifted(current, kind, pending, node)

    def shifted(self, start: ast.expr, kind: str, steps: list[tuple[str, ast.expr]], node: Node) -> ast.expr:
        if not steps:
            return start
        operators = "".join(operator for operator, _ in steps)
        symbol = "FSHIFT" if kind == "date" else "FCHAIN"
        return self.routine(symbol, [_constant(operators), start, *(item for _, item in steps)], node)

    def compare(self, node: Compare) -> ast.expr:
        left, right = node.args
        kind = right.kind if left.kind == "blank" else left.kind
        prefix = {"text": "TEXT", "bool": "BOOL"}.get(kind, "")
        args = [self.at_level(arg, node.table, kind) for arg in node.args]
        return self.routine(f"F{prefix}{_COMPARE[node.operator]}", args, node)

    # functions

    def call(self, node: Call, kind: str) -> ast.expr:
        function = FUNCTIONS[node.name]
        params = function.slots(len(node.args)) or ()
        if function.group == "subtables":
            return self.table_call(node)
        if "today" in function.needs:
            self.names.hidden.add("d0")
            return _name("d0")
        if params and params[0].accepts in ("values", "stamps"):
            return self.aggregate(node)
        kinds = {"same": _same_kind(node, params, "same", kind), "match": _same_kind(node, params, "match", "")}
        args = [
            self.at_level(arg, node.table, kinds.get(param.accepts, param.accepts))
            for arg, param in zip(node.args, params, strict=True)
        ]
        if "calendar" in function.needs:
            self.names.hidden.add("c0")
            args.append(_name("c0"))
        return self.routine(function.symbol, args, node)

    def aggregate(self, node: Call) -> ast.expr:
        args: list[ast.expr] = []
        for arg in node.args:
            lowered = self.lower(arg, "number")
            if arg.table is not None:
                lowered = self.routine("FITEMS", [_name(self.names.shape(arg.table)), lowered], arg)
            args.append(lowered)
        symbol = FUNCTIONS[node.name].symbol
        if node.kind == "date":
            symbol = "FEARLIEST" if node.name == "MIN" else "FLATEST"
        return self.routine(symbol, args, node)

    def table_call(self, node: Call) -> ast.expr:
        table = next(arg.table_name for arg in node.walk() if isinstance(arg, ItemColumn) and arg.table)
        args: list[ast.expr] = [_name(self.names.shape(table))]
        for arg, param in zip(node.args, FUNCTIONS[node.name].slots(len(node.args)) or (), strict=True):
            if param.accepts == "criterion" and isinstance(arg, Compare):
                keys, value = arg.args
                args += [_constant(arg.operator), self.lower(value, keys.kind)]
            else:
                args.append(self.lower(arg, {"default": node.kind}.get(param.accepts, "number")))
        if node.name == "LOOKUP" and node.args[0].kind == "blank":
            args[1] = self.lower(node.args[0], node.args[1].kind)
        return self.routine(FUNCTIONS[node.name].symbol, args, node)

    def routine(self, symbol: str, args: list[ast.expr], node: Node) -> ast.expr:
        cost = ROUTINES[symbol].cost
        times = max(1, len(args) - 1)
        rows = cost.row * times
        # Among the items of a sub-table a routine works item by item.
        self.names.costs.append(
            Cost(cost.fixed * times, 0.0, rows + cost.item) if node.table else Cost(cost.fixed * times, rows, cost.item)
        )
        self.names.routines.add(symbol)
        return ast.Call(func=_name(symbol), args=args, keywords=[])


def _addend(node: Node) -> str:
    return "date" if node.kind == "date" else "number"


def _same_kind(node: Call, params: Any, accepts: str, wanted: str) -> str:
    """The kind that the arguments of one kind have; what the place asks for if all are blank."""
    for arg, param in zip(node.args, params, strict=True):
        if param.accepts == accepts and arg.kind != "blank":
            return arg.kind
    return wanted or "number"


def _name(name: str) -> ast.expr:
    return ast.Name(id=name, ctx=_LOAD)


def _constant(value: Any) -> ast.expr:
    return ast.Constant(value=value)
