"""`/api/v1/openapi.json`: what the API takes, for everybody; with a token also the forms of its company."""

from flask import Blueprint, Response, jsonify

from core import access
from runtime.api import bearer, openapi

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/openapi.json")
@access.public
def description() -> Response:
    return jsonify(openapi.document(bearer.sent_token()))
