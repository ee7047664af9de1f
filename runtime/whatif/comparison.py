"""What a draft is tried out on, and what came of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import fsum
from typing import NamedTuple

from flask_babel import force_locale

from core.db import Document
from core.errors import Problem
from core.i18n import LANGUAGES
from runtime.whatif.moves import Move, Moves

TARGETS, SCORES, LIGHTS = "targets", "scores", "lights"
WEEKS = "weeks"  # a year of them, whose points have a mean
MONEY = "money"
LIGHTS_IN_ORDER = ("green", "yellow", "red", "grey")


class Choice(NamedTuple):
    """A period that can be asked for, as an address names it and as people do, in either language: a review keeps it
    for readers of both."""

    value: str
    words: str | Document


def in_each_language(say: Callable[[], str]) -> Document:
    found: Document = {}
    for code, locale in LANGUAGES.items():
        with force_locale(locale):
            found[code] = say()
    return found


@dataclass(frozen=True)
class Part:
    """A number that people have and that the draft goes into: their targets, a score, their lights. The period that is
    asked first stands first."""

    kind: str
    title: Document
    periods: Sequence[Choice]
    key: str = ""

    @property
    def name(self) -> str:
        """As an address names it."""
        return f"{self.kind}:{self.key}" if self.key else self.kind

    def explains(self, period: Choice) -> bool:
        """Whether it can be told of one person how his number would come about: points of one period can."""
        return self.kind == SCORES and period.value != WEEKS

    def period(self, value: str) -> Choice:
        """The one that is named; the first where none is, or one that is not there."""
        return next((choice for choice in self.periods if choice.value == value), self.periods[0])


class Spread(NamedTuple):
    """同岗权重差 of a metric in percentage points (F9): among those whom the table treats alike, and over all."""

    metric: Document
    within_before: float
    within_after: float
    overall_before: float
    overall_after: float


@dataclass(frozen=True)
class Comparison:
    """People before and after. `problems` say why there is nothing to compare: the draft cannot compute. `order`
    is that of the grades or lights."""

    part: Part
    period: Choice
    unit: str | Document
    moves: Moves
    problems: Sequence[Problem] = ()
    spreads: Sequence[Spread] = field(default_factory=list)
    order: Sequence[str] = LIGHTS_IN_ORDER

    @property
    def together(self) -> Callable[[Iterable[float]], float]:
        """Targets of a region add up; scores of a region have a mean."""
        return fsum if self.unit == MONEY else _mean

    def where(self, wanted: Callable[[Move], bool]) -> "Comparison":
        return replace(self, moves=self.moves.where(wanted))


def _mean(values: Iterable[float]) -> float:
    listed = [*values]
    return fsum(listed) / len(listed)
