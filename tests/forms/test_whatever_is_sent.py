"""Whatever is sent, the engine answers with values and problems; and it gives the same answer twice."""

import datetime as dt
import json
import re
from typing import Any

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import forms
from core.errors import Invalid
from tests.builder import documents

WORLD = forms.World(on=dt.date(2025, 6, 30))
PROPOSAL = forms.of(documents.load("proposal")["body"])
EVERYTHING = forms.of(documents.load("everything")["body"])

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
FIELD_VALUES = {
    "string": st.text(max_size=12),
    "number": st.floats(-10, 10**6),
    "integer": st.integers(0, 6),
    "boolean": st.booleans(),
}


def likely(field: forms.Field) -> st.SearchStrategy[Any]:
    """Mostly values of the field's type and options, sometimes anything."""
    if field.columns:
        row = st.fixed_dictionaries({}, optional={column.name: likely(column) for column in field.columns})
        return st.lists(row, max_size=4) | JSON
    options = field.spec.get("x-options")
    one = FIELD_VALUES[field.shape.removeprefix("array of ")]
    if isinstance(options, list):
        one = st.sampled_from([option["id"] for option in options])
    if "date" in field.widget:
        one = st.dates(dt.date(2024, 1, 1), dt.date(2026, 1, 1)).map(dt.date.isoformat)
    return (st.lists(one, max_size=3) if field.spec["type"] == "array" else one) | JSON


def sent_to(form: forms.Form) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={field.name: likely(field) for field in form.tops} | {"extra": JSON})


def answered(form: forms.Form, sent: dict[str, Any]) -> tuple[forms.Effective, forms.Judged] | None:
    try:
        state = forms.effective(form, sent, WORLD)
    except Invalid:
        return None
    return state, forms.judge(state)


def with_form(form: forms.Form) -> st.SearchStrategy[tuple[forms.Form, dict[str, Any]]]:
    return st.tuples(st.just(form), sent_to(form))


@given(sent=with_form(PROPOSAL) | with_form(EVERYTHING))
@settings(max_examples=300)
def test_there_is_an_answer_to_everything(speaking: Flask, sent: tuple[forms.Form, dict[str, Any]]) -> None:
    form, values = sent
    with speaking.app_context():
        answer = answered(form, values)
        if answer is None:
            return
        state, judged = answer
        names = {form.fields[field_id].name for field_id in state.hidden if form.fields[field_id].table is None}
        assert names.isdisjoint(state.values)
        assert all(problem.message for problem in [*judged.problems, *judged.warnings])
        assert bool(judged.problems) or state.validity.holds(dict(state.values))


@given(sent=sent_to(PROPOSAL))
@settings(max_examples=200)
def test_what_was_accepted_is_accepted_again_unchanged(speaking: Flask, sent: dict[str, Any]) -> None:
    with speaking.app_context():
        answer = answered(PROPOSAL, sent)
        if answer is None or answer[1].problems:
            return
        stored = json.loads(json.dumps(dict(answer[0].values)))
        again = forms.effective(PROPOSAL, stored, WORLD)
        assert again.values == stored
        assert again.hidden == answer[0].hidden
        assert again.digest == answer[0].digest
        assert forms.judge(again).problems == []


@given(block=st.text(alphabet="展架工具1,.-/年\t\n ", max_size=60))
def test_any_block_of_cells_can_be_pasted(speaking: Flask, block: str) -> None:
    with speaking.app_context():
        values, unread = forms.pasted(EVERYTHING, EVERYTHING.named["rows"], block, WORLD)
    assert all(isinstance(row, dict) for row in values["rows"])
    assert all(problem.path.startswith("/rows/") for problem in unread)


@given(text=st.text(max_size=30))
def test_any_text_in_any_field_is_read_or_refused_in_words(speaking: Flask, text: str) -> None:
    with speaking.app_context():
        refused = [refusal(field, text) for field in EVERYTHING.fields.values() if field.typed and not field.columns]
    assert all(re.search("[\u4e00-\u9fff]", words) for words in refused if words)


def refusal(field: forms.Field, text: str) -> str:
    try:
        forms.parse(field, text, WORLD, forms.offered_to_all(EVERYTHING, field, WORLD))
    except ValueError as error:
        return str(error)
    return ""
