"""An expression of a draft as its editor has it: the published text, the people, and what the page keeps of them.

    stand = formula_desk.of_place(draft, "levels/l1/weight", typed, known)
    people = formula_desk.people_of(stand, known, session)
    {{ formula_desk(…) }}                                                   templates/builder/formula/field.html

The people are looked up when the editor is opened, and the page keeps their rows, signed: a check while somebody
types asks the organisation nothing. Whom somebody chose is kept in the session, for every expression about the same
people.
"""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

import formulas
from builder import (
    form_formulas,
    formula_circles,
    formula_editor,
    formula_people,
    formula_places,
    formula_uses,
    samples,
)
from builder.flows import formula_places as flow_formulas
from builder.formula_editor import Setting, Shown, Text
from builder.formula_people import MOST, People
from builder.formula_places import Place
from builder.models import DefinitionVersion
from builder.remedies import Fault
from builder.samples import Rows
from builder.sources import Sources
from core import clock
from core.db import Document
from core.errors import Invalid, NotFound, Problem

CHOSEN = "formula_people"
REMEMBERED = 6  # choices, in the session of one reader
Session = MutableMapping[str, Any]


@dataclass(frozen=True)
class Stand:
    """`about` says which people: expressions about the same share who was chosen. `circle` is what the text alone
    does not show. `alone` is all there is to show of an expression that is about nobody: one of a form."""

    draft: Text
    before: Text | None
    about: str
    everybody: Callable[[], Rows]
    circle: Fault | None = None
    alone: Shown | None = None


def of_place(draft: DefinitionVersion, at: str, typed: str | None, known: Sources) -> Stand:
    """A place of `formula_places`; `typed` is the text where it is not the draft's. Raises NotFound."""
    body = draft.document["body"]
    if draft.definition.kind == "form":
        return _alone(form_formulas.show(body, at, typed), at, typed)
    if draft.definition.kind == "workflow":
        return _alone(flow_formulas.show(body, at, typed, known), at, typed)
    place = formula_places.find(draft.document, at)
    if place is None:
        raise NotFound(_("This card is gone: somebody removed it. Reload the page."), f"no expression at {at}")
    published = known.get((draft.definition.kind, draft.definition.key))
    before = formula_places.find(published.document, at) if published else None
    company_id = draft.definition.company_id
    return Stand(
        Text(place.text if typed is None else typed, _wanting(place, known)),
        Text(before.text, before.setting) if before and before.text else None,
        f"{place.name} {place.level}",
        lambda: formula_people.of_place(place, company_id, known),
    )


def _wanting(place: Place, known: Sources) -> Setting:
    """What is handed to a table or formula must be of the kind that its input takes."""
    if place.handed is None:
        return place.setting
    use, key = place.handed
    return replace(place.setting, wanted=formula_uses.kinds_of(use, known).get(key))


def _alone(found: Shown | None, at: str, typed: str | None) -> Stand:
    """An expression of a form or a flow: it is about nobody in particular."""
    if found is None:
        raise NotFound(_("This card is gone: somebody removed it. Reload the page."), f"no expression at {at}")
    text = Text(typed or "", formula_editor.Setting(()))
    return Stand(text, None, "form", lambda: samples.NOBODY, alone=found)


def of_formula(draft: DefinitionVersion, document: Document, known: Sources) -> Stand:
    """The expression of a definition of kind formula, as `document` has it."""
    key, company_id = draft.definition.key, draft.definition.company_id
    published = known.get(("formula", key))
    return Stand(
        text_of(document),
        text_of(published.document) if published else None,
        f"formula {key}",
        lambda: formula_people.of_formula(document, company_id, known),
        formula_circles.fault(document, known),
    )


def text_of(document: Document) -> Text:
    return Text(document["body"]["expression"], formula_editor.of_formula(document["body"]))


def show(stand: Stand, people: People, person: int, known: Sources) -> Shown:
    if stand.alone is not None:
        return stand.alone
    found = formula_editor.show(stand.draft, stand.before, people.rows, person, known, clock.today())
    return formula_editor.refused(found, stand.circle) if stand.circle else found


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def people_of(stand: Stand, known: Sources, session: Session) -> People:
    """Whom the reader chose for expressions about these people; best, middle and worst at first."""
    everybody = stand.everybody()
    extremes = _extremes(stand, everybody, known)
    wished = session.get(CHOSEN, {}).get(stand.about)
    at = extremes if wished is None else _still_there(wished, everybody)
    return formula_people.chosen(everybody, at, formula_people.ranked(extremes))


def add(stand: Stand, now: People, position: int, session: Session) -> None:
    """One more beside the others, as long as there is room."""
    everybody = stand.everybody()
    if 0 <= position < len(everybody) and position not in now.at and len(now.at) < MOST:
        _remember(stand, everybody, [*now.at, position], session)


def remove(stand: Stand, now: People, position: int, session: Session) -> None:
    """One less; nobody left means the first three again."""
    left = [at for at in now.at if at != position]
    if left:
        _remember(stand, stand.everybody(), left, session)
    else:
        forget(stand, session)


def forget(stand: Stand, session: Session) -> None:
    """Best, middle and worst again."""
    session[CHOSEN] = {about: chosen for about, chosen in session.get(CHOSEN, {}).items() if about != stand.about}


def _remember(stand: Stand, everybody: Rows, at: list[int], session: Session) -> None:
    forget(stand, session)
    others = list(session[CHOSEN].items())[1 - REMEMBERED :]
    session[CHOSEN] = dict(others) | {stand.about: [[position, everybody.names[position]] for position in at]}


def _still_there(wished: list[list[Any]], everybody: Rows) -> list[int]:
    """Where the chosen stand today: people come and go."""
    names = everybody.names
    found = [at if at < len(names) and names[at] == name else _position(name, names) for at, name in wished]
    return [at for at in dict.fromkeys(found) if at >= 0]


def _position(name: str, names: list[str]) -> int:
    return names.index(name) if name in names else -1


def _extremes(stand: Stand, everybody: Rows, known: Sources) -> list[int]:
    judged_by = stand.before or stand.draft
    return formula_editor.best_middle_worst(judged_by, known, everybody, clock.today())


# ── what the page keeps ───────────────────────────────────────────────────────────────────────────────────────────


def sign(now: People) -> str:
    columns = {key: [formulas.plain(value) for value in column] for key, column in now.rows.columns.items()}
    return str(_signer().dumps([now.rows.names, columns, list(now.at), list(now.ranks)]))


def kept(signed: str) -> People:
    """The people that the page kept. Raises Invalid when it is not as the page got it."""
    try:
        names, columns, at, ranks = _signer().loads(signed)
    except BadSignature:
        raise Invalid([Problem("", "stale", _("This page is out of date. Reload it."))]) from None
    return People(Rows(names, columns), at, ranks)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="formula-editor")
