"""What is wrong with a document, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.words import PROBLEMS, Value, in_words


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is a JSON Pointer into the body (`/steps/0/who`), `code` names the wording; `text(language)` has the
    remedy in it."""

    path: str
    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def text(self, language: str = "zh") -> str:
        return in_words(PROBLEMS[self.code], self.values, language)
