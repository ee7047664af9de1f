"""A pack is a folder. It is installed whole or not at all, again without harm, and never over what was edited here."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from builder import definitions, packs
from builder.models import Definition, DefinitionVersion, Pack, PackOrigin
from core.config import CHECKOUT
from core.db import Document, db
from core.errors import Invalid
from organization import units
from tests.builder import documents
from tests.product import People

OKR_CORE = CHECKOUT / "seeds" / "okr_core"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound pack of one document of each kind."""
    return write_pack(tmp_path / "packs" / "test_pack", documents.everything().values())


def write_pack(folder: Path, found: Any) -> Path:
    for document in found:
        write(folder, document)
    return folder


def write(folder: Path, document: Document) -> Path:
    file = folder / "pack.json"
    if document["kind"] != "pack":
        file = folder / "definitions" / document["kind"] / f"{document['key']}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def rows_written() -> dict[str, int]:
    tables = (Definition, DefinitionVersion, Pack, PackOrigin)
    return {table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def install(folder: Path, people: People) -> list[Document]:
    done = [one.as_json() for one in packs.install(folder, people.company.id, by_id=people.hr.id)]
    db.session.commit()
    return done


def refusal(folder: Path, people: People) -> list[tuple[str, str]]:
    before = rows_written()
    with pytest.raises(Invalid) as refused:
        packs.install(folder, people.company.id, by_id=people.hr.id)
    db.session.commit()
    assert rows_written() == before, "a refused pack writes nothing"
    return [(problem.path, problem.code) for problem in refused.value.problems]


def test_installing_publishes_every_definition(folder: Path, people: People) -> None:
    (done,) = install(folder, people)
    assert len(done["new"]) == len(documents.everything())
    in_force = {version.definition.key for version in definitions.published_all(people.company.id)}
    assert in_force == {document["key"] for document in documents.everything().values()}


def test_installing_again_changes_nothing(folder: Path, people: People) -> None:
    install(folder, people)
    before = rows_written()
    (done,) = install(folder, people)
    assert (done["new"], done["changed"]) == ([], [])
    assert rows_written() == before


def test_what_changed_in_the_pack_becomes_a_new_version(folder: Path, people: People) -> None:
    install(folder, people)
    write(folder, documents.changed(documents.load("metric"), "/title/zh", "签约额"))
    (done,) = install(folder, people)
    assert done["changed"] == ["test.sales"]
    version = definitions.published(people.company.id, "metric", "test.sales")
    assert version is not None
    assert (version.number, version.document["title"]["zh"]) == (2, "签约额")


def edit_here(people: People, title: str) -> None:
    definition = definitions.find(people.company.id, "metric", "test.sales")
    assert definition is not None
    draft = definitions.open_draft(definition, by_id=people.hr.id)
    text = json.dumps(documents.changed(documents.load("metric"), "/title/zh", title))
    definitions.save_draft(draft, text, seen=draft.version_id, by_id=people.hr.id)
    definitions.publish(draft, by_id=people.hr.id)
    db.session.commit()


def test_what_was_edited_here_stays_when_the_pack_did_not_change(folder: Path, people: People) -> None:
    install(folder, people)
    edit_here(people, "我们的销售额")
    (done,) = install(folder, people)
    assert done["kept"] == ["test.sales"]
    version = definitions.published(people.company.id, "metric", "test.sales")
    assert version is not None
    assert version.document["title"]["zh"] == "我们的销售额"


def test_what_was_edited_on_both_sides_is_never_overwritten(folder: Path, people: People) -> None:
    install(folder, people)
    edit_here(people, "我们的销售额")
    write(folder, documents.changed(documents.load("metric"), "/title/zh", "签约额"))
    assert refusal(folder, people) == [("definitions/metric/test.sales.json#", "edited_here")]


def test_an_open_draft_survives_an_update_of_the_pack(folder: Path, people: People) -> None:
    install(folder, people)
    definition = definitions.find(people.company.id, "metric", "test.sales")
    assert definition is not None
    draft = definitions.open_draft(definition, by_id=people.hr.id)
    text = json.dumps(documents.changed(documents.load("metric"), "/title/zh", "草稿里的"))
    definitions.save_draft(draft, text, seen=draft.version_id, by_id=people.hr.id)
    db.session.commit()
    write(folder, documents.changed(documents.load("metric"), "/title/zh", "签约额"))
    install(folder, people)
    kept = definitions.draft_of(definition)
    assert kept is not None
    assert kept.document["title"]["zh"] == "草稿里的"


def test_a_key_that_is_taken_by_another_text_is_not_overwritten(folder: Path, people: People) -> None:
    own = documents.changed(documents.load("metric"), "/title/zh", "自己的")
    definitions.publish(definitions.create(people.company.id, own, by_id=None), by_id=None)
    db.session.commit()
    assert refusal(folder, people) == [("definitions/metric/test.sales.json#", "edited_here")]


def test_every_document_is_kept_as_the_pack_brought_it(folder: Path, people: People) -> None:
    install(folder, people)
    edit_here(people, "我们的销售额")
    origin = db.session.scalar(select(PackOrigin).where(PackOrigin.key == "test.sales"))
    assert origin is not None
    assert origin.document == documents.load("metric")


def with_requirement(folder: Path, key: str) -> None:
    write(folder, documents.changed(documents.load("pack"), "/body/requires", [key]))


def test_a_pack_pulls_in_what_it_requires_from_beside_it(folder: Path, people: People) -> None:
    shutil.copytree(OKR_CORE, folder.parent / "okr_core")
    with_requirement(folder, "okr_core")
    done = install(folder, people)
    assert [one["pack"] for one in done] == ["okr_core", "test_pack"]


def test_a_requirement_may_be_installed_already(folder: Path, people: People) -> None:
    install(OKR_CORE, people)
    with_requirement(folder, "okr_core")
    assert [one["pack"] for one in install(folder, people)] == ["test_pack"]


def test_a_requirement_that_is_nowhere_is_named(folder: Path, people: People) -> None:
    with_requirement(folder, "okr_core")
    assert refusal(folder, people) == [("pack.json#/body/requires", "requires")]


def test_packs_that_require_each_other_are_refused(folder: Path, people: People) -> None:
    other = documents.changed(
        documents.changed(documents.load("pack"), "/key", "other"), "/body/requires", ["test_pack"]
    )
    write(folder.parent / "other", other)
    with_requirement(folder, "other")
    assert ("pack.json#/body/requires", "cycle") in refusal(folder, people)


SPOILINGS: dict[str, tuple[Callable[[Path], Any], tuple[str, str]]] = {
    "no pack.json": (lambda folder: (folder / "pack.json").unlink(), ("pack.json#", "missing")),
    "a file under another name": (
        lambda folder: (folder / "definitions/metric/test.sales.json").rename(folder / "definitions/metric/x.json"),
        ("definitions/metric/x.json#/key", "file_name"),
    ),
    "a key of another pack": (
        lambda folder: write(folder, documents.changed(documents.load("metric"), "/key", "other.sales")),
        ("definitions/metric/other.sales.json#/key", "prefix"),
    ),
    "one formula that does not compile": (
        lambda folder: write(folder, documents.changed(documents.load("formula"), "/body/expression", "覆盖率*")),
        ("definitions/formula/test.score.json#/body/expression", "E_SYNTAX"),
    ),
    "a file that is no JSON": (
        lambda folder: (folder / "definitions/metric/test.sales.json").write_text("{,}"),
        ("definitions/metric/test.sales.json#", "syntax"),
    ),
    "a file in another encoding": (
        lambda folder: (folder / "definitions/metric/test.sales.json").write_bytes('{"键": 1}'.encode("gb18030")),
        ("definitions/metric/test.sales.json#", "encoding"),
    ),
}


@pytest.mark.parametrize("spoiling", SPOILINGS)
def test_a_spoilt_pack_is_refused_at_the_file_and_place(folder: Path, people: People, spoiling: str) -> None:
    spoil, expected = SPOILINGS[spoiling]
    spoil(folder)
    assert expected in refusal(folder, people)


def test_a_definition_with_an_error_in_a_requirement_stops_both(folder: Path, people: People) -> None:
    shutil.copytree(OKR_CORE, folder.parent / "okr_core")
    (folder.parent / "okr_core/definitions/table/okr.light.json").write_text("[]")
    with_requirement(folder, "okr_core")
    assert refusal(folder, people) == [("definitions/table/okr.light.json#", "type")]


# through the front door


def test_the_pack_centre_installs_what_comes_with_the_product(sign_in: Any, people: People) -> None:
    client = sign_in(people.hr)
    assert "目标管理基础包" in client.get("/packs").get_data(as_text=True)
    assert client.post("/packs/install", data={"key": "okr_core"}).status_code == 303
    page = client.get("/packs").get_data(as_text=True)
    assert "已安装 1.0.0" in page
    assert definitions.published(people.company.id, "table", "okr.light") is not None


@pytest.mark.parametrize("key", ["", "../seeds/okr_core", "/etc", "demo", "okr_core/definitions"])
def test_only_shipped_packs_are_installed_by_the_button(sign_in: Any, people: People, key: str) -> None:
    assert sign_in(people.hr).post("/packs/install", data={"key": key}).status_code == 404
    assert db.session.scalar(select(Pack)) is None


def test_who_may_not_install_gets_no_button(sign_in: Any, people: People) -> None:
    client = sign_in(people.east_manager)
    assert "/packs/install" not in client.get("/packs").get_data(as_text=True)
    assert client.post("/packs/install", data={"key": "okr_core"}).status_code == 403


def test_the_pack_page_takes_few_statements(sign_in: Any, people: People, counted_statements: Any) -> None:
    client = sign_in(people.hr)
    client.post("/packs/install", data={"key": "okr_core"})
    db.session.remove()
    with counted_statements() as counted:
        client.get("/packs")
    assert counted.count <= 4, counted.statements


# on the command line


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=list(arguments))


def test_the_command_says_in_one_line_what_it_did(app: Flask, folder: Path, people: People) -> None:
    result = run(app, "packs", "install", str(folder), "--json")
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    assert len(json.loads(line)["installed"][0]["new"]) == len(documents.everything())
    assert json.loads(run(app, "packs", "list", "--json").stdout)["packs"][0]["key"] == "test_pack"


def test_the_company_must_be_named_when_there_are_several(app: Flask, folder: Path, people: People) -> None:
    units.found_company("别家", "B", people.company.levels)
    db.session.commit()
    assert run(app, "packs", "install", str(folder)).exit_code == 1
    assert run(app, "packs", "install", str(folder), "--company", "B").exit_code == 0
    assert definitions.published_all(people.company.id) == []


def test_check_prints_a_json_line_for_each_problem(app: Flask, folder: Path, people: People) -> None:
    write(folder, documents.changed(documents.load("metric"), "/body/org", "total"))
    write(folder, documents.changed(documents.load("schedule"), "/body/at", "25:00"))
    result = run(app, "definitions", "check", str(folder), "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert {(line["file"], line["path"], line["code"]) for line in lines} == {
        ("definitions/metric/test.sales.json", "/body/org", "enum"),
        ("definitions/schedule/test.weekly.json", "/body/at", "pattern"),
    }


def test_check_of_one_file_knows_the_pack_around_it(app: Flask, folder: Path) -> None:
    file = folder / "definitions" / "cascade" / "test.split.json"
    assert run(app, "definitions", "check", str(file)).exit_code == 0
    alone = shutil.copy(file, folder.parent / "split.json")
    assert run(app, "definitions", "check", str(alone)).exit_code == 1


def test_a_sound_folder_prints_nothing_and_ends_well(app: Flask, folder: Path) -> None:
    result = run(app, "definitions", "check", str(folder), "--json")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("pack", sorted(file.parent.name for file in (CHECKOUT / "seeds").glob("*/pack.json")))
def test_every_shipped_pack_is_sound(app: Flask, pack: str) -> None:
    result = run(app, "definitions", "check", str(CHECKOUT / "seeds" / pack), "--json")
    assert (result.stdout, result.exit_code) == ("", 0)


def test_show_prints_the_document_in_force(app: Flask, folder: Path, people: People) -> None:
    install(folder, people)
    result = run(app, "definitions", "show", "metric", "test.sales", "--json")
    assert json.loads(result.stdout)["document"] == documents.load("metric")
    assert run(app, "definitions", "show", "metric", "test.nothing").exit_code == 1
    listed = json.loads(run(app, "definitions", "list", "--kind", "table", "--json").stdout)
    assert [row["key"] for row in listed["definitions"]] == ["test.stage_weights"]
