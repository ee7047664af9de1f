"""Files, the API and the console feed the same store: previewed, repeatable, all or nothing."""

import datetime as dt
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core import clock
from core.audit import AuditEvent, AuditValue
from core.db import db
from organization.models import Member
from runtime.api.bearer import LARGEST_BODY
from runtime.api.models import ApiToken
from runtime.facts.api_views import MOST
from runtime.facts.models import Fact, Touch, counts
from tests.facts.conftest import SALES
from tests.sales import Sales

SignIn = Callable[[Member], FlaskClient]
Run = Callable[..., Result]

FILE = """指标,期间,数值,工号,单据号
销售额,2025-05,12万,S001,
medical.sales_amount,2025年6月,-3000,S001,退货-1
Sales,2025-W22,8000,JS0,
"""


def values() -> dict[tuple[str, str], float]:
    facts = db.session.scalars(select(Fact).where(counts()))
    return {(fact.member.code, fact.period): fact.value for fact in facts}


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def upload(client: FlaskClient, file: str | bytes, kind: str = "facts") -> tuple[str, str]:
    """The address of the preview and its page."""
    data = file.encode() if isinstance(file, str) else file
    answer = client.post(f"/imports/{kind}", data={"file": (io.BytesIO(data), "数据.csv")})
    assert answer.status_code == 303, answer.text[-3000:]
    return answer.location, client.get(answer.location).text


def confirm(client: FlaskClient, address: str, page: str) -> TestResponse:
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', page)
    assert fingerprint, re.findall(r"<td[^>]*>.*?</td>", page)
    return client.post(address, data={"fingerprint": fingerprint[1]})


def tiles(page: str) -> list[int]:
    """New, changed, as before, wrong."""
    return [int(number) for number in re.findall(r"</dt><dd>(\d+)</dd>", page)][:4]


def test_S7_a_file_is_looked_at_first_and_repeated_without_doubling(sales: Sales, sign_in: SignIn) -> None:
    client = sign_in(sales.people.hr)
    address, page = upload(client, FILE)
    assert tiles(page) == [3, 0, 0, 0]
    assert values() == {}
    confirm(client, address, page)
    assert values() == {("S001", "2025-05"): 120_000, ("S001", "2025-06"): -3_000, ("JS0", "2025-W22"): 8_000}
    assert {fact.source for fact in db.session.scalars(select(Fact))} == {"csv"}
    assert tiles(upload(client, FILE)[1]) == [0, 0, 3, 0]


def test_S7_a_corrected_file_shows_before_and_after_and_writes_one_audit_row(sales: Sales, sign_in: SignIn) -> None:
    client = sign_in(sales.people.hr)
    confirm(client, *upload(client, FILE))
    address, page = upload(client, FILE.replace("12万", "15万"))
    assert tiles(page) == [0, 1, 2, 0]
    assert "<del>120000.0</del> → <ins>150000</ins>" in page
    confirm(client, address, page)
    assert values()["S001", "2025-05"] == 150_000
    audited = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "import.facts")
    assert db.session.scalar(audited) == 2


def test_S7_wrong_rows_come_back_in_a_marked_file_and_nothing_is_written(sales: Sales, sign_in: SignIn) -> None:
    client = sign_in(sales.people.hr)
    wrong = (
        FILE + "有效拜访量,2025-05,9,S001,\n销售额,2025-09,1,S001,\n销售额,2025-05,很多,S999,\n销售额,2025-05,1,S998,\n"
    )
    address, page = upload(client, wrong)
    assert tiles(page) == [3, 0, 0, 4]
    assert "fingerprint" not in page
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{address}/marked.xlsx").data)).get_sheet_by_index(0)
    told = [row[-1] for row in sheet.to_python()]
    assert told[0] == "问题"
    assert told[1:4] == ["", "", ""]
    assert ["拜访" in told[4], "还没有开始" in told[5], "很多" in told[6], "S998" in told[7]] == [True] * 4
    assert values() == {}


def test_S7_excel_turns_months_into_the_first_of_each_and_we_turn_them_back(sales: Sales, sign_in: SignIn) -> None:
    def sheet(*days: dt.date) -> bytes:
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, ["指标", "期间", "数值", "工号"])
            for at, day in enumerate(days, start=1):
                page.write(at, 0, "销售额")
                page.write_datetime(at, 1, day, book.add_format({"num_format": "yyyy-mm"}))
                page.write_row(at, 2, [1, "S001"])
        return stream.getvalue()

    client = sign_in(sales.people.hr)
    confirm(client, *upload(client, sheet(dt.date(2025, 4, 1), dt.date(2025, 5, 1))))
    assert set(values()) == {("S001", "2025-04"), ("S001", "2025-05")}
    confirm(client, *upload(client, sheet(dt.date(2025, 6, 1), dt.date(2025, 6, 2))))
    assert set(values()) >= {("S001", "2025-06-01"), ("S001", "2025-06-02")}
    assert {fact.source for fact in db.session.scalars(select(Fact))} == {"xlsx"}


def test_S20_visits_and_what_followed_come_from_a_file(sales: Sales, sign_in: SignIn, run_jobs) -> None:
    client = sign_in(sales.people.hr)
    file = "客户编码,工号,日期,事项\nC0-0,S001,2025-06-20,拜访\nC0-0,S001,2025-06-24,报价\n"
    confirm(client, *upload(client, file, "touches"))
    run_jobs()
    assert db.session.scalar(select(func.count()).select_from(Touch)) == 2
    assert values() == {("S001", "2025-06-20"): 1}
    assert tiles(upload(client, file, "touches")[1]) == [0, 0, 2, 0]


def test_who_may_not_feed_is_not_offered_to(sales: Sales, sign_in: SignIn) -> None:
    client = sign_in(sales.people.east_manager)
    assert client.post("/imports/facts", data={"file": (io.BytesIO(FILE.encode()), "x.csv")}).status_code == 403


# ── the console ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_S7_the_console_takes_a_file_whole_or_not_at_all(sales: Sales, guantong: Run, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(FILE, "utf-8")
    first, again = (guantong("facts", "import", str(file), "--json") for _time in range(2))
    assert json.loads(first.stdout) == {"accepted": 3, "unchanged": 0, "corrected": 0}
    assert json.loads(again.stdout) == {"accepted": 0, "unchanged": 3, "corrected": 0}
    file.write_text(FILE + "销售额,2025-04,1,S999,\n销售额,2025-04,1,S001,\n", "utf-8")
    refused = guantong("facts", "import", str(file), "--json")
    assert refused.exit_code == 1
    assert [problem["path"] for problem in json.loads(refused.stdout)["problems"]] == ["/5/member"]
    assert len(values()) == 3


@pytest.mark.parametrize(("file", "path"), [("指标,期间\n", "/1"), (FILE + "销售额,六月,x,S001\n", "/5/period")])
def test_S7_the_console_says_which_cell_it_cannot_read(
    sales: Sales, guantong: Run, tmp_path: Path, file: str, path: str
) -> None:
    (tmp_path / "sales.csv").write_text(file, "utf-8")
    refused = guantong("facts", "import", str(tmp_path / "sales.csv"), "--json")
    assert json.loads(refused.stdout)["problems"][0]["path"] == path


# ── the API ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Post = Callable[..., TestResponse]


@pytest.fixture
def token(sales: Sales, guantong: Run) -> str:
    return json.loads(guantong("tokens", "create", "ERP", "--json").stdout)["token"]


@pytest.fixture
def post(client: FlaskClient, token: str) -> Post:
    def posted(document: Any, address: str = "facts", bearer: str | None = None, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {bearer or token}"}
        return client.post(f"/api/v1/{address}", json=document, headers=headers, **options)

    return posted


def fact(**said: Any) -> dict[str, Any]:
    return {"metric": SALES, "period": "2025-05", "value": 100, "member": "S001"} | said


def test_S7_a_program_feeds_facts_and_sending_again_changes_nothing(sales: Sales, post: Post) -> None:
    document = {"facts": [fact(source_ref="SO-1"), fact(source_ref="SO-2", value=-20.5)]}
    assert post(document).json == {"accepted": 2, "unchanged": 0, "corrected": 0}
    assert post(document).json == {"accepted": 0, "unchanged": 2, "corrected": 0}
    document["facts"][0]["value"] = 90
    assert post(document).json == {"accepted": 0, "unchanged": 1, "corrected": 1}
    found = db.session.scalars(
        select(AuditValue.after).join(AuditEvent).where(AuditEvent.action == "facts.feed").limit(1)
    ).one()
    assert found["note"] == "token ERP"


def test_S7_a_batch_with_a_wrong_row_is_refused_whole_with_its_places(sales: Sales, post: Post) -> None:
    answer = post({"facts": [fact(), fact(member="S999", period="2025-04"), fact(value=1, period="2026-01")]})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["type"] == "urn:guantong:error:invalid"
    assert [problem["path"] for problem in answer.json["problems"]] == ["/facts/1/member", "/facts/2/period"]
    assert values() == {}


BROKEN = {
    "no list": ({}, "/facts", "shape"),
    "a list at the top": ([], "/facts", "shape"),
    "not an object": ({"facts": [1]}, "/facts/0", "shape"),
    "a field that is missing": ({"facts": [{"metric": "m", "period": "2025-05"}]}, "/facts/0/value", "needed"),
    "a field that is none": ({"facts": [fact(amount=1)]}, "/facts/0/amount", "unknown"),
    "a number as text": ({"facts": [fact(value="100")]}, "/facts/0/value", "type"),
    "a text as number": ({"facts": [fact(member=7)]}, "/facts/0/member", "type"),
    "yes as number": ({"facts": [fact(value=True)]}, "/facts/0/value", "type"),
    "too many": ({"facts": [{}] * (MOST + 1)}, "/facts", "too_many"),
}


@pytest.mark.parametrize(("document", "path", "code"), BROKEN.values(), ids=BROKEN)
def test_a_document_of_another_shape_says_where(sales: Sales, post: Post, document: Any, path: str, code: str) -> None:
    answer = post(document)
    assert answer.status_code == 422
    problem = answer.json["problems"][0]
    assert (problem["path"], problem["code"]) == (path, code)
    assert problem["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"facts": [{"value": NaN}]}',
        b"[" * 100_000,
        b'{"facts": ["\\ud800"]}',
        b'{"facts": ["\\u0000"]}',
        b"1" * 5000,
    ],
)
def test_a_body_that_is_no_json_is_told_so(client: FlaskClient, token: str, body: bytes) -> None:
    answer = client.post("/api/v1/facts", data=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 422, answer.text[:200]
    assert answer.json["problems"][0]["code"] in ("json", "shape")


def test_a_body_beyond_the_limit_is_refused_unread(client: FlaskClient, token: str) -> None:
    body = b'{"facts": "' + b"x" * LARGEST_BODY + b'"}'
    answer = client.post("/api/v1/facts", data=body, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")


def test_S20_a_program_feeds_what_happened_with_customers(sales: Sales, post: Post, run_jobs) -> None:
    rows = [
        {"customer": "C0-0", "member": "S001", "day": day, "kind": kind, "source_ref": f"CRM-{day}"}
        for day, kind in (("2025-06-20", "visit"), ("2025-06-23", "quote"))
    ]
    assert post({"touches": rows}, "touches").json == {"accepted": 2, "unchanged": 0, "corrected": 0}
    assert post({"touches": rows}, "touches").json == {"accepted": 0, "unchanged": 2, "corrected": 0}
    run_jobs()
    assert values() == {("S001", "2025-06-20"): 1}
    wrong = post({"touches": [rows[0] | {"kind": "lunch"}]}, "touches")
    assert wrong.json["problems"][0]["path"] == "/touches/0/kind"


def test_S20_no_program_may_type_effective_visits(sales: Sales, post: Post) -> None:
    answer = post({"facts": [fact(metric="medical.visit_effective", value=99)]})
    assert answer.json["problems"][0]["code"] == "counted"


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_is_shown_once_and_kept_as_a_digest(sales: Sales, token: str, guantong: Run) -> None:
    row = db.session.scalars(select(ApiToken)).one()
    assert token.startswith("gt_")
    assert token not in str(vars(row))
    listed = guantong("tokens", "list", "--json").stdout
    assert token not in listed
    assert json.loads(listed)["tokens"][0]["name"] == "ERP"
    audited = db.session.scalars(select(AuditValue.after).join(AuditEvent).where(AuditEvent.action == "token.create"))
    assert token not in str(audited.all())


def test_a_request_without_a_token_that_holds_is_refused(
    sales: Sales, client: FlaskClient, sign_in: SignIn, post: Post
) -> None:
    for header in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer gt_x"}, {"Authorization": "Basic eDp5"}):
        answer = client.post("/api/v1/facts", json={"facts": []}, headers=header)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    sign_in(sales.people.hr)  # a browser's cookie is no token
    assert client.post("/api/v1/facts", json={"facts": []}).status_code == 401


def test_a_token_stops_when_it_is_revoked_and_when_its_time_is_over(sales: Sales, post: Post, guantong: Run) -> None:
    short = json.loads(guantong("tokens", "create", "CRM", "--days", "7", "--json").stdout)["token"]
    assert post({"facts": []}, bearer=short).status_code == 200
    with clock.at(clock.now() + dt.timedelta(days=8)):
        assert post({"facts": []}, bearer=short).status_code == 401
    assert guantong("tokens", "revoke", "ERP").exit_code == 0
    assert post({"facts": []}).status_code == 401
    assert guantong("tokens", "revoke", "nobody").exit_code == 1


def test_a_token_speaks_for_its_unit_and_its_permissions(sales: Sales, post: Post, guantong: Run) -> None:
    east = json.loads(guantong("tokens", "create", "华东", "--unit", "EAST", "--json").stdout)["token"]
    assert post({"facts": [fact()]}, bearer=east).status_code == 200
    refused = post({"facts": [fact(member="SC0")]}, bearer=east)
    assert refused.json["problems"][0]["code"] == "outside"
    reader = json.loads(guantong("tokens", "create", "BI", "--permission", "facts.read", "--json").stdout)["token"]
    assert post({"facts": []}, bearer=reader).status_code == 403


def test_a_token_needs_a_free_name_and_permissions_that_there_are(sales: Sales, token: str, guantong: Run) -> None:
    assert guantong("tokens", "create", "ERP").exit_code == 1
    assert guantong("tokens", "create", "X", "--permission", "facts.eat").exit_code == 1
    assert guantong("tokens", "create", "X", "--unit", "NOWHERE").exit_code == 1


def test_it_is_seen_when_a_token_was_last_used(sales: Sales, post: Post, guantong: Run) -> None:
    post({"facts": [fact()]})
    assert json.loads(guantong("tokens", "list", "--json").stdout)["tokens"][0]["used_on"] == "2025-06-30"


def test_feeding_belongs_to_programs_not_to_forms(app: Flask, client: FlaskClient, token: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/api/v1/facts", json={"facts": []}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
