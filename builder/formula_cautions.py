"""What holds but is probably not meant: 1,234 read as two values, weights that add up to 99.9 %.

A caution stops nobody; like a problem it has its place, a sentence and what to write instead.
"""

import re
from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

import formulas
from builder.remedies import Fault, Remedy
from formulas import lexer
from formulas.lexer import NUMBER, SIGN, Token
from formulas.nodes import Chain, Literal, Node, Percent
from formulas.parser import parse

NEAR = 0.05  # how far from 100 % weights may be and still be meant as weights
EXACT = 1e-9


def of(typed: str, schema: formulas.Schema) -> list[Fault]:
    """For a text that compiles."""
    return [*_thousands(typed, schema), *_weights(typed)]


# ── 1,234 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _thousands(typed: str, schema: formulas.Schema) -> Iterator[Fault]:
    """Numbers that look like one number with commas, where one number would do as well: not the 1,100 of IF."""
    for group in _groups(typed, lexer.tokens(typed)):
        start, end = group[0].start, group[-1].end
        parts = [typed[token.start : token.end] for token in group[::2]]
        joined = Remedy(start, end, "".join(parts))
        if formulas.check(joined.applied(typed), schema):
            continue
        sentence = _(
            "“%(typed)s” is read as %(count)s values. If it is one number, write %(number)s; if not, put a space "
            "behind the comma.",
            typed=typed[start:end],
            count=len(parts),
            number=joined.text,
        )
        yield Fault(start, end, sentence, [joined, Remedy(start, end, ", ".join(parts))])


def _groups(typed: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """1 to 3 digits, then commas each followed by 3 digits, without a space between."""
    at = 0
    while at < len(tokens):
        group = [tokens[at]] if _digits(typed, tokens[at], r"\d{1,3}") else []
        while group and _goes_on(typed, group[-1], tokens[at + len(group) : at + len(group) + 2]):
            group += tokens[at + len(group) : at + len(group) + 2]
        if len(group) > 1:
            yield group
        at += max(len(group), 1)


def _goes_on(typed: str, last: Token, following: Sequence[Token]) -> bool:
    if len(following) < 2:
        return False
    comma, digits = following
    is_comma = comma.kind == SIGN and comma.value == "," and typed[comma.start] in ",，"
    return is_comma and last.end == comma.start and comma.end == digits.start and _digits(typed, digits, r"\d{3}")


def _digits(typed: str, token: Token, pattern: str) -> bool:
    return token.kind == NUMBER and re.fullmatch(pattern, typed[token.start : token.end]) is not None


# ── weights ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _weights(typed: str) -> Iterator[Fault]:
    """甲*60% + 乙*39.9%: every summand has its percentage, and together they miss 100 % by a little."""
    for node in parse(typed).walk():
        if not isinstance(node, Chain) or set(node.operators) != {"+"}:
            continue
        weights = [_weight(arg) for arg in node.args]
        total = sum(weight for weight in weights if weight is not None)
        if None not in weights and EXACT < abs(total - 1) <= NEAR:
            sentence = _("The weights add up to %(sum)s%%, not 100%%. Change one of them.", sum=f"{100 * total:g}")
            yield Fault(node.start, node.end, sentence)


def _weight(node: Node) -> float | None:
    """The one percentage of a product."""
    parts = node.args if isinstance(node, Chain) and set(node.operators) == {"*"} else []
    found = [part.arg.value for part in parts if isinstance(part, Percent) and isinstance(part.arg, Literal)]
    return found[0] / 100 if len(found) == 1 and isinstance(found[0], float) else None
