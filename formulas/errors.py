"""What can go wrong: a formula that is refused, and a value that is an error.

FormulaError     the text, the schema or the input is refused; carries a place and a remedy
ErrorValue       a cell whose value could not be computed (#DIV/0!), spreads like any value
"""

from formulas.messages import MESSAGES, Wording

OK, BLANK, DIV0, VALUE, NUM, NA = range(6)
"""The status byte of a cell. Above BLANK it is an error."""

CODES = ("", "", "#DIV/0!", "#VALUE!", "#NUM!", "#N/A")


class ErrorValue:
    """The value of a cell that could not be computed. Equal by code; `str()` gives the code."""

    __slots__ = ("code", "status")

    def __init__(self, code: str) -> None:
        self.status = CODES.index(code, DIV0)
        self.code = code

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        return f"ErrorValue({self.code!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ErrorValue) and other.code == self.code

    def __hash__(self) -> int:
        return hash(self.code)


DIV0_ERROR, VALUE_ERROR, NUM_ERROR, NA_ERROR = (ErrorValue(code) for code in CODES[DIV0:])
ERRORS = (None, None, DIV0_ERROR, VALUE_ERROR, NUM_ERROR, NA_ERROR)


class FormulaError(ValueError):
    """A refused formula, schema or input.

    `start` and `end` count characters of the original text from 0; `message` and `hint` are Chinese,
    `text("en")` is the English sentence. An input that is refused (`E_INPUT`) has the range 0-0.
    """

    def __init__(self, code: str, start: int, end: int, message: str, hint: str = "", english: str = "") -> None:
        super().__init__(code, start, end, message, hint, english)
        self.code = code
        self.start = start
        self.end = end
        self.message = message
        self.hint = hint
        self._english = english

    def text(self, language: str = "zh") -> str:
        """Message and hint as one sentence in `zh` or `en`."""
        if language == "en" and self._english:
            return self._english
        return f"{self.message}（{self.hint}）" if self.hint else self.message

    def __str__(self) -> str:
        return f"{self.code} {self.start}-{self.end} {self.text()}"

    def as_json(self) -> dict[str, object]:
        """Code, place, message and hint, and the English sentence."""
        return {
            "code": self.code,
            "start": self.start,
            "end": self.end,
            "message": self.message,
            "hint": self.hint,
            "english": self.text("en"),
        }

    def moved(self, offset: int) -> "FormulaError":
        """The same fault in a text that begins `offset` characters earlier."""
        start, end = max(0, self.start + offset), max(0, self.end + offset)
        return FormulaError(self.code, start, end, self.message, self.hint, self._english)


def fault(name: str, start: int, end: int, /, **values: object) -> FormulaError:
    """The FormulaError whose wording is `MESSAGES[name]`; a value may be a (zh, en) pair."""
    wording = MESSAGES[name]
    zh = {key: value[0] if isinstance(value, tuple) else value for key, value in values.items()}
    en = {key: value[1] if isinstance(value, tuple) else value for key, value in values.items()}
    message, hint = wording.zh.format(**zh), wording.hint_zh.format(**zh)
    return FormulaError(wording.code, start, end, message, hint, _english(wording, en))


def _english(wording: Wording, values: dict[str, object]) -> str:
    message, hint = wording.en.format(**values), wording.hint_en.format(**values)
    return f"{message} ({hint})" if hint else message
