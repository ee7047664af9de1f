"""Grants are role x unit subtree; what a role gives stands in one table, and the reference shows it."""

import datetime as dt

from sqlalchemy import select

from core.config import CHECKOUT
from core.db import db
from organization import roles
from organization.access import covered_paths, visible_units
from organization.models import Customer, Grant, Member, OrgUnit, Substitute
from tests.product import TODAY, People, add_unit

FIRST = {"hq_exec", "hr_admin", "it_admin", "sales_ops", "region_manager", "manager", "sales", "buddy"}


def units_seen(member: Member, permission: str) -> set[str]:
    return set(db.session.scalars(select(OrgUnit.code).where(visible_units(member, permission))))


def test_a_grant_holds_for_the_unit_and_all_below(people: People):
    manager = people.east_manager
    assert manager.may("goals.read")
    assert manager.may("goals.read", people.east)
    assert manager.may("goals.read", people.shanghai)
    assert not manager.may("goals.read", people.headquarters)
    assert not manager.may("goals.publish", people.east)
    assert units_seen(manager, "goals.read") == {"EAST", "SH"}
    assert units_seen(manager, "goals.publish") == set()


def test_a_unit_whose_number_only_begins_alike_is_not_below(people: People):
    """/1/2/ is no beginning of /1/20/."""
    for number in range(20):
        add_unit(people.headquarters, f"U{number}", f"单位{number}", "region")
    assert units_seen(people.east_manager, "goals.read") == {"EAST", "SH"}


def test_two_grants_add_up_and_one_within_the_other_is_said_once(people: People):
    west = add_unit(people.headquarters, "WEST", "西南大区", "region")
    for unit in (people.shanghai, west):
        db.session.add(Grant(member_id=people.east_manager.id, role="manager", unit_id=unit.id))
    db.session.commit()
    db.session.expire_all()
    manager = db.session.get(Member, people.east_manager.id)
    assert covered_paths(manager, "goals.read") == [people.east.path, west.path]
    assert covered_paths(manager, "definitions.read") == [people.east.path]
    assert units_seen(manager, "goals.read") == {"EAST", "SH", "WEST"}


def test_the_where_serves_whatever_carries_a_unit(people: People):
    for unit, code in ((people.shanghai, "C1"), (people.headquarters, "C2")):
        db.session.add(Customer(company_id=people.company.id, unit_id=unit.id, code=code, name=code, attributes={}))
    db.session.commit()
    query = select(Customer.code).join(Customer.unit).where(visible_units(people.east_manager, "organization.read"))
    assert db.session.scalars(query).all() == ["C1"]


def test_a_substitute_does_not_inherit_rights(people: People):
    day = TODAY.date()
    db.session.add(
        Substitute(
            member_id=people.hr.id, substitute_id=people.an.id, first_day=day, last_day=day + dt.timedelta(days=7)
        )
    )
    db.session.commit()
    assert not people.an.may("organization.manage")


def test_a_role_that_nobody_defined_gives_nothing(people: People):
    db.session.add(Grant(member_id=people.an.id, role="emperor", unit_id=people.headquarters.id))
    db.session.commit()
    db.session.expire_all()
    assert not people.an.may("grants.manage")
    assert people.an.may("tasks.own", people.shanghai)
    assert roles.title("emperor") == {"zh": "emperor", "en": "emperor"}


def test_S54_the_roles_of_the_seeds_are_there_in_both_languages():
    assert set(roles.ROLES) == FIRST
    for role in roles.ROLES.values():
        assert role.title["zh"]
        assert role.title["en"]
    assert roles.gives("sales_ops", "definitions.edit")
    assert not roles.gives("sales_ops", "definitions.publish")
    publishers = {role for role in roles.ROLES if roles.gives(role, "definitions.publish")}
    assert publishers == {"hr_admin", "it_admin"}


def test_every_permission_is_given_by_some_role():
    given = set().union(*(role.permissions for role in roles.ROLES.values()))
    assert given == set(roles.PERMISSIONS)


def test_the_reference_says_what_the_table_says():
    """One row a permission, one column a role, ● where the role gives it, in both languages."""
    for name, words in (("roles.zh.md", "zh"), ("roles.md", "en")):
        lines = (CHECKOUT / "docs" / "reference" / name).read_text().splitlines()
        rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines if line.startswith("| `")]
        shown = {row[0].strip("`"): (row[1], [cell == "●" for cell in row[2:]]) for row in rows if "." in row[0]}
        expected = {
            permission: (title[words], [roles.gives(role, permission) for role in roles.ROLES])
            for permission, title in roles.PERMISSIONS.items()
        }
        assert shown == expected, name
