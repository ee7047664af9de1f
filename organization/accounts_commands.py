"""`guantong admin …` and `guantong members …`: the first administrator, links for many, one person's data."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from core.cli import print_json
from core.db import db
from core.errors import Conflict
from organization import companies, erasure, invitations
from organization.invitations import Link
from organization.models import Company, Member


@click.group("admin", help="Administrators of this installation.")
def admin_group() -> None:
    pass


@admin_group.command(
    "create",
    help="Make an HR and IT administrator of a company. Prints a link that works once, unless a password is read.",
)
@click.option("--login", prompt=True, help="What he signs in as.")
@click.option("--name", prompt=True)
@click.option("--company", help="The company's name; founded when there is none of that name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def create_admin(login: str, name: str, company: str | None, password_stdin: bool, as_json: bool) -> None:
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    founded = companies.named(company) if company else companies.ensure_company("贯通")
    admin = companies.create_admin(founded, name, login, password)
    url = _url(invitations.invite([admin], by_id=None)[0]) if password is None else None
    db.session.commit()
    if as_json:
        print_json({"member": admin.id, "login": admin.account.login, "company": founded.name, "url": url})
        return
    click.echo(f"{admin.name} administers {founded.name} and signs in as {admin.account.login}.", err=True)
    if url:
        click.echo(url)


@click.group("members", help="People: links to sign in, one person's data.")
def members_group() -> None:
    pass


@members_group.command("invite", help="A link for everybody who cannot sign in yet. Older links stop working.")
@click.option("--unit", help="Only this unit (its code) and below.")
@click.option("--company", help="Where there are several: the company's name.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def invite(unit: str | None, company: str | None, as_json: bool) -> None:
    people = invitations.everyone(_company(company).id, unit)
    links = invitations.invite(people, by_id=None)
    db.session.commit()
    if as_json:
        print_json({"links": [_row(link) for link in links]})
        return
    for link in links:
        click.echo("\t".join((link.member.code, link.member.name, link.login, _url(link))))
    click.echo(f"{len(links)} links; each works once, within seven days.", err=True)


@members_group.command("export", help="Everything that is held about one person, as JSON.")
@click.argument("person", metavar="CODE|ID")
@click.option("--company", help="Where there are several: the company's name.")
@click.option("--json", "as_json", is_flag=True, help="On one line; it is JSON in any case.")
@with_appcontext
def export(person: str, company: str | None, as_json: bool) -> None:
    print_json(erasure.export(_member(person, company)))


@members_group.command("erase", help="Make one person nameless. His goals and their history stay without his name.")
@click.argument("person", metavar="CODE|ID")
@click.option("--company", help="Where there are several: the company's name.")
@click.option("--reason", default="on request", show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def erase(person: str, company: str | None, reason: str, yes: bool, as_json: bool) -> None:
    member = _member(person, company)
    if not yes:
        click.confirm(f"Erase the data of {member.name} ({member.code})? This cannot be undone.", abort=True, err=True)
    erasure.erase(member, by_id=None, reason=reason)
    db.session.commit()
    if as_json:
        print_json({"erased": member.id})
    click.echo(f"Erased; what stays bears the name {member.name}.", err=True)


def _member(person: str, company: str | None) -> Member:
    """By number in the company first, by id second."""
    found = db.session.scalar(select(Member).filter_by(company_id=_company(company).id, code=person))
    if found is None and person.isdecimal():
        found = db.session.get(Member, int(person))
    if found is None:
        raise Conflict(f"Nobody has the number or id {person}. `guantong members export CODE` takes what imports use.")
    return found


def _company(name: str | None) -> Company:
    query = select(Company).order_by(Company.id)
    found = list(db.session.scalars(query.where(Company.name == name) if name else query))
    if not found:
        raise Conflict(f"There is no company {name or ''}. Make one with `guantong admin create`.")
    return found[0]


def _url(link: Link) -> str:
    base = current_app.config["SETTINGS"].public_url or "http://127.0.0.1:8000"
    return base.rstrip("/") + link.path


def _row(link: Link) -> dict[str, str]:
    return {"code": link.member.code, "name": link.member.name, "login": link.login, "url": _url(link)}


ALL = [admin_group, members_group]
