"""`POST /api/v1/facts` and `/touches`: a batch is taken whole or not at all, and sending it again changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify
from flask_babel import gettext as _

from core.db import Document, db
from core.errors import Invalid, Problem
from core.security import csrf
from runtime.api import openapi
from runtime.api.bearer import needs_token, posted_json
from runtime.api.models import ApiToken
from runtime.facts import store, touches
from runtime.facts.judging import Given
from runtime.facts.store import Fed
from runtime.facts.touches import GivenTouch

bp = Blueprint("facts_api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)

FEED = "facts.feed"
MOST = 5000  # rows of a batch

TEXT, NUMBER = (str,), (int, float)
FACT: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("metric", "period", "unit", "member", "product", "source_ref"), TEXT),
    **dict.fromkeys(("value", "weight"), NUMBER),
}
TOUCH: Mapping[str, tuple[type, ...]] = dict.fromkeys(
    ("customer", "member", "day", "kind", "contact_level", "source_ref"), TEXT
)

G = TypeVar("G", Given, GivenTouch)


@bp.post("/facts")
@needs_token(FEED)
def feed_facts(token: ApiToken) -> Response:
    batch = _batch(posted_json(), "facts", Given, FACT, required=("metric", "period", "value"))
    note, covers = f"token {token.name}", token.covers
    fed = store.feed(token.company_id, batch, source="api", by_id=None, covers=covers, note=note)
    return _answer(fed)


@bp.post("/touches")
@needs_token(FEED)
def feed_touches(token: ApiToken) -> Response:
    batch = _batch(posted_json(), "touches", GivenTouch, TOUCH, required=("customer", "member", "day", "kind"))
    note, covers = f"token {token.name}", token.covers
    fed = touches.feed(token.company_id, batch, source="api", by_id=None, covers=covers, note=note)
    return _answer(fed)


def _answer(fed: Fed) -> Response:
    if fed.rejected:
        raise Invalid(fed.rejected, _("Nothing was stored: mend the rows that are named and send all again."))
    db.session.commit()
    return jsonify(fed.as_json())


def _batch(
    document: Any, name: str, given: type[G], fields: Mapping[str, tuple[type, ...]], required: Sequence[str]
) -> list[G]:
    """The rows of the document. Raises Invalid with the place of everything that is no row."""
    rows = document.get(name) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise Invalid([Problem(f"/{name}", "shape", _("Send an object with a list “%(name)s”.", name=name))])
    if len(rows) > MOST:
        raise Invalid([Problem(f"/{name}", "too_many", _("Send at most %(most)s rows at once.", most=MOST))])
    problems = [found for at, row in enumerate(rows) for found in _shape(row, f"/{name}/{at}", fields, required)]
    if problems:
        raise Invalid(problems)
    return [given(place=f"/{name}/{at}", **row) for at, row in enumerate(rows)]


def _shape(row: Any, place: str, fields: Mapping[str, tuple[type, ...]], required: Sequence[str]) -> list[Problem]:
    if not isinstance(row, dict):
        return [Problem(place, "shape", _("A row is an object."))]
    problems = [Problem(f"{place}/{key}", "needed", _("This is missing.")) for key in required if key not in row]
    for key, value in row.items():
        if key not in fields:
            problems.append(Problem(f"{place}/{key}", "unknown", _("There is no such field.")))
        elif not isinstance(value, fields[key]) or isinstance(value, bool):
            sentence = _("A number belongs here.") if fields[key] is NUMBER else _("A text belongs here.")
            problems.append(Problem(f"{place}/{key}", "type", sentence))
    return problems


# ── as OpenAPI tells it ──────────────────────────────────────────────────────────────────────────────────────────────


def _paths(_token: ApiToken | None) -> Mapping[str, Document]:
    facts = _described("facts", FACT, required=("metric", "period", "value"))
    met = _described("touches", TOUCH, required=("customer", "member", "day", "kind"))
    fed = {name: {"type": "integer"} for name in ("accepted", "unchanged", "corrected")}
    answers = {200: {"type": "object", "required": list(fed), "properties": fed}}
    return {
        "/api/v1/facts": {"post": openapi.operation("feed_facts", "Feed figures.", answers, body=facts)},
        "/api/v1/touches": {"post": openapi.operation("feed_touches", "Feed visits.", answers, body=met)},
    }


def _described(name: str, fields: Mapping[str, tuple[type, ...]], required: Sequence[str]) -> Document:
    kinds = {key: {"type": "number" if kind is NUMBER else "string"} for key, kind in fields.items()}
    row = {"type": "object", "required": list(required), "properties": kinds, "additionalProperties": False}
    rows = {name: {"type": "array", "maxItems": MOST, "items": row}}
    return {"type": "object", "required": [name], "properties": rows}


openapi.register(_paths)
