"""A table in force, a change of it by sales operations, and those who may review it."""

import json

import pytest

from builder import definitions
from builder.models import DefinitionVersion
from core.db import db
from organization.models import Member
from tests.builder import documents
from tests.product import People, add_member


@pytest.fixture
def ops(people: People) -> Member:
    return add_member(people.headquarters, "O001", "苏运营", "sales_ops")


@pytest.fixture
def it(people: People) -> Member:
    return add_member(people.headquarters, "T001", "信息部", "it_admin")


@pytest.fixture
def table(people: People) -> DefinitionVersion:
    version = definitions.create(people.company.id, documents.load("table"), by_id=people.hr.id)
    definitions.publish(version, by_id=people.hr.id, note="首版")
    db.session.commit()
    return version


@pytest.fixture
def draft(table: DefinitionVersion, ops: Member) -> DefinitionVersion:
    """A change of the table by sales operations, saved and not submitted."""
    version = definitions.open_draft(table.definition, by_id=ops.id)
    changed = documents.changed(table.document, "/title/zh", "新标题")
    definitions.save_draft(version, json.dumps(changed), seen=version.version_id, by_id=ops.id)
    db.session.commit()
    return version
