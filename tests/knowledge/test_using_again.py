"""A knowledge asset is found by its words and used again elsewhere; every use counts and leads back."""

from collections.abc import Callable

from flask.testing import FlaskClient

from core.db import db
from organization.models import Member, Product
from runtime.knowledge import assets
from runtime.knowledge.assets import Learnt
from runtime.knowledge.models import Asset
from tests.product import People

SignIn = Callable[[Member], FlaskClient]


def test_S97_using_it_in_another_line_counts_and_links_back(people: People, sign_in: SignIn) -> None:
    for code, line in (("P1", "女装"), ("P2", "男装")):
        db.session.add(
            Product(company_id=people.company.id, code=code, name=code, line=line, attributes={}, retired_on=None)
        )
    asset = assets.keep(people.company.id, Learnt("驻店讲解法", people.east.id, "专家驻店三天", "女装", people.hr.id))
    db.session.commit()
    client = sign_in(people.an)
    assert "驻店讲解法" in client.get("/knowledge", query_string={"q": "三天", "line": "女装"}).text
    assert "驻店讲解法" not in client.get("/knowledge", query_string={"line": "男装"}).text
    use = {"line": "男装", "note": "上海一店试了两周"}
    assert client.post(f"/knowledge/{asset.id}/use", data=use).status_code == 303
    assert client.post(f"/knowledge/{asset.id}/use", data=use).status_code == 409, "twice on one day is once"
    page = client.get(f"/knowledge/{asset.id}").text
    for words in ("安店长", "上海一店试了两周", "男装"):
        assert words in page
    assert db.session.get_one(Asset, asset.id).uses == 1
