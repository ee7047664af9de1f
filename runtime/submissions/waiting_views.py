"""待上传: what a phone keeps until it finds a network again. The list is the browser's; the page brings its frame."""

from flask import render_template

from core import access
from runtime.submissions.views import bp


@bp.get("/waiting")
@access.signed_in
def waiting() -> str:
    return render_template("runtime/submissions/waiting.html")
