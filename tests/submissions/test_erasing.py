"""What a person wrote on forms goes with him; what is counted stays."""

from sqlalchemy import select

from core.db import db
from organization import erasure
from organization.models import Member
from runtime.submissions.models import Attachment, FieldValue, Submission
from tests.product import People
from tests.submissions.conftest import KEY, POSTED, Publish, SignIn


def test_words_and_drafts_go_and_numbers_stay(people: People, publish: Publish, sign_in: SignIn) -> None:
    publish()
    client = sign_in(people.an)
    low = POSTED | {"relevance": "2", "why": "客户王主任的手机", "client_id": "one"}
    assert client.post(f"/forms/{KEY}", data=low).status_code == 303
    client.post(f"/forms/{KEY}/live", data=POSTED | {"client_id": "two"})
    member = db.session.get_one(Member, people.an.id)
    assert len(erasure.export(member)["submissions"]["submissions"]) == 2
    people.shanghai.head = people.hr
    erasure.erase(member, by_id=people.hr.id, reason="离职")
    db.session.commit()
    (left,) = db.session.scalars(select(Submission))
    assert left.values["total"] == 3600
    assert "why" not in left.values
    assert "item" not in left.values["resources"][0]
    texts = db.session.scalars(select(FieldValue.text).where(FieldValue.text.is_not(None))).all()
    assert texts == ["price"]
    assert not db.session.scalars(select(Attachment)).all()
