"""What a new installation begins with: the demo company, or an empty one and the link that sets it up."""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import select

from builder import packs
from core import clock
from core.db import db
from organization import accounts, companies
from organization.models import Account, Company, Member
from organization.roles import title
from seeds.demo import facts_a1, organisation_a1, records_a1

NOW = dt.datetime(2025, 6, 30, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NEW_COMPANY = "我的公司"


def fill() -> list[str]:
    """Load the demo into an installation that has nothing yet, in one transaction; what to print about it."""
    if db.session.scalar(select(Company.id).limit(1)) is None:
        _set_clock()
        company = organisation_a1.load()
        _open_accounts(company)
        packs.install(packs.shipped_folder("medical_goals"), company.id, by_id=None)
        facts_a1.load(company)
        records_a1.load(company)
        db.session.commit()
    return _accounts_told()


def fill_empty() -> list[str]:
    """A company without a name, and a link for whoever is to administer it, as long as nobody does."""
    companies.ensure_company(NEW_COMPANY)
    if accounts.is_set_up():
        db.session.commit()
        return []
    link = accounts.create_setup_link()
    db.session.commit()
    return ["打开此链接完成初始设置(仅可使用一次) / Open this link once to set up your company:", "  {address}" + link]


def _set_clock() -> None:
    """The demo stands on the morning of a Monday in mid-year and goes on from there."""
    settings = current_app.config["SETTINGS"]
    clock.set_to(NOW)
    clock.keep(settings.instance / "clock.json")


def _open_accounts(company: Company) -> None:
    """Everybody who is there signs in with his code. One hash for all: hashing 470 would take a minute."""
    hashed = accounts.hasher().hash(accounts.DEMO_PASSWORD)
    present = select(Member.id, Member.code).where(Member.company_id == company.id, Member.left_on.is_(None))
    rows = [
        {"member_id": member_id, "login": accounts.login_name(code), "password_hash": hashed}
        for member_id, code in db.session.execute(present)
    ]
    db.session.execute(sa.insert(Account), rows)


def _accounts_told() -> list[str]:
    known = accounts.demo_accounts()
    if not known:
        return []
    head = f"演示账号 / demo accounts (密码 password: {accounts.DEMO_PASSWORD})"
    return [head, *(f"  {who.login:<8} {who.name}  {_both(title(who.role))}" for who in known)]


def _both(words: dict[str, str]) -> str:
    return f"{words['zh']} / {words['en']}"
