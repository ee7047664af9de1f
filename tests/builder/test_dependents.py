"""A new name for an option reaches everybody who compares with it: found before publishing, changed in one step."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from builder import definitions, dependents
from builder.models import Definition
from builder.sources import digest, of_documents
from core.db import Document, db
from tests.builder import documents
from tests.product import add_member
from tests.sales import CASCADE, Sales

BAND = "medical.growth_band"


@pytest.fixture
def operations(sales: Sales, sign_in: Any) -> FlaskClient:
    member = add_member(sales.people.headquarters, "OPS", "苏运营", "sales_ops")
    db.session.commit()
    return sign_in(member)


@pytest.fixture
def band(sales: Sales) -> Definition:
    """增速浮动范围, with a draft in which 大区 is called 战区."""
    found = definitions.find(sales.people.company.id, "table", BAND)
    assert found is not None
    draft = definitions.open_draft(found, by_id=None)
    draft.document = renamed(draft.document, "大区", "战区")
    draft.digest = digest(draft.document)
    db.session.commit()
    return found


def renamed(table: Document, old: str, new: str) -> Document:
    changed = documents.changed(table, "/body/inputs/0/options/0", new)
    for row in changed["body"]["rows"]:
        row["when"] = {key: cell.replace(f'"{old}"', f'"{new}"') for key, cell in row["when"].items()}
    return changed


def cascade_of(sales: Sales) -> Definition:
    found = definitions.find(sales.people.company.id, "cascade", CASCADE)
    assert found is not None
    return found


def test_a_renamed_option_is_found_wherever_a_table_is_handed_it(sales: Sales, band: Definition) -> None:
    draft = definitions.draft_of(band)
    assert draft is not None
    (found,) = dependents.broken_by(draft.document, definitions.sources(sales.people.company.id))
    assert (found.source.kind, found.source.key) == ("cascade", CASCADE)
    assert {problem.code for problem in found.problems} == {"option"}
    assert found.changes == [('"大区"', '"战区"')]
    assert found.mended is not None
    handed = [use["inputs"]["level"] for use in found.mended["body"]["levels"][0]["uses"] if use.get("table") == BAND]
    assert handed == ['"战区"', '"战区"']


def test_a_comparison_with_a_result_follows_its_new_name(sales: Sales) -> None:
    """A formula that compares what a table gives: the checker knows the options of the table's result."""
    known = definitions.sources(sales.people.company.id)
    grade = {
        "kind": "table",
        "schema_version": 1,
        "key": "test.grade",
        "title": {"zh": "档位"},
        "body": {
            "hit": "first",
            "inputs": [{"id": "c1", "key": "score", "title": {"zh": "得分"}, "type": "number"}],
            "outputs": [{"id": "c2", "key": "grade", "title": {"zh": "档"}, "type": "choice", "options": ["优", "良"]}],
            "rows": [
                {"id": "r1", "when": {"c1": ">=90"}, "then": {"c2": '"优"'}},
                {"id": "r2", "when": {"c1": "-"}, "then": {"c2": '"良"'}},
            ],
        },
    }
    bonus = documents.changed(
        documents.load("formula"),
        "/body/uses",
        [{"as": "档", "table": "test.grade", "inputs": {"score": "覆盖率*100"}, "output": "grade"}],
    )
    bonus = documents.changed(bonus, "/body/expression", 'IF(档="优",覆盖率,0)')
    bonus["body"].pop("samples", None)
    around = {**known, **of_documents([grade, bonus])}
    wrong = documents.changed(bonus, "/body/expression", 'IF(档="特优",覆盖率,0)')
    assert [problem.code for problem in definitions.check(wrong, around)] == ["E_OPTION"]
    better = documents.changed(grade, "/body/outputs/0/options/0", "卓越")
    better = documents.changed(better, "/body/rows/0/then/c2", '"卓越"')
    (found,) = dependents.broken_by(better, around)
    assert found.mended is not None
    assert found.mended["body"]["expression"] == 'IF(档="卓越",覆盖率,0)'


def test_an_option_that_goes_breaks_who_names_it_and_nothing_is_guessed(sales: Sales, band: Definition) -> None:
    known = definitions.sources(sales.people.company.id)
    table = known["table", BAND].document
    rows = [row for row in table["body"]["rows"] if '"大区"' not in row["when"].values()]
    gone = documents.changed(documents.changed(table, "/body/inputs/0/options", ["省区"]), "/body/rows", rows)
    (found,) = dependents.broken_by(gone, known)
    assert found.problems
    assert found.mended is None


def test_a_new_title_breaks_nobody(sales: Sales) -> None:
    """References go by key and id."""
    known = definitions.sources(sales.people.company.id)
    table = known["table", BAND].document
    titled = documents.changed(table, "/body/inputs/0/title/zh", "哪一层")
    titled = documents.changed(titled, "/title/zh", "浮动范围")
    assert dependents.broken_by(titled, known) == []


def test_one_click_changes_all_of_them_and_one_takes_it_back(
    sales: Sales, band: Definition, operations: FlaskClient
) -> None:
    page = operations.get(f"/definitions/{band.id}/others").get_data(as_text=True)
    assert "销售额三层拆解" in page
    assert "没有选项“大区”" in page
    assert operations.post(f"/definitions/{band.id}/others").status_code == 303
    db.session.expire_all()
    draft = definitions.draft_of(cascade_of(sales))
    assert draft is not None
    assert '"战区"' in [use["inputs"].get("level") for use in draft.document["body"]["levels"][0]["uses"]]
    assert "草稿已随之修改" in operations.get(f"/definitions/{band.id}/others").get_data(as_text=True)
    operations.post(f"/definitions/{band.id}/others/undo")
    db.session.expire_all()
    assert definitions.draft_of(cascade_of(sales)) is None


def test_a_draft_that_somebody_works_on_is_left_alone(sales: Sales, band: Definition, operations: FlaskClient) -> None:
    mine = definitions.open_draft(cascade_of(sales), by_id=sales.people.hr.id)
    db.session.commit()
    before = mine.digest
    operations.post(f"/definitions/{band.id}/others")
    db.session.expire_all()
    assert mine.digest == before
    assert "另有草稿" in operations.get(f"/definitions/{band.id}/others").get_data(as_text=True)


def test_the_review_page_brings_what_else_names_it(operations: FlaskClient, band: Definition) -> None:
    assert f"/definitions/{band.id}/others" in operations.get(f"/definitions/{band.id}/review").get_data(as_text=True)


def test_the_order_is_told_before_and_after_publishing(
    sales: Sales, band: Definition, operations: FlaskClient, sign_in: Any
) -> None:
    operations.post(f"/definitions/{band.id}/others")
    page = operations.get(f"/definitions/{band.id}/others").get_data(as_text=True)
    assert page.index("在各自的草稿里修改") < page.index("再发布本草稿") < page.index("随后立即发布")
    cascade = cascade_of(sales)
    early = operations.post(f"/definitions/{cascade.id}/submit", data={"note": "层级改名"})
    assert early.status_code == 422
    operations.post(f"/definitions/{band.id}/submit", data={"note": "大区改称战区"})
    db.session.expire_all()
    draft = definitions.draft_of(band)
    assert draft is not None
    review = draft.open_review
    assert review is not None
    hr = sign_in(sales.people.hr)
    done = hr.post(f"/definitions/{band.id}/reviews/{review.id}/approve", data={}, follow_redirects=True)
    assert "请立即发布随之修改的定义" in done.get_data(as_text=True)
    assert "销售额三层拆解" in done.get_data(as_text=True)
    assert hr.post(f"/definitions/{cascade.id}/submit", data={"note": "层级改名"}).status_code == 303
