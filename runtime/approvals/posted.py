"""What a page of a run posts, as an operation of the engine and what goes with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from core import files
from core.db import Document
from core.errors import Invalid, Problem
from organization.models import Member
from runtime.approvals import people

Posted = MultiDict[str, str]

LONGEST_REASON = 1000
LONGEST_COMMENT = 2000
MOST_FILES = 9
MOST_MB = 20
MEGABYTE = 1024 * 1024
CHOSEN = "chosen-"


@dataclass(frozen=True)
class Deed:
    """`operation` is the engine's, without whom it is by; the rest stays in the history."""

    operation: Document
    seen: int | None
    reason: str
    comment: str
    client_id: str
    signature: str | None
    files: list[Document] = field(default_factory=list)

    @property
    def beside(self) -> Document:
        """What goes with the operation, as `running.act` takes it."""
        return {
            "seen": self.seen,
            "reason": self.reason,
            "comment": self.comment,
            "files": self.files,
            "signature": self.signature,
            "client_id": self.client_id or None,
        }


def read(member: Member, posted: Posted, uploads: Iterable[FileStorage] = ()) -> Deed:
    """Raises Invalid for a person whom nobody is, or a file that cannot be taken. Files are stored."""
    return Deed(
        operation=_operation(member, posted),
        seen=posted.get("seen", type=int),
        reason=posted.get("reason", "").strip()[:LONGEST_REASON],
        comment=posted.get("comment", "").strip()[:LONGEST_COMMENT],
        client_id=posted.get("client_id", "")[:64],
        signature=posted.get("signature") or None,
        files=_kept([upload for upload in uploads if upload.filename]),
    )


def _operation(member: Member, posted: Posted) -> Document:
    what = posted.get("do", "")
    build = OPERATIONS.get(what)
    if build is None:
        raise Invalid([Problem("/do", "unknown", _("Choose what to do."))])
    return {"do": what, **build(member, posted)}


def _decide(member: Member, posted: Posted) -> Document:
    found: Document = {"item": posted.get("item", ""), "outcome": posted.get("outcome", "")}
    if posted.get("back_to"):
        found["to"] = posted["back_to"]
    if chosen := chosen_people(member.company_id, posted):
        found["chosen"] = chosen
    return found


def _send_back(_member: Member, posted: Posted) -> Document:
    found = {"item": posted.get("item", ""), "to": posted.get("to", "")}
    return {**found, "resume": posted["resume"]} if posted.get("resume") in ("here", "again") else found


def _to_person(member: Member, posted: Posted) -> Document:
    person = people.named(member.company_id, posted.get("person", ""))
    return {"item": posted.get("item", ""), "to": str(person.id)}


def _add_signer(member: Member, posted: Posted) -> Document:
    where = posted.get("where", "after")
    return {**_to_person(member, posted), "where": where if where in ("before", "with", "after") else "after"}


def _nothing(_member: Member, _posted: Posted) -> Document:
    return {}


def _jump(_member: Member, posted: Posted) -> Document:
    found = {"to": posted.get("to", "")}
    return {**found, "item": posted["item"]} if posted.get("item") else found


def _end(_member: Member, posted: Posted) -> Document:
    return {"status": posted.get("status", "")}


def _reopen(_member: Member, posted: Posted) -> Document:
    return {"to": posted.get("to", "")}


OPERATIONS: dict[str, Any] = {
    "decide": _decide,
    "send_back": _send_back,
    "transfer": _to_person,
    "delegate": _to_person,
    "add_signer": _add_signer,
    "withdraw": _nothing,
    "urge": _nothing,
    "reassign": _to_person,
    "jump": _jump,
    "end": _end,
    "reopen": _reopen,
}
BY_ADMINS = frozenset({"reassign", "jump", "end", "reopen"})


def chosen_people(company_id: int, posted: Posted) -> dict[str, list[str]]:
    """People for steps that leave the choice to somebody, by step: fields chosen-<step>, ids or typed names."""
    found: dict[str, list[str]] = {}
    for name in posted:
        if name.startswith(CHOSEN):
            words = [one.strip() for one in posted.getlist(name) if one.strip()]
            if words:
                found[name.removeprefix(CHOSEN)] = [_chosen(company_id, one, name) for one in words]
    return found


def chosen_ids(posted: Posted) -> dict[str, list[str]]:
    """Of such people those who were ticked: what is being typed is nobody yet."""
    fields = [name for name in posted if name.startswith(CHOSEN)]
    ticked = {name: [one[1:] for one in posted.getlist(name) if one.startswith("#")] for name in fields}
    return {name.removeprefix(CHOSEN): ids for name, ids in ticked.items() if ids}


def _chosen(company_id: int, words: str, name: str) -> str:
    return words.removeprefix("#") if words.startswith("#") else str(people.named(company_id, words, name).id)


def _kept(uploads: list[FileStorage]) -> list[Document]:
    if len(uploads) > MOST_FILES:
        raise Invalid([Problem("/files", "too_many", _("Attach at most %(most)s files.", most=MOST_FILES))])
    return [keep(upload.read(), upload.filename or "") for upload in uploads]


def keep(content: bytes, title: str) -> Document:
    """Store a file that goes with a verdict or a comment. Raises Invalid for what we do not take."""
    if len(content) > MOST_MB * MEGABYTE:
        sentence = _("The file is larger than %(most)s MB. Make it smaller, or split it.", most=MOST_MB)
        raise Invalid([Problem("/files", "too_large", sentence)])
    kind = files.kind_of(content, title)
    if kind is None:
        sentence = _("“%(title)s” is no picture, PDF, Office file or text.", title=title[:60])
        raise Invalid([Problem("/files", "kind", sentence)])
    name = title.replace("\\", "/").rpartition("/")[2]
    tidy = "".join(letter for letter in name if letter.isprintable())[-200:] or "file"
    return {"title": tidy, "media": kind.media, "size": len(content), "content": files.keep(content)}
