"""`guantong packs …` and `guantong definitions …`."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy import select

from builder import definitions, json_text, names_page, packs, places
from builder.pack_folders import FileProblem
from core.cli import print_json
from core.db import db
from core.errors import AppError, NotFound
from core.i18n import text
from organization.models import Company, OrgUnit

COMPANY = click.option("--company", "code", metavar="CODE", help="The root unit's code; needed when there are several.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on one line.")


@click.group("packs", help="Sets of definitions that are installed as one.")
def packs_group() -> None:
    pass


@packs_group.command("install", help="Install the pack in FOLDER and what it requires from beside it.")
@click.argument("folder", type=click.Path(path_type=Path))
@COMPANY
@JSON
@with_appcontext
def install(folder: Path, code: str | None, as_json: bool) -> None:
    done = packs.install(folder, find_company(code).id, by_id=None)
    db.session.commit()
    if as_json:
        print_json({"installed": [one.as_json() for one in done]})
    for one in done:
        counts = f"{len(one.new)} new, {len(one.changed)} changed, {len(one.same)} same, {len(one.kept)} kept"
        click.echo(f"{one.pack.key} {one.pack.version}: {counts}", err=True)


@packs_group.command("list", help="The packs that a company has.")
@COMPANY
@JSON
@with_appcontext
def list_packs(code: str | None, as_json: bool) -> None:
    found = packs.installed(find_company(code).id)
    if as_json:
        rows = [{"key": p.key, "version": p.version, "title": p.title, "definitions": len(p.origins)} for p in found]
        print_json({"packs": rows})
        return
    for pack in found:
        click.echo(f"{pack.key}\t{pack.version}\t{text(pack.title)}\t{len(pack.origins)}")


@click.group("definitions", help="What admins define: metrics, tables, cascades …")
def definitions_group() -> None:
    pass


@definitions_group.command("check", help="Problems of a definition file or of a pack's folder, a JSON line each.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--company", "code", metavar="CODE", help="Names may also be those of this company.")
@click.option("--json", "as_json", is_flag=True, help="No sentences on stderr.")
@with_appcontext
def check(path: Path, code: str | None, as_json: bool) -> None:
    known = definitions.sources(find_company(code).id) if code else {}
    problems = packs.check(path, known)
    for problem in problems:
        click.echo(json.dumps(problem.as_json(), ensure_ascii=False))
        if not as_json:
            click.echo(_told(path, problem), err=True)
    if problems:
        raise SystemExit(1)
    if not as_json:
        click.echo(_("No problems."), err=True)


@definitions_group.command("list", help="What is in force today.")
@click.option("--kind", help="Only this kind.")
@COMPANY
@JSON
@with_appcontext
def list_definitions(kind: str | None, code: str | None, as_json: bool) -> None:
    found = definitions.published_all(find_company(code).id, kind)
    rows = [
        {"kind": v.definition.kind, "key": v.definition.key, "number": v.number, "title": v.definition.title}
        for v in found
    ]
    if as_json:
        print_json({"definitions": rows})
        return
    for row in rows:
        click.echo(f"{row['kind']}\t{row['key']}\t{row['number']}\t{text(row['title'])}")


@definitions_group.command("show", help="The document in force today, such as: show table okr.light")
@click.argument("kind")
@click.argument("key")
@COMPANY
@JSON
@with_appcontext
def show(kind: str, key: str, code: str | None, as_json: bool) -> None:
    version = definitions.published(find_company(code).id, kind, key)
    if version is None:
        raise NotFound(_("No %(kind)s “%(key)s” is in force.", kind=kind, key=key))
    if as_json:
        print_json({"number": version.number, "document": version.document})
    else:
        click.echo(json_text.dump(version.document))


@definitions_group.command("names", help="docs/reference/names.md: which names an expression may use at each place.")
def names() -> None:
    click.echo(names_page.markdown(), nl=False)


def find_company(code: str | None) -> Company:
    """The company of the root unit with the code; without a code the only one there is."""
    found = list(db.session.execute(select(Company, OrgUnit.code).join(OrgUnit, OrgUnit.id == Company.id)))
    chosen = [company for company, own in found if code in (None, own)]
    if len(chosen) == 1:
        return chosen[0]
    codes = ", ".join(sorted(own for _company, own in found)) or "—"
    raise AppError(_("Say which company with --company CODE. There are: %(codes)s.", codes=codes))


def _told(path: Path, problem: FileProblem) -> str:
    file = path / problem.file if path.is_dir() else path
    try:
        line, column = places.of(json_text.load(file)[0], problem.problem.path)
    except AppError:
        return f"{problem.file}: {problem.problem.message}"
    return f"{problem.file}:{line}:{column}: {problem.problem.message}"


ALL = [packs_group, definitions_group]
