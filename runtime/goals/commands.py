"""`guantong cascade preview` and `publish`: what the pages do, for scripts and for a first look."""

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from sqlalchemy import select

from core import clock
from core.cli import end_with_problems, print_json
from core.db import db
from core.errors import NotFound, Problem
from core.i18n import money
from organization.models import Company, OrgUnit
from runtime.goals import plans, publishing, targets
from runtime.goals.tree import Node, Preview


@click.group("cascade", help="Split an annual target down to people.")
def cascade() -> None:
    pass


def _inputs(command: click.Command) -> click.Command:
    """What both commands take."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One document on one line."),
        click.option("--year", type=click.IntRange(2000, 2100), help="The cycle; this year when left out."),
        click.option("--unit", "unit_code", help="Code of the unit to split; the company when left out."),
        click.option("--growth-pct", required=True, help="Growth in percent, such as 15."),
        click.option("--base", required=True, help="Last year's actual: 720000000 or 7.2亿."),
        click.argument("key"),
    ):
        command = option(command)
    return command


@cascade.command("preview", help="Show every unit and person with target, reserve, split and why. Nothing is stored.")
@_inputs
@with_appcontext
def preview(key: str, base: str, growth_pct: str, unit_code: str | None, year: int | None, as_json: bool) -> None:
    target, unit = targets.read(base, growth_pct), find_unit(unit_code, key)
    plan = plans.find(unit, key)
    cycle = publishing.cycle_of_year(unit.company_id or unit.id, year or clock.today().year)
    tree = publishing.preview(plan, unit, cycle, target, {}, publishing.active_set(cycle, unit, key))
    db.session.rollback()
    if tree.problems:
        end_with_problems(tree.problems, as_json=as_json)
    if as_json:
        print_json(_document(tree))
    else:
        _print_tree(tree)


@cascade.command("publish", help="Publish the split: goals, then this week's tasks.")
@_inputs
@click.option("--waiver", help="Why result goals stand without behaviour (S8).")
@with_appcontext
def publish(
    key: str, base: str, growth_pct: str, unit_code: str | None, year: int | None, as_json: bool, waiver: str | None
) -> None:
    target, unit = targets.read(base, growth_pct), find_unit(unit_code, key)
    plan = plans.find(unit, key)
    cycle = publishing.cycle_of_year(unit.company_id or unit.id, year or clock.today().year)
    goal_set = publishing.stage(plan, unit, cycle, target, locks={}, digest=None, waiver=waiver, by_id=None)
    db.session.commit()
    goal_set = publishing.run_now(goal_set)
    if goal_set.problem:
        end_with_problems([Problem("", goal_set.state, goal_set.problem)], as_json=as_json)
    if as_json:
        print_json({"goal_set": goal_set.id, "state": goal_set.state, "total": goal_set.total})
    click.echo(_("Published %(total)s.", total=money(goal_set.total)), err=True)


def find_unit(code: str | None, key: str) -> OrgUnit:
    """The unit of this code; without one the company that has the cascade, the oldest first."""
    if code is not None:
        unit = db.session.scalar(select(OrgUnit).where(OrgUnit.code == code).order_by(OrgUnit.id))
        if unit is None:
            raise NotFound(_("There is no unit with the code “%(code)s”.", code=code))
        return unit
    companies = db.session.scalars(select(OrgUnit).join(Company, Company.id == OrgUnit.id).order_by(OrgUnit.id)).all()
    having = [unit for unit in companies if plans.exists(unit, key)]
    if not having:
        raise NotFound(_("There is no published cascade “%(key)s”. Install its pack or publish it first.", key=key))
    return having[0]


def _document(tree: Preview) -> dict[str, object]:
    return {
        "total": tree.root.target,
        "nodes": [node.as_json() for node in tree.nodes.values()],
        "warnings": [warning.as_json() for warning in tree.warnings],
    }


def _print_tree(tree: Preview) -> None:
    depths: dict[str | None, int] = {None: -1}
    for node in tree.nodes.values():
        depths[node.id] = depths[node.parent] + 1
        click.echo(_line(node, depths[node.id]))
    for warning in tree.warnings:
        click.echo(f"! {warning.message}", err=True)


def _line(node: Node, depth: int) -> str:
    growth = "" if node.growth is None else f"  {node.growth:+.1%}"
    reserve = f"  ({_('reserve')} {node.reserve:,})" if node.reserve else ""
    return f"{'  ' * depth}{node.name}  {node.target:,}{growth}{reserve}"


ALL = [cascade]
