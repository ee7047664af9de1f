"""The menu of a person: what his grants allow, what he uses most first. Also where `/` leads, and the first steps.

An entry names an endpoint of another package by name only, so the arrows of import stay one-way; an endpoint that is
not there (a part that is not installed) has no entry.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as pgettext
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select

from core import i18n
from core.db import db
from organization import roles
from organization.models import Member, OrgUnit


@dataclass(frozen=True)
class Entry:
    endpoint: str
    label: Any
    icon: str
    permission: str
    unless: str = ""  # whoever holds this permission has a better entry for the same
    also: frozenset[str] = frozenset()  # blueprints whose pages belong here though their address begins otherwise


MY_WEEK = Entry("tasks.my_week", pgettext("menu", "My week"), "calendar-week", "tasks.own")
INBOX = Entry("inbox.waiting", pgettext("menu", "To do"), "inbox", "organization.read", also=frozenset({"runs"}))
RUNS = Entry("run_admin.index", pgettext("menu", "Approval runs"), "git-branch", "approvals.manage")
MY_GOALS = Entry("goals.mine", pgettext("menu", "My goals"), "target", "goals.own", unless="goals.set")
GOALS = Entry("goals.tree", pgettext("menu", "Goals"), "list-tree", "goals.read")
TEAM_GOALS = Entry("goals.tree", pgettext("menu", "Team goals"), "list-tree", "goals.read")
FORMS = Entry("forms.index", pgettext("menu", "Report"), "forms", "organization.read")
TEAM_TASKS = Entry("tasks.team", pgettext("menu", "Team tasks"), "checklist", "tasks.read")
TARGETS = Entry("goals.entry", pgettext("menu", "Targets"), "target-arrow", "goals.set")
SCORES = Entry("scores.index", pgettext("menu", "Scores"), "chart-bar", "goals.read")
MY_SCORES = Entry("scores.mine", pgettext("menu", "My scores"), "chart-bar", "goals.own", unless="goals.read")
OBJECTIVES = Entry("goals.objectives", "OKR", "target-arrow", "goals.own", unless="goals.read")
CASES = Entry("cases.index", pgettext("menu", "Cases"), "briefcase", "organization.read")
KNOWLEDGE = Entry("knowledge.index", pgettext("menu", "Knowledge"), "bulb", "organization.read")
BOARDS = Entry("boards.index", pgettext("menu", "Boards"), "layout-dashboard", "goals.read")
FIGURES = Entry("facts.index", pgettext("menu", "Figures"), "database", "facts.read")
UNITS = Entry(
    "units.tree",
    pgettext("menu", "Units"),
    "sitemap",
    "organization.read",
    also=frozenset({"members", "calendar", "imports", "handovers"}),
)
CUSTOMERS = Entry("customers.index", pgettext("menu", "Customers"), "building-hospital", "organization.read")
PRODUCTS = Entry("products.index", pgettext("menu", "Products"), "package", "organization.read")
DEFINITIONS = Entry(
    "definitions.index",
    pgettext("menu", "Definitions"),
    "variable",
    "definitions.read",
    also=frozenset({"what_if", "flow_designer", "flow_dry_run", "flow_exports"}),
)
REVIEWS = Entry("definitions.waiting", pgettext("menu", "To review"), "clipboard-check", "definitions.review")
PACKS = Entry("packs.index", pgettext("menu", "Packs"), "packages", "definitions.read")
INVITATIONS = Entry("invitations.index", pgettext("menu", "Sign-in links"), "key", "members.invite")
GRANTS = Entry("grants.index", pgettext("menu", "Rights"), "shield-lock", "grants.manage")
AUDIT = Entry("audit.index", pgettext("menu", "Audit"), "history", "audit.read")
JOBS = Entry("jobs.index", pgettext("menu", "Jobs"), "settings", "jobs.manage")

# Which columns of the member, in the group models.MENU, count what waits behind an entry.
COUNTS = {
    REVIEWS.endpoint: ("reviews_waiting", "reviews_decided"),
    INBOX.endpoint: ("items_waiting", "copies_unread"),
}

_MASTER_DATA = (UNITS, CUSTOMERS, PRODUCTS)
_ADMINISTRATION = (RUNS, INVITATIONS, GRANTS, AUDIT, JOBS)
FRONT_LINE = (MY_WEEK, MY_GOALS, FORMS, INBOX, MY_SCORES, OBJECTIVES, CASES, KNOWLEDGE, CUSTOMERS, UNITS)
MANAGERS = (
    TEAM_GOALS,
    INBOX,
    MY_WEEK,
    TEAM_TASKS,
    FORMS,
    SCORES,
    BOARDS,
    MY_GOALS,
    CASES,
    KNOWLEDGE,
    FIGURES,
    CUSTOMERS,
    UNITS,
    PRODUCTS,
    DEFINITIONS,
)
HEADQUARTERS = (
    *(
        GOALS,
        TARGETS,
        INBOX,
        DEFINITIONS,
        UNITS,
        REVIEWS,
        FORMS,
        SCORES,
        BOARDS,
        CASES,
        KNOWLEDGE,
        FIGURES,
        TEAM_TASKS,
        CUSTOMERS,
        PRODUCTS,
        PACKS,
    ),
    *_ADMINISTRATION,
)
SYSTEM = (*_MASTER_DATA, INBOX, DEFINITIONS, REVIEWS, PACKS, *_ADMINISTRATION)


def init_app(app: Flask) -> None:
    app.context_processor(around_the_page)


def around_the_page() -> dict[str, Any]:
    """What the layout shows beside every page of somebody who is signed in."""
    if not current_user.is_authenticated:
        return {}
    return {
        "navigation": navigation(current_user),
        "news": news(current_user),
        "user_menu": [{"label": _l("My account"), "url": url_for("accounts.account"), "icon": "user-circle"}],
        "user_title": title_of(current_user),
        "company_name": current_user.company.name,
    }


def navigation(member: Member) -> list[dict[str, Any]]:
    """The menu as the layout wants it. The entry is active whose address is the longest beginning of this page's."""
    entries = [(entry, url_for(entry.endpoint)) for entry in _menu_of(member) if _is_there(entry, member)]
    related = [url for entry, url in entries if request.blueprint in entry.also]
    here = max([url for _entry, url in entries if _leads_to_here(url)] or related, key=len, default=None)
    return [
        {
            "label": str(entry.label),
            "url": url,
            "icon": entry.icon,
            "active": url == here,
            "count": sum(getattr(member, counted) for counted in COUNTS.get(entry.endpoint, ())) or None,
        }
        for entry, url in entries
    ]


def news(member: Member) -> list[dict[str, str]]:
    """What waits for him and what became of his own things, on the page that he begins with and nowhere else."""
    decided, waiting = getattr(member, "reviews_decided", 0), getattr(member, "items_waiting", 0)
    if not (decided or waiting) or request.path != home_of(member):
        return []
    told = []
    if waiting:
        sentence = ngettext("%(num)d thing waits for you.", "%(num)d things wait for you.", waiting)
        told.append({"sentence": sentence, "url": url_for(INBOX.endpoint), "link": _("Open what waits")})
    if decided:
        sentence = ngettext(
            "%(num)d change that you submitted was decided.",
            "%(num)d changes that you submitted were decided.",
            decided,
        )
        told.append({"sentence": sentence, "url": url_for(REVIEWS.endpoint), "link": _("See what was decided")})
    return told


def _menu_of(member: Member) -> tuple[Entry, ...]:
    if member.may("goals.set") or member.may("goals.publish"):
        return HEADQUARTERS
    if member.may("goals.read"):
        return MANAGERS
    return SYSTEM if member.may("grants.manage") else FRONT_LINE


def _is_there(entry: Entry, member: Member) -> bool:
    wanted = member.may(entry.permission) and not (entry.unless and member.may(entry.unless))
    return wanted and entry.endpoint in current_app.view_functions


def _leads_to_here(url: str) -> bool:
    return request.path == url or request.path.startswith(url.rstrip("/") + "/")


def title_of(member: Member) -> str:
    """大区经理 · 华东大区: the grant that fits his position, else his position alone."""
    fitting = [grant for grant in member.grants if grant.role == member.role]
    words = i18n.text(roles.title(member.role))
    return f"{words} · {fitting[0].unit.name}" if fitting else words


def home_of(member: Member) -> str:
    """Where `/` leads: what the person uses most, which is what stands first in his menu."""
    entries = navigation(member)
    return entries[0]["url"] if entries else url_for("accounts.account")


# ── the first steps of a new company ─────────────────────────────────────────────────────────────────────────────────

FIRST_STEPS = (
    (UNITS, _l("Import units and people"), _l("From a CSV or Excel file; nothing is saved before you have seen it.")),
    (INVITATIONS, _l("Let people in"), _l("Each gets a link that works once: on paper, in Excel or by e-mail.")),
    (PACKS, _l("Install a pack"), _l("It brings metrics, tables and the rules by which targets are split.")),
    (TARGETS, _l("Enter the annual target"), _l("See how it splits down to each person before you publish it.")),
)


def first_steps(member: Member) -> list[dict[str, Any]]:
    """What an administrator of a company that has nobody else yet does first; nothing for everybody else."""
    if not member.may("organization.manage") or not _is_new(member.company_id):
        return []
    return [
        {"title": str(title), "about": str(about), "icon": entry.icon, "url": url_for(entry.endpoint)}
        for entry, title, about in FIRST_STEPS
        if _is_there(entry, member)
    ]


def _is_new(company_id: int) -> bool:
    below_root = select(OrgUnit.id).where(OrgUnit.company_id == company_id, OrgUnit.parent_id.is_not(None))
    return db.session.scalar(below_root.limit(1)) is None
