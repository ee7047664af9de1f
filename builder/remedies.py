"""One-click remedies: what to write instead of the wrong part of a formula.

A remedy is offered only after it was tried: with it the formula compiles, or its next problem is another one.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import formulas
from formulas import lexer, nearby
from formulas.lexer import NAME, SIGN, Token

MOST = 3
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
PLAIN_NAME = re.compile(r"[^\W\d]\w*")
FIRST_FUNCTION = re.compile(r"[A-Z]+(?=\()")
NUMBER_IN_QUOTES = re.compile(r"""\s*["'“”‘’＂](\d+(?:\.\d+)?[%％]?)["'“”‘’＂]\s*""")
REPLACED_SIGNS = {"、": ",", "，": ",", "。": "", "￥": "", "$": "", "!": "", "@": ""}


@dataclass(frozen=True)
class Remedy:
    """Write `text` at [start, end) of the formula."""

    start: int
    end: int
    text: str

    def applied(self, formula: str) -> str:
        return formula[: self.start] + self.text + formula[self.end :]


@dataclass(frozen=True)
class Fault:
    """What is wrong, or likely to be: characters start to end of the text, a sentence, and what to write instead."""

    start: int
    end: int
    message: str
    remedies: Sequence[Remedy] = ()


def of(formula: str, error: formulas.FormulaError, schema: formulas.Schema) -> list[Remedy]:
    """Up to three, the likeliest first."""
    found: list[Remedy] = []
    for remedy in (*_by_code(formula, error, schema), *_anywhere(formula, error)):
        if remedy not in found and _helps(formula, remedy, error, schema):
            found.append(remedy)
    return found[:MOST]


def _by_code(formula: str, error: formulas.FormulaError, schema: formulas.Schema) -> Iterator[Remedy]:
    part = formula[error.start : error.end]
    propose = PROPOSALS.get(error.code)
    for start, end, text in propose(formula, part, error, schema) if propose else ():
        yield Remedy(start, end, text)


def _helps(formula: str, remedy: Remedy, error: formulas.FormulaError, schema: formulas.Schema) -> bool:
    left = formulas.check(remedy.applied(formula), schema)
    return not left or left[0].start > error.start


Proposal = tuple[int, int, str]
Propose = Callable[[str, str, formulas.FormulaError, formulas.Schema], Iterator[Proposal]]


def written(name: str) -> str:
    """A name as a formula has to write it."""
    return name if PLAIN_NAME.fullmatch(name) or "." in name else f"[{name}]"


def _name(_formula: str, part: str, error: formulas.FormulaError, schema: formulas.Schema) -> Iterator[Proposal]:
    if any(part in field.options for field in schema.fields.values() if field.options):
        yield error.start, error.end, f'"{part}"'
    if part.upper() in formulas.FUNCTIONS:
        yield error.start, error.end, f"{part.upper()}()"
    near = nearby.similar(part.strip("[]"), [*schema.fields, *schema.aliases])
    if near is not None:
        yield error.start, error.end, written(near)


def _function(_formula: str, part: str, error: formulas.FormulaError, _schema: formulas.Schema) -> Iterator[Proposal]:
    name = part.upper()
    if name in formulas.REPLACED and (instead := FIRST_FUNCTION.search(formulas.REPLACED[name][0])):
        yield error.start, error.end, instead.group()
    near = nearby.similar(name, [*formulas.FUNCTIONS, *formulas.ALIASES])
    if near is not None:
        yield error.start, error.end, near


def _chain(formula: str, part: str, error: formulas.FormulaError, _schema: formulas.Schema) -> Iterator[Proposal]:
    if part[:1] in ("-", "－", "−"):
        yield from _signed_power(formula, part, error)
        return
    span = _operands(formula, error.start)
    if span is not None:
        start, first, second, end = span
        low, middle, high = formula[start : first.start], formula[first.end : second.start], formula[second.end : end]
        if first.value in COMPARISONS:
            yield start, end, f"AND({low}{first.value}{middle},{middle}{second.value}{high})"
        else:
            yield start, end, f"({low}{first.value}{middle}){second.value}{high}"
            yield start, end, f"{low}{first.value}({middle}{second.value}{high})"


def _signed_power(formula: str, part: str, error: formulas.FormulaError) -> Iterator[Proposal]:
    """-x^2 reads as -(x^2) to some and as (-x)^2 to others: both are offered."""
    power = next((token for token in lexer.tokens(formula) if token.start >= error.end), None)
    if power is None or power.kind not in (NAME, lexer.NUMBER):
        return
    base, exponent = part[1:].rstrip("^＾ "), formula[power.start : power.end]
    yield error.start, power.end, f"-({base}^{exponent})"
    yield error.start, power.end, f"(-{base})^{exponent}"


def _operands(formula: str, place: int) -> tuple[int, Token, Token, int] | None:
    """Around the operator at `place` and the one of its kind before it: start, both, end of what belongs together."""
    around = lexer.tokens(formula)[:-1]
    at = next((n for n, token in enumerate(around) if token.start == place), None)
    if at is None:
        return None
    alike = COMPARISONS if around[at].value in COMPARISONS else frozenset({around[at].value})
    first, last = _reach(around, at, -1), _reach(around, at, 1)
    before = [token for token in around[first:at] if token.kind == SIGN and token.value in alike]
    if not before:
        return None
    if around[at].value == "^":  # binds tightest: its operands are its neighbours
        first, last = max(first, around.index(before[-1]) - 1), min(last, at + 1)
    return around[first].start, before[-1], around[at], around[last].end


def _reach(around: list[Token], at: int, step: int) -> int:
    """The last token in one direction before a comma or the bracket around it."""
    opening, closing = ("(", ")") if step > 0 else (")", "(")
    depth, place = 0, at
    while 0 <= place + step < len(around):
        token = around[place + step]
        sign = token.value if token.kind == SIGN else None
        depth += (sign == opening) - (sign == closing)
        if depth < 0 or (depth == 0 and sign == ","):
            break
        place += step
    return place


def _number(formula: str, part: str, error: formulas.FormulaError, _schema: formulas.Schema) -> Iterator[Proposal]:
    if part.isdigit():
        yield from _thousands(formula, error.start)
    elif not any(character.isdigit() for character in part):
        yield error.start, error.end, ""


def _thousands(formula: str, place: int) -> Iterator[Proposal]:
    for found in re.finditer(r"\d{1,3}(?:[,，]\d{3})+(?!\d)", formula):
        if found.start() <= place <= found.end():
            yield found.start(), found.end(), re.sub(r"\D", "", found.group())


def _syntax(formula: str, part: str, error: formulas.FormulaError, _schema: formulas.Schema) -> Iterator[Proposal]:
    yield from _thousands(formula, error.start)
    if part.upper() in ("AND", "OR"):
        left, right = formula[: error.start].strip(), formula[error.end :].strip()
        yield 0, len(formula), f"{part.upper()}({left},{right})"
    if part in ("(", "（"):
        yield len(formula), len(formula), ")"
    before = formula[: error.start].rstrip()
    if part in (")", "）") and not before.endswith((",", "，")):
        yield error.start, error.end, ""
    if part in (")", "）", ",", "，") and before.endswith((",", "，", "(", "（")):
        yield error.start, error.start, "BLANK()"
        if before.endswith((",", "，")):
            yield len(before) - 1, error.start, ""
    if part in ("-", "+") and error.start > 0:
        yield error.start - 1, error.end, ""
    if part in ("%", "％"):
        yield error.start, error.end, ""
    elif error.start and formula[error.start - 1] in "%％":
        yield error.start, error.start, "*"


def _text(formula: str, part: str, error: formulas.FormulaError, _schema: formulas.Schema) -> Iterator[Proposal]:
    closing = "]" if part[:1] in "[【" else '"'
    yield len(formula), len(formula), closing
    near = re.match(r"[\[【\"'“”‘’＂]\w*", part)
    if near:
        yield error.start + near.end(), error.start + near.end(), closing


def _character(_formula: str, part: str, error: formulas.FormulaError, _schema: formulas.Schema) -> Iterator[Proposal]:
    yield error.start, error.end, REPLACED_SIGNS.get(part, "")


def _kind(formula: str, part: str, error: formulas.FormulaError, schema: formulas.Schema) -> Iterator[Proposal]:
    if quoted := NUMBER_IN_QUOTES.fullmatch(part):
        yield error.start, error.end, quoted[1]
    for found in NUMBER_IN_QUOTES.finditer(formula, error.start, error.end):
        yield found.start(), found.end(), found[1]
    found_kind = next((field.kind for name, field in schema.fields.items() if name == part.strip("[]")), None)
    if found_kind == "number":
        yield error.start, error.end, f"{part}>0"


def _option(_formula: str, part: str, error: formulas.FormulaError, schema: formulas.Schema) -> Iterator[Proposal]:
    options = sorted({option for field in schema.fields.values() for option in field.options or ()})
    typed = part.strip("\"'“”‘’＂")
    near = nearby.similar(typed, options)
    ranked = [*([near] if near else []), *(option for option in options if set(option) & set(typed))]
    for option in ranked or options:
        yield error.start, error.end, f'"{option}"'


def _arguments(formula: str, part: str, error: formulas.FormulaError, _schema: formulas.Schema) -> Iterator[Proposal]:
    if re.match(r"(?:IF|如果)\s*[(（]", part, re.IGNORECASE) and part.endswith((")", "）")):
        yield error.end - 1, error.end - 1, ",BLANK()"


def _anywhere(formula: str, error: formulas.FormulaError) -> Iterator[Remedy]:
    """A bracket or quote that was forgotten shows up far from where it belongs."""
    if error.code == "E_SYNTAX" and error.start >= len(formula.rstrip()) and formula.rstrip()[-1:] in "+-*/,，×÷":
        yield Remedy(len(formula.rstrip()) - 1, len(formula), "")


PROPOSALS: dict[str, Propose] = {
    "E_NAME": _name,
    "E_FUNC": _function,
    "E_CHAIN": _chain,
    "E_NUMBER": _number,
    "E_SYNTAX": _syntax,
    "E_TEXT": _text,
    "E_CHAR": _character,
    "E_KIND": _kind,
    "E_OPTION": _option,
    "E_ARGS": _arguments,
}


def names_in(formula: str) -> set[str]:
    """The names that stand in it; none where it cannot be read."""
    try:
        return {str(token.value) for token in lexer.tokens(formula) if token.kind == NAME}
    except formulas.FormulaError:
        return set()


def respelled(formula: str, texts: Mapping[str, str]) -> str:
    """The formula with texts between quotes spelled anew; one that cannot be read stays as it is."""
    try:
        read = lexer.tokens(formula)
    except formulas.FormulaError:
        return formula
    for token in reversed(read):
        if token.kind == lexer.TEXT and token.value in texts:
            said = texts[str(token.value)].replace('"', '""')
            formula = f'{formula[: token.start]}"{said}"{formula[token.end :]}'
    return formula


def renamed(formula: str, names: dict[str, str]) -> str:
    """The formula with names of its place spelled anew; one that cannot be read stays as it is."""
    try:
        read = lexer.tokens(formula)
    except formulas.FormulaError:
        return formula
    for before, token, after in reversed([*zip([None, *read], read, read[1:], strict=False)]):
        is_call = after.kind == SIGN and after.value == "("
        is_column = before is not None and before.kind == SIGN and before.value == "."
        if token.kind == NAME and token.value in names and not is_call and not is_column:
            formula = formula[: token.start] + written(names[str(token.value)]) + formula[token.end :]
    return formula
