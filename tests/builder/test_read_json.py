"""JSON from files and posts: what Python's reader lets through and we do not, each refused in words at its place."""

import json

import pytest
from flask import Flask

from builder import json_text, places
from core.errors import Invalid

HOSTILE = {
    "NaN": ('{"weight": NaN}', "number"),
    "infinity": ('{"weight": -Infinity}', "number"),
    "a number beyond all floats": ('{"weight": 1e999}', "number"),
    "a number of ten thousand digits": ("1" * 10_000, "number"),
    "a key twice": ('{"key": "a", "key": "b"}', "duplicate_key"),
    "a key twice, deep down": ('{"body": {"rows": [{"id": 1, "id": 2}]}}', "duplicate_key"),
    "a hundred thousand brackets": ("[" * 100_000, "too_deep"),
    "objects fifty deep": ('{"a":' * 50 + "1" + "}" * 50, "too_deep"),
    "two million characters": ('"' + "x" * 2_000_000 + '"', "too_large"),
    "a comma too many": ('{"a": 1,}', "syntax"),
    "a comma missing": ('{"a": 1 "b": 2}', "syntax"),
    "a quote missing": ('{"a": "1}', "syntax"),
    "two values": ("{} {}", "syntax"),
    "nothing": ("", "syntax"),
    "a comment": ('{"a": 1} // one', "syntax"),
    "single quotes": ("{'a': 1}", "syntax"),
    "a control character": ('{"a": "\x00"}', "syntax"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_a_sentence(speaking: Flask, name: str) -> None:
    text, code = HOSTILE[name]
    with speaking.test_request_context(headers={"Accept-Language": "zh"}), pytest.raises(Invalid) as refused:
        json_text.read(text)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert any("\u4e00" <= char <= "\u9fff" for char in problem.message)
    assert len(problem.message) < 200


def test_brackets_within_strings_do_not_count_as_depth(speaking: Flask) -> None:
    assert json_text.read('"' + "[" * 500 + '"') == "[" * 500
    assert json_text.read('["\\"", [["\\\\"]]]') == ['"', [["\\"]]]


def test_what_is_shown_reads_back_as_the_same(speaking: Flask) -> None:
    value = {"title": {"zh": "销售额 “含税”"}, "list": [1, 2.5, None, True], "body": {}}
    assert json_text.read(json_text.dump(value)) == value
    assert list(json_text.read(json_text.dump(value))) == ["title", "list", "body"], "the order is the author's"


@pytest.mark.parametrize("indent", [None, 1, 2, "\t"])
def test_a_pointer_leads_to_its_line_and_column(indent: int | str | None) -> None:
    value = {"a/b": [1, {"c~d": '甲\n"乙"'}], "空": {}, "last": [[], [True, "}{", 7]]}
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    for pointer, shown in {
        "/a~1b/0": "1",
        "/a~1b/1/c~0d": '"甲\\n\\"乙\\""',
        "/空": "{}",
        "/last/1/2": "7",
        "/last/1/1": '"}{"',
    }.items():
        line, column = places.of(text, pointer)
        assert text.splitlines()[line - 1][column - 1 :].startswith(shown), pointer


def test_a_pointer_to_what_is_missing_leads_to_what_is_around_it() -> None:
    text = '{\n  "body": {\n    "rows": []\n  }\n}'
    assert places.of(text, "/body/metric") == places.of(text, "/body") == (2, 11)
    assert places.of(text, "/body/rows/3/id") == (3, 13)
    assert places.of("7", "/body") == (1, 1)
