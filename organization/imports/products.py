"""Sheet of products: code, name, line, the stage entered and since when, free attributes."""

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.db import db
from organization import values
from organization.imports.columns import Column, short
from organization.imports.plans import Key, Kind, Plan, Row, Values
from organization.models import Company, Product, ProductStage

PLAIN = ("code", "name", "line", "retired_on", "attributes")


def existing(company: Company) -> dict[Key, Values]:
    """The stage is the latest one, also when it is only planned."""
    query = select(Product).where(Product.company_id == company.id).options(selectinload(Product.stages))
    return {
        (product.code,): {
            "id": product.id,
            "code": product.code,
            "name": product.name,
            "line": product.line,
            "retired_on": product.retired_on,
            "attributes": product.attributes or {},
            "stage": product.stages[-1].stage if product.stages else None,
            "stages": {entry.from_day: entry.stage for entry in product.stages},
        }
        for product in db.session.scalars(query)
    }


def judge(plan: Plan) -> None:
    for row in plan.rows:
        if row.ok and _enters_stage(row) and row.after["from_day"] is None:
            row.wrong("from_day", _("Say from which day on the product is in this stage."))


def _enters_stage(row: Row) -> bool:
    stage = row.values.get("stage")
    return stage is not None and stage != (row.before or {}).get("stage")


def write(plan: Plan) -> None:
    ids = {code: values_["id"] for (code,), values_ in plan.existing.items()}
    if plan.adds:
        new = [{"company_id": plan.company.id, **_plain(row)} for row in plan.adds]
        ids |= dict(db.session.execute(sa.insert(Product).returning(Product.code, Product.id), new).all())
    if plan.changes:
        db.session.execute(sa.update(Product), [{"id": ids[row.key[0]], **_plain(row)} for row in plan.changes])
    entered = [row for row in (*plan.adds, *plan.changes) if _enters_stage(row)]
    for row in entered:
        if row.after["from_day"] in (row.before or {}).get("stages", {}):
            db.session.execute(
                sa.delete(ProductStage).where(
                    ProductStage.product_id == ids[row.key[0]], ProductStage.from_day == row.after["from_day"]
                )
            )
    if entered:
        db.session.execute(
            sa.insert(ProductStage),
            [
                {"product_id": ids[row.key[0]], "stage": row.after["stage"], "from_day": row.after["from_day"]}
                for row in entered
            ],
        )


def _plain(row: Row) -> Values:
    return {key: row.after[key] for key in PLAIN}


KIND = Kind(
    key="products",
    title=_l("Products"),
    about=_l("Products with their line and the life-cycle stage they enter, from a day on."),
    permission="masterdata.manage",
    icon="package",
    columns=(
        Column("code", "产品编码", "Product code", short(40), "IVD-9", needed=True),
        Column("name", "产品名称", "Name", short(120), "生化分析试剂盒", needed=True),
        Column("line", "产品线", "Line", short(80), "体外诊断", needed=True),
        Column("stage", "生命周期阶段", "Stage", short(40), "推广期", keeps=True),
        Column("from_day", "阶段起始日", "Stage from", values.day, "2025-07-01", compared=False),
        Column("retired_on", "停售日期", "Retired", values.day),
    ),
    key_columns=("code",),
    existing=existing,
    judge=judge,
    write=write,
    takes_attributes=True,
    words=("line", "stage"),
)
