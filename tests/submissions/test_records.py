"""Records: found by any field, shown to whom the form says, corrected with a history, taken out as a file."""

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from core import clock
from core.db import db
from organization.models import Member
from runtime.submissions.models import FieldValue, Submission
from tests.product import TODAY, CountedStatements, People
from tests.submissions.conftest import KEY, POSTED, Publish, SignIn

RECORDS = f"/forms/{KEY}/records"
SEEN = [
    {"id": "v1", "roles": ["hr_admin"], "see": "all", "may": ["edit", "delete", "export"]},
    {"id": "v2", "roles": ["region_manager"], "see": "unit"},
]
Fill = Callable[..., int]


@pytest.fixture
def fill(publish: Publish, sign_in: SignIn) -> Fill:
    """Somebody sends the proposal; the id of its record."""

    def sent(member: Member, name: str, **more: str) -> int:
        answer = sign_in(member).post(f"/forms/{KEY}", data=POSTED | {"client_id": name} | more)
        assert answer.status_code == 303, answer.text
        return int(answer.location.rpartition("/")[2])

    return sent


def listed(client: FlaskClient, **query: Any) -> list[int]:
    page = client.get(RECORDS, query_string=query).text
    return [int(found) for found in re.findall(rf'<th scope="row"><a href="{RECORDS}/(\d+)"', page)]


def test_a_record_is_found_by_any_field_as_people_write_it(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn
) -> None:
    publish(records=SEEN)
    first = fill(people.an, "one")
    second = fill(people.an, "two", kind="gift", starts="2025-08-01", relevance="5", owner=str(people.an.id))
    third = fill(people.an, "three", **{"resources-0-item": "样品", "resources-0-price": "1.5万"})
    client = sign_in(people.hr)
    assert listed(client) == [third, second, first]
    for condition, found in {
        ("f7", "=", "赠品"): [second],
        ("f7", "<>", "赠品"): [third, first],
        ("f8", ">=", "2025年8月1日"): [second],
        ("f1", ">=", "５"): [second],
        ("f3", "contains", "样"): [third],
        ("fd", ">=", "4.5万"): [third],
        ("f9", "=", "安店长"): [second],
    }.items():
        field, op, value = condition
        assert listed(client, field=field, op=op, value=value) == found, condition


def test_what_cannot_be_read_finds_nothing_and_says_why(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn
) -> None:
    publish(records=SEEN)
    fill(people.an, "one")
    page = sign_in(people.hr).get(RECORDS, query_string={"field": "f8", "op": "=", "value": "昨天"}).text
    assert 'aria-invalid="true"' in page
    assert "2025-01-31" in page


def test_row_rights_are_own_unit_or_all(people: People, publish: Publish, fill: Fill, sign_in: SignIn) -> None:
    publish(records=SEEN)
    own = fill(people.an, "one")
    boss = fill(people.east_manager, "two")
    hr = fill(people.hr, "three")
    assert listed(sign_in(people.hr)) == [hr, boss, own]
    assert listed(sign_in(people.east_manager)) == [boss, own]
    client = sign_in(people.an)
    assert listed(client) == [own]
    assert client.get(f"{RECORDS}/{boss}").status_code == 404
    assert client.get(f"{RECORDS}/{own}").status_code == 200


def test_conditions_of_the_form_narrow_what_a_role_sees(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn
) -> None:
    rule = {"id": "v1", "roles": ["hr_admin"], "see": "all", "where": [{"field": "f1", "op": ">=", "value": 4}]}
    publish(records=[rule])
    fill(people.an, "one", relevance="3")
    high = fill(people.an, "two", relevance="4")
    assert listed(sign_in(people.hr)) == [high]


def test_a_field_that_a_role_may_not_see_is_nowhere(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn
) -> None:
    hidden = {"id": "a1", "fields": ["f7"], "roles": ["region_manager"], "may": "hide"}
    publish(records=SEEN, access=[hidden], named_by="f8")
    record = fill(people.an, "one")
    client = sign_in(people.east_manager)
    for address in (RECORDS, f"{RECORDS}/{record}", f"{RECORDS}.csv"):
        text = client.get(address).text
        assert "降价" not in text, address
    assert listed(client, field="f7", op="=", value="降价") == [record], "a condition on it is not taken"
    assert listed(client, field="f7", op="=", value="赠品") == [record]


def test_a_list_page_takes_four_statements_whatever_its_rows(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn, counted_statements: type[CountedStatements]
) -> None:
    publish(records=SEEN)
    record = fill(people.an, "one", owner=str(people.an.id))
    copies(record, 120)
    client = sign_in(people.hr)
    with counted_statements() as counted:
        first = listed(client)
    assert counted.count <= 4, counted.statements
    second = listed(client, after=first[-1])
    assert (len(first), len(second), len(listed(client, after=second[-1]))) == (50, 50, 21)
    assert listed(client, before=second[0]) == first


def copies(record_id: int, count: int) -> None:
    record = db.session.get_one(Submission, record_id)
    columns = [column.key for column in Submission.__table__.columns if column.key not in ("id", "client_id")]
    shared = {name: getattr(record, name) for name in columns}
    db.session.add_all(Submission(**shared, client_id=f"copy-{n}") for n in range(count))
    db.session.commit()


def test_a_correction_keeps_what_was_there(people: People, publish: Publish, fill: Fill, sign_in: SignIn) -> None:
    publish(records=SEEN)
    record = fill(people.an, "one")
    client = sign_in(people.hr)
    page = client.get(f"{RECORDS}/{record}/correct").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    changed = POSTED | {"relevance": "5", "resources-0-qty": "4", "seen": seen[1]}
    assert client.post(f"{RECORDS}/{record}/correct", data=changed).status_code == 422, "it asks why"
    with clock.at(TODAY + dt.timedelta(hours=1)):
        assert client.post(f"{RECORDS}/{record}/correct", data=changed | {"reason": "数量写错"}).status_code == 303
    stored = db.session.get_one(Submission, record, populate_existing=True)
    assert (stored.values["total"], stored.submitter_id) == (4800, people.an.id)
    shown = client.get(f"{RECORDS}/{record}").text
    assert "数量写错" in shown
    assert "<del>3,600元</del> → <ins>4,800元</ins>" in shown
    numbers = select(FieldValue.number).where(FieldValue.field == "fd")
    assert db.session.scalars(numbers).all() == [4800.0]
    late = client.post(f"{RECORDS}/{record}/correct", data=changed | {"reason": "再改"})
    assert late.status_code == 409, "he had the former before his eyes"


def test_who_may_not_correct_or_remove_cannot(people: People, publish: Publish, fill: Fill, sign_in: SignIn) -> None:
    publish(records=SEEN)
    record = fill(people.an, "one")
    for member in (people.an, people.east_manager):
        client = sign_in(member)
        assert client.get(f"{RECORDS}/{record}/correct").status_code == 404
        assert "/correct" not in client.get(f"{RECORDS}/{record}").text
        client.post(f"{RECORDS}/remove", data={"id": str(record), "reason": "不要了"})
    assert db.session.get_one(Submission, record, populate_existing=True).state == "submitted"


def test_several_are_removed_at_once_with_a_reason(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn
) -> None:
    publish(records=SEEN)
    ids = [fill(people.an, name) for name in ("one", "two", "three")]
    client = sign_in(people.hr)
    assert client.post(f"{RECORDS}/remove", data={"id": ids[:2]}).status_code == 422
    assert client.post(f"{RECORDS}/remove", data={"id": ids[:2], "reason": "重复"}).status_code == 303
    assert listed(client) == [ids[2]]
    assert "重复" in client.get(f"{RECORDS}/{ids[0]}").text


def test_a_record_keeps_the_version_it_was_made_with(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn
) -> None:
    version = publish(records=SEEN)
    record = fill(people.an, "one")
    page = sign_in(people.hr).get(f"{RECORDS}/{record}").text
    assert version.number == 1
    assert "按表单第 1 版填写" in page
    assert "何人事" in page, "who sees it, and why"


def test_what_a_rule_hid_is_shown_as_such(people: People, publish: Publish, fill: Fill, sign_in: SignIn) -> None:
    publish(records=SEEN)
    client = sign_in(people.an)
    low = POSTED | {"client_id": "one", "relevance": "2", "why": "先试点", "given": "f1 f5 f7 f8 f9 f2"}
    client.post(f"/forms/{KEY}/live", data=low)
    record = fill(people.an, "one", relevance="4", given="f1 f7 f8 f9 f2")
    page = client.get(f"{RECORDS}/{record}").text
    assert "填报时隐藏" in page
    assert "先试点" in page


def test_the_list_goes_out_as_excel_and_csv(people: People, publish: Publish, fill: Fill, sign_in: SignIn) -> None:
    publish(records=SEEN)
    fill(people.an, "one", **{"resources-0-item": "=1+1"})
    fill(people.an, "two", kind="gift")
    client = sign_in(people.hr)
    query = {"field": "f7", "op": "=", "value": "降价"}
    answer = client.get(f"{RECORDS}.xlsx", query_string=query)
    assert "filename*=UTF-8''%E5%8C%BA" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].isascii(), "a server can send no other"
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    header, row = book.get_sheet_by_index(0).to_python()
    told = dict(zip(header, row, strict=True))
    assert (told["目标关联度评分"], told["动作"], told["合计"]) == (4, "降价", 3600)
    assert told["开始日"] == dt.datetime(2025, 7, 1) or told["开始日"] == dt.date(2025, 7, 1)
    assert told["资源需求清单"].startswith("=1+1 / 3 / ")
    text = client.get(f"{RECORDS}.csv").text
    assert "'=1+1" in text, "a spreadsheet must not run it"
    assert text.count("安店长") == 2


def test_those_ticked_go_out_alone(people: People, publish: Publish, fill: Fill, sign_in: SignIn) -> None:
    publish(records=SEEN)
    kept = fill(people.an, "one", **{"resources-0-item": "样品"})
    fill(people.an, "two", kind="gift")
    client = sign_in(people.an)
    page = client.get(RECORDS).text
    assert "导出所选" in page
    assert f'name="id" value="{kept}"' in page, "who may not remove may tick all the same"
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.post(f"{RECORDS}.xlsx", data={"id": kept}).data))
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()[1:]] == [kept]
    assert "请先勾选" in client.post(f"{RECORDS}.xlsx", follow_redirects=True).text


def test_one_field_is_set_in_all_that_are_ticked_and_refusals_are_told(
    people: People, publish: Publish, fill: Fill, sign_in: SignIn
) -> None:
    publish(records=SEEN)
    good, low = fill(people.an, "one"), fill(people.an, "two", relevance="2", why="先试点")
    client = sign_in(people.hr)
    chosen = {"id": [good, low], "set-field": "f5", "set-value": "统一说明", "set-reason": "补填"}
    page = client.post(f"{RECORDS}/set", data=chosen).text
    assert "已更改 1 条记录" in page, "the field is hidden in the other"
    assert db.session.get_one(Submission, low).values["why"] == "统一说明"
    page = client.post(f"{RECORDS}/set", data=chosen | {"set-field": "f1", "set-value": "6"}).text
    assert page.count("<tr>") == 3, "a row for each that refuses, below the head"
    assert {db.session.get_one(Submission, one).values["relevance"] for one in (good, low)} == {4, 2}
    assert client.post(f"{RECORDS}/set", data=chosen | {"set-reason": ""}).status_code == 422
    assert "补填" in client.get(f"{RECORDS}/{low}").text
    stranger = sign_in(people.east_manager)
    assert "不能由您更正" in stranger.post(f"{RECORDS}/set", data=chosen).text, "he sees them, no more"


def test_those_ticked_are_printed_together(people: People, publish: Publish, fill: Fill, sign_in: SignIn) -> None:
    publish(records=SEEN)
    ids = [fill(people.an, "one"), fill(people.an, "two", kind="gift")]
    page = sign_in(people.hr).post(f"{RECORDS}/print", data={"id": ids}).text
    assert page.count('class="printed') == 2
    assert "展架" in page


def test_several_drafts_are_sent_at_once_and_what_is_wrong_stays(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish(records=SEEN)
    client = sign_in(people.an)
    for name, posted in (("one", POSTED), ("two", POSTED | {"relevance": ""})):
        client.post(f"/forms/{KEY}/live", data=posted | {"client_id": name})
    ids = db.session.scalars(select(Submission.id).order_by(Submission.id)).all()
    assert "一次提交多份" in client.get("/forms").text
    page = client.post("/forms/drafts/send", data={"id": ids}).text
    assert "已提交 1 份" in page
    assert "仍是草稿" in page
    assert db.session.scalars(select(Submission.state).order_by(Submission.id)).all() == ["submitted", "draft"]
    other = sign_in(people.hr).post("/forms/drafts/send", data={"id": ids}).text
    assert "已提交 0 份" in other, "drafts of others are not his to send"
