"""The record that a flow is tried with: defaults of the form, what is typed, people and units by their names."""

import datetime as dt
from typing import Any

import pytest

from builder import flows, sources
from builder.flows import dry_run, samples
from builder.flows.dry_run import DryRun
from core.db import Document
from core.errors import Problem
from organization import approvers
from tests.flows.example import approve
from tests.product import People

DAY = dt.date(2025, 6, 30)
FORM = {
    "kind": "form",
    "schema_version": 1,
    "key": "own.purchase",
    "title": {"zh": "采购申请"},
    "body": {
        "data": {
            "type": "object",
            "properties": {
                "amount": {"x-id": "f1", "title": "金额", "type": "number", "default": 100},
                "kind": {
                    "x-id": "f2",
                    "title": "类别",
                    "type": "string",
                    "x-options": [{"id": "o1", "title": {"zh": "设备"}}, {"id": "o2", "title": {"zh": "耗材"}}],
                },
                "tester": {"x-id": "f3", "title": "验收人", "type": "integer"},
                "unit": {"x-id": "f4", "title": "使用部门", "type": "integer"},
                "note": {"x-id": "f5", "title": "备注", "type": "string"},
            },
        },
        "layout": [
            {"id": f"l{place}", "field": f"f{place}", "widget": widget}
            for place, widget in enumerate(("number", "choice", "person", "unit", "text"), start=1)
        ],
    },
}
KNOWN = sources.of_documents([FORM])
STEPS: list[Document] = [
    {
        "id": "n1",
        "type": "choose",
        "title": {"zh": "大小"},
        "branches": [{"id": "b1", "when": 'AND(金额>10000,类别="设备")', "steps": [approve("n2", "总部审批")]}],
        "else": {"id": "b0", "steps": []},
    },
    approve("n3", "验收人审批", [{"kind": "field", "field": "验收人"}]),
    approve("n4", "使用部门负责人", [{"kind": "unit_head", "of": "field", "field": "使用部门"}]),
]
BODY: Document = {"subject": {"form": "own.purchase"}, "steps": STEPS}


@pytest.fixture
def tried(people: People) -> Any:
    """The dry run with what was typed, by the fields' ids."""
    people.headquarters.head = people.hr

    def run(**typed: str) -> tuple[DryRun, list[Problem]]:
        chart = approvers.chart(people.company.id, DAY)
        workflow = flows.sound(BODY, KNOWN)
        assert workflow is not None
        sample, problems = samples.read(BODY, KNOWN, chart, {f"v_{id}": words for id, words in typed.items()})
        return dry_run.over(workflow, chart, chart.members.values(), sample, DAY), problems

    return run


def test_only_fields_that_decide_something_are_asked_for_with_their_defaults() -> None:
    asked = samples.asked(BODY, KNOWN)
    assert [(one.post, one.title, one.default) for one in asked] == [
        ("v_f1", "金额", "100"),
        ("v_f2", "类别", ""),
        ("v_f3", "验收人", ""),
        ("v_f4", "使用部门", ""),
    ]
    assert asked[1].choices == (("o1", "设备"), ("o2", "耗材"))


def test_what_is_typed_decides_the_branch(tried: Any) -> None:
    assert tried()[0].unreached == ["n2"]
    found, problems = tried(f1="2万", f2="o1")
    assert (found.unreached, problems) == ([], [])
    assert tried(f1="2万", f2="o2")[0].unreached == ["n2"]


def test_people_and_units_are_typed_by_name_or_number(tried: Any, people: People) -> None:
    found, problems = tried(f3="安店长", f4="华东大区")
    assert problems == []
    assert found.load == {str(people.an.id): 2, str(people.east_manager.id): 3, str(people.hr.id): 1}
    assert tried(f3="S001")[0].load[str(people.an.id)] == 2


def test_what_cannot_be_read_is_told_at_its_field(tried: Any) -> None:
    _found, problems = tried(f1="很多", f3="没有这个人")
    assert [problem.path for problem in problems] == ["/v_f1", "/v_f3"]
    assert problems[0].message.startswith("金额")
