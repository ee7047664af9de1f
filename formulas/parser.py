"""Tokens to a tree, by the grammar in the package's docstring.

The levels of binary operators are one table; what spreadsheets read in two ways (-x^2, 2^3^2, 0<x<1) is refused.
"""

from formulas.errors import FormulaError, fault
from formulas.lexer import END, NAME, NUMBER, SIGN, TEXT, Token, tokens
from formulas.nodes import Call, Chain, Compare, Field, ItemColumn, Literal, Negative, Node, Percent, Power

MAX_NODES = 400
MAX_DEPTH = 32
MAX_ARGUMENTS = 64

COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
LEVELS = (frozenset("&"), frozenset("+-"), frozenset("*/"))
_FINISH = ("例如补上后面的值", "add the value that follows")
_WORDS = {"AND": "AND/OR", "OR": "AND/OR", "且": "AND/OR", "或": "AND/OR", "并且": "AND/OR", "或者": "AND/OR"}


def parse(text: str) -> Node:
    """The tree of a formula; raises FormulaError."""
    if not isinstance(text, str):
        raise fault("not_text", 0, 0)
    return _Parser(text).formula()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.place = 0
        self.token = self.tokens[0]
        self.depth = 0
        self.nodes = 0

    def formula(self) -> Node:
        if self.token.kind == END:
            raise fault("empty", 0, len(self.text))
        if self.sees("="):
            self.advance()
        tree = self.compare()
        if self.token.kind != END:
            raise self.left_over()
        return tree

    # the levels

    def compare(self) -> Node:
        start = self.token.start
        left = self.chain(0)
        if not (self.token.kind == SIGN and self.token.value in COMPARISONS):
            return left
        operator = str(self.advance().value)
        right = self.chain(0)
        if self.token.kind == SIGN and self.token.value in COMPARISONS:
            raise fault("chained_comparison", self.token.start, self.token.end)
        return self.made(Compare(start, self.end, operator, [left, right]))

    def chain(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.power()
        start = self.token.start
        operators, args = "", [self.chain(level + 1)]
        while self.token.kind == SIGN and self.token.value in LEVELS[level]:
            operators += str(self.advance().value)
            args.append(self.chain(level + 1))
        if not operators:
            return args[0]
        return self.made(Chain(start, self.end, operators, args))

    def power(self) -> Node:
        start, signed = self.token.start, self.sees("+") or self.sees("-")
        base = self.unary()
        if not self.sees("^"):
            return base
        if signed:
            raise fault("signed_power", start, self.token.end)
        self.advance()
        exponent = self.unary()
        if self.sees("^"):
            raise fault("chained_power", self.token.start, self.token.end)
        return self.made(Power(start, self.end, [base, exponent]))

    def unary(self) -> Node:
        if not (self.sees("+") or self.sees("-")):
            return self.postfix()
        sign = self.advance()
        if self.sees("+") or self.sees("-"):
            raise fault("chained_sign", self.token.start, self.token.end)
        arg = self.postfix()
        return self.made(Negative(sign.start, self.end, str(sign.value), arg))

    def postfix(self) -> Node:
        start = self.token.start
        arg = self.primary()
        if not self.sees("%"):
            return arg
        percent = self.advance()
        if self.sees("%"):
            raise fault("chained_percent", self.token.start, self.token.end)
        return self.made(Percent(start, percent.end, arg))

    # what stands between the operators

    def primary(self) -> Node:
        token = self.token
        if token.kind in (NUMBER, TEXT):
            self.advance()
            kind = "number" if token.kind == NUMBER else "text"
            return self.made(Literal(token.start, token.end, token.value, kind=kind))
        if token.kind == NAME:
            return self.named()
        if self.sees("("):
            return self.parenthesis()
        raise self.unexpected()

    def named(self) -> Node:
        token = self.advance()
        name = str(token.value)
        bare = self.text[token.start] not in "[【［"
        if bare and self.sees("("):
            return self.call(token)
        if self.sees("."):
            return self.item_column(token)
        if bare and name.upper() in ("TRUE", "FALSE"):
            return self.made(Literal(token.start, token.end, name.upper() == "TRUE", kind="bool"))
        return self.made(Field(token.start, token.end, name))

    def item_column(self, table: Token) -> Node:
        dot = self.advance()
        if self.token.kind != NAME:
            raise self.unexpected()
        column = self.advance()
        return self.made(ItemColumn(table.start, column.end, str(table.value), str(column.value), dot.start))

    def call(self, name: Token) -> Node:
        opening = self.enter()
        args: list[Node] = []
        if not self.sees(")"):
            args = self.arguments()
        closing = self.close(opening)
        if str(name.value).upper() in ("TRUE", "FALSE") and not args:
            return self.made(Literal(name.start, closing.end, str(name.value).upper() == "TRUE", kind="bool"))
        return self.made(Call(name.start, closing.end, str(name.value), name.end, args))

    def arguments(self) -> list[Node]:
        args = [self.argument()]
        while self.sees(","):
            self.advance()
            if len(args) == MAX_ARGUMENTS:
                raise fault("too_many_arguments", self.token.start, self.token.end, limit=MAX_ARGUMENTS)
            args.append(self.argument())
        return args

    def argument(self) -> Node:
        if self.sees(",") or self.sees(")"):
            raise fault("empty_argument", self.token.start, self.token.end)
        return self.compare()

    def parenthesis(self) -> Node:
        opening = self.enter()
        if self.sees(")"):
            raise self.unexpected()
        inside = self.compare()
        self.close(opening)
        return inside

    # steps

    @property
    def end(self) -> int:
        """Where the last token ended."""
        return self.tokens[self.place - 1].end

    def sees(self, sign: str) -> bool:
        return self.token.value == sign and self.token.kind == SIGN

    def advance(self) -> Token:
        token = self.token
        self.place += 1
        self.token = self.tokens[self.place]
        return token

    def enter(self) -> Token:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise fault("too_deep", self.token.start, self.token.end, limit=MAX_DEPTH)
        return self.advance()

    def close(self, opening: Token) -> Token:
        if self.token.kind == END:
            raise fault("open_parenthesis", opening.start, opening.end)
        if not self.sees(")"):
            raise self.left_over()
        self.depth -= 1
        return self.advance()

    def made(self, node: Node) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise fault("too_many_nodes", node.start, node.end, limit=MAX_NODES)
        return node

    # faults

    def left_over(self) -> FormulaError:
        """What follows a complete value cannot follow it."""
        token = self.token
        if token.kind in (NUMBER, TEXT, NAME) or self.sees("("):
            zh, en = _between(self.tokens[self.place - 1], token)
            return fault("missing_operator", token.start, token.end, zh_hint=zh, en_hint=en)
        return self.unexpected()

    def unexpected(self) -> FormulaError:
        token = self.token
        if token.kind == END:
            return fault("unexpected_end", token.start, token.end, zh_hint=_FINISH[0], en_hint=_FINISH[1])
        written = self.text[token.start : token.end]
        zh, en = _misplaced(str(token.value), self.tokens[self.place - 1] if self.place else token)
        return fault("unexpected", token.start, token.end, token=written, zh_hint=zh, en_hint=en)


def _between(before: Token, token: Token) -> tuple[str, str]:
    for word in (token, before):
        if word.kind == NAME and str(word.value).upper() in _WORDS:
            return "AND/OR 要写成函数：AND(甲, 乙)", "AND/OR are functions: AND(a, b)"
    if before.kind == NUMBER and token.kind == NUMBER:
        return "数字里不要有空格或千位分隔符：1 000 写成 1000", "no spaces or separators in numbers: 1 000 is 1000"
    return (
        "补上 + - * / & 或逗号；带空格的名称放进方括号",
        "add + - * / & or a comma; put names with spaces in brackets",
    )


def _misplaced(sign: str, before: Token) -> tuple[str, str]:
    if sign == ",":
        return "数字不要写千位分隔符：1,000 写成 1000", "no thousands separators: 1,000 is 1000"
    if sign == ")":
        return "多了一个右括号，或括号里缺少内容", "one closing parenthesis too many, or nothing inside"
    if before.kind == SIGN and str(before.value) + sign in ("=>", "=<", "><"):
        return "比较符写成 >= <= <>", "write >= <= <>"
    return "前面缺少一个值", "a value is missing before it"
