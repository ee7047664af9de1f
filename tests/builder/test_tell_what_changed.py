"""Differences between two versions as sentences that a reader of the definition understands."""

import json
from typing import Any

import pytest
from flask import Flask

from builder import differences
from tests.builder import documents
from tests.builder.documents import GONE, changed, load

CASES: list[tuple[str, str, Any, list[str], list[str]]] = [
    ("table", "/body/rows/0/then/c2", "45%", ["推广期:覆盖率 40% → 45%"], ["推广期: Coverage 40% → 45%"]),
    (
        "table",
        "/body/rows/1/when/c1",
        '"衰退期"',
        ['衰退期:阶段 "成熟期" → "衰退期"'],
        ['衰退期: Stage "成熟期" → "衰退期"'],
    ),
    ("metric", "/title/zh", "签约额", ["标题 销售额 → 签约额"], ["title 销售额 → 签约额"]),
    ("metric", "/title/en", "Turnover", ["标题 (en) Sales → Turnover"], ["title (en) Sales → Turnover"]),
    ("metric", "/body/owner", GONE, ["负责角色 删除,原为:销售运营"], ["owner removed, was: Sales operations"]),
    ("cascade", "/body/levels/0/reserve", "5%", ["拆到大区:机动额 3% → 5%"], ["to regions: reserve 3% → 5%"]),
    (
        "cascade",
        "/body/on_change/keep_locked",
        False,
        ["变动时:保留锁定 是 → 否"],
        ["on change: keep what is locked yes → no"],
    ),
    (
        "formula",
        "/body/parameters/0/default",
        1.6,
        ["参数 · 封顶:默认 1.5 → 1.6"],
        ["parameters · Cap: default 1.5 → 1.6"],
    ),
    ("form", "/body/data/properties/year/maximum", 2050, ["年度:最大值 2100 → 2050"], ["年度: maximum 2100 → 2050"]),
]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("name", "place", "value", "chinese", "english"), CASES)
def test_a_change_is_told_in_both_languages(
    speaking: Flask, name: str, place: str, value: Any, chinese: list[str], english: list[str], language: str
) -> None:
    old = load(name)
    with speaking.test_request_context(headers={"Accept-Language": language}):
        assert differences.sentences(old, changed(old, place, value)) == (chinese if language == "zh" else english)


def test_the_same_content_has_no_differences(speaking: Flask) -> None:
    for document in documents.everything().values():
        assert differences.sentences(document, document) == []


def test_moving_a_row_is_told_as_that(speaking: Flask) -> None:
    old = load("table")
    moved = changed(old, "/body/rows", old["body"]["rows"][::-1])
    with speaking.test_request_context(headers={"Accept-Language": "zh"}):
        assert differences.sentences(old, moved) == ["顺序 调整了顺序"]


def test_rows_that_come_and_go_are_told_with_what_they_say(speaking: Flask) -> None:
    old = load("table")
    row = {"id": "w3", "when": {"c1": '"衰退期"'}, "then": {"c2": "5%", "c3": "95%"}}
    with speaking.test_request_context(headers={"Accept-Language": "zh"}):
        (added,) = differences.sentences(old, changed(old, "/body/rows/2", row))
        (removed,) = differences.sentences(old, changed(old, "/body/rows/0", GONE))
    assert added.startswith("衰退期 新增:")
    assert removed.startswith("推广期 删除,原为:")


def test_renaming_keeps_what_is_said_about_a_thing_together(speaking: Flask) -> None:
    old = load("table")
    new = changed(changed(old, "/body/outputs/0/title/zh", "覆盖"), "/body/rows/0/then/c2", "45%")
    with speaking.test_request_context(headers={"Accept-Language": "zh"}):
        assert differences.sentences(old, new) == ["覆盖:标题 覆盖率 → 覆盖", "推广期:覆盖 40% → 45%"]


def test_a_form_tells_fields_rules_and_order_in_words(speaking: Flask) -> None:
    old = load("form")
    new = json.loads(json.dumps(old))
    properties = new["body"]["data"]["properties"]
    first = next(iter(properties.values()))
    properties["reason"] = {"x-id": "f90", "title": "理由", "type": "string"}
    new["body"]["layout"][0]["items"].insert(0, {"id": "i90", "field": "f90", "widget": "long_text"})
    new["body"]["data"]["required"] = [*new["body"]["data"].get("required", ()), "reason"]
    new["body"]["rules"] = [
        *new["body"].get("rules", ()),
        {"id": "r90", "when": f"{first['title']}<=2", "then": [{"show": "f90"}, {"set": "f90", "to": '"无"'}]},
    ]
    with speaking.test_request_context(headers={"Accept-Language": "zh-CN"}):
        told = differences.sentences(old, new)
    assert "添加字段“理由”(多行文字)" in told
    assert any(sentence.endswith(f'当 {first["title"]}<=2 时,显示 “理由”, 设为 “理由” = "无"') for sentence in told), (
        told
    )
