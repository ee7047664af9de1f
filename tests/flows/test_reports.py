"""The tabs 全员试跑 and 导出 of the flow designer, the review of a flow, and `guantong flows`."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask.testing import FlaskClient

from builder import definitions
from builder.flows import trials
from builder.models import DefinitionVersion
from core.db import Document, db
from organization.models import Member
from tests.flows.example import BODY, approve
from tests.product import CountedStatements, People, add_member

SignIn = Callable[[Member], FlaskClient]
KEY = "okr.try_out"


def drafted(people: People, steps: list[Document], **body: Any) -> DefinitionVersion:
    document = {
        "schema_version": 1,
        "kind": "workflow",
        "key": KEY,
        "title": {"zh": "目标审批流程", "en": "Approval of goals"},
        "body": {"subject": {"kind": "goal"}, **body, "steps": steps},
    }
    people.headquarters.head = people.hr
    draft = definitions.create(people.company.id, document, by_id=people.hr.id)
    db.session.commit()
    return draft


@pytest.fixture
def draft(people: People) -> DefinitionVersion:
    """The direct manager approves; nobody is above 何人事, so that his request goes to an HR admin: himself."""
    return drafted(people, [approve("n1", "直接主管审批")])


def page_of(client: FlaskClient, draft: DefinitionVersion, page: str = "dry-run", **query: str) -> str:
    answer = client.get(f"/flow-designer/{draft.definition_id}/{page}", query_string=query)
    assert answer.status_code == 200
    return answer.text


def test_the_dry_run_names_who_has_no_approver(people: People, draft: DefinitionVersion, sign_in: SignIn) -> None:
    page = page_of(sign_in(people.hr), draft)
    assert "找不到审批人，要等管理员指定" in page
    finding = page[page.index('id="findings"') : page.index('id="load"')]
    assert "何人事" in finding
    assert "安店长" not in finding


def test_the_dry_run_of_a_unit_leaves_the_others_out(people: People, draft: DefinitionVersion, sign_in: SignIn) -> None:
    page = page_of(sign_in(people.hr), draft, unit=str(people.east.id))
    assert "每个人在每一步都有审批人" in page


def test_what_the_record_says_decides_which_way_the_requests_go(people: People, sign_in: SignIn) -> None:
    branches = [{"id": "b1", "when": "目标值>100", "steps": [approve("n2", "总部审批")]}]
    steps = [
        {"id": "n1", "type": "choose", "title": {"zh": "大小"}, "branches": branches, "else": {"id": "b0", "steps": []}}
    ]
    draft, client = drafted(people, steps), sign_in(people.hr)
    assert "没有人走到：总部审批" in page_of(client, draft)
    assert "没有人走到" not in page_of(client, draft, v_目标值="200")
    assert "没有人走到" not in page_of(client, draft, everywhere="1")
    assert "目标值：请填数字" in page_of(client, draft, v_目标值="很多")


def test_a_flow_that_is_not_complete_says_so(people: People, sign_in: SignIn) -> None:
    draft = drafted(people, [{**approve("n1", "审批"), "who": []}])
    client = sign_in(people.hr)
    assert "这条流程还走不通" in page_of(client, draft)
    assert client.get(f"/flow-designer/{draft.definition_id}/dry-run.csv").status_code == 409


def test_everybody_s_route_leaves_as_a_file(people: People, draft: DefinitionVersion, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    body = client.get(f"/flow-designer/{draft.definition_id}/dry-run.csv").get_data()
    rows = {row[1]: row for row in csv.reader(io.StringIO(body.decode("utf-8-sig")))}
    assert rows["安店长"][3:] == ["1", "直接主管审批（华东大区经理）", ""]
    assert "找不到审批人" in rows["何人事"][5]
    book = client.get(f"/flow-designer/{draft.definition_id}/dry-run.xlsx").get_data()
    assert book.startswith(b"PK")


def test_the_dry_run_costs_as_many_statements_for_many_as_for_few(
    people: People, draft: DefinitionVersion, counted_statements: type[CountedStatements]
) -> None:
    def statements() -> int:
        db.session.commit()
        with counted_statements() as counted:
            assert trials.of(draft).found is not None
        return counted.count

    few = statements()
    for number in range(20):
        add_member(people.shanghai, f"S1{number:02}", f"店员{number}", "sales")
    assert statements() == few <= 7


def test_the_review_of_a_flow_shows_its_dry_run_without_names(
    people: People, draft: DefinitionVersion, sign_in: SignIn
) -> None:
    client = sign_in(people.hr)
    assert (
        f"/flow-designer/{draft.definition_id}/dry-run/summary"
        in client.get(f"/definitions/{draft.definition_id}/review").text
    )
    sent = client.post(f"/definitions/{draft.definition_id}/submit", data={"note": "直接主管审批"})
    assert sent.status_code == 303
    kept = db.session.get_one(DefinitionVersion, draft.id).open_review.what_if["flow"]
    assert (kept["people"], kept["nobody"], kept["findings"]) == (3, 1, [["n1", "stuck", 1]])
    told = page_of(client, draft, "dry-run/summary")
    assert "直接主管审批" in told
    assert "何人事" not in told


def test_who_may_read_definitions_reads_the_policy_and_takes_it_along(people: People, sign_in: SignIn) -> None:
    draft, client = drafted(people, BODY["steps"]), sign_in(people.east_manager)
    page = page_of(client, draft, "exports")
    assert "由发起人的直接主管审批" in page
    assert "抄送 &lt;HR&gt; &amp; " in page
    for form, begins in (("bpmn", "<?xml"), ("svg", "<svg"), ("mermaid", "flowchart TD"), ("policy", "目标审批流程")):
        answer = client.get(f"/flow-designer/{draft.definition_id}/exports/{form}")
        assert answer.text.startswith(begins)
        assert "attachment" in answer.headers["Content-Disposition"]
    assert client.get(f"/flow-designer/{draft.definition_id}/dry-run").status_code == 403


def test_the_command_line_exports_and_tries(
    people: People, draft: DefinitionVersion, guantong: Callable[..., Result]
) -> None:
    policy = guantong("flows", "export", KEY, "--language", "en")
    assert policy.exit_code == 0
    assert "the direct manager of the submitter" in policy.output
    assert guantong("flows", "export", KEY, "--format", "bpmn").output.startswith("<?xml")
    tried = guantong("flows", "dry-run", KEY, "--json")
    assert tried.exit_code == 1
    found = json.loads(tried.stdout)
    assert found["findings"] == [{"step": "n1", "kind": "stuck", "people": ["H001"]}]
    assert found["load"] == {"E001": 1, "H001": 1}
    assert guantong("flows", "dry-run", "okr.nothing").exit_code == 1
