"""A rule table that goes out as a spreadsheet and comes back is the same table, whatever stands in its cells."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import table_sheets
from core.db import Document
from organization import spreadsheets

OPTIONS = ["推广期", "a、b", "=x", "不是 甲", "-", "任意", "公式 x", "is b", '"', "100%", "#N/A"]


def quoted(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


words = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), max_size=12).map(quoted)
options = st.sampled_from(OPTIONS).map(quoted)
numbers = st.sampled_from(["5", "0.5", "-3", "40%", "1.5万", "0"])
dates = st.dates().map(lambda day: f"DATE({day.year},{day.month},{day.day})")
truths = st.sampled_from(["TRUE", "FALSE"])
signs = st.sampled_from([">=", "<=", ">", "<", "<>"])
VALUES = {"number": numbers, "text": words, "choice": options, "bool": truths, "date": dates}
FORMULAS = {
    "number": ["甲*2", 'IF(乙="a、b",1,2)', "ROUND(甲,2)"],
    "text": ['乙&"x"', 'IF(甲>1,"a","b")'],
    "choice": ['IF(甲>1,"推广期","-")'],
    "bool": ["甲>1", "ISBLANK(乙)"],
    "date": ["DATE(2025,1,1)+甲", "DATE(2025,13,1)"],
}
CONDITIONS = ["ISBLANK(甲)", '乙="推广期"', "甲>=1", 'OR(乙="a、b",甲>=2)']


def conditions(kind: str) -> st.SearchStrategy[str]:
    several = st.lists(VALUES[kind], min_size=1, max_size=1 if kind == "bool" else 3, unique=True).map(",".join)
    compared = {
        "number": st.lists(st.tuples(signs, numbers).map("".join), min_size=1, max_size=2).map(",".join),
        "date": st.tuples(signs, dates).map("".join),
        "text": words.map(lambda value: f"<>{value}"),
        "choice": options.map(lambda value: f"<>{value}"),
        "bool": st.just("-"),
    }[kind]
    return st.one_of(st.just("-"), several, compared, st.sampled_from(CONDITIONS))


def outcomes(kind: str) -> st.SearchStrategy[str]:
    return st.one_of(st.just(""), VALUES[kind], st.sampled_from(FORMULAS[kind]))


@st.composite
def tables(draw: Any) -> Document:
    kinds = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3)
    inputs, outputs = (
        [column(f"{side}{number}", kind) for number, kind in enumerate(draw(kinds))] for side in ("i", "o")
    )
    rows = [
        {
            "id": f"r{number}",
            "when": {one["id"]: draw(conditions(one["type"])) for one in inputs},
            "then": {one["id"]: draw(outcomes(one["type"])) for one in outputs},
        }
        for number in range(draw(st.integers(1, 4)))
    ]
    body = {"hit": "first", "inputs": inputs, "outputs": outputs, "rows": rows}
    if draw(st.booleans()):
        body["default"] = {one["id"]: draw(outcomes(one["type"])) for one in outputs}
    return {"kind": "table", "schema_version": 1, "key": "test.any", "title": {"zh": "任何表"}, "body": body}


def column(name: str, kind: str) -> Document:
    made = {"id": name, "key": name, "title": {"zh": f"列{name}"}, "type": kind}
    return made | {"options": OPTIONS} if kind == "choice" else made


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("write", [spreadsheets.workbook, spreadsheets.comma_separated])
def test_whatever_stands_in_a_table_comes_back_from_a_sheet(speaking: Flask, write: Any, language: str) -> None:
    @settings(deadline=None, max_examples=60)
    @given(tables())
    def comes_back(document: Document) -> None:
        assert table_sheets.taken_in(document, write(*table_sheets.sheet(document["body"]))) == document

    with speaking.test_request_context(headers={"Accept-Language": language}):
        comes_back()
