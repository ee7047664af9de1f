"""A metric that scores people is judged when it is published: every input given, in its type, and grades that fit."""

from typing import Any

import pytest

from builder import definitions, pack_folders, packs
from builder.sources import Source, of_documents
from core.db import Document
from tests.builder.documents import changed

COMPOSITE = ("metric", "medical.composite")


@pytest.fixture(scope="module")
def pack() -> dict[tuple[str, str], Source]:
    return of_documents(pack_folders.read(packs.shipped_folder("medical_goals")).documents.values())


def problems(pack: dict[tuple[str, str], Source], document: Document) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in definitions.check(document, pack)]


def test_the_packs_own_score_holds_together(speaking: Any, pack: dict[tuple[str, str], Source]) -> None:
    assert problems(pack, pack[COMPOSITE].document) == []


@pytest.mark.parametrize(
    ("place", "value", "path", "code"),
    [
        ("formula", "medical.gone", "/formula", "reference"),
        ("grades", "medical.ramp", "/grades", "grades"),
        ("targets", {"goals": "medical.gone"}, "/targets/goals", "reference"),
        ("inputs/stage", {"value": "个人目标"}, "/inputs/stage/value", "kind"),
        ("inputs/stage", {"metric": "medical.sales_amount", "target": "目标"}, "/inputs/stage", "kind"),
        ("inputs/revenue", {"metric": "medical.sales_amount"}, "/inputs/revenue", "given"),
        ("inputs/revenue", {"value": "1", "metric": "medical.sales_amount", "target": "1"}, "/inputs/revenue", "given"),
        ("inputs/revenue/target", "目标额", "/inputs/revenue/target", "E_NAME"),
        ("inputs/extra", {"value": "1"}, "/inputs/extra", "input"),
        ("inputs", {"stage": {"value": "阶段"}}, "/inputs", "input"),
        ("by", "person", "", ""),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(
    speaking: Any, pack: dict[tuple[str, str], Source], place: str, value: Any, path: str, code: str
) -> None:
    document = changed(pack[COMPOSITE].document, f"/body/score/{place}", value)
    found = problems(pack, document)
    assert (f"/body/score{path}", code) in found if code else found == []


def test_a_score_of_itself_is_a_circle(speaking: Any, pack: dict[tuple[str, str], Source]) -> None:
    document = changed(pack[COMPOSITE].document, "/body/score/inputs/revenue/metric", "medical.composite")
    assert [code for _path, code in problems(pack, document)] == ["circle"]
