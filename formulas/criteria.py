"""The criterion of SUMIF and its like: a value, or text such as ">=30", "<>三甲" or ">"&x."""

import re
from datetime import date

from formulas.characters import plain
from formulas.errors import fault
from formulas.functions.dates import day_number
from formulas.nodes import Chain, Literal, Node

OPERATORS = ("<>", "<=", ">=", "<", ">", "=")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,3})?(%)?", re.IGNORECASE | re.ASCII)
_NAMES = {"number": ("数字", "a number"), "date": ("日期，如 2025-01-31", "a date such as 2025-01-31")}


def split(node: Node, kind: str) -> tuple[str, Node]:
    """The operator and the value that items of this kind are compared with.

    A literal is read now; of `">"&x` the operator is read now and x later, as a value and never as text.
    """
    if isinstance(node, Chain) and node.operators == "&" and isinstance(node.args[0], Literal):
        operator = _operator(str(node.args[0].value))
        if operator is not None:
            return _ordered(node, operator, kind, _behind(node))
    if isinstance(node, Literal) and node.kind == "text":
        return _literal(node, str(node.value), kind)
    return "=", node


def _behind(chain: Chain) -> Node:
    first, *others = chain.args[1:]
    return Chain(first.start, chain.end, "&" * len(others), [first, *others]) if others else first


def _operator(text: str) -> str | None:
    operator = plain(text).strip().replace("≥", ">=").replace("≤", "<=").replace("≠", "<>")
    return operator if operator in OPERATORS else None


def _literal(node: Literal, text: str, kind: str) -> tuple[str, Node]:
    typed = plain(text).replace("≥", ">=").replace("≤", "<=").replace("≠", "<>").strip()
    operator = next((sign for sign in OPERATORS if typed.startswith(sign)), "")
    rest = typed[len(operator) :].strip()
    if not rest:
        return {"<>": "filled", "=": "empty", "": "empty"}.get(operator) or _refused(node, text, kind), node
    if kind in ("number", "date"):
        return operator or "=", _made(node, _number(node, text, rest, kind), kind)
    if rest[0] in "<>=" or (operator or "=") not in ("=", "<>") or set("*?") & set(rest) or kind == "bool":
        _refused(node, text, kind)
    # Text keeps its own characters behind the operator.
    words = text.strip() if not operator else text.strip()[_width(text.strip(), operator) :].strip()
    return operator or "=", _made(node, words, "text")


def _width(text: str, operator: str) -> int:
    return 1 if text[0] in "≥≤≠" else len(operator)


def _number(node: Literal, text: str, rest: str, kind: str) -> float:
    if kind == "date":
        try:
            return day_number(date.fromisoformat(rest))
        except ValueError:
            _refused(node, text, kind)
    match = _NUMBER.fullmatch(rest)
    value = float(rest.rstrip("%")) if match else 1e300
    if abs(value) > 1e15:
        _refused(node, text, kind)
    return value / 100.0 if match and match[1] else value


def _made(node: Literal, value: float | str, kind: str) -> Literal:
    return Literal(node.start, node.end, value, kind=kind)


def _ordered(node: Node, operator: str, kind: str, value: Node) -> tuple[str, Node]:
    if kind in ("text", "bool") and operator not in ("=", "<>"):
        _refused(node, operator, kind)
    return operator, value


def _refused(node: Node, text: str, kind: str) -> str:
    if kind in _NAMES:
        zh, en = _NAMES[kind]
        hint = (
            f'写值，或 ">=30"、"<>5" 这样的文字；这一列是{zh}',
            f'a value, or text such as ">=30"; the column holds {en}',
        )
    else:
        hint = (
            '写 "三甲" 或 "<>三甲"；不支持通配符和大小比较',
            'write "x" or "<>x"; no wildcards and no order of texts',
        )
    raise fault("bad_criterion", node.start, node.end, criterion=text, hint=hint)
