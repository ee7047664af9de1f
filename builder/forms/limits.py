"""Who may send a form, from when until when, and how often."""

import datetime as dt
from dataclasses import dataclass

from flask_babel import gettext as _

from builder.forms.document import Form
from builder.forms.world import Who
from core.errors import Problem


@dataclass(frozen=True)
class Often:
    """At most `most` times a person in each period: day, week, month, quarter, year or ever."""

    most: int
    every: str

    def began(self, today: dt.date) -> dt.date | None:
        """The first day of the period that today lies in; None for ever."""
        match self.every:
            case "day":
                return today
            case "week":
                return today - dt.timedelta(days=today.weekday())
            case "month":
                return today.replace(day=1)
            case "quarter":
                return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
            case "year":
                return today.replace(month=1, day=1)
        return None


def often(form: Form) -> Often | None:
    given = form.body.get("limits", {})
    return Often(given["most"], given["every"]) if "most" in given else None


def refusal(form: Form, who: Who, today: dt.date, sent: int = 0) -> Problem | None:
    """Why this person may not send the form today, after having sent it `sent` times in the period."""
    given = form.body.get("limits", {})
    if "roles" in given and who.roles.isdisjoint(given["roles"]):
        return Problem("", "roles", _("This form is for other roles. Ask HR if you should fill it."))
    if "from" in given and today.isoformat() < given["from"]:
        return Problem("", "early", _("This form opens on %(day)s.", day=given["from"]))
    if "until" in given and today.isoformat() > given["until"]:
        return Problem(
            "", "late", _("This form closed on %(day)s. Ask HR if it should be opened again.", day=given["until"])
        )
    if "most" in given and sent >= given["most"]:
        sentence = _("You have sent this %(count)s times already; change what you sent instead.", count=sent)
        return Problem("", "often", sentence)
    return None


@dataclass(frozen=True)
class Public:
    """A link for people without an account."""

    most_a_day: int
    until: dt.date


def public(form: Form) -> Public | None:
    """None: there is no link, which is how every form begins."""
    given = form.body.get("public")
    return Public(given["most_a_day"], dt.date.fromisoformat(given["until"])) if given else None
