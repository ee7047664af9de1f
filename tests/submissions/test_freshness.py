"""Forms and queries are read and put together once and kept: never an old version, never another person's rights."""

import json

from sqlalchemy import select

from builder import definitions
from builder.models import DefinitionVersion
from core.db import db
from organization.models import Grant
from runtime.submissions.models import Submission
from tests.product import People
from tests.submissions.conftest import KEY, POSTED, PROPOSAL, Publish, SignIn

ADDRESS = f"/forms/{KEY}"
CHOICE = 'name="kind"'


def renamed(version: DefinitionVersion, by_id: int) -> DefinitionVersion:
    """A second version, in which 目标关联度评分 is called something else."""
    draft = definitions.open_draft(version.definition, by_id=by_id)
    body = json.dumps(PROPOSAL, ensure_ascii=False).replace("目标关联度评分", "与总部目标的关联度")
    text = json.dumps(version.document | {"body": json.loads(body)}, ensure_ascii=False)
    definitions.save_draft(draft, text, seen=draft.version_id, by_id=by_id)
    second = definitions.publish(draft, by_id=by_id)
    db.session.commit()
    return second


def test_the_next_request_goes_by_the_version_that_was_just_published(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    first = publish()
    client = sign_in(people.an)
    assert "目标关联度评分" in client.get(ADDRESS).text
    second = renamed(first, people.hr.id)
    assert "与总部目标的关联度" in client.get(ADDRESS).text
    assert client.post(ADDRESS, data=POSTED | {"client_id": "one"}).status_code == 303
    assert db.session.scalars(select(Submission.version_id)).all() == [second.id]


def test_each_request_goes_by_the_rights_that_its_person_has_now(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish(access=[{"id": "a1", "fields": ["f7"], "roles": ["region_manager"], "may": "hide"}])
    assert CHOICE in sign_in(people.an).get(ADDRESS).text
    assert CHOICE not in sign_in(people.east_manager).get(ADDRESS).text
    client = sign_in(people.an)
    assert CHOICE in client.get(ADDRESS).text
    grant = Grant(member_id=people.an.id, role="region_manager", unit_id=people.east.id)
    db.session.add(grant)
    db.session.commit()
    assert CHOICE not in client.get(ADDRESS).text, "granted between two requests"
    db.session.delete(grant)
    db.session.commit()
    assert CHOICE in client.get(ADDRESS).text, "taken away between two requests"
