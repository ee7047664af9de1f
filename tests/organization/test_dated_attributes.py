"""A region matures on a day (S22): what is asked for a day before sees it as it was."""

import datetime as dt
import io
from collections.abc import Callable

import pytest
from click.testing import Result
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit import AuditEvent
from core.db import db
from core.errors import Invalid
from organization import dated, units
from organization.models import Member, OrgUnit, UnitAttribute
from runtime.goals import ground, publishing
from tests.product import People
from tests.sales import Sales

SignIn = Callable[[Member], FlaskClient]
JULY = dt.date(2025, 7, 1)


def seen(unit: OrgUnit, day: dt.date) -> object:
    return dated.on(day, unit.attributes, dated.history(unit)).get("maturity")


def test_S22_a_value_holds_from_its_day_until_the_next(people: People) -> None:
    people.east.attributes = {"maturity": "成长"}
    dated.enter(people.east, "成熟度", "成熟", JULY, by_id=None)
    dated.enter(people.east, "maturity", "衰退", dt.date(2026, 1, 1), by_id=None)
    days = [dt.date(2025, 6, 30), JULY, dt.date(2025, 12, 31), dt.date(2026, 1, 1)]
    assert [seen(people.east, day) for day in days] == ["成长", "成熟", "成熟", "衰退"]


def test_the_same_day_is_corrected_and_a_dropped_change_leaves_what_was_before(people: People) -> None:
    dated.enter(people.east, "成熟度", "成熟", JULY, by_id=None)
    row = dated.enter(people.east, "成熟度", "成长", JULY, by_id=None)
    assert [entry.value for entry in dated.history(people.east)] == ["成长"]
    dated.drop(row, by_id=None)
    db.session.flush()
    assert seen(people.east, JULY) is None


@pytest.mark.parametrize(
    ("name", "value", "day"), [("", "成熟", JULY), ("成熟度", " ", JULY), ("成熟度", "成熟", dt.date(1900, 1, 1))]
)
def test_a_change_needs_a_name_a_value_and_a_possible_day(people: People, name: str, value: str, day: dt.date) -> None:
    with pytest.raises(Invalid):
        dated.enter(people.east, name, value, day, by_id=None)


def test_S22_a_split_sees_the_unit_as_it_is_on_its_day(sales: Sales) -> None:
    dated.enter(sales.people.east, "成熟度", "新开", JULY, by_id=None)
    cycle = publishing.cycle_of_year(sales.people.company.id, 2025)
    db.session.flush()

    def maturity(day: dt.date) -> object:
        here = ground.read(sales.people.headquarters, cycle, ["sales"], day)
        return next(unit.attributes["maturity"] for unit in here.units if unit.id == sales.people.east.id)

    assert [maturity(JULY - dt.timedelta(days=1)), maturity(JULY)] == ["成熟", "新开"]


def test_writing_all_attributes_anew_leaves_what_changes_on_a_day(people: People) -> None:
    people.east.attributes = {"maturity": "成长", "potential": 1}
    dated.enter(people.east, "成熟度", "成熟", JULY, by_id=None)
    units.change(people.east, "华东大区", "region", {"maturity": "新开", "potential": 2}, by_id=None)
    assert people.east.attributes == {"maturity": "成长", "potential": 2}


def test_hr_enters_a_change_on_the_units_page(people: People, sign_in: SignIn) -> None:
    client, page = sign_in(people.hr), f"/organisation/units/{people.east.id}"
    posted = {"name": "成熟度", "value": "成熟", "from_day": "2025-07-01"}
    assert client.post(f"{page}/attributes", data=posted | {"value": ""}).status_code == 422
    assert client.post(f"{page}/attributes", data=posted).status_code == 303
    shown = client.get(page).text
    assert "按日期变化" in shown
    assert "2025-07-01" in shown
    row = db.session.scalars(select(UnitAttribute)).one()
    changed = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "unit.attribute")).one()
    assert changed.by_id == people.hr.id
    assert "成熟度" not in client.get(f"{page}/edit").text.partition("attribute-row")[2]
    assert client.post(f"/organisation/attributes/{row.id}/remove").status_code == 303
    assert db.session.scalars(select(UnitAttribute)).all() == []


def test_who_does_not_maintain_the_unit_cannot_change_it(people: People, sign_in: SignIn) -> None:
    posted = {"name": "成熟度", "value": "成熟", "from_day": "2025-07-01"}
    address = f"/organisation/units/{people.east.id}/attributes"
    assert sign_in(people.east_manager).post(address, data=posted).status_code == 403


def test_an_import_cannot_quietly_change_what_changes_on_a_day(people: People, sign_in: SignIn) -> None:
    people.east.attributes = {"maturity": "成长"}
    dated.enter(people.east, "成熟度", "成熟", dt.date(2025, 1, 1), by_id=None)
    client = sign_in(people.hr)

    def preview(maturity: str) -> str:
        sheet = f"单位编码,单位名称,上级编码,层级,成熟度\nEAST,华东大区,HQ,大区,{maturity}\n"
        answer = client.post("/imports/units", data={"file": (io.BytesIO(sheet.encode()), "units.csv")})
        return client.get(answer.location).text

    assert "从哪天起" in preview("新开")
    assert "从哪天起" not in preview("成熟")  # what holds today is no change


def test_the_command_sets_a_value_from_a_day(people: People, guantong: Callable[..., Result]) -> None:
    done = guantong("units", "set", "EAST", "成熟度", "成熟", "--from", "2025-07-01", "--json")
    assert done.exit_code == 0, done.output
    assert seen(people.east, JULY) == "成熟"
    assert guantong("units", "set", "NONE", "成熟度", "成熟").exit_code != 0
