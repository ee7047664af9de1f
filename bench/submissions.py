"""Forms through the product beside bare endpoints: `python -m bench.submissions [--postgres]`.

The reference form (20 fields, ten rows) is sent by somebody who is signed in, as a page posts it and as a program does:
session or token, CSRF, rights, version in force, effective schema, computed fields, search copies, audit and outbox.
Beside it, in turn on the same database: Flask + jsonschema + one INSERT, and the same with all the rows that we write.
Then a page of 50 out of 100,000. What clients do (encoding a post) is done before, for both.
"""

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import jsonschema
import sqlalchemy as sa
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.databases import on_each
from bench.forms_validation import body, sent
from bench.side_by_side import compare, seconds
from builder import definitions, forms
from core.config import Settings
from core.db import Document, db, dump_json
from core.server import prepare
from organization.access import COOKIE
from organization.models import Member
from runtime.api import tokens
from runtime.submissions.models import Submission
from seeds import demo
from wsgi import create_app

KEY = "bench.reference"
SOMEBODY = "E0002"
BATCH = 60
MANY = 100_000
WORLD = forms.World()


def main() -> None:
    on_each(run)


def run(instance: Path, url: str) -> None:
    app = create_app(Settings(instance=instance, database_url=url), TESTING=True, WTF_CSRF_ENABLED=False)
    prepare(app, demo.fill)
    with app.app_context():
        member_id = publish()
        token = make_token(member_id)
    client = app.test_client()
    client.post("/sign-in", data={"login": SOMEBODY, "password": "guantong-demo"})
    bare = bare_app(url, instance).test_client()
    pages(client)
    app.config["WTF_CSRF_ENABLED"] = True
    sending(client, bare, token)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        fill(member_id)
    listing(client, bare)


def publish() -> int:
    member = db.session.scalars(sa.select(Member).where(Member.code == SOMEBODY)).one()
    records = [{"id": "v1", "roles": ["hr_admin"], "see": "all"}]
    fact = {
        "id": "w1",
        "make": "fact",
        "metric": "medical.sales_amount",
        "when": "合计<0",
        "from": {"value": "f_total"},
    }
    document = {
        "kind": "form",
        "schema_version": 1,
        "key": KEY,
        "title": {"zh": "参考表单", "en": "Reference form"},
        "body": body() | {"records": records, "creates": [fact]},
    }
    draft = definitions.create(member.company_id, document, by_id=member.id)
    definitions.publish(draft, by_id=member.id)
    db.session.commit()
    return member.id


def make_token(member_id: int) -> str:
    unit = db.session.get_one(Member, member_id).unit
    _row, token = tokens.create(unit, "bench", ["forms.submit"], days=None, by_id=None)
    db.session.commit()
    return token


def posted(number: int) -> Document:
    values = sent(10)
    rows = values.pop("rows")
    cells = {f"rows-{at}-{name}": str(value) for at, row in enumerate(rows) for name, value in row.items()}
    plain = {name: "1" if value is True else str(value) for name, value in values.items()}
    return plain | cells | {"client_id": f"bench-{number}"}


# ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def sending(client: FlaskClient, bare: FlaskClient, token: str) -> None:
    page, program = by_page(client), by_program(client, token)

    def limit(address: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(BATCH):
                assert bare.post(address, json=sent(10)).status_code == 201

        return work

    one, every = limit("/one"), limit("/all")
    for work in (page, program, one, every):
        work()
    compare(f"{BATCH} sent by a page, beside one INSERT", page, one, goal="told, G1 <= 1.7")
    compare(f"{BATCH} sent by a page, beside the same rows", page, every, goal="<= 1.67 (60 %)")
    compare(f"{BATCH} sent by a program, beside the same rows", program, every, goal="<= 1.67 (60 %)")
    took = median(seconds(page) for _ in range(3))
    print(f"{'submissions a second, one client':<52} {BATCH / took:>10.0f}")


def by_page(client: FlaskClient) -> Callable[[], None]:
    """Each time with the cookies and the CSRF token of a page that was just opened, as a browser has them."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get(f"/forms/{KEY}").text)
    assert token is not None
    cookies = {name: cookie.value for name in (COOKIE, "guantong") if (cookie := client.get_cookie(name))}
    begun = urlencode({**posted(0), "client_id": "", "csrf_token": token[1]}).replace("client_id=&", "").encode()
    numbers = count()

    def work() -> None:
        for number in (next(numbers) for _ in range(BATCH)):
            for name, value in cookies.items():
                client.set_cookie(name, value)
            body = begun + b"&client_id=page-%d" % number
            expect(303, client.post(f"/forms/{KEY}", data=body, content_type="application/x-www-form-urlencoded"))

    return work


def by_program(client: FlaskClient, token: str) -> Callable[[], None]:
    headers = {"Authorization": f"Bearer {token}"}
    numbers = count()

    def work() -> None:
        for number in (next(numbers) for _ in range(BATCH)):
            document = {"member": SOMEBODY, "client_id": f"program-{number}", "values": sent(10)}
            expect(201, client.post(f"/api/v1/forms/{KEY}/submissions", json=document, headers=headers))

    return work


def expect(status: int, answer: TestResponse) -> None:
    assert answer.status_code == status, answer.text


def bare_app(url: str, instance: Path) -> Flask:
    """Flask, a cached jsonschema validator, one transaction: the least that accepts and stores a form."""
    app = Flask("bare")
    engine = sa.create_engine(url if not url.startswith("sqlite") else f"sqlite:///{instance / 'bare.db'}")
    if url.startswith("sqlite"):
        sa.event.listen(engine, "connect", _as_we_open_it)
    metadata = sa.MetaData()
    kept = sa.Table("bare_record", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("said", sa.Text))
    copies = sa.Table(
        "bare_copy",
        metadata,
        *(sa.Column("record", sa.Integer), sa.Column("field", sa.String(40)), sa.Column("text", sa.String(120))),
        *(
            sa.Column("number", sa.Double),
            sa.Index("bare_text", "field", "text"),
            sa.Index("bare_number", "field", "number"),
        ),
    )
    told = sa.Table("bare_event", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("what", sa.Text))
    queue = sa.Table("bare_queue", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("what", sa.Text))
    metadata.create_all(engine)
    schema = forms.effective(forms.of(body()), sent(10), WORLD).schema
    validator = jsonschema.Draft202012Validator(schema)

    @app.post("/one")
    def one() -> tuple[Document, int]:
        return _stored(everything=False)

    @app.post("/all")
    def everything() -> tuple[Document, int]:
        return _stored(everything=True)

    def _stored(*, everything: bool) -> tuple[Document, int]:
        values = request.get_json()
        validator.validate(values)
        with engine.begin() as connection:
            found = connection.execute(kept.insert(), {"said": dump_json(values)})
            if everything:
                number = found.inserted_primary_key[0]
                connection.execute(copies.insert(), [one | {"record": number} for one in _copies(values)])
                connection.execute(told.insert(), {"what": f"submission:{number}"})
                connection.execute(queue.insert(), {"what": f"submission:{number}"})
        return {"ok": True}, 201

    @app.get("/page")
    def page() -> str:
        after = request.args.get("after", 10**9, type=int)
        asked = sa.select(kept).where(kept.c.id < after).order_by(kept.c.id.desc()).limit(51)
        with engine.connect() as connection:
            found = connection.execute(asked).all()
        return "".join(f"<tr><td>{row.id}</td><td>{row.said[:40]}</td></tr>" for row in found)

    @app.post("/fill")
    def fill_bare() -> Document:
        with engine.begin() as connection:
            connection.execute(kept.insert(), [{"said": dump_json(sent(1))}] * MANY)
        return {"ok": True}

    return app


def _copies(values: Document) -> list[Document]:
    flat = [(name, value) for name, value in values.items() if name != "rows"]
    flat += [(f"rows.{name}", value) for row in values["rows"] for name, value in row.items()]
    kinds = [(name, value, isinstance(value, int | float)) for name, value in flat]
    return [
        {"field": name, "text": None if is_number else value, "number": float(value) if is_number else None}
        for name, value, is_number in kinds
    ]


def _as_we_open_it(connection: Any, _record: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def pages(client: FlaskClient) -> None:
    many = posted(0) | {
        f"rows-{at}-{name}": words for at in range(500) for name, words in (("item", "a"), ("qty", "2"))
    }
    show("the page of a form with 20 fields", lambda: client.get(f"/forms/{KEY}"), "< 40 ms")
    many |= {"client_id": "many"}
    show("500 rows after a change, drawn anew", lambda: client.post(f"/forms/{KEY}/live", data=many), "< 200 ms")


def show(name: str, work: Callable[[], Any], goal: str) -> None:
    assert work().status_code == 200
    took = median(seconds(work) for _ in range(7))
    print(f"{name:<52} {took * 1e3:>10.1f} ms   goal {goal}")


def fill(member_id: int) -> None:
    """100,000 records as the product writes them, a hundred a day."""
    first = db.session.scalars(sa.select(Submission).where(Submission.state == "submitted").limit(1)).one()
    columns = [column.key for column in Submission.__table__.columns if column.key not in ("id", "client_id")]
    shared = {name: getattr(first, name) for name in columns} | {"submitter_id": member_id}
    db.session.execute(sa.insert(Submission), [shared | {"client_id": f"many-{number}"} for number in range(MANY)])
    db.session.commit()


def listing(client: FlaskClient, bare: FlaskClient) -> None:
    bare.post("/fill")
    times = 20

    def repeat(user: FlaskClient, address: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(times):
                assert user.get(address).status_code == 200

        return work

    ours, limit = f"/forms/{KEY}/records", "/page"
    size = len(client.get(ours).data)
    print(f"{'a list page of 50':<52} {size / 1000:>10.1f} kB   goal <= 30 kB")
    deep = 50_000
    compare(f"{times} list pages of 50 of 100,000, beside bare", repeat(client, ours), repeat(bare, limit), goal="<= 2")
    far, near = repeat(client, f"{ours}?after={deep}"), repeat(client, ours)
    compare("page 1,000 beside page 1", far, near, goal="<= 1.2")


if __name__ == "__main__":
    main()
