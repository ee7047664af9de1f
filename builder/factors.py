"""目标影响因子库 (S17): what moves the targets, in people's words, and new metrics from a few answers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from builder import definitions, references, skeletons
from builder.models import Definition, DefinitionVersion
from core.db import Document
from core.errors import Invalid, Problem
from organization import roles

FACTOR = "factor"
# Tags that sort factors for people, in the order of the tabs. A leading factor tells early what a result will be.
TAGS: dict[str, Any] = {
    "result": _l("Results"),
    "behaviour": _l("Behaviour"),
    "leading": _l("Leading"),
    "lagging": _l("Lagging"),
}
LONGEST_TITLE, LONGEST_UNIT, LONGEST_RULE = 80, 12, 500

DIRECTIONS = {
    "increase": (_l("The more the better"), _l("sales, visits")),
    "decrease": (_l("The less the better"), _l("days until payment, returns")),
    "maintain_min": (_l("Stay above a line"), _l("price level")),
    "maintain_max": (_l("Stay below a line"), _l("discount, stock")),
}
# How it adds up, for people: what is to be understood by the figure of a team and of a month.
ADDING: dict[str, Any] = {
    "sum": (_l("Add up"), _l("amounts and counts; only these can be split as a target"), "sum", "sum"),
    "mean": (_l("Take the average"), _l("days, scores"), "mean", "mean"),
    "ratio": (_l("Compute it anew from both parts"), _l("rates such as coverage or conversion"), "ratio", "ratio"),
    "last": (_l("Take the newest value"), _l("stock, headcount"), "last", "last"),
}
SOURCES = {
    "form": (_l("People fill it in"), _l("on a form or with a task")),
    "api": (_l("Another system sends it"), _l("CRM, ERP")),
    "csv": (_l("A file is imported"), _l("Excel or CSV")),
    "rule": (_l("Guantong computes it"), _l("from what is there already")),
}


@dataclass(frozen=True)
class Factor:
    """A line of the library."""

    id: int
    key: str
    title: Document
    body: Document
    rule: Document | None
    number: int | None
    tags: tuple[str, ...]
    users: tuple[DefinitionVersion, ...]


def library(company_id: int) -> list[Factor]:
    """Metrics tagged factor, each with what in force names it; one statement."""
    versions = definitions.published_all(company_id)
    users = _users(versions)
    found = [_factor(version, users) for version in versions if version.definition.kind == "metric"]
    return [factor for factor in found if FACTOR in factor.tags]


def find(definition: Definition) -> Factor | None:
    """A metric in force, factor or not; None when it has no version in force. One statement."""
    versions = definitions.published_all(definition.company_id)
    here = next((version for version in versions if version.definition_id == definition.id), None)
    return _factor(here, _users(versions)) if here else None


def _users(versions: Iterable[DefinitionVersion]) -> dict[str, list[DefinitionVersion]]:
    found: dict[str, list[DefinitionVersion]] = defaultdict(list)
    for version in versions:
        for key in {reference.key for reference in references.of(version.document) if reference.kind == "metric"}:
            found[key].append(version)
    return found


def _factor(version: DefinitionVersion, users: Mapping[str, list[DefinitionVersion]]) -> Factor:
    document = version.document
    return Factor(
        id=version.definition_id,
        key=document["key"],
        title=document["title"],
        body=document["body"],
        rule=document.get("description"),
        number=version.number,
        tags=tuple(document["body"].get("tags", ())),
        users=tuple(users.get(document["key"], ())),
    )


EVENTS: dict[str, Any] = {
    "visits": _l("visits"),
    "contact": _l("contact"),
    "quote": _l("quote"),
    "meeting": _l("meeting"),
}


def counting_rule(body: Document) -> str:
    """How a metric is counted from what happened with customers, as a sentence; empty for any other."""
    if not (count := body.get("count")):
        return ""
    what = " · ".join(
        filter(None, [count.get("customer_tier"), count.get("contact_level"), str(EVENTS[count["from"]])])
    )
    followed = count["followed_by"]
    return _(
        "Counts %(what)s, each customer once a day. One counts when a %(events)s with the same customer follows within "
        "%(days)s days; until then it is unconfirmed. No typed number can stand in.",
        what=what,
        events=_(" or ").join(str(EVENTS[event]) for event in followed["from"]),
        days=followed["within_days"],
    )


# ── a new metric ──────────────────────────────────────────────────────────────────────────────────────────────────


def document(posted: Mapping[str, str], tags: Iterable[str], company_id: int) -> Document:
    """The document that the answers describe; its key comes from the title's pinyin. Raises Invalid with a problem at
    each question."""
    answers = {name: posted.get(name, "").strip() for name in (*ASKED, "title_en", "unit_en", "owner")}
    tags = [tag for tag in TAGS if tag in set(tags)]
    if problems := [*_missing(answers), *_unknown(answers)]:
        raise Invalid(problems)
    made = skeletons.document({**answers, "kind": "metric"}, company_id)
    *_words, org, time = ADDING[answers["adding"]]
    body: Document = {
        "unit": _text(answers["unit"], answers["unit_en"]),
        "direction": answers["direction"],
        "org": org,
        "time": time,
        "source": {"from": answers["source"]},
        "tags": [FACTOR, *tags],
    }
    if answers["owner"]:
        body["owner"] = answers["owner"]
    return {**made, "description": {"zh": answers["rule"]}, "body": body}


ASKED = ("title", "unit", "direction", "adding", "source", "rule")


def _missing(answers: Mapping[str, str]) -> list[Problem]:
    limits = {"title": LONGEST_TITLE, "unit": LONGEST_UNIT, "rule": LONGEST_RULE}
    remedies = {
        "title": _("Give it a name of at most 80 characters."),
        "unit": _("Say in what it is counted, in at most 12 characters: 元, 次, %%."),
        "rule": _("Say in words what counts and what does not, in at most 500 characters."),
    }
    return [
        Problem(f"/{name}", "required", remedies[name])
        for name, limit in limits.items()
        if not 1 <= len(answers[name]) <= limit
    ]


def _unknown(answers: Mapping[str, str]) -> list[Problem]:
    choices = {"direction": DIRECTIONS, "adding": ADDING, "source": SOURCES}
    found = [name for name, known in choices.items() if answers[name] not in known]
    if answers["owner"] and answers["owner"] not in roles.ROLES:
        found.append("owner")
    return [Problem(f"/{name}", "unknown", _("Choose one of the list.")) for name in found]


def _text(chinese: str, english: str) -> Document:
    return {"zh": chinese, **({"en": english} if english else {})}
