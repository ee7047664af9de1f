"""试算 as a review carries and tells it. What runs definitions computes it, and is not known here: it registers.

    what_if.register(summary)         # on start: summary(draft, period) gives figures, None where nobody gets a number
    what_if.of(draft, "2025-Q1")      # those figures; kept with the review that the draft is submitted with
    what_if.sentence(part)            # 430 人中 212 人变化,最多 +3.2 分,7 人跨档

The shape of the figures stands in `runtime/whatif/summaries.py`. They bear no names: whoever reviews may read them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext

from builder.models import DefinitionVersion
from core.db import Document
from core.i18n import money, text

Computer = Callable[[DefinitionVersion, str], Document | None]
COMPUTED = frozenset({"formula", "table", "cascade", "metric"})  # the kinds that people get numbers by
MONEY = "money"
COLOURS = {"red": _l("Red"), "yellow": _l("Yellow"), "green": _l("Green"), "grey": _l("No data")}
KINDS = {"targets": _l("Targets"), "scores": _l("Scores"), "lights": _l("Lights")}

_computers: list[Computer] = []


def register(computer: Computer) -> None:
    if computer not in _computers:
        _computers.append(computer)


def of(draft: DefinitionVersion, period: str = "") -> Document | None:
    """The figures of the draft as it stands; None where it gives nobody a number yet."""
    found = (computer(draft, period) for computer in _computers)
    return next((figures for figures in found if figures is not None), None)


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sentence(part: Document) -> str:
    """Who moves, first of all."""
    if not part["people"]:
        return _nobody(part)
    if not part["changed"]:
        said = _("Nobody moves: all %(people)s people keep what they have.", people=part["people"])
    else:
        said = _changes(part)
    if part["held"]:
        said += _held(part["held"])
    return said


def _held(people: int) -> str:
    return ngettext(
        " %(num)d more person has no number: figures are missing.",
        " %(num)d more people have no number: figures are missing.",
        people,
    )


def _nobody(part: Document) -> str:
    if part["held"]:
        return _("Nobody has a number in this period: figures are missing. Choose another one, or feed them first.")
    return _("There is nobody to compare in this period.")


def _changes(part: Document) -> str:
    said = [_("%(changed)s of %(people)s people change", changed=part["changed"], people=part["people"])]
    most = [signed(side["most"], part["unit"]) for side in (part["up"], part["down"]) if side["people"]]
    if len(most) == 2:
        said.append(_("by at most %(up)s and %(down)s", up=most[0], down=most[1]))
    elif most:
        said.append(_("by at most %(change)s", change=most[0]))
    if part["crossed"]:
        said.append(_crossed(part))
    return pgettext("between clauses", ", ").join(said)


def _crossed(part: Document) -> str:
    if part["kind"] == "scores":
        return ngettext("%(num)d person changes grade", "%(num)d people change grade", part["crossed"])
    return ngettext("%(num)d light changes", "%(num)d lights change", part["crossed"])


def kind(name: str) -> str:
    return str(KINDS.get(name, name))


def shown(value: float | None, unit: Any) -> str:
    """A number as people read it: money as money, anything else with its unit."""
    if value is None:
        return "—"
    if unit == MONEY:
        return money(value)
    return f"{_short(value)} {text(unit)}".rstrip()


def signed(change: float, unit: Any) -> str:
    return ("+" if change > 0 else "") + shown(change, unit)


def bare(value: float | None, unit: Any) -> str:
    """The same in a column whose head names the unit; money always says its own."""
    return shown(value, unit if unit == MONEY else "")


def bare_change(change: float, unit: Any) -> str:
    return ("+" if change > 0 else "") + bare(change, unit)


def unit_of(unit: Any) -> str:
    """For the head of a column: (分)."""
    return f" ({text(unit)})" if unit and unit != MONEY else ""


def grade(name: str | None) -> str:
    """A grade as its table says it; a light by its word."""
    return "—" if name is None else str(COLOURS.get(name, name))


class Slice(NamedTuple):
    """How many gain or lose between two amounts."""

    words: str
    people: int


def slices(part: Document) -> list[Slice]:
    """The histogram as a list: from the largest loss to the largest gain."""
    return [Slice(_between(low, high, part["unit"]), people) for low, high, people in part["bins"]]


def _between(low: float, high: float, unit: Any) -> str:
    if not high and not low:
        return _("unchanged")
    near, far = (low, high) if high > 0 else (high, low)
    return _("%(near)s to %(far)s", near=bare_change(near, unit) if near else "0", far=bare_change(far, unit))


def histogram(part: Document) -> Document:
    """The same for `chart`."""
    found = slices(part)
    series = [{"name": _("People"), "values": [entry.people for entry in found]}]
    return {"kind": "bar", "unit": "", "labels": [entry.words for entry in found], "series": series}


def grades(part: Document) -> Document:
    """How many people stand in each grade or light, before and after, for `chart`."""
    names = [_("Before"), _("After")]
    columns = zip(*((before, after) for _name, before, after in part["grades"]), strict=True)
    series = [{"name": name, "values": [*values]} for name, values in zip(names, columns, strict=True)]
    return {"kind": "bar", "unit": "", "labels": [grade(name) for name, *_counts in part["grades"]], "series": series}


def _short(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
