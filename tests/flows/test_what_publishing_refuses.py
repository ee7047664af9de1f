"""The kind `workflow`: what may be published, and what is refused at which place."""

from typing import Any

from builder import definitions, references, sources

FORM = {
    "kind": "form",
    "schema_version": 1,
    "key": "own.proposal",
    "title": {"zh": "提案"},
    "body": {
        "data": {
            "type": "object",
            "properties": {
                "score": {"x-id": "f1", "title": "评分", "type": "integer"},
                "owner": {"x-id": "f2", "title": "负责人", "type": "integer"},
                "day": {"x-id": "f3", "title": "签约日", "type": "string"},
                "note": {"x-id": "f4", "title": "备注", "type": "string"},
            },
        },
        "layout": [
            {"id": "l1", "field": "f1", "widget": "rating"},
            {"id": "l2", "field": "f2", "widget": "person"},
            {"id": "l3", "field": "f3", "widget": "date"},
            {"id": "l4", "field": "f4", "widget": "text"},
        ],
    },
}
HR = {"do": "assign", "to": {"kind": "role", "role": "hr_admin"}}


def flow(*steps: dict[str, Any], **subject: Any) -> dict[str, Any]:
    body = {"subject": subject or {"form": "own.proposal"}, "steps": list(steps)}
    return {"kind": "workflow", "schema_version": 1, "key": "own.flow", "title": {"zh": "提案审批"}, "body": body}


def approve(id: str, **said: Any) -> dict[str, Any]:
    asked = {"who": [{"kind": "manager", "of": "submitter", "level": 1}], "empty": HR}
    return {"id": id, "type": "approve", "title": {"zh": "主管"}, **asked, **said}


def refused(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Place and code of every problem, the form being published."""
    known = sources.of_documents([FORM])
    return [(problem.path, problem.code) for problem in definitions.check(document, known)]


EVERYTHING = (
    approve(
        "n1", due={"working_hours": 16, "then": [{"before": 4, "remind": "assignee"}, {"after": 8, "escalate": 1}]}
    ),
    {
        "id": "n2",
        "type": "choose",
        "branches": [{"id": "b1", "when": "评分<3", "steps": [approve("n3")]}],
        "else": {"id": "b0", "steps": []},
    },
    {
        "id": "n4",
        "type": "together",
        "join": {"at_least": 1},
        "branches": [{"id": "b2", "steps": [approve("n5")]}, {"id": "b3", "steps": [approve("n6")]}],
    },
    {
        "id": "n7",
        "type": "decide",
        "title": {"zh": "评审"},
        "who": [{"kind": "field", "field": "负责人"}],
        "empty": {"do": "refuse_start"},
        "outcomes": [
            {
                "key": "adopt",
                "title": {"zh": "采纳"},
                "then": [{"do": "append_note", "to": "parent_goal"}],
                "steps": [],
            },
            {
                "key": "decline",
                "title": {"zh": "退回"},
                "require": ["reason"],
                "return": {"to": "submitter", "resume": "here"},
            },
        ],
    },
    {"id": "n8", "type": "notify", "who": [{"kind": "role", "role": "hr_admin", "scope": "nearest"}]},
    {"id": "n9", "type": "wait", "for": {"until": "签约日"}},
    {
        "id": "na",
        "type": "each",
        "over": {"units": "region"},
        "steps": [approve("nb", who=[{"kind": "unit_head", "of": "row"}])],
    },
    {
        "id": "nc",
        "type": "effect",
        "then": [
            {"do": "set", "field": "f4", "to": '"已批准"'},
            {"do": "webhook", "url": "https://example.com/hook"},
        ],
    },
    {
        "id": "nd",
        "type": "handle",
        "title": {"zh": "办理"},
        "who": [{"kind": "submitter"}],
        "empty": HR,
        "fields": {"f4": "require", "*": "read"},
    },
)


def test_a_flow_of_every_type_of_step_may_be_published() -> None:
    everything = flow(*EVERYTHING)
    assert refused(everything) == []
    assert [reference.key for reference in references.of(everything)] == ["own.proposal"]


def test_what_is_incomplete_is_refused_where_it_stands() -> None:
    assert refused(flow(approve("n1", who=[]))) == [("/body/steps/0/who", "nobody_named")]
    silent = approve("n1")
    del silent["empty"]
    assert refused(flow(silent)) == [("/body/steps/0/empty", "missing_empty")]
    assert refused(flow(approve("n1", who=[{"kind": "role", "role": ""}]))) == [
        ("/body/steps/0/who/0/role", "required")
    ]
    assert refused(flow({"id": "n1", "type": "effect", "then": []})) == [("/body/steps/0/then", "required")]
    assert refused(flow({"id": "n1", "type": "effect", "then": [{"do": "award"}]})) == [
        (f"/body/steps/0/then/0/{key}", "required") for key in ("points", "for", "reason")
    ]
    assert refused(flow({"id": "n1", "type": "call", "workflow": ""})) == [("/body/steps/0/workflow", "required")]


def test_names_must_lead_to_fields_that_hold_what_is_meant() -> None:
    assert refused(flow(approve("n1", who=[{"kind": "field", "field": "评分"}]))) == [
        ("/body/steps/0/who/0/field", "no_people")
    ]
    assert refused(flow(approve("n1", fields={"f9": "hide"}))) == [("/body/steps/0/fields/f9", "unknown_field")]
    assert refused(flow({"id": "n1", "type": "wait", "for": {"until": "备注"}})) == [
        ("/body/steps/0/for/until", "no_date")
    ]
    choose = {
        "id": "n1",
        "type": "choose",
        "branches": [{"id": "b1", "when": "金额>1", "steps": []}],
        "else": {"id": "b0", "steps": []},
    }
    assert refused(flow(choose))[0][0] == "/body/steps/0/branches/0/when"
    setting = {"id": "n1", "type": "effect", "then": [{"do": "set", "field": "f1", "to": '"高"'}]}
    assert refused(flow(setting)) == [("/body/steps/0/then/0/to", "kind")]


def test_a_key_stands_only_where_it_means_something() -> None:
    assert refused(flow(approve("n1", join="all"))) == [("/body/steps/0/join", "misplaced")]
    assert refused(flow(approve("n1"), form="own.nothing")) == [("/body/subject/form", "reference")]


def test_a_form_goes_through_a_flow_that_was_drawn_for_it() -> None:
    bound = {**FORM, "body": {**FORM["body"], "workflow": "own.flow"}}
    assert definitions.check(bound, sources.of_documents([flow(approve("n1"))])) == []
    other = definitions.check(bound, sources.of_documents([flow(approve("n1"), kind="target")]))
    assert [(problem.path, problem.code) for problem in other] == [("/body/workflow", "subject")]
    missing = definitions.check(bound, {})
    assert [problem.path for problem in missing] == ["/body/workflow"]
