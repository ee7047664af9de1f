"""Boards: what HR published for people to look at."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from core import access
from runtime.boards import boards

bp = Blueprint("boards", __name__, url_prefix="/boards")


@bp.get("")
@access.needs("goals.read")
def index() -> str:
    return render_template("runtime/boards/index.html", boards=boards.published(current_user.company_id))


@bp.get("/<key>")
@access.needs("goals.read")
def show(key: str) -> str:
    version = boards.find(current_user.company_id, key)
    seen = boards.seen_by(current_user, request.args.get("set", type=int))
    if seen is None:
        return render_template("runtime/goals/no_goals.html")
    shown = boards.widgets(version, seen)
    return render_template("runtime/boards/board.html", version=version, seen=seen, widgets=shown)
