"""The shape of a row in the function table.

One row feeds the checker, the evaluator, the cost estimate, the editor's completion and the reference page.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Pair = tuple[str, str]
"""The same words in Chinese and English."""


class Cost(NamedTuple):
    """An upper estimate: microseconds a call, nanoseconds a row, nanoseconds a sub-table item."""

    fixed: float
    row: float
    item: float = 0.0


class Routine(NamedTuple):
    """What a synthetic name stands for: `run` takes columns, `single` takes plain values (None: only columns)."""

    run: Callable[..., Any]
    single: Callable[..., Any] | None
    cost: Cost


class Param(NamedTuple):
    """`accepts` is one of

    number, text, date, bool; textlike (text or number); any; flag (yes/no or number)
    same      one kind with its like, and the result's
    match     one kind with its like
    values    numbers or 表.列; stamps also dates
    column    表.列; numbers (表.列 of numbers), matched column (of the kind of the match)
    criterion what SUMIF compares with; default (of the result's kind)
    """

    zh: str
    en: str
    accepts: str


@dataclass(frozen=True)
class Function:
    """`optional` counts the last parameters that may be left out; `repeat` those that may come again, then `tail`
    may close the list. `result` is a kind, `same`, or `value` (the kind of the last column). `needs` are hidden
    arguments: today, calendar."""

    name: str
    group: str
    params: tuple[Param, ...]
    result: str
    routine: Routine
    zh: str
    en: str
    example: str
    gives: str
    optional: int = 0
    repeat: int = 0
    tail: Param | None = None
    needs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    search: tuple[str, ...] = field(default=())

    @property
    def symbol(self) -> str:
        return f"F{self.name}"

    def slots(self, count: int) -> tuple[Param, ...] | None:
        """The parameter of each of `count` arguments; None if the function does not take so many."""
        if not self.repeat:
            return self.params[:count] if len(self.params) - self.optional <= count <= len(self.params) else None
        head, again = self.params[: -self.repeat], self.params[-self.repeat :]
        rounds, rest = divmod(count - len(head), self.repeat)
        if rounds < 1 or (rest and (rest > 1 or self.tail is None)):
            return None
        closing = (self.tail,) if rest and self.tail else ()
        return head + again * rounds + closing

    def usage(self, language: str = "zh") -> str:
        """IF(条件, 成立时, 不成立时)"""
        names = [param.zh if language == "zh" else param.en for param in self.params]
        first_optional = len(names) - self.optional
        shown = [name if place < first_optional else f"[{name}]" for place, name in enumerate(names)]
        if self.repeat:
            shown.append("…")
        if self.tail:
            shown.append(f"[{self.tail.zh if language == 'zh' else self.tail.en}]")
        return f"{self.name}({', '.join(shown)})"
