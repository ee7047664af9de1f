"""What people type into a form: amounts as they say them, percentages, limits, fields that nobody types."""

from typing import Any

import pytest

from builder import forms
from core.errors import Invalid
from tests.builder import documents

pytestmark = pytest.mark.usefixtures("in_chinese")

FORM = forms.of(documents.load("form")["body"])


def posted(**changes: str) -> dict[str, str]:
    return {"year": "2025", "base": "7.2亿", "growth": "15"} | changes


def accepted(**changes: str) -> dict[str, Any]:
    return dict(forms.accepted(FORM, posted(**changes), forms.World()).values)


def problems(**changes: str) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        accepted(**changes)
    return {problem.path: problem.message for problem in refused.value.problems}


def test_S24_amounts_and_percentages_are_exact_and_the_target_is_computed() -> None:
    assert accepted() == {"year": 2025, "base": 720_000_000, "growth": 0.15, "target": 828_000_000}


@pytest.mark.parametrize(
    "typed", ["7.2亿", "７．２亿", "7.2 亿元", "72,000万", "72000万元", "720000000", "720,000,000 元"]
)
def test_an_amount_may_be_written_as_people_say_it(typed: str) -> None:
    assert accepted(base=typed)["base"] == 720_000_000


@pytest.mark.parametrize("typed", ["15", "15%", "１５％", "15.0"])
def test_a_percentage_may_carry_its_sign(typed: str) -> None:
    assert accepted(growth=typed)["growth"] == 0.15


@pytest.mark.parametrize(
    "typed", ["NaN", "inf", "1e308", "七亿", "7.2百万", "--1", "1.2.3", "=1+1", "9" * 40, "9" * 99]
)
def test_what_is_no_amount_is_refused_at_its_field(typed: str) -> None:
    assert list(problems(base=typed)) == ["/base"]


def test_limits_are_told_as_the_field_is_typed() -> None:
    assert problems(growth="300") == {"/growth": "不能大于 200%。"}
    assert problems(base="0") == {"/base": "要大于 0元。"}
    assert problems(year="1999") == {"/year": "不能小于 2024。"}


def test_every_field_that_is_wrong_is_named_at_once() -> None:
    assert list(problems(year="", base="x", growth="999")) == ["/year", "/base", "/growth"]
    assert problems(year="2025.5") == {"/year": "请填写整数。"}


def test_a_computed_field_cannot_be_typed() -> None:
    assert accepted(target="1")["target"] == 828_000_000


def test_the_layout_brings_titles_in_both_languages() -> None:
    assert [field.title["en"] for field in FORM.order][:1] == ["Year"]
    assert [field.computed for field in FORM.order] == [False, False, False, True]
    assert [field.required for field in FORM.order] == [True, True, True, False]
