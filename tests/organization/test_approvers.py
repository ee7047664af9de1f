"""Whom a flow means, in a company of real rows: managers by level, heads, roles in scope, substitutes by date."""

import datetime as dt
from typing import Any

import pytest

from core.db import db
from organization import absences, approvers, managers
from organization.models import Grant, Member
from tests.product import CountedStatements, People, add_member, add_unit

DAY = dt.date(2025, 6, 30)


class Firm:
    """何人事 leads 康联, 华东大区经理 the east, 陈店长 the store in Shanghai where 安店长 and 李敏 work."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.vice_president = add_member(people.headquarters, "V001", "周副总", "hq_exec")
        people.headquarters.head = self.vice_president
        self.store = add_unit(people.shanghai, "SH-1", "静安店", "store")
        self.chen = add_member(self.store, "C001", "陈店长", "manager")
        self.li = add_member(self.store, "S002", "李敏", "sales")
        self.store.head = self.chen

    def asked(
        self, who: dict[str, Any], by: Member, row: object = None, day: dt.date = DAY, **values: Any
    ) -> list[str]:
        """The names of the people whom the entry gives."""
        chart = approvers.chart(by.company_id, day)
        found = chart.people(who, by.id, by.unit_id, values, None if row is None else str(row))
        return [chart.members[one].name for one in found]


@pytest.fixture
def firm(people: People) -> Firm:
    return Firm(people)


def test_managers_are_counted_from_the_direct_one_to_the_top(firm: Firm) -> None:
    levels = [firm.asked({"kind": "manager", "of": "submitter", "level": level}, firm.li) for level in (1, 2, 3, 4)]
    assert levels == [["陈店长"], ["华东大区经理"], ["周副总"], []]
    assert firm.asked({"kind": "manager_chain", "to": 2}, firm.li) == ["陈店长", "华东大区经理"]
    assert firm.asked({"kind": "manager_chain"}, firm.li) == ["陈店长", "华东大区经理", "周副总"]
    assert firm.asked({"kind": "manager"}, firm.vice_president) == []


def test_a_named_manager_goes_before_the_head_and_a_circle_of_them_ends(firm: Firm) -> None:
    firm.li.manager_id, firm.people.an.manager_id = firm.people.an.id, firm.li.id
    db.session.commit()
    everybody = [firm.li, firm.people.an, firm.chen, firm.people.east_manager, firm.vice_president, firm.people.hr]
    chart = approvers.chart(firm.li.company_id, DAY)
    assert chart.members[chart.managers(firm.li.id)[0]].name == "安店长"
    for one in everybody:
        assert list(chart.managers(one.id)) == [manager.id for manager in managers.line_of(one, DAY)]


def test_the_manager_of_somebody_else_is_found_through_his_id_or_a_field(firm: Firm) -> None:
    by_id = {"kind": "manager", "of": "member", "member": str(firm.li.id), "level": 1}
    by_field = {"kind": "manager", "of": "field", "field": "经办人"}
    assert firm.asked(by_id, firm.people.hr) == ["陈店长"]
    assert firm.asked(by_field, firm.people.hr, 经办人=firm.chen.id) == ["华东大区经理"]


def test_nobody_heads_himself_and_an_empty_chair_is_filled_from_above(firm: Firm) -> None:
    head = {"kind": "unit_head", "of": "submitter"}
    assert firm.asked(head, firm.li) == ["陈店长"]
    assert firm.asked(head, firm.chen) == ["华东大区经理"]
    assert firm.asked(head, firm.vice_president) == []
    firm.store.head = None
    assert firm.asked(head, firm.li) == ["华东大区经理"]


def test_the_head_of_a_unit_that_is_gone_over_picked_or_named(firm: Firm) -> None:
    east = firm.people.east.id
    for who, more in (
        ({"kind": "unit_head", "of": "row"}, {"row": east}),
        ({"kind": "unit_head", "of": "field", "field": "大区"}, {"大区": east}),
        ({"kind": "unit_head", "of": "unit", "unit": str(east)}, {}),
    ):
        assert firm.asked(who, firm.li, **more) == ["华东大区经理"]
    assert firm.asked({"kind": "unit_head", "of": "row"}, firm.li, row="not a unit") == []


def test_a_role_is_looked_for_as_wide_as_its_scope(firm: Firm) -> None:
    partner = add_member(firm.people.shanghai, "H002", "沪人事", "hr_admin")
    add_member(add_unit(firm.people.headquarters, "WEST", "西南大区", "region"), "H003", "西人事", "hr_admin")
    role = {"kind": "role", "role": "hr_admin"}
    assert set(firm.asked(role, firm.li)) == {"何人事", "沪人事", "西人事"}
    assert firm.asked(role | {"scope": "submitter_unit"}, firm.li) == ["沪人事", "何人事"]
    assert firm.asked(role | {"scope": "nearest"}, firm.li) == ["沪人事"]
    assert firm.asked(role | {"scope": "row_unit"}, firm.li, row=firm.people.east.id) == ["何人事"]
    assert firm.asked(role | {"scope": "unit", "unit": str(firm.store.id)}, firm.vice_president) == ["沪人事"]
    partner.left_on = dt.date(2025, 6, 1)
    assert firm.asked(role | {"scope": "nearest"}, firm.li) == ["何人事"]
    assert firm.asked({"kind": "role", "role": "nobody_holds_it"}, firm.li) == []


def test_fields_name_people_in_the_record_and_in_its_sub_tables(firm: Firm) -> None:
    li, chen = firm.li.id, firm.chen.id
    assert firm.asked({"kind": "field", "field": "负责人"}, firm.people.hr, 负责人=[str(li), chen, li]) == [
        "李敏",
        "陈店长",
    ]
    rows = [{"验收人": chen}, {"验收人": None}, {}]
    assert firm.asked({"kind": "field", "field": "清单.验收人"}, firm.people.hr, 清单=rows) == ["陈店长"]
    assert firm.asked({"kind": "field", "field": "空"}, firm.people.hr) == []


def test_who_has_left_or_not_begun_is_never_given(firm: Firm) -> None:
    firm.chen.left_on = dt.date(2025, 7, 1)
    direct = {"kind": "manager", "level": 1}
    assert firm.asked(direct, firm.li) == ["陈店长"]
    assert firm.asked(direct, firm.li, day=dt.date(2025, 7, 1)) == ["华东大区经理"]
    assert firm.asked({"kind": "member", "member": str(firm.chen.id)}, firm.li, day=dt.date(2025, 7, 1)) == []
    assert firm.asked({"kind": "member", "member": str(firm.chen.id)}, firm.li, day=dt.date(2023, 12, 31)) == []


def test_a_substitute_acts_on_his_days_the_newest_first_and_only_while_he_is_there(firm: Firm) -> None:
    monday, friday = DAY, dt.date(2025, 7, 4)
    absences.appoint(firm.chen, firm.li, monday, friday, by_id=None)
    absences.appoint(firm.chen, firm.people.an, monday, monday, by_id=None)
    company = firm.chen.company_id
    acting = [approvers.chart(company, day).substitute(firm.chen.id) for day in (monday, friday, dt.date(2025, 7, 5))]
    assert acting == [firm.people.an.id, firm.li.id, None]
    firm.people.an.left_on = monday
    assert approvers.chart(company, monday).substitute(firm.chen.id) == firm.li.id


def test_each_unit_of_a_level_below_the_submitter_s(firm: Firm) -> None:
    west = add_unit(firm.people.headquarters, "WEST", "西南大区", "region")
    chart = approvers.chart(firm.li.company_id, DAY)
    assert chart.units_at("region", firm.people.headquarters.id) == [firm.people.east.id, west.id]
    assert chart.units_at("region", firm.people.east.id) == [firm.people.east.id]
    assert chart.units_at("store", west.id) == []


def test_the_whole_chart_costs_four_statements_and_answers_without_any(
    firm: Firm, counted_statements: type[CountedStatements]
) -> None:
    db.session.add(Grant(member_id=firm.li.id, role="buddy", unit_id=firm.store.id))
    db.session.commit()
    with counted_statements() as counted:
        chart = approvers.chart(firm.li.company_id, DAY)
        loaded = counted.count
        for kind in ("manager", "manager_chain", "unit_head"):
            chart.people({"kind": kind}, firm.li.id, firm.li.unit_id, {})
        chart.people({"kind": "role", "role": "buddy", "scope": "nearest"}, firm.li.id, firm.li.unit_id, {})
    assert (loaded, counted.count) == (4, 4)
