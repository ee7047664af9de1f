"""Records from Excel: the same judgement as on the page, looked at first, all or none, never twice."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.audit import AuditEvent
from core.db import db
from organization.spreadsheets import workbook
from runtime.submissions.models import Submission
from tests.product import CountedStatements, People
from tests.submissions.conftest import KEY, Publish, SignIn

ADDRESS = f"/forms/{KEY}/import"
HEADER = ["目标关联度评分 *", "理由", "动作", "开始日", "负责人", "资源需求清单.资源", "资源需求清单.数量", "单价"]
TITLES = [*HEADER[:-1], "资源需求清单.单价"]
GOOD = [
    [4, None, "降价", "2025-07-01", "安店长 (S001)", "展架", 3, "0.12万"],
    [None, None, None, None, None, "样品", 2, None],
    [2, "先试点", "赠品", "2025/7/2", "S001", "花", 1, 5],
]

Upload = Callable[..., TestResponse]


def sent() -> list[Submission]:
    return list(db.session.scalars(select(Submission).order_by(Submission.id)))


@pytest.fixture
def seller(people: People, publish: Publish, sign_in: SignIn) -> FlaskClient:
    publish()
    return sign_in(people.an)


@pytest.fixture
def upload(seller: FlaskClient) -> Upload:
    """Upload rows, or the bytes of a file, and look at the preview."""

    def uploaded(content: bytes | Sequence[Sequence[Any]], header: Sequence[str] = TITLES) -> TestResponse:
        data = content if isinstance(content, bytes) else workbook([*header], [[*row] for row in content])
        answer = seller.post(ADDRESS, data={"file": (io.BytesIO(data), "提案.xlsx")})
        return seller.get(answer.location) if answer.status_code == 303 else answer

    return uploaded


def confirm(seller: FlaskClient, preview: TestResponse) -> TestResponse:
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', preview.text)
    assert fingerprint, preview.text
    return seller.post(preview.request.path, data={"fingerprint": fingerprint[1]})


def test_lines_become_records_and_lines_below_their_rows(seller: FlaskClient, upload: Upload, people: People) -> None:
    preview = upload(GOOD)
    assert "导入 2 条记录" in preview.text
    assert sent() == []
    answer = confirm(seller, preview)
    assert answer.status_code == 303
    first, second = sent()
    assert first.values == {
        "relevance": 4,
        "kind": "price",
        "starts": "2025-07-01",
        "owner": people.an.id,
        "resources": [{"item": "展架", "qty": 3, "price": 1200, "cost": 3600}, {"item": "样品", "qty": 2}],
        "total": 3600,
    }
    assert (first.source, first.submitter_id, first.state) == ("import", people.an.id, "submitted")
    assert second.values["why"] == "先试点"
    (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "submission.import"))
    assert (event.value.after["new"], event.value.after["file"]) == (2, "提案.xlsx")


def test_the_same_file_twice_stores_nothing_twice(seller: FlaskClient, upload: Upload) -> None:
    confirm(seller, upload(GOOD))
    again = upload(GOOD)
    assert "文件中的数据都已存在" in again.text
    assert 'name="fingerprint"' not in again.text
    more = upload([*GOOD, GOOD[2]])
    assert "导入 1 条记录" in more.text, "what stands twice in one file are two records"
    confirm(seller, more)
    assert len(sent()) == 3


def test_one_wrong_cell_stores_nothing_and_is_marked(seller: FlaskClient, upload: Upload) -> None:
    wrong = [*GOOD, [6, None, "涨价", None, None, "花", -1, None]]
    preview = upload(wrong)
    assert "fingerprint" not in preview.text
    assert seller.post(preview.request.path, data={"fingerprint": "x"}).status_code == 409
    assert sent() == []
    marked = seller.get(f"{preview.request.path}/marked.xlsx").data
    lines = CalamineWorkbook.from_filelike(io.BytesIO(marked)).get_sheet_by_index(0).to_python()
    assert lines[0][-1] == "问题"
    assert [line[-1] for line in lines[1:4]] == ["", "", ""]
    for words in ("目标关联度评分", "动作", "第 1 行 · 数量"):
        assert words in lines[4][-1]
    notes = zipfile.ZipFile(io.BytesIO(marked)).read("xl/comments1.xml").decode()
    assert [f'ref="{cell}"' in notes for cell in ("A5", "C5", "G5", "A2")] == [True, True, True, False]
    mended = [line[:-1] for line in lines[1:4]]
    confirm(seller, upload(mended))
    assert len(sent()) == 2


def test_what_is_asked_only_sometimes_is_asked_of_lines_too(upload: Upload) -> None:
    """A rule asks for the reason where the score is low."""
    preview = upload([[2, None, "赠品", None, None, "花", 1, None]])
    assert "第 2 行" in preview.text
    assert ">理由</td>" in preview.text


def test_warnings_are_shown_and_do_not_hinder(seller: FlaskClient, upload: Upload) -> None:
    preview = upload([[4, None, "降价", None, None, "展架", 200, None]])
    assert "资源合计超过 100" in preview.text
    confirm(seller, preview)
    assert len(sent()) == 1


def test_how_often_one_may_send_holds_for_files(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish(limits={"most": 1, "every": "quarter"})
    client = sign_in(people.an)
    data = workbook(TITLES, GOOD)
    answer = client.post(ADDRESS, data={"file": (io.BytesIO(data), "a.xlsx")})
    preview = client.get(answer.location)
    assert preview.text.count("删去此行") == 1
    assert "第 4 行" in preview.text


def test_the_template_offers_what_may_be_chosen(seller: FlaskClient, upload: Upload) -> None:
    answer = seller.get(f"{ADDRESS}/template.xlsx")
    assert answer.headers["Content-Disposition"].encode("latin-1").startswith(b"attachment"), "as servers send it"
    data = answer.data
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    (header,) = book.get_sheet_by_index(0).to_python()
    assert header == [
        *("目标关联度评分 *", "理由", "动作", "开始日", "负责人"),
        *("资源需求清单.资源 *", "资源需求清单.数量 *", "资源需求清单.单价"),
    ]
    options = book.get_sheet_by_index(1).to_python(skip_empty_area=False)
    assert [line[2] for line in options] == ["降价", "赠品"]
    assert options[0][4] == "安店长 (S001)"
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<dataValidation type="list"[^>]*sqref="C2:C1001"', sheet)
    confirm(seller, upload(GOOD, header))
    assert len(sent()) == 2


def test_columns_nobody_knows_are_told(upload: Upload) -> None:
    preview = upload([[*GOOD[2], "x"]], [*TITLES, "天气"])
    assert "这些列不会读取：天气" in preview.text


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 200 * 1024 * 1024)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb, "解压后"),
        (lambda: b"", "空"),
        (lambda: b"MZ\x90\0" + b"\0" * 100, "CSV"),
        (lambda: workbook(["甲", "乙"], [["1", "2"]]), "目标关联度评分"),
        (lambda: workbook(TITLES, [[4, None, "降价", None, None, "花", 1, None]] * 1_001), "1000"),
    ],
)
def test_a_file_of_something_else_is_refused_in_words(upload: Upload, content: Callable[[], bytes], words: str) -> None:
    answer = upload(content())
    assert answer.status_code == 422
    assert words in answer.text
    assert sent() == []


def test_an_upload_is_its_uploaders_alone(upload: Upload, people: People, sign_in: SignIn) -> None:
    preview = upload(GOOD)
    assert sign_in(people.east_manager).get(preview.request.path).status_code == 404


def test_a_hundred_lines_are_looked_at_in_few_statements(
    seller: FlaskClient, upload: Upload, counted_statements: type[CountedStatements]
) -> None:
    rows = [[4, None, "降价", f"2025-07-{day % 28 + 1:02}", "S001", "花", day + 1, 5] for day in range(100)]
    address = upload(rows).request.path
    with counted_statements() as counted:
        assert seller.get(address).status_code == 200
    assert counted.count <= 12
