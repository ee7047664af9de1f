"""The list of functions as people look for it: by what they want, in their own words; with examples that run."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import formulas
from builder.function_words import WORDS
from core.db import Document
from formulas.functions import Function

GROUPS: dict[str, Document] = {
    "logic": {"zh": "条件与判断", "en": "Conditions"},
    "numbers": {"zh": "数字", "en": "Numbers"},
    "subtables": {"zh": "子表与查表", "en": "Sub-tables and look-ups"},
    "text": {"zh": "文字", "en": "Text"},
    "dates": {"zh": "日期", "en": "Dates"},
}
EXAMPLE_DAY = dt.date(2025, 6, 30)
EXAMPLE_FIELDS = {
    "完成额": "number",
    "目标额": "number",
    "达成率": "number",
    "阶段": "text",
    "备注": "text",
    "入职日期": "date",
}
EXAMPLE_TABLES = {
    "明细": {"类型": "text", "数量": "number", "单价": "number"},
    "档位": {"下限": "number", "系数": "number"},
}
EXAMPLE_ROW: Mapping[str, Any] = {
    "完成额": 80,
    "目标额": 100,
    "达成率": 0.8,
    "阶段": "推广期",
    "备注": None,
    "入职日期": "2024-01-31",
    "明细": [{"类型": "三甲", "数量": 5, "单价": 10}, {"类型": "二甲", "数量": 3, "单价": 40}],
    "档位": [{"下限": 0, "系数": 0.5}, {"下限": 0.8, "系数": 1}],
}


@dataclass(frozen=True)
class Group:
    key: str
    title: Document
    functions: tuple[Function, ...]


def groups(sought: str = "") -> list[Group]:
    """By category, those that fit what is sought; the fitting ones first within each."""
    ranked = _ranked(sought.strip())
    found = {key: tuple(row for row in ranked if row.group == key) for key in GROUPS}
    order = sorted((key for key in GROUPS if found[key]), key=lambda key: ranked.index(found[key][0]) if sought else 0)
    return [Group(key, GROUPS[key], found[key]) for key in order]


def search(sought: str) -> list[Function]:
    """Functions for a word or a wish: 加 gives SUM, 今天 TODAY, 如果 IF; the best first."""
    return _ranked(sought.strip())


def _ranked(sought: str) -> list[Function]:
    rows = list(formulas.FUNCTIONS.values())
    if not sought:
        return rows
    places = {row.name: min(_places(row, sought.casefold()), default=None) for row in rows}
    fitting = [row for row in rows if places[row.name] is not None]
    return sorted(fitting, key=lambda row: places[row.name] or 0)


def _places(row: Function, sought: str) -> Iterator[int]:
    """How well a function fits, 0 the best: its name, what people say for it, a part of that, its explanation."""
    called = [row.name.casefold(), *(alias.casefold() for alias in row.aliases)]
    said = [word.casefold() for word in (*row.search, *WORDS.get(row.name, ()))]
    if sought in called:
        yield 0
    if sought in said:
        yield 1
    if any(name.startswith(sought) for name in called):
        yield 2
    if any(sought in word or (len(word) > 1 and word in sought) for word in said) or any(s in sought for s in called):
        yield 3
    if sought in row.zh or sought in row.en.casefold():
        yield 4


@cache
def example_schema() -> formulas.Schema:
    return formulas.Schema(EXAMPLE_FIELDS, EXAMPLE_TABLES)


@lru_cache(maxsize=512)
def run_example(text: str) -> Any:
    """What a text gives on the example row. Raises FormulaError."""
    return formulas.compile(text, example_schema()).evaluate(EXAMPLE_ROW, EXAMPLE_DAY)
