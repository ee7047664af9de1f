"""The route of a form while it is filled in."""

from flask import render_template, request
from flask_login import current_user

from builder import forms
from core import access
from runtime.approvals import posted
from runtime.submissions import filling, posting, route
from runtime.submissions.views import bp


@bp.post("/<key>/route")
@access.signed_in
def route_ahead(key: str) -> str:
    """Whom it will ask, with what is filled in so far; nothing is kept."""
    place = filling.find(current_user, key, request.form.get("client_id", "")[: filling.LONGEST_CLIENT_ID])
    values = forms.effective(place.form, posting.read(place, request.form).values, place.world).values
    ahead = route.ahead(place, values, posted.chosen_ids(request.form))
    return render_template("runtime/submissions/_route.html", ahead=ahead, page={"place": place})
