"""Whatever is sent to a form is answered beside its field; nothing is stored twice and nothing is lost."""

import copy
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from builder import definitions
from core.db import db
from runtime.api import tokens
from runtime.submissions.models import Attachment, Submission
from tests.product import People, make_app
from tests.submissions.conftest import KEY, POSTED, PROPOSAL, Publish, SignIn

SEND, LIVE = f"/forms/{KEY}", f"/forms/{KEY}/live"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PHOTO = {
    "x-id": "fp",
    "title": "凭证",
    "type": "array",
    "items": {"type": "string"},
    "maxItems": 3,
    "x-files": {"accept": ["image", "sheet"], "most_mb": 1},
}


def with_file() -> dict[str, Any]:
    body = copy.deepcopy(PROPOSAL)
    body["data"]["properties"]["proof"] = PHOTO
    body["layout"][0]["items"].append({"id": "lp", "field": "fp", "widget": "file"})
    return body


def sent() -> list[Submission]:
    return list(db.session.scalars(select(Submission).where(Submission.state == "submitted")))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"resources-0-qty": "NaN"}, "resources-0-qty"),
        ({"resources-0-qty": "∞"}, "resources-0-qty"),
        ({"resources-0-qty": "9" * 400}, "resources-0-qty"),
        ({"resources-0-price": "1e400"}, "resources-0-price"),
        ({"relevance": "2", "why": "长" * 500_000}, "why"),
        ({"relevance": "3.5"}, "relevance"),
        ({"kind": "nothing"}, "kind"),
        ({"starts": "2025-02-30"}, "starts"),
        ({"owner": "9" * 30}, "owner"),
        ({"owner": "-1"}, "owner"),
    ],
)
def test_it_is_told_beside_the_field(
    people: People, publish: Publish, sign_in: SignIn, wrong: dict[str, str], field: str
) -> None:
    publish()
    answer = sign_in(people.an).post(SEND, data=POSTED | {"client_id": "one"} | wrong)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert sent() == []


def test_ten_thousand_rows_are_refused_and_five_hundred_taken(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish()
    client = sign_in(people.an)
    assert post_rows(client, 10_000).status_code in (413, 422)
    assert sent() == []
    assert post_rows(client, 500).status_code == 303
    assert len(sent()[0].values["resources"]) == 500


def post_rows(client: FlaskClient, count: int) -> TestResponse:
    cells = {
        f"resources-{row}-{name}": words for row in range(count) for name, words in (("item", "展架"), ("qty", "0.1"))
    }
    data = POSTED | cells | {"client_id": str(count)}
    return client.post(SEND, data=data, content_type="multipart/form-data")


def test_the_api_refuses_depth_and_what_is_no_number(people: People, publish: Publish, client: FlaskClient) -> None:
    publish()
    header = bearer(people)
    for text in ("NaN", "Infinity", "1e999", "[" * 1000 + "]" * 1000):
        body = f'{{"member": "S001", "client_id": "a", "values": {{"relevance": {text}}}}}'
        answer = client.post(f"/api/v1/forms/{KEY}/submissions", data=body, headers=header)
        assert answer.status_code == 422, text
        assert answer.mimetype == "application/problem+json"
    assert sent() == []


def bearer(people: People) -> dict[str, str]:
    _row, token = tokens.create(people.headquarters, "crm", ["forms.submit"], days=None, by_id=None)
    db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def test_a_form_without_its_token_is_refused(tmp_path: Path, people: People, publish: Publish, app: Flask) -> None:
    publish()
    careful = make_app(tmp_path, app.config["SQLALCHEMY_DATABASE_URI"], WTF_CSRF_ENABLED=True)
    answer = careful.test_client().post(SEND, data=POSTED | {"client_id": "one"})
    assert answer.status_code == 400
    assert sent() == []


def test_an_option_that_was_removed_meanwhile_is_asked_for_anew(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    version = publish()
    client = sign_in(people.an)
    client.post(LIVE, data=POSTED | {"client_id": "one"})
    document = copy.deepcopy(version.document)
    del document["body"]["data"]["properties"]["kind"]["x-options"][0]
    definition = db.session.get_one(type(version.definition), version.definition_id)
    draft = definitions.begin_draft(definition, document, by_id=people.hr.id)
    definitions.publish(draft, by_id=people.hr.id)
    db.session.commit()
    assert "展架" in client.get(f"{SEND}?draft=one").text, "nothing of the draft is lost"
    answer = client.post(SEND, data=POSTED | {"client_id": "one"})
    assert answer.status_code == 422
    assert 'href="#field-kind"' in answer.text


Attach = Callable[[bytes, str], TestResponse]


@pytest.fixture
def attach(people: People, publish: Publish, sign_in: SignIn) -> Attach:
    publish(with_file())
    client = sign_in(people.an)

    def attached(content: bytes, title: str) -> TestResponse:
        data = POSTED | {"client_id": title, "proof": (io.BytesIO(content), title)}
        return client.post(SEND, data=data, content_type="multipart/form-data")

    return attached


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"MZ\x90\0" + b"\0" * 100, "照片.png"),
        (b"<html><script>alert(1)</script>", "照片.jpg"),
        (b"%PDF-1.7 ...", "报价.pdf"),
        (zipped(anything=b"x"), "表.xlsx"),
        (PNG + b"\0" * 1024 * 1024, "大.png"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(attach: Attach, content: bytes, title: str) -> None:
    answer = attach(content, title)
    assert answer.status_code == 422
    assert 'href="#field-proof"' in answer.text
    assert sent() == []


def test_a_zip_bomb_is_never_unpacked_and_only_to_be_saved(attach: Attach, people: People, sign_in: SignIn) -> None:
    bomb = zipped(**{"[Content_Types]_xml": b"<x/>", "xl__workbook_xml": b"\0" * 200 * 1024 * 1024})
    assert len(bomb) < 1024 * 1024
    assert attach(bomb, "表.xlsx").status_code == 303
    kept = db.session.scalars(select(Attachment)).one()
    assert sign_in(people.an).get(f"/forms/files/{kept.name}").headers["Content-Disposition"].startswith("attachment")


def test_a_file_is_seen_by_who_sees_the_record_and_runs_nowhere(
    attach: Attach, people: People, sign_in: SignIn
) -> None:
    assert attach(PNG, "a.png").status_code == 303
    kept = db.session.scalars(select(Attachment)).one()
    address = f"/forms/files/{kept.name}"
    own = sign_in(people.an).get(address)
    assert own.mimetype == "image/png"
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in own.headers["Content-Security-Policy"]
    assert sign_in(people.hr).get(address).status_code == 200
    assert sign_in(people.east_manager).get(address).status_code == 404


def test_a_file_of_somebody_else_cannot_be_sent_as_ones_own(attach: Attach, people: People, sign_in: SignIn) -> None:
    attach(PNG, "a.png")
    kept = db.session.scalars(select(Attachment)).one()
    stolen = sign_in(people.east_manager).post(SEND, data=POSTED | {"client_id": "two", "proof": kept.name})
    assert stolen.status_code == 422
    assert [one.submitter_id for one in sent()] == [people.an.id]


def test_the_files_of_a_form_that_is_refused_are_kept_for_the_next_try(
    people: People, publish: Publish, sign_in: SignIn
) -> None:
    publish(with_file())
    client = sign_in(people.an)
    wrong = POSTED | {"relevance": "6", "client_id": "one", "proof": (io.BytesIO(PNG), "a.png")}
    answer = client.post(SEND, data=wrong, content_type="multipart/form-data")
    kept = db.session.scalars(select(Attachment)).one()
    assert f'value="{kept.name}"' in answer.text
    assert client.post(SEND, data=POSTED | {"client_id": "one", "proof": kept.name}).status_code == 303
    assert sent()[0].values["proof"] == [kept.name]
