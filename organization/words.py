"""What the organisation's pages call things: levels, positions, attributes. Given to every template."""

from collections.abc import Iterable
from typing import Any

from babel.dates import get_day_names, get_month_names
from flask import Flask
from flask_babel import get_locale
from flask_login import current_user

from core.i18n import text
from organization import units, values
from organization.models import Member
from organization.roles import ROLES, title


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        attribute_keys=lambda: list(values.ATTRIBUTES),
        attribute_kind=values.attribute_kind,
        attribute_title=values.attribute_title,
        level_choices=level_choices,
        level_title=level_title,
        may_see_figures=may_see_figures,
        month_name=month_name,
        people_choices=people_choices,
        role_choices=role_choices,
        role_title=title,
        weekday_names=weekday_names,
    )


def level_title(level: str) -> str:
    return text(units.level_title(current_user.company, level))


def level_choices() -> list[tuple[str, str]]:
    return [(level["key"], text(level["title"])) for level in current_user.company.levels]


def role_choices(present: str = "") -> list[tuple[str, str]]:
    """Every position we know, and the one that an import brought along."""
    known = [(key, text(role.title)) for key, role in ROLES.items()]
    return known if not present or present in ROLES else [*known, (present, present)]


def people_choices(people: Iterable[Member]) -> list[tuple[int, str]]:
    return [(person.id, f"{person.name} · {text(title(person.role))} · {person.code}") for person in people]


def may_see_figures(unit: Any, member: Member | None = None) -> bool:
    """Amounts are for the person, his line and HR; colleagues see who and where, not how much.

    `unit` is anything that has the path of a unit.
    """
    mine = member is not None and member.id == current_user.id
    permissions = ("goals.read", "organization.manage", "masterdata.manage")
    return mine or any(current_user.may(permission, unit) for permission in permissions)


def month_name(month: int) -> str:
    return str(get_month_names("wide", "stand-alone", get_locale())[month])


def weekday_names() -> list[str]:
    """Monday first, as short as the language allows."""
    names = get_day_names("narrow", "stand-alone", get_locale())
    return [str(names[day]) for day in range(7)]
