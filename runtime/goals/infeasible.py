"""Saying to people why a split cannot be made: the exact gap, and each way out with its amount."""

from collections.abc import Mapping

from flask_babel import gettext as _

from core.i18n import money
from runtime.goals.allocation import Infeasible, Remedy

NAMED = 3


def sentence(error: Infeasible, names: Mapping[str, str]) -> str:
    ways = _(", or ").join(_way(remedy, names) for remedy in error.remedies)
    return _("%(what)s Ways out: %(ways)s.", what=_what(error), ways=ways)


def _what(error: Infeasible) -> str:
    gap = money(error.gap)
    sentences = {
        "over_committed": _("floors and locked amounts need %(gap)s more than there is.", gap=gap),
        "over_capacity": _("%(gap)s is more than the caps can take.", gap=gap),
        "unassigned": _("everybody is locked and %(gap)s is left over.", gap=gap),
        "floor_above_cap": _("floors lie above caps by %(gap)s.", gap=gap),
    }
    return sentences[error.kind]


def _way(remedy: Remedy, names: Mapping[str, str]) -> str:
    amount, who = money(remedy.amount), _who(remedy, names)
    ways = {
        "raise_caps": _("raise caps by %(amount)s%(who)s", amount=amount, who=who),
        "lower_floors": _("lower floors by %(amount)s%(who)s", amount=amount, who=who),
        "release_locks": _("release locks of %(amount)s%(who)s", amount=amount, who=who),
        "move_to_reserve": _("keep %(amount)s in reserve", amount=amount),
        "lower_reserve": _("lower the reserve by %(amount)s", amount=amount),
        "raise_total": _("raise the target by %(amount)s", amount=amount),
    }
    return ways[remedy.action]


def _who(remedy: Remedy, names: Mapping[str, str]) -> str:
    if not remedy.children:
        return ""
    some = _(", ").join(names[child] for child in remedy.children[:NAMED])
    more = "…" if len(remedy.children) > NAMED else ""
    return _(" (%(names)s)", names=some + more)
