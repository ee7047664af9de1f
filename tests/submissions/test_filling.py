"""Filling a form: it is shown, follows what is typed, is kept, and is judged by the server."""

import re
from typing import Any

from sqlalchemy import select

from core.audit import AuditEvent
from core.db import db
from runtime.submissions.models import FieldValue, Submission
from tests.product import CountedStatements, People
from tests.submissions.conftest import KEY, POSTED, Publish, SignIn

LIVE = f"/forms/{KEY}/live"
SEND = f"/forms/{KEY}"


def stored() -> list[Submission]:
    return list(db.session.scalars(select(Submission).order_by(Submission.id)))


def test_a_published_form_is_a_page_and_stands_in_the_list(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    client = sign_in(people.an)
    assert "区域提案" in client.get("/forms").text
    page = client.get(SEND).text
    assert "目标关联度评分" in page
    assert "资源需求清单" in page
    assert 'name="why"' not in page, "shown only when the score is low"


def test_what_is_sent_is_stored_with_what_was_computed(people: People, publish: Publish, sign_in: SignIn) -> None:
    version = publish()
    answer = sign_in(people.an).post(SEND, data=POSTED | {"client_id": "one"})
    assert answer.status_code == 303, answer.text
    (one,) = stored()
    assert one.state == "submitted"
    assert one.version_id == version.id
    assert one.submitter_id == people.an.id
    assert one.values["total"] == 3600
    assert one.values["resources"] == [{"item": "展架", "qty": 3, "price": 1200, "cost": 3600}]
    assert one.named == "降价"
    assert len(one.effective) == 64
    found = {(row.field, row.text, row.number, row.day) for row in db.session.scalars(select(FieldValue))}
    assert {("f7", "price", None, None), ("f1", None, 4.0, None), ("f3", "展架", None, None)} <= found
    assert db.session.scalar(select(AuditEvent.subject).where(AuditEvent.action == "submission.submit"))


def test_relevance_6_and_an_empty_list_are_refused_with_links(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish()
    answer = sign_in(people.an).post(SEND, data={"relevance": "6", "kind": "gift", "client_id": "one"})
    assert answer.status_code == 422
    assert 'href="#field-relevance"' in answer.text
    assert 'href="#field-resources"' in answer.text
    assert [one.state for one in stored()] == []


def test_the_same_filling_sent_twice_is_stored_once(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    client = sign_in(people.an)
    first = client.post(SEND, data=POSTED | {"client_id": "one"})
    again = client.post(SEND, data=POSTED | {"client_id": "one", "relevance": "5"})
    assert first.location == again.location
    assert [one.values["relevance"] for one in stored()] == [4]


def test_a_change_shows_hides_computes_and_is_kept_as_a_draft(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish()
    client = sign_in(people.an)
    typed = POSTED | {"client_id": "one", "relevance": "2", "given": "f1 f7 f8 f9 f2"}
    drawn = client.post(LIVE, data=typed).text
    assert 'name="why"' in drawn
    assert "3,600元" in drawn
    (draft,) = stored()
    assert draft.state == "draft"
    assert draft.values["relevance"] == 2
    assert "区域提案" in client.get("/forms").text
    assert "draft=one" in client.get("/forms").text
    assert "展架" in client.get(f"{SEND}?draft=one").text


def test_every_line_of_a_table_shows_what_stands_in_it(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    lines = {"resources-1-item": '<b>"展台"</b>', "resources-1-qty": "半", "resources-1-price": "20000"}
    page = sign_in(people.an).post(LIVE, data=POSTED | lines | {"client_id": "one"}).text
    first, second = re.findall(r'<tr data-row data-number="\d+">.*?</tr>', page, re.S)
    assert 'name="resources-0-item" aria-label="资源" required value="展架"' in first
    assert 'name="resources-1-item" aria-label="资源" required value="&lt;b&gt;&#34;展台&#34;&lt;/b&gt;"' in second
    assert 'value="3"' in first
    assert "1,200元" in first
    assert "3,600元" in first
    assert 'value="半"' in second, "what cannot be read stays as it was typed"
    assert 'aria-describedby="resources-1-qty-error"' in second
    assert "2万" in second
    assert "error" not in first


def test_a_hidden_value_is_kept_apart_and_comes_back(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    client = sign_in(people.an)
    low = POSTED | {"client_id": "one", "relevance": "2", "why": "试点", "given": "f1 f5 f7 f8 f9 f2"}
    client.post(LIVE, data=low)
    high = POSTED | {"client_id": "one", "relevance": "5", "given": "f1 f7 f8 f9 f2"}
    assert 'name="why"' not in client.post(LIVE, data=high | {"given": "f1 f5 f7 f8 f9 f2", "why": "试点"}).text
    assert "试点" in client.post(LIVE, data=high | {"relevance": "1"}).text
    client.post(SEND, data=high)
    (one,) = stored()
    assert one.state == "submitted"
    assert "why" not in one.values
    assert one.kept == {"why": "试点"}


def test_a_warning_is_shown_and_may_be_sent_all_the_same(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    client = sign_in(people.an)
    many = POSTED | {"client_id": "one", "resources-0-qty": "101"}
    answer = client.post(SEND, data=many)
    assert answer.status_code == 422
    assert "资源合计超过 100" in answer.text
    assert 'name="anyway"' in answer.text
    assert stored() == []
    assert client.post(SEND, data=many | {"anyway": "1"}).status_code == 303


def test_somebody_elses_draft_does_not_exist(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    sign_in(people.an).post(LIVE, data=POSTED | {"client_id": "one"})
    client = sign_in(people.east_manager)
    assert client.get(f"{SEND}?draft=one").status_code == 404
    assert client.post(SEND, data=POSTED | {"client_id": "one"}).status_code == 404
    assert client.post(f"/forms/{KEY}/discard", data={"client_id": "one"}).status_code == 404
    assert [one.state for one in stored()] == ["draft"]


def test_a_draft_on_two_devices_is_chosen_by_hand_and_nothing_is_lost(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish()
    client = sign_in(people.an)
    typed = POSTED | {"client_id": "one", "given": "f1 f7 f8 f9 f2"}
    client.post(LIVE, data=typed | {"@page": "desk", "@seen": "0"})
    seen = _seen(client.get(f"{SEND}?draft=one").text)
    phone = typed | {"@page": "phone", "@seen": seen}
    desk = typed | {"@page": "desk", "@seen": seen}
    assert client.post(LIVE, data=phone | {"kind": "gift"}).status_code == 200
    told = client.post(LIVE, data=desk | {"relevance": "5"})
    assert told.status_code == 422
    assert "在另一台设备上改过" in told.text
    assert re.search(r'data-label="这一页上">降价</td><td data-label="另一台设备上">赠品', told.text)
    assert stored()[0].values["kind"] == "gift"  # nothing is overwritten yet
    assert client.post(SEND, data=desk).status_code == 422
    assert client.post(SEND, data=desk, headers={"Accept": "application/json"}).status_code == 409
    mine = client.post(LIVE, data=desk | {"@seen": _chosen(told.text), "relevance": "5"})
    assert mine.status_code == 200
    assert stored()[0].values["kind"] == "price"
    lost_answer = client.post(LIVE, data=desk | {"relevance": "3"})  # the same page again, without having seen it
    assert lost_answer.status_code == 200
    assert client.post(SEND, data=desk | {"relevance": "3"}).status_code == 303


def _seen(page: str) -> str:
    return re.findall(r'type="hidden" name="@seen" value="(\d+)"', page)[-1]


def _chosen(page: str) -> str:
    return re.findall(r'<button class="btn" name="@seen" value="(\d+)"', page)[-1]


def test_a_draft_can_be_thrown_away(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    client = sign_in(people.an)
    client.post(LIVE, data=POSTED | {"client_id": "one"})
    assert client.post(f"/forms/{KEY}/discard", data={"client_id": "one"}).status_code == 303
    assert stored() == []


def test_a_form_for_other_roles_is_neither_offered_nor_taken(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish(limits={"roles": ["region_manager"]})
    client = sign_in(people.an)
    assert "区域提案" not in client.get("/forms").text
    assert 'id="filling"' not in client.get(SEND).text
    assert client.post(SEND, data=POSTED | {"client_id": "one"}).status_code == 403
    assert sign_in(people.east_manager).post(SEND, data=POSTED | {"client_id": "two"}).status_code == 303


def test_once_a_quarter_is_once_a_quarter(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish(limits={"most": 1, "every": "quarter"})
    client = sign_in(people.an)
    assert client.post(SEND, data=POSTED | {"client_id": "one"}).status_code == 303
    assert client.post(SEND, data=POSTED | {"client_id": "two"}).status_code == 403
    assert len(stored()) == 1


def test_only_people_that_he_sees_can_be_picked(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    client = sign_in(people.an)
    offered = client.get(f"/forms/{KEY}/offered?field=f9&q=店长").text
    assert f'value="{people.an.id}"' in offered
    assert "何人事" not in client.get(f"/forms/{KEY}/offered?field=f9").text
    answer = client.post(SEND, data=POSTED | {"client_id": "one", "owner": str(people.hr.id)})
    assert answer.status_code == 422
    assert 'href="#field-owner"' in answer.text
    assert client.post(SEND, data=POSTED | {"client_id": "one", "owner": str(people.an.id)}).status_code == 303
    assert stored()[0].values["owner"] == people.an.id


def test_sending_takes_five_statements_and_one_for_what_it_creates_whatever_the_size(
    people: People, publish: Publish, sign_in: SignIn, counted_statements: type[CountedStatements]
) -> None:
    publish()
    client = sign_in(people.an)
    counts = []
    for name, rows in (("warm", 1), ("few", 1), ("many", 300)):
        posted: dict[str, Any] = POSTED | {"client_id": name, "anyway": "1"}
        for row in range(rows):
            posted |= {f"resources-{row}-item": f"第{row}件", f"resources-{row}-qty": "1"}
        with counted_statements() as counted:
            assert client.post(SEND, data=posted).status_code == 303
        counts.append(counted.count)
    assert counts[1:] == [5, 5], counted.statements


def test_the_list_takes_four_statements(
    people: People, publish: Publish, sign_in: SignIn, counted_statements: type[CountedStatements]
) -> None:
    publish()
    client = sign_in(people.an)
    client.post(SEND, data=POSTED | {"client_id": "one"})
    with counted_statements() as counted:
        client.get("/forms")
    assert counted.count <= 4, counted.statements


def test_a_field_that_he_may_only_read_stays_as_it_was_filled(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish(
        access=[{"id": "a1", "fields": ["f9"], "may": "read"}],
        prefill=[{"field": "f9", "from": "me"}],
    )
    client = sign_in(people.an)
    answer = client.post(SEND, data=POSTED | {"client_id": "one", "given": "f1 f7 f8 f2"})
    assert answer.status_code == 303
    assert stored()[0].values["owner"] == people.an.id
    crafted = client.post(SEND, data=POSTED | {"client_id": "two", "owner": str(people.east_manager.id)})
    assert crafted.status_code == 422
    assert len(stored()) == 1


def test_a_draft_takes_nothing_that_is_not_his_to_write(people: People, publish: Publish, sign_in: SignIn) -> None:
    barred = [{"id": "a1", "fields": ["f9", "fb"], "may": "read"}]
    publish(access=barred, prefill=[{"field": "f9", "from": "me"}])
    client = sign_in(people.an)
    crafted = POSTED | {"client_id": "one", "owner": str(people.east_manager.id), "given": "f1 f7 f8 f9 f2 fb"}
    assert client.post(f"{SEND}/live", data=crafted).status_code == 200
    asked = {name: value for name, value in POSTED.items() if name != "resources-0-price"}
    answer = client.post(SEND, data=asked | {"client_id": "one", "given": "f1 f7 f8 f2 f3 f4"})
    assert answer.status_code == 303
    assert stored()[0].values["owner"] == people.an.id
    assert "price" not in stored()[0].values["resources"][0]


# ── columns that are only read ───────────────────────────────────────────────────────────────────────────────────────

LOCKED = [{"id": "r1", "when": '动作="赠品"', "then": [{"readonly": "fb"}]}]
TWO = {"resources-1-item": "样品", "resources-1-qty": "2", "resources-1-price": "7"}


def marks(page: str, without: str = "") -> dict[str, str]:
    """What the page posts by itself: which fields it asks for, and the marks of its lines but of one removed."""
    found = re.findall(r'<input type="hidden" name="(given|resources-\d+-@row)" value="([^"]+)"', page)
    return {name: value for name, value in found if name != f"{without}-@row"}


def prices() -> list[Any]:
    db.session.expire_all()
    return [(row["item"], row["qty"], row.get("price")) for row in stored()[-1].values["resources"]]


def test_a_column_that_a_rule_locks_keeps_its_values_row_by_row(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish(rules=LOCKED)
    client = sign_in(people.an)
    filled = POSTED | TWO | {"client_id": "one", "kind": "gift"}
    locked = client.post(f"{SEND}/live", data=filled).text
    assert 'name="resources-1-price"' not in locked
    moved = {"resources-1-item": "样品", "resources-1-qty": "5", "resources-4-item": "气球", "resources-4-qty": "1"}
    rest = {"relevance": "4", "kind": "gift", "client_id": "one"}
    drawn = client.post(f"{SEND}/live", data=rest | moved | marks(locked, "resources-0")).text
    again = {"resources-0-item": "样品", "resources-0-qty": "6", "resources-1-item": "气球", "resources-1-qty": "1"}
    forged = rest | again | marks(drawn) | {"resources-1-price": "1"}
    refused = client.post(SEND, data=forged, headers={"Accept": "application/json"})
    assert [one["path"] for one in refused.get_json()["problems"]] == ["/resources/1/price"]
    assert client.post(SEND, data=rest | again | marks(drawn)).status_code == 303
    assert prices() == [("样品", 6, 7), ("气球", 1, None)]


def test_who_may_only_read_a_column_leaves_it_as_he_corrects_the_record(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    rights = [{"id": "a1", "fields": ["fb"], "roles": ["hr_admin"], "may": "read"}]
    publish(access=rights, records=[{"id": "v1", "roles": ["hr_admin"], "see": "all", "may": ["edit"]}])
    sent = sign_in(people.an).post(SEND, data=POSTED | TWO | {"client_id": "one"})
    client, correcting = sign_in(people.hr), f"{sent.location}/correct"
    shown = client.get(correcting).text
    rest = {"relevance": "4", "kind": "price", "seen": "1", "reason": "数量写错"}
    one_left = {"resources-1-item": "样品", "resources-1-qty": "9"}
    drawn = client.post(f"{correcting}/live", data=rest | one_left | marks(shown, "resources-0")).text
    first = {"resources-0-item": "样品", "resources-0-qty": "9"}
    seen = re.search(r'name="seen" value="(\d+)"', shown)
    assert seen
    answer = client.post(correcting, data=rest | first | marks(drawn) | {"seen": seen[1]})
    assert answer.status_code == 303, answer.text
    assert prices() == [("样品", 9, 7)]
    assert stored()[-1].values["total"] == 63
