"""`guantong facts import FILE`: figures without a browser."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from core.cli import print_json
from core.db import db
from core.errors import Invalid
from organization.imports import reading
from runtime.api.commands import find_company
from runtime.facts import imports, store


@click.group("facts", help="Figures that goals are measured by.")
def facts() -> None:
    pass


@facts.command("import", help="Feed a CSV or XLSX file, all of it or nothing. The same file twice changes nothing.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--company", help="Where there are several: the company's name.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def import_(file: Path, company: str | None, as_json: bool) -> None:
    owner = find_company(company)
    batch = imports.read(reading.read(file.read_bytes()), owner)
    source = "xlsx" if file.suffix.lower() == ".xlsx" else "csv"
    fed = store.feed(owner.id, batch, source=source, by_id=None, note=file.name)
    if fed.rejected:
        raise Invalid(fed.rejected)
    db.session.commit()
    if as_json:
        print_json(fed.as_json())
    click.echo(f"{fed.accepted} new, {fed.corrected} corrected, {fed.unchanged} as before.", err=True)


ALL = [facts]
