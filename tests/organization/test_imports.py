"""Imports through the front door: upload, look, confirm; and everything that can be wrong with a file."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.audit import AuditEvent
from core.db import db
from organization import calendars, customers
from organization.imports import reading
from organization.models import Contact, Customer, CustomerOwner, ExternalRef, Grant, Member, OrgUnit, Product
from tests.product import People, add_member, add_unit

SignIn = Callable[[Member], FlaskClient]

UNITS = """单位编码,单位名称,上级编码,层级,历史业绩,成熟度
ZJ-HZ,杭州,ZJ,省区,1200万,成熟
ZJ,浙江,EAST,省区,3.5亿,成长
"""
PEOPLE = """工号,姓名,岗位,单位编码,主管工号,负责单位编码,手机,入职日期,一线代表,资历
S201,李敏,一线销售,SH,S202,,13800000201,2025/3/3,是,新人
S202,王磊,主管,SH,,SH,138 0000 0202,2020年5月6日,否,资深
"""
CUSTOMERS = """客户编码,客户名称,等级,单位编码,负责人工号,年潜力(元)
C1,浦东仁和中心医院,三甲,SH,S001,60万
C2,徐汇康宁医院,二级,SH,,120000
"""


def _upload(client: FlaskClient, kind: str, file: str | bytes, name: str = "名单.csv") -> TestResponse:
    data = file.encode() if isinstance(file, str) else file
    return client.post(f"/imports/{kind}", data={"file": (io.BytesIO(data), name)})


def _preview(client: FlaskClient, kind: str, file: str | bytes) -> tuple[str, str]:
    """The address of the preview and its page."""
    answer = _upload(client, kind, file)
    assert answer.status_code == 303, re.findall(r'class="problems".*?</div>', answer.text, re.DOTALL)
    return answer.location, client.get(answer.location).text


def _import(client: FlaskClient, kind: str, file: str | bytes) -> TestResponse:
    address, page = _preview(client, kind, file)
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', page)
    assert fingerprint, re.findall(r"<td[^>]*>.*?</td>", page)
    return client.post(address, data={"fingerprint": fingerprint[1]})


def _counts(page: str) -> list[int]:
    """New, changed, as before, wrong."""
    return [int(number) for number in re.findall(r"figure\"><dt>.*?</dt><dd>(\d+)</dd>", page)]


def _workbook(rows: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def _unit(code: str) -> OrgUnit:
    return db.session.scalars(select(OrgUnit).where(OrgUnit.code == code)).one()


def _member(code: str) -> Member:
    return db.session.scalars(select(Member).where(Member.code == code)).one()


# ── what is right ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_units_are_imported_though_the_parent_stands_below_its_child(people: People, sign_in: SignIn) -> None:
    assert _import(sign_in(people.hr), "units", UNITS).status_code == 303
    zhejiang, hangzhou = _unit("ZJ"), _unit("ZJ-HZ")
    assert hangzhou.path == f"{people.east.path}{zhejiang.id}/{hangzhou.id}/"
    assert zhejiang.attributes == {"history": 350_000_000, "maturity": "成长"}


def test_people_are_imported_with_managers_further_down_heads_and_rights(people: People, sign_in: SignIn) -> None:
    assert _import(sign_in(people.hr), "people", PEOPLE).status_code == 303
    li = _member("S201")
    assert (li.manager.code, li.phone, li.joined_on, li.pinyin) == (
        "S202", "13800000201", dt.date(2025, 3, 3), "li min",
    )  # fmt: skip
    assert (li.represents_frontline, li.attributes) == (True, {"seniority": "新人"})
    assert _unit("SH").head.code == "S202"
    assert [grant.role for grant in _member("S202").grants] == ["manager"]


def test_an_import_grants_no_rights_of_headquarters(people: People, sign_in: SignIn) -> None:
    row = "工号,姓名,岗位,单位编码,入职日期\nS300,坏人,HR 管理员,HQ,2025-01-06\n"
    assert _import(sign_in(people.hr), "people", row).status_code == 303
    assert _member("S300").role == "hr_admin"
    assert db.session.scalars(select(Grant).where(Grant.member_id == _member("S300").id)).all() == []


@pytest.mark.parametrize("kind", ["units", "people", "customers"])
def test_the_same_file_twice_doubles_nothing(people: People, sign_in: SignIn, kind: str) -> None:
    file = {"units": UNITS, "people": PEOPLE, "customers": CUSTOMERS}[kind]
    client = sign_in(people.hr)
    assert _import(client, kind, file).status_code == 303
    _address, page = _preview(client, kind, file)
    assert _counts(page) == [0, 0, 2, 0]
    assert "fingerprint" not in page


def test_only_the_columns_of_the_file_change(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    _import(client, "customers", CUSTOMERS)
    assert _import(client, "customers", "客户编码,等级\nC1,三乙\n").status_code == 303
    customer = db.session.scalars(select(Customer).where(Customer.code == "C1")).one()
    assert (customer.tier, customer.potential, customer.owner_id) == ("三乙", 600_000.0, people.an.id)


def test_a_new_owner_in_the_file_is_a_hand_over_from_today_on(people: People, sign_in: SignIn) -> None:
    heir = add_member(people.shanghai, "S002", "李敏", "sales")
    client = sign_in(people.hr)
    _import(
        client, "customers", CUSTOMERS.replace("年潜力(元)", "年潜力(元),负责起始日").replace("60万", "60万,2024-01-01")
    )
    _import(client, "customers", "客户编码,负责人工号\nC1,S002\n")
    history = select(CustomerOwner.member_id, CustomerOwner.from_day).order_by(CustomerOwner.from_day)
    assert [tuple(row) for row in db.session.execute(history)][:1] == [(people.an.id, dt.date(2024, 1, 1))]
    assert (heir.id, dt.date(2025, 6, 30)) in [tuple(row) for row in db.session.execute(history)]


def test_S30_products_customers_contacts_and_references_are_imported(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    people.company.link_templates = {"crm": "https://crm.example.com/{id}"}
    products = "产品编码,产品名称,产品线,生命周期阶段,阶段起始日\nP1,试剂盒,体外诊断,推广期,2025-01-01\n"
    contacts = "客户编码,姓名,级别,科室\nC1,张伟,主任,检验科\nC1,王芳,采购,\n"
    references = "系统,对象,编码,外部编号\ncrm,客户,C1,SH100001\nerp,产品,P1,IVD01\n"
    files = {"customers": CUSTOMERS, "products": products, "contacts": contacts, "references": references}
    for kind, file in files.items():
        assert _import(client, kind, file).status_code == 303
    customer = db.session.scalars(select(Customer).where(Customer.code == "C1")).one()
    assert {contact.level for contact in customer.contacts} == {"主任", "采购"}
    assert db.session.scalars(select(Product)).one().stage_on(dt.date(2025, 6, 30)) == "推广期"
    (link,) = customers.links_of(people.company, "customer", [customer.id])[customer.id]
    assert link["url"] == "https://crm.example.com/SH100001"
    for kind, file in files.items():
        assert _counts(_preview(client, kind, file)[1])[:2] == [0, 0]
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 2
    assert db.session.scalar(select(func.count()).select_from(ExternalRef)) == 2


def test_a_product_enters_its_next_stage_by_import(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    header = "产品编码,产品名称,产品线,生命周期阶段,阶段起始日\n"
    _import(client, "products", header + "P1,试剂盒,体外诊断,推广期,2024-01-01\n")
    _import(client, "products", header + "P1,试剂盒,体外诊断,成熟期,2025-06-01\n")
    product = db.session.scalars(select(Product)).one()
    assert [stage.stage for stage in product.stages] == ["推广期", "成熟期"]


def test_next_year_s_holidays_are_imported(people: People, sign_in: SignIn) -> None:
    file = "日期,是否上班,说明\n2027-02-05,休息,春节\n2027-02-06,上班,调休\n"
    assert _import(sign_in(people.hr), "calendar", file).status_code == 303
    worked = calendars.working_days(people.company.id, dt.date(2027, 2, 5), dt.date(2027, 2, 8))
    assert worked == [dt.date(2027, 2, 6), dt.date(2027, 2, 8)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_text_that_excel_writes_is_read(people: People, sign_in: SignIn, encoding: str) -> None:
    assert _import(sign_in(people.hr), "units", UNITS.encode(encoding)).status_code == 303
    assert _unit("ZJ-HZ").name == "杭州"


def test_a_workbook_s_numbers_dates_and_formula_like_texts_are_what_they_look_like(
    people: People, sign_in: SignIn
) -> None:
    rows = [["Code", "Full name", "Name", "Position", "Unit code", "Joined"]]
    rows = [
        ["工号", "姓名", "岗位", "单位编码", "入职日期", "手机"],
        [1001.0, "=1+1", "Sales", "SH", "2025-01-06", 13800000203.0],
    ]
    assert _import(sign_in(people.hr), "people", _workbook(rows)).status_code == 303
    member = _member("1001")
    assert (member.name, member.phone) == ("=1+1", "13800000203")


def test_english_headers_work_too(people: People, sign_in: SignIn) -> None:
    file = "Unit code;Name;Code of the unit above;Level\nZJ;Zhejiang;EAST;Province\n"
    assert _import(sign_in(people.hr), "units", file).status_code == 303
    assert _unit("ZJ").level == "province"


def test_the_template_can_be_filled_and_sent_as_it_is(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    for kind in ("units", "people", "products", "customers", "contacts", "references", "calendar"):
        template = client.get(f"/imports/{kind}/template.xlsx")
        assert template.status_code == 200
        rows = CalamineWorkbook.from_filelike(io.BytesIO(template.data)).get_sheet_by_index(0).to_python()
        assert len(rows) == 2
        assert _upload(client, kind, template.data, "模板.xlsx").status_code == 303


def test_one_audit_row_tells_what_was_imported(people: People, sign_in: SignIn) -> None:
    _import(sign_in(people.hr), "units", UNITS)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action.startswith("import."))).one()
    assert event.by_id == people.hr.id
    assert event.value.after["add"] == 2
    assert len(event.value.after["sha256"]) == 64


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_row_is_named_with_its_line_and_nothing_is_written(people: People, sign_in: SignIn) -> None:
    wrong = [
        "S203,,一线销售,SH,,,,2025-01-06,,",
        "S204,赵云,国王,NOWHERE,S999,,12,30.2.2025,也许,",
        "S201,双,一线销售,SH,,,,2025-01-06,,",
    ]
    file = PEOPLE + "\n".join(wrong)
    client = sign_in(people.hr)
    address, page = _preview(client, "people", file)
    assert _counts(page) == [2, 0, 0, 3]
    assert "fingerprint" not in page
    assert client.post(address, data={"fingerprint": "x"}).status_code == 409
    assert db.session.scalar(select(func.count()).select_from(Member)) == 3
    for sentence in ("国王", "12", "30.2.2025"):
        assert f"“{sentence}”" in page


def test_the_marked_file_is_the_file_with_its_mistakes_and_comes_back_mended(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    address, _page = _preview(client, "units", "单位编码,单位名称,上级编码,层级,备注\nZJ,=浙江,GONE,省区,x\n")
    marked = client.get(f"{address}/marked.xlsx").data
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        assert "xl/comments1.xml" in archive.namelist()
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"FDE3E1" in archive.read("xl/styles.xml")
    header, row = CalamineWorkbook.from_filelike(io.BytesIO(marked)).get_sheet_by_index(0).to_python()
    assert header[:5] == ["单位编码", "单位名称", "上级编码", "层级", "备注"]
    assert row[:5] == ["ZJ", "=浙江", "GONE", "省区", "x"]
    assert "GONE" in row[5]
    mended = _workbook([header, ["ZJ", "浙江", "EAST", "省区", "x", row[5]]])
    assert _import(client, "units", mended).status_code == 303
    assert _unit("ZJ").parent_id == people.east.id


def test_units_in_a_circle_are_refused_with_the_way_round(people: People, sign_in: SignIn) -> None:
    file = "单位编码,单位名称,上级编码,层级\nA,甲,B,省区\nB,乙,A,省区\nC,丙,EAST,省区\n"
    _address, page = _preview(sign_in(people.hr), "units", file)
    assert _counts(page) == [1, 0, 0, 2]
    assert "A → B → A" in page


def test_moving_a_unit_below_its_own_child_by_import_is_a_circle(people: People, sign_in: SignIn) -> None:
    _address, page = _preview(sign_in(people.hr), "units", "单位编码,上级编码\nEAST,SH\n")
    assert _counts(page) == [0, 0, 0, 1]
    assert "EAST → SH → EAST" in page


def test_managers_in_a_circle_are_refused(people: People, sign_in: SignIn) -> None:
    file = "工号,姓名,岗位,单位编码,入职日期,主管工号\nS1,甲,sales,SH,2025-01-06,S2\nS2,乙,sales,SH,2025-01-06,S1\n"
    _address, page = _preview(sign_in(people.hr), "people", file)
    assert _counts(page)[3] == 2
    assert "S1 → S2 → S1" in page


def test_a_phone_number_belongs_to_one_person_but_two_may_swap(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    _import(client, "people", PEOPLE)
    taken = "工号,姓名,岗位,单位编码,入职日期,手机\nS205,新,sales,SH,2025-01-06,13800000201\n"
    assert _counts(_preview(client, "people", taken)[1])[3] == 1
    assert _import(client, "people", "工号,手机\nS201,13800000202\nS202,13800000201\n").status_code == 303
    assert _member("S201").phone == "13800000202"


def test_new_words_for_a_tier_are_pointed_out_before_they_spread(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    _import(client, "customers", CUSTOMERS)
    _address, page = _preview(client, "customers", "客户编码,客户名称,等级,单位编码\nC3,新医院,三甲医院,SH\n")
    assert "三甲医院" in page
    assert "notice-warn" in page


def test_hr_of_one_region_cannot_write_into_another(people: People, sign_in: SignIn) -> None:
    hrbp = add_member(people.east, "H002", "白桦", "hr_admin")
    add_unit(people.headquarters, "NORTH", "华北大区", "region")
    client = sign_in(hrbp)
    units = "单位编码,单位名称,上级编码,层级\nZJ,浙江,EAST,省区\nBJ,北京,NORTH,省区\n"
    assert _counts(_preview(client, "units", units)[1]) == [1, 0, 0, 1]
    staff = "工号,姓名,岗位,单位编码,入职日期\nN1,甲,sales,NORTH,2025-01-06\nE9,乙,sales,EAST,2025-01-06\n"
    assert _counts(_preview(client, "people", staff)[1]) == [1, 0, 0, 1]
    assert _counts(_preview(client, "calendar", "日期,是否上班\n2027-02-05,休息\n")[1])[3] == 1


def test_what_is_confirmed_is_what_was_looked_at(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    address, page = _preview(client, "units", UNITS)
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', page)
    add_unit(people.east, "ZJ", "别人先建的浙江", "province")
    assert client.post(address, data={"fingerprint": fingerprint[1]}).status_code == 409
    assert _unit("ZJ").name == "别人先建的浙江"


def test_an_upload_belongs_to_who_uploaded_it(people: People, sign_in: SignIn) -> None:
    hrbp = add_member(people.east, "H002", "白桦", "hr_admin")
    address, _page = _preview(sign_in(people.hr), "units", UNITS)
    client = sign_in(hrbp)
    assert client.get(address).status_code == 404
    assert client.get("/imports/preview/../../secret.key").status_code == 404
    assert client.post(f"{address}/discard").status_code == 404


def test_a_discarded_upload_is_gone_from_disk(app: Flask, people: People, sign_in: SignIn) -> None:
    client = sign_in(people.hr)
    address, _page = _preview(client, "units", UNITS)
    folder = Path(app.config["SETTINGS"].instance) / "uploads"
    assert len(list(folder.iterdir())) == 2
    assert client.post(f"{address}/discard").status_code == 303
    assert list(folder.iterdir()) == []
    assert client.get(address).status_code == 404


def test_a_salesperson_imports_nothing(people: People, sign_in: SignIn) -> None:
    client = sign_in(people.an)
    assert client.get("/imports").status_code == 403
    assert _upload(client, "units", UNITS).status_code == 403
    assert client.get("/imports/units/template.xlsx").status_code == 403


@pytest.mark.parametrize(
    "file",
    [b"", b"\x00\x01\x02\xff\xfe\xfd" * 10, b"PK\x03\x04 not really", b"\n\n", "名称\n上海\n".encode(), b'"a\nb'],
    ids=["empty", "binary", "half a zip", "blank lines", "no key column", "open quote"],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(people: People, sign_in: SignIn, file: bytes) -> None:
    answer = _upload(sign_in(people.hr), "units", file)
    assert answer.status_code == 422
    assert answer.text.count('class="problems"') == 1


def test_a_zip_bomb_is_refused_before_it_is_unpacked(people: People, sign_in: SignIn) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (reading.MAX_UNPACKED + 1))
    assert len(stream.getvalue()) < 200_000
    assert _upload(sign_in(people.hr), "units", stream.getvalue(), "bomb.xlsx").status_code == 422


def test_one_cell_at_the_far_end_of_a_sheet_is_refused(people: People, sign_in: SignIn) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "单位编码")
        sheet.write(1_048_575, 16_383, "x")
    assert _upload(sign_in(people.hr), "units", stream.getvalue(), "far.xlsx").status_code == 422


def test_too_many_rows_are_refused(people: People, sign_in: SignIn) -> None:
    rows = "单位编码\n" + "x\n" * (reading.MAX_ROWS + 1)
    assert _upload(sign_in(people.hr), "units", rows).status_code == 422


def test_the_apostrophe_that_guards_an_exported_cell_is_no_part_of_it(people: People, sign_in: SignIn) -> None:
    row = "工号,姓名,岗位,单位编码,入职日期,手机\nS1,'=甲,sales,SH,2025-01-06,'+8613800000000\n"
    assert _import(sign_in(people.hr), "people", row).status_code == 303
    assert (_member("S1").name, _member("S1").phone) == ("=甲", "+8613800000000")
