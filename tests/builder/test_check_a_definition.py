"""Every rule has a document that breaks it: `offences/<rule>.json` changes one place of a valid document."""

import json
from pathlib import Path

import pytest
from flask import Flask

from builder import definitions, shape
from builder.sources import of_documents
from tests.builder import documents

OFFENCES = sorted((documents.HERE / "offences").glob("*.json"))


@pytest.mark.parametrize("kind", documents.everything())
def test_a_sound_document_has_no_problems(speaking: Flask, kind: str) -> None:
    known = of_documents(documents.everything().values())
    with speaking.test_request_context():
        assert definitions.check(documents.load(kind), known) == []


def test_every_kind_has_a_sound_document() -> None:
    assert {document["kind"] for document in documents.everything().values()} == set(shape.kinds())


@pytest.mark.parametrize("offence", OFFENCES, ids=lambda file: file.stem)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_offence_is_named_at_its_place_with_a_remedy(speaking: Flask, offence: Path, language: str) -> None:
    told = json.loads(offence.read_text(encoding="utf-8"))
    sound = documents.load(told["document"])
    document = documents.changed(sound, told["at"], told.get("becomes", documents.GONE))
    others = of_documents(other for other in documents.everything().values() if other["key"] != sound["key"])
    with speaking.test_request_context(headers={"Accept-Language": language}):
        found = definitions.check(document, others)
    assert (told["expects"]["path"], told["expects"]["code"]) in [(p.path, p.code) for p in found]
    assert all(len(problem.message) > 5 for problem in found)
    assert any("\u4e00" <= char <= "\u9fff" for char in found[0].message) or language == "en"
