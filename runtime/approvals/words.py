"""What happens in a run, in the words of its reader: outcomes, deeds, and why somebody was asked."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.db import Document
from core.i18n import language, text
from organization import roles
from workflows import SUBMIT, Step

STATUS = {
    "running": (_l("In progress"), "info"),
    "finished": (_l("Agreed"), "good"),
    "rejected": (_l("Not agreed"), "bad"),
    "withdrawn": (_l("Withdrawn"), ""),
}
"""Words and tone."""

VERDICTS = {
    "approve": _l("Approve"),
    "reject": _l("Reject"),
    "done": _l("Done"),
    SUBMIT: _l("Send again"),
}

SAID = {
    "approve": _l("approved"),
    "reject": _l("rejected"),
    "done": _l("did it"),
    SUBMIT: _l("sent it again"),
}

CLOSED = {
    "joined": _l("no longer needed: others decided"),
    "refused": _l("no longer needed: it was refused beside it"),
    "returned": _l("taken back: the run was returned"),
    "withdrawn": _l("taken back: the run was withdrawn"),
    "transferred": _l("handed over"),
    "delegated": _l("gone for advice"),
    "held": _l("waits for an added signer"),
    "escalated": _l("gone to the next manager: it was overdue"),
    "reassigned": _l("given to somebody else by an administrator"),
    "jumped": _l("skipped by an administrator"),
    "rejected": _l("no longer needed: it was rejected"),
    "finished": _l("no longer needed: it was finished"),
    "ended": _l("ended by an administrator"),
}

WHY = {
    "next_manager": _l("the next manager, for nobody judges his own request"),
    "added": _l("added as a signer"),
    "transferred": _l("it was handed over to him"),
    "escalated": _l("it was overdue with the one before"),
    "delegated": _l("asked for advice"),
    "advised": _l("the advice he asked for has come"),
    "reassigned": _l("named by an administrator"),
    "nobody": _l("nobody was found; an administrator must name somebody"),
    "submitter": _l("the submitter himself"),
    "repeated": _l("approved before in this run"),
}


def step(one: Step | None, identity: str = "") -> str:
    return one.title(language()) if one is not None else identity


def verdict(one: Step, outcome: str) -> str:
    """What the button of an outcome says."""
    return _titled(one, outcome) or str(VERDICTS.get(outcome, outcome))


def said(one: Step | None, outcome: str) -> str:
    """What somebody did who chose it."""
    return (one and _titled(one, outcome)) or str(SAID.get(outcome, outcome))


def _titled(one: Step, outcome: str) -> str:
    return text(one.outcomes.get(outcome, {}).get("title"))


def why(one: Step | None, reason: str) -> str:
    """Why this person: an entry of the document, or what was done."""
    if not reason.startswith("/") or one is None:
        return str(WHY.get(reason, ""))
    if reason == "/empty/to":
        return _("nobody else was found: %(who)s", who=who(one.body["empty"]["to"]))
    return who(one.body["who"][int(reason.rpartition("/")[2])])


def who(entry: Mapping[str, Any]) -> str:
    """An entry of `who`, as a reason."""
    named = NAMED.get(entry["kind"])
    return named(entry) if named else str(KINDS.get(entry["kind"], entry["kind"]))


KINDS = {
    "member": _l("named in the flow"),
    "unit_head": _l("head of the unit"),
    "field": _l("named in the form"),
    "submitter": _l("the submitter himself"),
    "submitter_choice": _l("chosen by the submitter"),
    "previous_choice": _l("chosen in the step before"),
    "goal_owner": _l("owner of the goal"),
    "formula": _l("named by a formula"),
}


def _role(entry: Mapping[str, Any]) -> str:
    return text(roles.title(entry["role"]))


def _manager(entry: Mapping[str, Any]) -> str:
    level = int(entry.get("level", 1))
    return _("direct manager") if level == 1 else _("manager %(level)s levels up", level=level)


def _chain(_entry: Mapping[str, Any]) -> str:
    return _("in the line of managers")


NAMED = {"role": _role, "manager": _manager, "manager_chain": _chain}


def deed(operation: Document, by: str, one: Step | None, to: str) -> str:
    """One line of the history. `to` is the name of a person or of a step, as the deed needs it."""
    match operation["do"]:
        case "decide":
            return _("%(name)s: %(said)s", name=by, said=said(one, operation["outcome"]))
        case "add_signer":
            return _ADDED[operation["where"]] % {"name": by, "to": to}
        case "lapse":
            return str(_l("The time was up."))
        case known:
            return str(DEEDS[known]) % {"name": by, "to": to}


ADD = {
    "before": _l("He signs first, then I"),
    "with": _l("He signs beside me, both must"),
    "after": _l("I sign first, then he"),
}

_ADDED = {
    "before": _l("%(name)s asked %(to)s to sign first"),
    "with": _l("%(name)s asked %(to)s to sign as well"),
    "after": _l("%(name)s asked %(to)s to sign next"),
}

DEEDS = {
    "start": _l("%(name)s sent it"),
    "send_back": _l("%(name)s returned it to “%(to)s”"),
    "withdraw": _l("%(name)s withdrew it"),
    "transfer": _l("%(name)s handed it over to %(to)s"),
    "delegate": _l("%(name)s asked %(to)s for advice"),
    "urge": _l("%(name)s urged"),
    "wake": _l("What was awaited has come."),
    "reassign": _l("%(name)s, as administrator, gave it to %(to)s"),
    "jump": _l("%(name)s, as administrator, moved it to “%(to)s”"),
    "end": _l("%(name)s, as administrator, ended it"),
    "reopen": _l("%(name)s, as administrator, reopened it at “%(to)s”"),
    "move": _l("%(name)s, as administrator, moved it to another version of the flow"),
}


TOLD = {
    "decide": _l("Sent. Thank you."),
    "send_back": _l("Returned."),
    "withdraw": _l("Withdrawn."),
    "transfer": _l("Handed over."),
    "delegate": _l("Asked for advice."),
    "add_signer": _l("The signer was added."),
    "urge": _l("Urged."),
    "reassign": _l("Given to somebody else."),
    "jump": _l("Moved."),
    "end": _l("Ended."),
    "reopen": _l("Reopened."),
}


def told(operation: Document) -> str:
    """What the page says after a deed."""
    return str(TOLD[operation["do"]])


EFFECT = {"waiting": (_l("Waits its turn"), "info"), "done": (_l("Done"), "good"), "failed": (_l("Failed"), "bad")}
"""The states of an effect: words and tone."""

EFFECTS = {
    "append_note": _l("Write a note to the goal"),
    "create_goals": _l("Create goals"),
    "recascade": _l("Split the target anew"),
    "publish": _l("Publish"),
    "open_case": _l("Open a case"),
    "award": _l("Award points"),
    "notify": _l("Send a notice"),
    "remind": _l("Remind"),
    "set": _l("Set a field"),
    "webhook": _l("Tell another system"),
    "call": _l("Start another flow"),
    "wait": _l("Wait"),
    "note": _l("Note"),
}


def effect(kind: str) -> str:
    return str(EFFECTS.get(kind, kind))
