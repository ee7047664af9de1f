"""Files of forms: what a field takes, whose they are, who may see them. The bytes lie outside the web root."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from builder.forms import Field, Form
from core import clock, files
from core.db import db
from core.errors import Invalid, NotFound, Problem
from organization.models import Member
from runtime.submissions import sights
from runtime.submissions.filling import Filling
from runtime.submissions.models import Attachment, Submission

FILES = frozenset({"file", "image", "signature"})
MEGABYTE = 1024 * 1024
MOST_MB = {"file": 20, "image": 8, "signature": 1}
LARGEST = 50 * MEGABYTE
EVERYTHING = ("image", "pdf", "document", "sheet", "slides", "text")
LONGEST_TITLE = 200


def keep(place: Filling, field: Field, content: bytes, title: str) -> Attachment:
    """Store a file that was put into a field. Raises Invalid at the field when it is too large or not what it takes.
    Flushes."""
    path = f"/{field.name}"
    most = field.spec.get("x-files", {}).get("most_mb", MOST_MB[field.widget])
    if len(content) > most * MEGABYTE:
        sentence = _("The file is larger than %(most)s MB. Make it smaller, or split it.", most=most)
        raise Invalid([Problem(path, "too_large", sentence)])
    kind = files.kind_of(content, title)
    if kind is None or kind.name not in accepted(field):
        taken, called = _words(field), title[:60]
        sentence = _("“%(title)s” is by its content none of these: %(kinds)s.", title=called, kinds=taken)
        raise Invalid([Problem(path, "kind", sentence)])
    attachment = Attachment(
        company_id=place.company_id,
        name=secrets.token_urlsafe(24),
        member_id=place.world.who.member_id,
        definition_id=place.version.definition_id,
        field=field.id,
        title=_tidy(title),
        media=kind.media,
        size=len(content),
        content=files.keep(content),
        created_at=clock.now(),
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def keep_all(place: Filling, field: Field, uploads: Iterable[FileStorage]) -> tuple[list[Attachment], list[Problem]]:
    """Those that can be taken, and what is wrong with the others."""
    kept, problems = [], []
    for upload in uploads:
        try:
            kept.append(keep(place, field, upload.read(), upload.filename or ""))
        except Invalid as invalid:
            problems += invalid.problems
    return kept, problems


def accepted(field: Field) -> tuple[str, ...]:
    """Kinds of files that a field takes."""
    if field.widget == "signature":
        return ("image",)
    usual = ("image",) if field.widget == "image" else EVERYTHING
    return tuple(field.spec.get("x-files", {}).get("accept", usual))


def _words(field: Field) -> str:
    words = {
        "image": _("a picture (JPEG, PNG, WebP)"),
        "pdf": "PDF",
        "document": "Word",
        "sheet": "Excel",
        "slides": "PowerPoint",
        "text": _("a text file"),
    }
    return ", ".join(words[kind] for kind in accepted(field))


def _tidy(title: str) -> str:
    """The last part of what a browser says the file is called, without what no file name has."""
    name = title.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[-LONGEST_TITLE:] or "file"


# ── whose they are ───────────────────────────────────────────────────────────────────────────────────────────────────


def refused(place: Filling, values: Mapping[str, Any]) -> list[Problem]:
    """Names of files that he did not put into that field. One statement where there are any files."""
    named = list(_named(place.form, values))
    if not named:
        return []
    asked = select(Attachment.name, Attachment.field, Attachment.member_id, Attachment.submission_id).where(
        Attachment.name.in_({name for _path, _field, name in named}),
        Attachment.definition_id == place.version.definition_id,
    )
    sound = {(row.name, row.field) for row in db.session.execute(asked) if _is_his(place, row)}
    sentence = _("This file is not there any more. Add it again.")
    return [Problem(path, "file", sentence) for path, field, name in named if (name, field.id) not in sound]


def _is_his(place: Filling, row: Any) -> bool:
    if place.begun is not None and row.submission_id == place.begun.id:
        return True
    return row.submission_id is None and row.member_id == place.world.who.member_id


def hand_over(form: Form, submission: Submission) -> None:
    """The files in the values belong to the submission from now on. A statement where there are any."""
    names = {name for _path, _field, name in _named(form, {**submission.kept, **submission.values})}
    if names:
        mine = sa.update(Attachment).where(Attachment.name.in_(names), Attachment.submission_id.is_(None))
        db.session.execute(mine.values(submission_id=submission.id))


def let_go(draft: Submission) -> None:
    """The files of a draft that is thrown away go with it."""
    own = list(db.session.scalars(select(Attachment).where(Attachment.submission_id == draft.id)))
    for attachment in own:
        db.session.delete(attachment)
    db.session.flush()
    remove_unused({attachment.content for attachment in own})


def remove_unused(contents: set[str]) -> None:
    """Two people may have handed in the same picture: files are kept by content."""
    still = set(db.session.scalars(select(Attachment.content).where(Attachment.content.in_(contents))))
    for content in contents - still:
        files.remove_photo(content)


def _named(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, Field, str]]:
    """(path, field, name) of every file in the values."""
    for field in form.tops:
        if field.widget in FILES:
            yield from ((f"/{field.name}", field, name) for name in _list(values.get(field.name)))
        elif field.widget == "table":
            yield from _in_rows(field, values.get(field.name))


def _in_rows(table: Field, rows: Any) -> Iterator[tuple[str, Field, str]]:
    columns = [column for column in table.columns if column.widget in FILES]
    for number, row in enumerate(rows or ()):
        for column in columns:
            path = f"/{table.name}/{number}/{column.name}"
            yield from ((path, column, name) for name in _list(row.get(column.name)))


def _list(value: Any) -> list[str]:
    if isinstance(value, list):
        return [entry for entry in value if isinstance(entry, str)]
    return [value] if isinstance(value, str) and value else []


# ── looking at them ──────────────────────────────────────────────────────────────────────────────────────────────────


def readable(member: Member, name: str) -> Attachment:
    """A file that he put there, or that belongs to a record that he sees. Raises NotFound."""
    asked = select(Attachment).where(Attachment.name == name, Attachment.company_id == member.company_id)
    found = db.session.scalar(asked.options(joinedload(Attachment.submission)))
    if found is None or not (found.member_id == member.id or _sees(member, found.submission, found.field)):
        raise NotFound(_("This file is not there any more."))
    return found


def _sees(member: Member, submission: Submission | None, field_id: str) -> bool:
    if submission is None:
        return False
    form = sights.form_of(member.company_id, submission.definition.key)
    if form is None or not sights.sees_field(member, form, field_id):
        return False
    asked = select(Submission.id).where(Submission.id == submission.id, sights.visible(member, form))
    return db.session.scalar(asked) is not None


def titles(form: Form, values: Mapping[str, Any], company_id: int) -> dict[str, str]:
    """What the files in some values are called, by name. A statement where there are any."""
    names = {name for _path, _field, name in _named(form, values)}
    if not names:
        return {}
    asked = select(Attachment.name, Attachment.title).where(Attachment.name.in_(names))
    return dict(db.session.execute(asked.where(Attachment.company_id == company_id)).all())
