"""The forms that come with the packs: what they refuse, what they make, and the cases that they keep."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest

from builder import forms, json_text, pack_folders, packs, shape
from core.db import Document

pytestmark = pytest.mark.usefixtures("in_chinese")

RETAIL = pack_folders.read(packs.SHIPPED / "retail_okr")
MEDICAL = pack_folders.read(packs.SHIPPED / "medical_goals")
FORMS = {doc["key"]: doc for pack in (RETAIL, MEDICAL) for doc in pack.documents.values() if doc["kind"] == "form"}
KNOWN = RETAIL.sources() | MEDICAL.sources()
WORLD = forms.World(known=KNOWN, on=dt.date(2025, 6, 30))


def state(key: str, values: Document) -> forms.Effective:
    return forms.effective(forms.of(FORMS[key]["body"], known=KNOWN), values, WORLD)


def refused(key: str, values: Document) -> list[str]:
    return [problem.path for problem in forms.judge(state(key, values)).problems]


def sound(key: str) -> Document:
    """The values of the first case that may be sent."""
    return next(dict(case["given"]) for case in FORMS[key]["body"]["cases"] if case["expects"].get("problems") == [])


def test_the_retail_pack_has_no_problems() -> None:
    assert packs.check(packs.SHIPPED / "retail_okr", {}) == []


@pytest.mark.parametrize("key", FORMS)
def test_every_form_keeps_cases_that_pass_and_cases_that_are_refused(key: str) -> None:
    outcomes = [bool(case["expects"].get("problems")) for case in FORMS[key]["body"]["cases"]]
    assert set(outcomes) == {True, False}
    assert forms.cases.tried(forms.of(FORMS[key]["body"], known=KNOWN), KNOWN) == []


def test_every_text_of_the_retail_pack_is_there_in_both_languages() -> None:
    for document in RETAIL.documents.values():
        for words in texts(document):
            assert words.keys() == {"zh", "en"}, words
            assert re.search("[\u4e00-\u9fff]", words["zh"]), words
            assert not re.search("[\u4e00-\u9fff]", words["en"]), words


def texts(part: Any) -> Iterator[dict[str, str]]:
    if isinstance(part, dict):
        if "zh" in part:
            yield part
        elif "x-id" in part:
            yield {"zh": part["title"], "en": part["x-title-en"]}
        part = list(part.values())
    for inner in part if isinstance(part, list) else ():
        yield from texts(inner)


def test_the_files_of_the_retail_pack_stand_as_the_editor_writes_them() -> None:
    for name, document in RETAIL.documents.items():
        assert (RETAIL.path / name).read_text(encoding="utf-8") == json_text.dump(document) + "\n", name
        assert shape.problems(document) == []


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5])
def test_S71_a_campaign_has_exactly_three_key_results(count: int) -> None:
    campaign = sound("retail.hq_campaign")
    rows = (campaign["key_results"] * 2)[:count]
    assert refused("retail.hq_campaign", {**campaign, "key_results": rows}) == ["/key_results"]
    assert refused("retail.hq_campaign", campaign) == []


def test_S71_a_key_result_is_a_number_or_a_milestone() -> None:
    kinds = {row["kind"] for row in sound("retail.hq_campaign")["key_results"]}
    assert kinds == {"number", "milestone"}


def test_S71_three_key_results_begin_with_34_33_and_33_percent() -> None:
    fresh = forms.begin(forms.of(FORMS["retail.hq_campaign"]["body"]), WORLD)
    assert [row["weight"] for row in fresh["key_results"]] == [0.34, 0.33, 0.33]


@pytest.mark.parametrize("score", [0, 6, 2.5, None])
def test_S74_a_score_outside_1_to_5_or_none_is_refused(score: Any) -> None:
    proposal = {**sound("retail.region_proposal"), "relevance": score, "justification": "总部没有覆盖这类社区门店"}
    assert refused("retail.region_proposal", proposal) == ["/relevance"]


@pytest.mark.parametrize("resources", [[], None])
def test_S74_an_empty_list_of_resources_is_refused(resources: Any) -> None:
    proposal = {**sound("retail.region_proposal"), "resources": resources}
    assert "/resources" in refused("retail.region_proposal", proposal)


def test_S64_a_snapshot_asks_for_three_entries_at_most() -> None:
    form = forms.of(FORMS["retail.kr_snapshot"]["body"])
    assert len(state("retail.kr_snapshot", {}).required) <= 3
    last = {"value": 5, "confidence": "sure"}
    fresh = forms.begin(form, WORLD, last=last, given={"goal": 7})
    assert refused("retail.kr_snapshot", fresh) == []  # 没变化: nothing is left to type


def test_S20_a_visit_makes_a_touch_and_closes_a_task_and_a_quote_only_a_touch() -> None:
    visit = sound("medical.visit_log")
    assert [(made.make, made.what) for made in forms.made(state("medical.visit_log", visit))] == [
        ("touch", "visit"),
        ("task_done", None),
    ]
    assert forms.made(state("medical.visit_log", visit))[0].values["contact_level"] == "主任"
    quote = {**visit, "kind": "quote"}
    assert [(made.make, made.what) for made in forms.made(state("medical.visit_log", quote))] == [("touch", "quote")]


def test_S20_a_visit_without_place_or_photo_proves_nothing() -> None:
    visit = sound("medical.visit_log")
    del visit["place"]
    assert refused("medical.visit_log", {**visit, "note": "真的去了"}) == ["/photo"]
    assert refused("medical.visit_log", {**visit, "photo": ["a1b2"]}) == []


def test_a_swap_takes_its_value_and_its_need_of_proof_from_the_table() -> None:
    swap = sound("medical.task_swap")
    assert state("medical.task_swap", swap).values["value"] == 4
    assert "f6" in state("medical.task_swap", swap).required
    offered = state("medical.task_swap", {}).options["f2"]
    assert [option.value for option in offered] == ["常规拜访", "主任级拜访", "科室会", "专家讲座参与"]
