"""What the company sells: lines of products, each in one life-cycle stage on any day."""

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import select

from core import audit
from core.db import Document, db
from core.errors import Invalid, Problem
from organization.models import Product, ProductStage


def create(company_id: int, code: str, name: str, line: str, *, by_id: int | None) -> Product:
    """Raises Invalid with every field that is wrong; flushes."""
    problems = _problems(name, line)
    if not 1 <= len(code) <= 40:
        problems.append(Problem("/code", "length", _("Give the product a code of 1 to 40 characters.")))
    elif db.session.scalar(select(Product.id).where(Product.company_id == company_id, Product.code == code)):
        problems.append(Problem("/code", "taken", _("Another product has the code %(code)s.", code=code)))
    if problems:
        raise Invalid(problems)
    product = Product(company_id=company_id, code=code, name=name, line=line)
    db.session.add(product)
    db.session.flush()
    audit.record("product.create", f"product:{product.id}", by_id=by_id, after=summary(product))
    return product


def change(
    product: Product, name: str, line: str, retired_on: dt.date | None, attributes: Document, *, by_id: int | None
) -> None:
    if problems := _problems(name, line):
        raise Invalid(problems)
    before = summary(product)
    product.name, product.line, product.retired_on, product.attributes = name, line, retired_on, attributes
    audit.record("product.change", f"product:{product.id}", by_id=by_id, before=before, after=summary(product))


def enter_stage(product: Product, stage: str, from_day: dt.date, *, by_id: int | None) -> ProductStage:
    """From the day on the product is in this stage, until its next one. A stage that begins that day is replaced."""
    if not 1 <= len(stage) <= 40:
        raise Invalid([Problem("/stage", "required", _("Say which stage the product enters."))])
    known = next((entry for entry in product.stages if entry.from_day == from_day), None)
    audit.record(
        "product.stage",
        f"product:{product.id}",
        by_id=by_id,
        before=known and {"stage": known.stage},
        after={"stage": stage, "from_day": from_day.isoformat()},
    )
    entry = known or ProductStage(product_id=product.id, from_day=from_day)
    entry.stage = stage
    db.session.add(entry)
    db.session.flush()
    db.session.expire(product, ["stages"])
    return entry


def drop_stage(entry: ProductStage, *, by_id: int | None) -> None:
    audit.record(
        "product.stage_drop",
        f"product:{entry.product_id}",
        by_id=by_id,
        before={"stage": entry.stage, "from_day": entry.from_day.isoformat()},
    )
    db.session.delete(entry)


def summary(product: Product) -> Document:
    return {
        "code": product.code,
        "name": product.name,
        "line": product.line,
        "retired_on": product.retired_on and product.retired_on.isoformat(),
        "attributes": product.attributes or {},
    }


def _problems(name: str, line: str) -> list[Problem]:
    problems = []
    if not 1 <= len(name) <= 120:
        problems.append(Problem("/name", "length", _("Give the product a name of 1 to 120 characters.")))
    if not 1 <= len(line) <= 80:
        problems.append(Problem("/line", "length", _("Say which product line it belongs to.")))
    return problems
