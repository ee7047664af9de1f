"""Who signs in and how: login names, passwords, and what happens to both. Rules only; pages are in `accounts_views`.

A person signs in with his login, his phone number or his e-mail address. A name that is not known costs as much time as
a wrong password and gets the same answer.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import audit, clock
from core.db import db
from core.errors import Conflict, Invalid, Problem
from organization import links, sessions
from organization.models import Account, AuthSession, Company, Grant, Member

SHORTEST, LONGEST = 8, 200
DEMO_PASSWORD = "guantong-demo"
COMMON = frozenset(
    {"12345678", "123456789", "1234567890", "0123456789", "11223344", "12341234", "87654321", "88888888", "password"}
    | {"password1", "passw0rd", "qwertyui", "qwerty123", "1qaz2wsx", "asdfghjk", "abcd1234", "abc12345", "a1234567"}
    | {"a12345678", "iloveyou", "admin123", "woaini1314"}
)


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def login_name(typed: str) -> str:
    """What somebody types, as it is stored and compared: no case, no full-width digits, a phone number bare of +86."""
    name = unicodedata.normalize("NFKC", typed).strip().casefold()
    digits = name.replace(" ", "").replace("-", "").removeprefix("+86")
    return digits if digits.isdigit() else name


def _phone() -> sa.ColumnElement[str | None]:
    """The stored phone number as `login_name` writes it: imports keep what the file says, 138 0013-8000 or +86…"""
    bare = sa.func.replace(sa.func.replace(Member.phone, " ", ""), "-", "")
    return sa.func.replace(bare, "+86", "")


def taken(names: list[str], but: Member | None = None) -> set[str]:
    """Which of these names already lead to somebody (else), as a login, a phone number or an e-mail address."""
    email = sa.func.lower(Member.email)
    others = sa.true() if but is None else Member.id != but.id
    queries = (
        select(Account.login).join(Account.member).where(Account.login.in_(names), others),
        select(_phone()).where(_phone().in_(names), others),
        select(email).where(email.in_(names), others),
    )
    return set(db.session.scalars(sa.union(*queries)))


# ── accounts and passwords ───────────────────────────────────────────────────────────────────────────────────────────


def create(member: Member, login: str, password: str | None, must_change: bool = False) -> Account:
    """Let a member sign in. Without a password he needs a link (`invitations.invite`). Does not commit.

    Raises Invalid for a login that is empty or taken and for a password that is too easy.
    """
    name = login_name(login)
    problems = _login_problems(name, member)
    if password is not None:
        problems += password_problems(password, name, member)
    if problems:
        raise Invalid(problems)
    hashed = hasher().hash(password) if password is not None else None
    account = Account(member_id=member.id, login=name, password_hash=hashed, must_change=must_change, disabled=False)
    member.account = account
    db.session.add(account)
    return account


def _login_problems(name: str, member: Member) -> list[Problem]:
    if not name or len(name) > 120 or any(character.isspace() for character in name):
        return [Problem("/login", "shape", _("Choose a login of 1 to 120 characters without spaces."))]
    if taken([name], but=member):
        return [Problem("/login", "taken", _("Somebody else signs in as %(login)s. Choose another.", login=name))]
    return []


def password_problems(password: str, login: str, member: Member, place: str = "/password") -> list[Problem]:
    """What is wrong with a new password; empty when nothing is."""
    if len(password) < SHORTEST:
        return [Problem(place, "short", _("Use at least %(count)s characters.", count=SHORTEST))]
    if len(password) > LONGEST:
        return [Problem(place, "long", _("Use at most %(count)s characters.", count=LONGEST))]
    if login_name(password) in {login_name(name) for name in _names(member, login)}:
        return [Problem(place, "own_name", _("Do not use your own name, login, phone number or e-mail address."))]
    if password.casefold() in COMMON or len(set(password)) < 4:
        return [Problem(place, "common", _("Everybody tries this password first. Choose another."))]
    return []


def _names(member: Member, login: str) -> list[str]:
    return [name for name in (login, member.code, member.name, member.phone, member.email) if name]


def change_password(member: Member, current: str, new: str, *, here: AuthSession | None) -> None:
    """His own wish: he proves that he is himself, and every other browser is signed out."""
    account = _account_of(member)
    problems = password_problems(new, account.login, member, "/new")
    if not _matches(account.password_hash, current):
        problems.insert(0, Problem("/current", "wrong", _("This is not your present password.")))
    elif new == current:
        problems.append(Problem("/new", "same", _("Choose a password that differs from the present one.")))
    if problems:
        raise Invalid(problems)
    _set_password(account, new)
    sessions.end_all(member.id, but=here)
    audit.record("account.password", f"member:{member.id}", by_id=member.id)


def take_link(token: str, password: str) -> Member:
    """An invitation or a reset: the person sets his password with it, once; he is signed out everywhere."""
    link = links.find(token, "invite", "reset")
    member = links.use(link)
    account = _account_of(member)
    if problems := password_problems(password, account.login, member):
        raise Invalid(problems)
    _set_password(account, password)
    sessions.end_all(member.id)
    audit.record(f"account.{link.purpose}", f"member:{member.id}", by_id=member.id)
    return member


def _set_password(account: Account, password: str) -> None:
    account.password_hash = hasher().hash(password)
    account.must_change = False


def _account_of(member: Member) -> Account:
    if member.account is None or member.account.disabled:
        raise Conflict(_("This person may not sign in. Ask HR."))
    return member.account


# ── signing in ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sign_in(name: str, password: str, *, device: str, stay: bool, language: str | None = None) -> str | None:
    """The token of a new session, or None when name and password do not belong together.

    `language` is what the browser chose before; it becomes the member's when he has chosen none.
    """
    member_id = authenticate(name, password)
    account = member_id and db.session.get(Account, member_id, options=[joinedload(Account.member)])
    if not account:
        return None
    if hasher().check_needs_rehash(account.password_hash):
        account.password_hash = hasher().hash(password)
    account.member.language = account.member.language or language
    return sessions.start(account.member, device=device, stay=stay)


def authenticate(name: str, password: str) -> int | None:
    """The member who bears the name and the password. Reads on a connection of its own and gives it back first: the
    hash takes 50 ms and more, and no other writer shall wait for it."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        row = connection.execute(_credentials(login_name(name))).first()
    known = row.password_hash if row else None
    right = _matches(known, password)
    return row.member_id if row and right else None


def _credentials(name: str) -> sa.Select[tuple[int, str | None]]:
    bears = sa.or_(Account.login == name, _phone() == name, sa.func.lower(Member.email) == name)
    here = sa.or_(Member.left_on.is_(None), Member.left_on > clock.today())
    return (
        select(Account.member_id, Account.password_hash)
        .join(Account.member)
        .where(bears, here, Account.disabled.is_(False))
        .order_by((Account.login == name).desc())
        .limit(1)
    )


def _matches(hashed: str | None, password: str) -> bool:
    """Compare in the same time whether there is something to compare with or not."""
    fits = hashed is not None and len(password) <= LONGEST
    try:
        hasher().verify(hashed if fits else _nobodys_hash(hasher()), password if fits else "")
    except VerificationError:
        return False
    return fits


def hasher() -> PasswordHasher:
    return _hasher(tuple(sorted(current_app.config.get("ARGON2", {}).items())))


@cache
def _hasher(parameters: tuple[tuple[str, int], ...]) -> PasswordHasher:
    return PasswordHasher(**dict(parameters))


@cache
def _nobodys_hash(by: PasswordHasher) -> str:
    return by.hash("nobody's password")


# ── the first one, and the demo ──────────────────────────────────────────────────────────────────────────────────────


def is_set_up() -> bool:
    """Whether somebody administers this installation already."""
    query = select(Grant.id).join(Account, Account.member_id == Grant.member_id).where(Grant.role == "hr_admin")
    return db.session.scalar(query.limit(1)) is not None


def create_setup_link() -> str:
    """The path of a page that names the company and its first administrator; it works once. Does not commit."""
    if is_set_up():
        raise Conflict(_("This installation has an administrator. More are made by granting the role."))
    links.retire_setup()
    return f"/setup/{links.make('setup')}"


@dataclass(frozen=True)
class DemoAccount:
    login: str
    password: str
    name: str
    role: str
    unit: str
    company: str


def has_demo_accounts() -> bool:
    query = select(Account.member_id).join(Account.member).join(Company, Company.id == Member.company_id)
    return db.session.scalar(query.where(Company.demo).limit(1)) is not None


def demo_accounts() -> list[DemoAccount]:
    """One person of each role of each demo company: what `./run` prints and the sign-in page offers."""
    first = (
        select(sa.func.min(Member.id))
        .join(Member.account)
        .join(Company, Company.id == Member.company_id)
        .where(Company.demo)
        .group_by(Member.company_id, Member.role)
    )
    query = select(Member).where(Member.id.in_(first)).order_by(Member.company_id, Member.id)
    query = query.options(joinedload(Member.account), joinedload(Member.unit), joinedload(Member.company))
    return [
        DemoAccount(
            login=member.account.login,
            password=DEMO_PASSWORD,
            name=member.name,
            role=member.role,
            unit=member.unit.name,
            company=member.company.name,
        )
        for member in db.session.scalars(query)
    ]
