"""Values in and out of texts, for the page, the import and the API alike: every kind of field."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from builder import forms
from builder.forms import widgets
from builder.sources import of_documents
from core.errors import Invalid
from tests.builder import documents

pytestmark = pytest.mark.usefixtures("in_chinese")

FORM = forms.of(documents.load("everything")["body"])
PEOPLE = {("person", 7): "李敏", ("person", 8): "王强", ("unit", 3): "华东", ("customer", 5): "仁济医院"}
WORLD = forms.World(
    forms.Who(7, frozenset({"sales"}), "李敏", 3, "华东", 8),
    of_documents(documents.everything().values()),
    dt.date(2025, 6, 30),
    named=lambda widget, value: PEOPLE.get((widget, value), str(value)),
    found=lambda field, words: next((key for (kind, key), name in PEOPLE.items() if name == words), None),
    looked_up=lambda link, record, field_id: {"f1": 4, "f2": "去年的理由"}[field_id] if record == 12 else None,
)


def field(name: str) -> forms.Field:
    return FORM.named[name]


def parsed(name: str, text: Any) -> Any:
    return forms.parse(field(name), text, WORLD, forms.offered_to_all(FORM, field(name), WORLD))


READ = [
    ("count", "１２", 12),
    ("count", 12.0, 12),
    ("amount", "7.2亿", 720_000_000),
    ("amount", "1,234.56", 1234.56),
    ("share", "15 %", 0.15),
    ("share", "15", 0.15),
    ("share", 0.15, 0.15),  # a cell of a spreadsheet holds the fraction
    ("day", "2025年1月3日", "2025-01-03"),
    ("day", "2025/1/3", "2025-01-03"),
    ("day", "２０２５．１．３", "2025-01-03"),
    ("day", "20250103", "2025-01-03"),
    ("day", dt.datetime(2025, 1, 3, 8), "2025-01-03"),
    ("moment", "2025-01-03 8:05", "2025-01-03T08:05"),
    ("moment", "2025-01-03T18:30", "2025-01-03T18:30"),
    ("period", "2025-01-01至2025-01-31", ["2025-01-01", "2025-01-31"]),
    ("one", "低", "low"),
    ("one", "HIGH", "high"),
    ("some", "红、蓝", ["red", "blue"]),
    ("way", "华东/上海", ["east", "sh"]),
    ("yes", "是", True),
    ("yes", "×", False),
    ("who", "李敏", 7),
    ("team", "李敏,王强", [7, 8]),
    ("measure", "销售额", "test.sales"),
    ("action", "推广期", "推广期"),
    ("factor", "Sales", "test.sales"),
    ("spot", "31.23, 121.47", [31.23, 121.47]),
    ("line", 12.5, "12.5"),
    ("phone", "１３８ 0013 8000", "138 0013 8000"),
    ("line", "  ", None),
]


@pytest.mark.parametrize(("name", "text", "value"), READ, ids=lambda part: str(part)[:20])
def test_a_text_is_read_as_people_write_it(name: str, text: Any, value: Any) -> None:
    assert parsed(name, text) == value


UNREADABLE = [
    ("count", "1.5"),
    ("count", "十二"),
    ("amount", "1,23"),
    ("amount", "1e400"),
    ("day", "2025-02-30"),
    ("day", "13"),
    ("moment", "2025-01-03"),
    ("moment", "2025-01-03 25:00"),
    ("period", "2025-01-01"),
    ("one", "中"),
    ("way", "华东/北京"),
    ("yes", "也许"),
    ("who", "没有这个人"),
    ("measure", "身高"),
    ("spot", "这里"),
]


@pytest.mark.parametrize(("name", "text"), UNREADABLE, ids=lambda part: str(part)[:20])
def test_what_cannot_be_read_says_how_to_write_it(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        parsed(name, text)


def test_every_kind_of_field_stands_in_the_form_of_all_fields() -> None:
    assert {entry.widget for entry in FORM.fields.values()} == set(widgets.WIDGETS)


SHOWN = [
    ("amount", 720_000_000, "7.2亿"),
    ("share", 0.153, "15.3%"),
    ("day", "2025-01-31", "2025-01-31"),
    ("moment", "2025-01-31T08:00", "2025-01-31 08:00"),
    ("period", ["2025-01-01", "2025-01-31"], "2025-01-01 ~ 2025-01-31"),
    ("one", "low", "低"),
    ("some", ["red", "blue"], "红, 蓝"),
    ("way", ["east", "sh"], "华东 / 上海"),
    ("yes", False, "否"),
    ("team", [7, 8], "李敏, 王强"),
    ("days", 31, "31天"),
    ("line", None, "—"),
]


@pytest.mark.parametrize(("name", "value", "words"), SHOWN, ids=lambda part: str(part)[:20])
def test_a_value_is_shown_as_people_read_it(name: str, value: Any, words: str) -> None:
    assert forms.shown(field(name), value, WORLD) == words


@given(value=st.integers(-(10**15), 10**15).map(lambda fen: fen / 100))
def test_an_amount_in_an_input_is_read_back_to_the_fen(value: float) -> None:
    assert parsed("amount", forms.typed(field("amount"), value)) == value


@given(value=st.integers(0, 1000).map(lambda tenths: tenths / 1000))
def test_a_percentage_in_an_input_is_read_back_exactly(value: float) -> None:
    assert parsed("share", forms.typed(field("share"), value)) == value


FAULTY = [
    ("share", 0.1234),
    ("amount", 1.005),
    ("day", "2025-02-30"),
    ("moment", "2025-01-31T24:00"),
    ("period", ["2025-02-01", "2025-01-01"]),
    ("period", ["2025-02-01"]),
    ("one", "中"),
    ("some", ["red", "red"]),
    ("way", ["east"]),
    ("way", ["north", "sh"]),
    ("spot", [91, 0]),
    ("phone", "电话"),
    ("mail", "li@min"),
    ("link", "javascript:alert(1)"),
    ("photo", "../../etc/passwd"),
    ("papers", ["a", "b", "c", "d"]),
    ("line", "二十个字以上的一句话是不能写进这一栏里面去的"),
    ("count", 100),
    ("factor", "test.satisfaction"),
]


@pytest.mark.parametrize(("name", "value"), FAULTY, ids=lambda part: str(part)[:20])
def test_a_value_that_its_kind_refuses_is_told_at_its_field(name: str, value: Any) -> None:
    (problem,) = forms.judge(forms.effective(FORM, {name: value}, WORLD)).problems
    assert problem.path.split("/")[1] == name
    assert any("\u4e00" <= char <= "\u9fff" for char in problem.message)


def test_who_is_not_there_or_not_for_him_cannot_be_picked() -> None:
    blind = forms.World(named=lambda widget, value: None)
    refused = forms.judge(forms.effective(FORM, {"who": 99, "team": [7]}, blind)).problems
    assert [problem.path for problem in refused] == ["/who", "/team"]


# ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


POST = MultiDict(
    [
        ("line", " 一句 "), ("amount", "128万"), ("period-from", "2025-01-01"), ("period-to", "2025-01-31"),
        ("some", "red"), ("some", "blue"), ("team", "7"), ("team", "8"), ("yes", "1"), ("who", "7"),
        ("rows-7-name", "横幅"), ("rows-7-price", "80"), ("rows-2-name", "展架"), ("rows-2-kind", "礼品"),
        ("rows-9-name", " "), ("spot-lat", "31.2"), ("spot-lon", "121.5"), ("days", "999"), ("number", "TA-1"),
    ]
)  # fmt: skip


def test_a_post_is_read_as_plain_json() -> None:
    values, unread = forms.read(FORM, POST, WORLD)
    assert unread == []
    assert values == {
        "line": "一句",
        "amount": 1_280_000,
        "period": ["2025-01-01", "2025-01-31"],
        "some": ["red", "blue"],
        "yes": True,
        "who": 7,
        "team": [7, 8],
        "rows": [{"name": "展架", "kind": "gift"}, {"name": "横幅", "price": 80}],
        "spot": [31.2, 121.5],
    }


def test_what_nobody_types_is_computed_or_left_to_the_store() -> None:
    found = forms.accepted(FORM, POST, WORLD)
    assert found.values["days"] == 31
    assert "number" not in found.values
    assert {"f25", "f34", "f41"} <= found.readonly


def test_what_cannot_be_read_is_told_once_and_in_its_row() -> None:
    with pytest.raises(Invalid) as refused:
        forms.accepted(FORM, {"rows-0-price": "很多", "count": "几个", "who": "李敏"}, WORLD)
    assert [problem.path for problem in refused.value.problems] == ["/count", "/who", "/rows/0/price"]


@pytest.mark.parametrize("head", ["", "品名\t类别\t价格\t到货\n"])
def test_rows_are_pasted_from_a_spreadsheet(head: str) -> None:
    values, unread = forms.pasted(FORM, field("rows"), head + "展架\t礼品\t1,200\t2025/7/1\r\n横幅\t工具\t\t\n", WORLD)
    assert unread == []
    assert values == {
        "rows": [
            {"name": "展架", "kind": "gift", "price": 1200, "due": "2025-07-01"},
            {"name": "横幅", "kind": "tool"},
        ]
    }


def test_a_cell_that_cannot_be_pasted_is_told_in_its_row() -> None:
    values, unread = forms.pasted(FORM, field("rows"), "价格\t品名\n贵\t展架", WORLD)
    assert values == {"rows": [{"name": "展架"}]}
    assert [problem.path for problem in unread] == ["/rows/0/price"]


# ── a fresh form, what it makes, its settings ─────────────────────────────────────────────────────────────────────


def test_a_fresh_form_knows_the_person_the_day_and_the_last_time() -> None:
    values = forms.begin(FORM, WORLD, last={"line": "上次"}, given={"campaign": 12})
    assert values == {
        "who": 7,
        "where": 3,
        "day": "2025-06-30",
        "line": "上次",
        "count": 6,
        "campaign": 12,
        "story": "去年的理由",
    }


def test_a_linked_record_brings_its_field_whatever_was_sent() -> None:
    assert forms.effective(FORM, {"campaign": 12, "score": 1}, WORLD).values["score"] == 4
    assert "score" not in forms.effective(FORM, {"campaign": 13, "score": 1}, WORLD).values


def test_S20_a_submission_makes_a_touch_when_its_condition_holds() -> None:
    sent = {"hospital": 5, "day": "2025-06-30", "one": "high", "task": [31]}
    made = forms.made(forms.effective(FORM, {**sent, "yes": True}, WORLD))
    assert [(entry.make, entry.what, dict(entry.values)) for entry in made] == [
        ("touch", "visit", {"customer": 5, "day": "2025-06-30", "contact_level": "高"}),
        ("task_done", None, {"task": [31]}),
    ]
    assert [entry.make for entry in forms.made(forms.effective(FORM, sent, WORLD))] == ["task_done"]


def test_settings_of_fields_are_told_to_the_runtime() -> None:
    serial = forms.settings.serial(field("number"))
    assert serial.written(dt.date(2025, 6, 30), 7) == "TA-2025-0007"
    assert serial.series(dt.date(2025, 6, 30)) == "2025"
    uploads = forms.settings.uploads(field("papers"))
    assert (uploads.endings, uploads.most_mb, uploads.most) == ({"pdf", "xlsx", "csv"}, 5, 3)
    assert forms.settings.pick(field("campaign")).form == "test.proposal"
    assert forms.settings.pick(field("who")).roles == {"sales"}
    assert forms.limits.public(FORM) == forms.limits.Public(50, dt.date(2025, 12, 31))


PROPOSAL = forms.of(documents.load("proposal")["body"])
MANAGER = forms.Who(7, frozenset({"region_manager"}), unit_id=3)


@pytest.mark.parametrize(
    ("who", "day", "sent", "code"),
    [
        (MANAGER, dt.date(2025, 6, 30), 0, None),
        (MANAGER, dt.date(2025, 6, 30), 2, "often"),
        (forms.Who(), dt.date(2025, 6, 30), 0, "roles"),
        (MANAGER, dt.date(2024, 12, 31), 0, "early"),
        (MANAGER, dt.date(2026, 1, 1), 0, "late"),
    ],
)
def test_a_form_says_who_may_send_it_when_and_how_often(
    who: forms.Who, day: dt.date, sent: int, code: str | None
) -> None:
    refusal = forms.limits.refusal(PROPOSAL, who, day, sent)
    assert (refusal.code if refusal else None) == code


def test_a_quarter_begins_with_its_first_month() -> None:
    often = forms.limits.often(PROPOSAL)
    assert often is not None
    assert often.began(dt.date(2025, 6, 30)) == dt.date(2025, 4, 1)


def test_rights_on_records_come_as_conditions_over_fields() -> None:
    (sight,) = forms.rights.records(PROPOSAL, MANAGER)
    assert (sight.see, sight.may) == ("unit", {"edit", "export"})
    assert [(entry.field.name, entry.op, entry.value) for entry in sight.where] == [
        ("relevance", ">=", 3),
        ("owner", "=", 7),
    ]
    assert forms.rights.records(PROPOSAL, forms.Who()) == []


def test_other_systems_read_the_schema_with_titles_formats_and_options() -> None:
    described = forms.described(FORM)
    assert described["properties"]["mail"]["format"] == "email"
    assert described["properties"]["one"]["oneOf"] == [
        {"const": "low", "title": "低"},
        {"const": "high", "title": "高"},
    ]
    assert "days" not in described["properties"]
    assert described["properties"]["rows"]["items"]["properties"]["price"]["title"] == "价格"
