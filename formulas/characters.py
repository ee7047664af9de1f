"""Which characters a formula may hold, and what a Chinese input method's forms stand for.

The map is one character to one character, so every column of the mapped text is the column of the text
that was typed.
"""

import re
import unicodedata

from formulas.errors import FormulaError, fault

MAX_LENGTH = 4000

_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SIGNS = {
    "\u3000": " ", "\u00a0": " ", "×": "*", "÷": "/", "−": "-", "【": "[", "】": "]", "《": "<", "》": ">",
    "“": '"', "”": '"', "‘": "'", "’": "'",
}  # fmt: skip
TYPED_FORMS = _FULL_WIDTH | {ord(sign): plain for sign, plain in _SIGNS.items()}

REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters by category, but nothing is to be seen: two names that look alike would differ.
INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_SUSPECT = re.compile(r"[^\t\n\r\x20-\x7e\u3001-\u3029\u4e00-\u9fff\uff01-\uff5e]")

HINTS: dict[str, tuple[str, str]] = {
    "、": ("参数之间用逗号 ,", "separate arguments with a comma"),
    "。": ("小数点和 表.列 用 . ", "use . for decimals and table.column"),
    "…": ("把内容写完整", "write it out"),
    "￥": ("金额只写数字", "write amounts as plain numbers"),
    "¥": ("金额只写数字", "write amounts as plain numbers"),
    "$": ("金额只写数字；字段直接写名称", "write amounts as plain numbers and fields by name"),
    "—": ("减号用 -", "use - for minus"),
    "–": ("减号用 -", "use - for minus"),
    "{": ("这里没有数组；用子表的 表.列", "there are no arrays; use table.column"),
    "}": ("这里没有数组；用子表的 表.列", "there are no arrays; use table.column"),
    ":": ("没有单元格区域；用 表.列", "there are no cell ranges; use table.column"),
    "!": ("不等于写成 <>，取反用 NOT(…)", "use <> for not equal and NOT(…) to negate"),
    "\\": ("除号用 /", "use / to divide"),
    "@": ("字段直接写名称", "write fields by name"),
    "#": ("错误值用 IFERROR 处理", "handle error values with IFERROR"),
    "|": ("或者写成 OR(甲, 乙)", "write OR(a, b)"),
    "²": ("平方写成 ^2", "write ^2 for a square"),
    "'": ("文字用引号括起来", "put text in quotes"),
}
_NO_HINT = (
    "用数字、字段名、+ - * / ^ & 比较符和函数",
    "use numbers, field names, + - * / ^ &, comparisons and functions",
)


def refuse_hidden(text: str) -> None:
    """Raise for characters that cannot be seen or mean nothing, wherever they stand."""
    if len(text) > MAX_LENGTH:
        raise fault("too_long", MAX_LENGTH, len(text), limit=MAX_LENGTH)
    for match in _SUSPECT.finditer(text):
        character = match.group()
        if unicodedata.category(character) in REFUSED_CATEGORIES or character in INVISIBLE_LETTERS:
            place = match.start()
            raise fault("refused_character", place, place + 1, column=place + 1, point=f"U+{ord(character):04X}")


def plain(text: str) -> str:
    """The text with typed forms replaced, column by column."""
    return text if text.isascii() else text.translate(TYPED_FORMS)


def unknown(character: str, place: int) -> FormulaError:
    hint = HINTS.get(character, _NO_HINT)
    return fault("unknown_character", place, place + 1, character=character, zh_hint=hint[0], en_hint=hint[1])


def normal_name(name: str) -> str:
    """The one spelling of a field, column, table or function name."""
    name = name.strip()
    return name if name.isascii() else unicodedata.normalize("NFKC", name).strip()
