"""What others take up out of a record: a case that somebody answers, a knowledge asset that is used again."""

from builder.forms import Form, Made
from core.db import db
from organization.models import Product
from runtime.cases import cases
from runtime.cases.cases import Opened
from runtime.knowledge import assets
from runtime.knowledge.assets import Learnt
from runtime.submissions.makers import sources
from runtime.submissions.models import Submission


def case(submission: Submission, _form: Form, made: Made) -> None:
    values = made.values
    if "title" not in values:
        return
    opened = Opened(
        kind=made.what or "alert",
        title=str(values["title"]),
        detail=str(values.get("body") or ""),
        unit_id=values.get("unit") or submission.unit_id,
        owner_id=values.get("owner"),
        opened_by=submission.submitter_id,
        ref=sources.reference(submission, made),
    )
    cases.open_case(submission.company_id, opened)


def asset(submission: Submission, _form: Form, made: Made) -> None:
    values = made.values
    if not str(values.get("title") or "").strip():
        return
    product = db.session.get(Product, values["product"]) if "product" in values else None
    learnt = Learnt(
        title=str(values["title"])[: assets.LONGEST_TITLE],
        body=str(values.get("body") or "")[: assets.LONGEST_BODY],
        line=product.line if product else None,
        unit_id=submission.unit_id,
        author_id=submission.submitter_id,
        ref=sources.reference(submission, made),
    )
    assets.keep(submission.company_id, learnt)
