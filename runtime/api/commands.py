"""`guantong tokens …`: who may speak to the API."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from core.cli import print_json
from core.db import Document, db
from core.errors import NotFound
from organization.models import Company, OrgUnit
from runtime.api import tokens
from runtime.api.models import ApiToken


@click.group("tokens", help="Tokens by which other systems feed figures.")
def tokens_group() -> None:
    pass


def _company_option(command: click.Command) -> click.Command:
    return click.option("--company", help="Where there are several: the company's name.")(command)


@tokens_group.command("create", help="Make a token for a program. It is shown once; a digest of it is kept.")
@click.argument("name")
@click.option("--permission", "permissions", multiple=True, default=["facts.feed"], show_default=True)
@click.option("--unit", help="Code of the unit it may speak for, with all below; the company when left out.")
@click.option("--days", type=click.IntRange(1), help="It stops working after so many days.")
@click.option("--json", "as_json", is_flag=True)
@_company_option
@with_appcontext
def create(
    name: str, permissions: tuple[str, ...], unit: str | None, days: int | None, as_json: bool, company: str | None
) -> None:
    row, token = tokens.create(_unit(find_company(company), unit), name, permissions, days=days, by_id=None)
    db.session.commit()
    if as_json:
        print_json(_row(row) | {"token": token})
    else:
        click.echo(token)
    click.echo("Keep it now: it is shown once.", err=True)


@tokens_group.command("list", help="Every token: what it may do, where, and when it was last used.")
@click.option("--json", "as_json", is_flag=True)
@_company_option
@with_appcontext
def list_(as_json: bool, company: str | None) -> None:
    rows = [_row(row) for row in tokens.listed(find_company(company).id)]
    if as_json:
        print_json({"tokens": rows})
        return
    for row in rows:
        said = (row["name"], row["unit"], ",".join(row["permissions"]), row["used_on"] or "-", row["state"])
        click.echo("\t".join(said))


@tokens_group.command("revoke", help="The token stops working at once.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
@_company_option
@with_appcontext
def revoke(name: str, as_json: bool, company: str | None) -> None:
    row = tokens.revoke(find_company(company).id, name, by_id=None)
    db.session.commit()
    if as_json:
        print_json(_row(row))
    click.echo(f"{row.name} is revoked.", err=True)


def find_company(name: str | None) -> Company:
    """The company of this name; without one the oldest."""
    query = select(Company).order_by(Company.id)
    found = db.session.scalar((query.where(Company.name == name) if name else query).limit(1))
    if found is None:
        raise NotFound(f"There is no company {name or ''}. Make one with `guantong admin create`.")
    return found


def _unit(company: Company, code: str | None) -> OrgUnit:
    if code is None:
        return db.session.get_one(OrgUnit, company.id)
    found = db.session.scalar(select(OrgUnit).where(OrgUnit.company_id == company.id, OrgUnit.code == code))
    if found is None:
        raise NotFound(f"There is no unit with the code {code}.")
    return found


def _row(row: ApiToken) -> Document:
    day = row.used_on.isoformat() if row.used_on else None
    state = "revoked" if row.revoked_at else f"until {row.expires_at.date()}" if row.expires_at else "holds"
    return {"name": row.name, "unit": row.unit.code, "permissions": row.permissions, "used_on": day, "state": state}


ALL = [tokens_group]
