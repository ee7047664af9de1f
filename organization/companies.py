"""A company from nothing: its root unit, its levels, its first administrator."""

from zoneinfo import available_timezones

from flask_babel import gettext as _
from sqlalchemy import select

from core import audit, clock
from core.db import Document, db
from core.errors import Invalid, Problem
from organization import accounts, links, members, units
from organization.models import Company, Grant, Member, OrgUnit

ROOT_CODE = "HQ"
LEVELS: list[Document] = [
    {"key": "company", "title": {"zh": "公司", "en": "Company"}},
    {"key": "region", "title": {"zh": "大区", "en": "Region"}},
    {"key": "province", "title": {"zh": "省区", "en": "Province"}},
    {"key": "team", "title": {"zh": "团队", "en": "Team"}},
]


def ensure_company(name: str) -> Company:
    """The first company of the installation; founded under this name when there is none. Does not commit."""
    company = db.session.scalar(select(Company).order_by(Company.id).limit(1))
    return company or units.found_company(name, ROOT_CODE, LEVELS)


def named(name: str) -> Company:
    """The company of this name. An installation that nobody administers yet gets the name; otherwise it is founded."""
    known = db.session.scalar(select(Company).where(Company.name == name).limit(1))
    if known is not None:
        return known
    if accounts.is_set_up():
        return units.found_company(name, ROOT_CODE, LEVELS)
    company = ensure_company(name)
    rename(company, name)
    return company


def rename(company: Company, name: str) -> None:
    company.name = db.session.get_one(OrgUnit, company.id).name = name


def set_up(token: str, *, company: str, time_zone: str, name: str, login: str, password: str) -> Member:
    """What the set-up link is for: name the company and its first administrator, once. Raises Invalid."""
    links.use(links.find(token, "setup"))
    if problems := _company_problems(company, time_zone):
        raise Invalid(problems)
    founded = ensure_company(company)
    rename(founded, company)
    founded.time_zone = time_zone
    return create_admin(founded, name, login, password)


def create_admin(company: Company, name: str, login: str, password: str | None) -> Member:
    """Somebody at the root who may do what HR and IT may do. Without a password he needs a link. Raises Invalid."""
    root = db.session.get_one(OrgUnit, company.id)
    person = members.Person(name=name, role="hr_admin", joined_on=clock.today())
    admin = members.create(root, _free_code(company), person, by_id=None)
    accounts.create(admin, login, password)
    for role in ("hr_admin", "it_admin"):
        db.session.add(Grant(member=admin, role=role, unit=root))
    audit.record("admin.create", f"member:{admin.id}", by_id=None, after={"roles": ["hr_admin", "it_admin"]})
    return admin


def _free_code(company: Company) -> str:
    taken = set(db.session.scalars(select(Member.code).where(Member.company_id == company.id)))
    return next(code for number in range(1, len(taken) + 2) if (code := f"ADMIN{number}") not in taken)


def _company_problems(name: str, time_zone: str) -> list[Problem]:
    problems = []
    if not 1 <= len(name) <= 120:
        problems.append(Problem("/company", "length", _("Give the company a name of 1 to 120 characters.")))
    if time_zone not in available_timezones():
        problems.append(Problem("/time_zone", "unknown", _("Choose a time zone of the list, such as Asia/Shanghai.")))
    return problems
