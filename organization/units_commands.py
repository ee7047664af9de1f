"""`guantong units set`: an attribute of a unit from a day on, for scripts."""

import datetime as dt

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy import select

from core import clock
from core.cli import print_json
from core.db import db
from core.errors import NotFound
from organization import dated
from organization.models import OrgUnit


@click.group("units", help="Units of the organisation.")
def units_group() -> None:
    pass


@units_group.command("set", help="From a day on the unit with CODE has this VALUE of an attribute such as maturity.")
@click.argument("code")
@click.argument("name")
@click.argument("value")
@click.option("--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), help="2025-07-01; today when left out.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def set_attribute(code: str, name: str, value: str, from_day: dt.datetime | None, as_json: bool) -> None:
    unit = db.session.scalar(select(OrgUnit).where(OrgUnit.code == code).order_by(OrgUnit.id))
    if unit is None:
        raise NotFound(_("There is no unit with the code “%(code)s”.", code=code))
    row = dated.enter(unit, name, value, from_day.date() if from_day else clock.today(), by_id=None)
    db.session.commit()
    if as_json:
        print_json({"unit": code, "name": row.name, "value": row.value, "from_day": row.from_day.isoformat()})
    click.echo(f"{unit.name}: {row.name} is {row.value} from {row.from_day} on.", err=True)


ALL = [units_group]
