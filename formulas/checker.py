"""Gives every node of a tree its kind, and refuses what has none, with the place and a remedy."""

from collections.abc import Sequence

from formulas import criteria
from formulas.errors import FormulaError, fault
from formulas.functions import ALIASES, FUNCTIONS, REPLACED, Function, Param, find_function
from formulas.nearby import field_hints, hints
from formulas.nodes import Call, Chain, Compare, Field, ItemColumn, Literal, Negative, Node, Percent, Power
from formulas.schema import OWN_ROW, Schema

KINDS: dict[str, tuple[str, str]] = {
    "number": ("数字", "a number"), "text": ("文字", "text"), "bool": ("是/否", "yes/no"), "date": ("日期", "a date"),
    "blank": ("空值", "a blank"), "textlike": ("文字", "text"), "stamp": ("数字或日期", "a number or a date"),
    "flag": ("是/否", "yes/no"),
}  # fmt: skip
_ACCEPTED = {
    "textlike": ("text", "number"), "stamps": ("number", "date"), "values": ("number",), "flag": ("bool", "number"),
}  # fmt: skip
_SAMPLES = {"number": "5", "text": '"甲"', "date": "DATE(2025,1,31)", "bool": "TRUE"}
GUARDS = frozenset({"ISBLANK", "COALESCE"})


class Checker:
    """`names` collects every field and column used; `required` the fields used outside ISBLANK and COALESCE."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.text = text
        self.schema = schema
        self.names: set[str] = set()
        self.required: set[str] = set()
        self.guards = 0

    def check_formula(self, tree: Node) -> None:
        self.check(tree)
        _refuse_column(tree)

    def check(self, node: Node) -> None:
        match node:
            case Literal():
                if node.kind == "text":
                    node.options = frozenset({str(node.value)})
            case Field():
                self.field(node)
            case ItemColumn():
                self.item_column(node)
            case Call():
                self.call(node)
            case _:
                for child in node.children:
                    self.check(child)
                node.table = _common_table(node.children)
                self.operator(node)

    def operator(self, node: Node) -> None:
        match node:
            case Chain() if node.operators[0] == "&":
                for arg in node.args:
                    self.need(arg, "textlike", ("“&”", "“&”"))
                node.kind = "text"
            case Chain() if node.operators[0] in "+-":
                node.kind = self.sum(node)
            case Compare():
                self.compare(node)
                node.kind = "bool"
            case _:
                sign = _sign(node)
                for arg in node.children:
                    self.need(arg, "number", (f"“{sign}”", f"“{sign}”"))
                node.kind = "number"

    # names

    def field(self, node: Field) -> None:
        found = self.schema.field(node.name)
        if found is None:
            raise self.unknown_field(node)
        node.name, declared = found
        node.kind, node.options = declared.kind, declared.options
        self.names.add(node.name)
        if not self.guards:
            self.required.add(node.name)

    def unknown_field(self, node: Field) -> FormulaError:
        columns = self.schema.tables.get(node.name)
        if columns is not None:
            column = next(iter(columns), "列")
            return fault("table_alone", node.start, node.end, name=node.name, column=column)
        remedy = field_hints(node.name, self.schema, FUNCTIONS)
        return fault("unknown_field", node.start, node.end, name=node.name, **remedy)

    def item_column(self, node: ItemColumn) -> None:
        if node.table_name == OWN_ROW:
            self.own_cell(node)
            return
        columns = self.schema.tables.get(node.table_name)
        if columns is None:
            remedy = hints(node.table_name, self.schema.tables, "子表", "sub-table")
            raise fault("unknown_table", node.start, node.dot, name=node.table_name, **remedy)
        declared = columns.get(node.column)
        if declared is None:
            remedy = hints(node.column, columns, "列", "column")
            raise fault("unknown_column", node.dot + 1, node.end, table=node.table_name, name=node.column, **remedy)
        node.kind, node.options, node.table = declared.kind, declared.options, node.table_name
        self.names.add(node.name)

    def own_cell(self, node: ItemColumn) -> None:
        """本行.列 is a plain value of the row that is being computed."""
        declared = self.schema.fields.get(node.name)
        if declared is None:
            own = [name.removeprefix(f"{OWN_ROW}.") for name in self.schema.fields if name.startswith(f"{OWN_ROW}.")]
            remedy = hints(node.column, own, "列", "column")
            raise fault("unknown_column", node.dot + 1, node.end, table=OWN_ROW, name=node.column, **remedy)
        node.kind, node.options = declared.kind, declared.options
        self.names.add(node.name)
        if not self.guards:
            self.required.add(node.name)

    # operators

    def sum(self, node: Chain) -> str:
        """Numbers; or a date and numbers of days; or the days between two dates."""
        kind = self._addend(node.args[0], "+-", "number")
        for operator, arg in zip(node.operators, node.args[1:], strict=True):
            other = self._addend(arg, operator, "number" if kind != "date" or operator == "+" else "stamp")
            if kind == other == "date":
                kind = "number" if operator == "-" else self._wrong(arg, "number", "date", operator)
            elif other == "date":
                kind = "date" if operator == "+" else self._wrong(arg, "number", "date", operator)
        return kind

    def _addend(self, arg: Node, operator: str, wanted: str) -> str:
        if arg.kind not in ("number", "date", "blank"):
            self._wrong(arg, wanted, arg.kind, operator[0])
        return "date" if arg.kind == "date" else "number"

    def _wrong(self, arg: Node, wanted: str, got: str, operator: str) -> str:
        raise self.wrong_kind(arg, wanted, (f"“{operator}”", f"“{operator}”"))

    def compare(self, node: Compare) -> None:
        left, right = node.args
        if "blank" not in (left.kind, right.kind) and left.kind != right.kind:
            hint = ("两边要是同一种值", "both sides must be of one kind")
            if "date" in (left.kind, right.kind):
                hint = ("日期写成 DATE(2025,1,31)", "write a date as DATE(2025,1,31)")
            raise self._not_comparable(node, hint)
        kind = left.kind if left.kind != "blank" else right.kind
        if kind in ("text", "bool") and node.operator not in ("=", "<>"):
            raise self._not_comparable(
                node, ("这种值只能比较是否相等：= 或 <>", "such values can only be equal or not: = or <>")
            )
        for one, other in ((left, right), (right, left)):
            self.check_option(one, other)

    def _not_comparable(self, node: Compare, hint: tuple[str, str]) -> FormulaError:
        left, right = (KINDS[arg.kind] for arg in node.args)
        return fault("not_comparable", node.start, node.end, left=left, right=right, operator=node.operator, hint=hint)

    def check_option(self, choice: Node, literal: Node) -> None:
        """A renamed option must never make every comparison silently false."""
        if not isinstance(literal, Literal) or isinstance(choice, Literal) or not choice.options or not literal.value:
            return
        option = str(literal.value)
        if option.casefold() not in {known.casefold() for known in choice.options}:
            name = self.text[choice.start : choice.end]
            remedy = hints(option, sorted(choice.options), "选项", "option")
            raise fault("unknown_option", literal.start, literal.end, name=name, option=option, **remedy)

    # functions

    def call(self, node: Call) -> None:
        function = find_function(node.name)
        if function is None:
            raise self.unknown_function(node)
        params = function.slots(len(node.args))
        if params is None:
            usage = (function.usage("zh"), function.usage("en"))
            count = len(node.args)
            raise fault("argument_count", node.start, node.end, name=function.name, count=count, usage=usage)
        node.name = function.name
        self.guards += function.name in GUARDS
        for arg, param in zip(node.args, params, strict=True):
            if param.accepts != "criterion":
                self.check(arg)
        self.guards -= function.name in GUARDS
        if function.group == "subtables":
            self.table_call(node, function, params)
        else:
            self.scalar_call(node, function, params)

    def unknown_function(self, node: Call) -> FormulaError:
        replaced = REPLACED.get(node.name.upper())
        if replaced is not None:
            remedy = {"zh_hint": replaced[0], "en_hint": replaced[1]}
        else:
            remedy = hints(node.name.upper(), FUNCTIONS, "函数", "function", ALIASES)
        return fault("unknown_function", node.start, node.name_end, name=node.name, **remedy)

    def scalar_call(self, node: Call, function: Function, params: Sequence[Param]) -> None:
        result, match = "blank", "blank"
        for arg, param in zip(node.args, params, strict=True):
            place = (f"{function.name} 的{param.zh}", f"{param.en} of {function.name}")
            if param.accepts == "same" or (param.accepts == "stamps" and function.result == "same"):
                if param.accepts == "stamps":
                    self.need(arg, "stamps", place)
                result = self.unified(result, arg, (f"{function.name} 的各个值", f"the values of {function.name}"))
            elif param.accepts == "match":
                match = self.unified(match, arg, (f"{function.name} 比较的值", f"the cases of {function.name}"))
                self.check_option(node.args[0], arg)
            elif param.accepts != "any":
                self.need(arg, param.accepts, place)
        if function.params and function.params[0].accepts in ("values", "stamps"):
            node.table = None
        else:
            node.table = _common_table(node.args)
        node.kind = result if function.result == "same" else function.result
        node.kind = "number" if node.kind == "blank" and function.group == "numbers" else node.kind
        node.options = _all_options(node.args, params) if node.kind == "text" and function.result == "same" else None

    def table_call(self, node: Call, function: Function, params: Sequence[Param]) -> None:
        columns: list[ItemColumn] = []
        for place, (arg, param) in enumerate(zip(node.args, params, strict=True)):
            where = (f"{function.name} 的{param.zh}", f"{param.en} of {function.name}")
            if param.accepts in ("column", "numbers", "matched column"):
                columns.append(self.plain_column(arg, where, function))
                if param.accepts == "numbers":
                    self.need(arg, "number", where)
            elif param.accepts == "criterion":
                node.args[place] = self.criterion(node, arg, columns[0])
            else:
                _refuse_column(arg)
                if param.accepts in ("number", "flag"):
                    self.need(arg, param.accepts, where)
        if len({column.table_name for column in columns}) > 1:
            left, right = columns[0], next(c for c in columns if c.table_name != columns[0].table_name)
            raise fault("two_tables", right.start, right.end, left=left.table_name, right=right.table_name)
        if function.name in ("SUMIF", "AVERAGEIF") and len(columns) == 1:
            self.need(columns[0], "number", (function.name, function.name))
        self.table_result(node, function, columns)

    def table_result(self, node: Call, function: Function, columns: list[ItemColumn]) -> None:
        node.kind = function.result
        if function.name == "LOOKUP":
            self.unified(columns[0].kind, node.args[0], ("LOOKUP 的值和列", "key and keys of LOOKUP"))
            self.check_option(columns[0], node.args[0])
        if function.result == "value":
            node.kind, node.options = columns[-1].kind, columns[-1].options
            if len(node.args) == 4:
                self.unified(node.kind, node.args[3], ("LOOKUP 的结果", "the results of LOOKUP"))
                node.options = None

    def plain_column(self, arg: Node, place: tuple[str, str], function: Function) -> ItemColumn:
        if isinstance(arg, ItemColumn) and arg.table is not None:
            return arg
        raise fault("column_wanted", arg.start, arg.end, place=place, example=function.example)

    def criterion(self, node: Call, arg: Node, keys: ItemColumn) -> Node:
        operator, value = criteria.split(arg, keys.kind)
        self.check(value)
        _refuse_column(value)
        if operator not in ("filled", "empty"):
            place = (f"{node.name} 的条件", f"the criterion of {node.name}")
            self.unified(keys.kind, value, place)
            self.check_option(keys, value)
        return Compare(arg.start, arg.end, operator, [keys, value], kind="bool")

    # kinds

    def unified(self, kind: str, arg: Node, place: tuple[str, str]) -> str:
        if "blank" in (kind, arg.kind) or kind == arg.kind:
            return arg.kind if kind == "blank" else kind
        hint = (
            f"改成{KINDS[kind][0]}，例如 {_SAMPLES[kind]}",
            f"make it {KINDS[kind][1]}, for example {_SAMPLES[kind]}",
        )
        raise fault(
            "different_kinds", arg.start, arg.end, place=place, wanted=KINDS[kind], got=KINDS[arg.kind], hint=hint
        )

    def need(self, arg: Node, wanted: str, place: tuple[str, str]) -> None:
        if arg.kind != "blank" and arg.kind not in _ACCEPTED.get(wanted, (wanted,)):
            raise self.wrong_kind(arg, wanted, place)

    def wrong_kind(self, arg: Node, wanted: str, place: tuple[str, str]) -> FormulaError:
        shown = {"values": "number", "stamps": "stamp"}.get(wanted, wanted)
        hint = _remedy(shown, arg.kind, self.text[arg.start : arg.end])
        return fault("wrong_kind", arg.start, arg.end, place=place, wanted=KINDS[shown], got=KINDS[arg.kind], hint=hint)


def _remedy(wanted: str, got: str, source: str) -> tuple[str, str]:
    source = source if len(source) <= 20 else "x"
    match wanted, got:
        case "bool", "number":
            return f"条件要写成比较，例如 {source}>0", f"write a comparison, for example {source}>0"
        case "bool", _:
            return "条件要写成比较，例如 达成率>=0.9", "write a comparison, for example rate>=0.9"
        case "number" | "stamp", "bool":
            return f"用 IF({source},1,0) 变成数字", f"IF({source},1,0) makes a number of it"
        case "stamp", "text":
            return '数填写了几行用 COUNTIF(表.列,"<>")', 'COUNTIF(table.column,"<>") counts what is filled in'
        case "number", "date":
            return (
                "两个日期相减得天数，YEAR、MONTH、DAY 取数字",
                "subtract two dates for days; YEAR, MONTH, DAY give numbers",
            )
        case "textlike" | "text", "date":
            return "用 YEAR、MONTH、DAY 取出数字再连接", "join YEAR, MONTH and DAY of it"
        case "textlike" | "text", "bool":
            return f'用 IF({source},"是","否") 变成文字', f'IF({source},"yes","no") makes text of it'
        case "text", "number":
            return f'用 ""&{source} 变成文字', f'""&{source} makes text of it'
        case "date", _:
            return "日期写成 DATE(2025,1,31)，或用日期字段", "write DATE(2025,1,31) or use a date field"
    return "换成数字字段，或把文字字段改为数字类型", "use a number field, or change the field's type to number"


def _sign(node: Node) -> str:
    match node:
        case Chain():
            return node.operators[0]
        case Power():
            return "^"
        case Negative():
            return node.sign
    return "%" if isinstance(node, Percent) else ""


def _common_table(nodes: Sequence[Node]) -> str | None:
    found: Node | None = None
    for node in nodes:
        if node.table is not None and found is not None and node.table != found.table:
            raise fault("two_tables", node.start, node.end, left=found.table, right=node.table)
        found = found or (node if node.table is not None else None)
    return None if found is None else found.table


def _refuse_column(node: Node) -> None:
    """Where one value is wanted, a value for each item of a sub-table will not do."""
    if node.table is None:
        return
    while not isinstance(node, ItemColumn):
        node = next(child for child in node.children if child.table is not None)
    raise fault("column_alone", node.start, node.end, name=node.name)


def _all_options(args: Sequence[Node], params: Sequence[Param]) -> frozenset[str] | None:
    """The texts that a choice between branches can give, if all are known."""
    options: frozenset[str] = frozenset()
    for arg, param in zip(args, params, strict=True):
        if param.accepts == "same" and arg.kind == "text":
            if arg.options is None:
                return None
            options |= arg.options
    return options
