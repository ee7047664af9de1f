"""Products: lines, life-cycle stages and since when."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core import access, clock
from core.db import db
from core.errors import Invalid, NotFound, Problem
from organization import products, tree
from organization.models import Product, ProductStage
from organization.posted import Posted

bp = Blueprint("products", __name__, url_prefix="/products")

MANAGE = "masterdata.manage"


@bp.get("")
@access.needs(tree.READ)
def index() -> ResponseReturnValue:
    query = select(Product).where(Product.company_id == current_user.company_id).options(selectinload(Product.stages))
    found = db.session.scalars(query.order_by(Product.line, Product.code)).all()
    lines: dict[str, list[Product]] = {}
    for product in found:
        lines.setdefault(product.line, []).append(product)
    return render_template("organization/products/index.html", lines=lines, today=clock.today())


@bp.get("/<int:product_id>")
@access.needs(tree.READ)
def show(product_id: int) -> ResponseReturnValue:
    return _page(_find(product_id))


@bp.route("/add", methods=["GET", "POST"])
@access.needs(MANAGE)
def add() -> ResponseReturnValue:
    if request.method == "GET":
        return _form(None)
    posted = Posted(request.form, current_user.company_id)
    try:
        code, name, line = (posted.text(key) for key in ("code", "name", "line"))
        product = products.create(current_user.company_id, code, name, line, by_id=current_user.id)
    except Invalid as error:
        return _form(None, error.problems)
    return _saved(product)


@bp.route("/<int:product_id>/edit", methods=["GET", "POST"])
@access.needs(MANAGE)
def edit(product_id: int) -> ResponseReturnValue:
    product = _find(product_id)
    if request.method == "GET":
        return _form(product)
    try:
        _change(product, Posted(request.form, product.company_id))
    except Invalid as error:
        return _form(product, error.problems)
    return _saved(product)


@bp.post("/<int:product_id>/stages")
@access.needs(MANAGE)
def enter_stage(product_id: int) -> ResponseReturnValue:
    product = _find(product_id)
    posted = Posted(request.form, product.company_id)
    from_day = posted.required_day("from_day")
    try:
        posted.refuse_if_wrong()
        products.enter_stage(product, posted.text("stage"), from_day, by_id=current_user.id)
    except Invalid as error:
        return _page(product, error.problems)
    return _saved(product)


@bp.post("/stages/<int:stage_id>/remove")
@access.needs(MANAGE)
def drop_stage(stage_id: int) -> ResponseReturnValue:
    entry = db.session.get(ProductStage, stage_id)
    if entry is None:
        raise NotFound(_("This stage is not there (any more)."))
    product = _find(entry.product_id)
    products.drop_stage(entry, by_id=current_user.id)
    return _saved(product)


def _find(product_id: int) -> Product:
    product = db.session.get(Product, product_id)
    if product is None or product.company_id != current_user.company_id:
        raise NotFound(_("This product is not there (any more)."))
    return product


def _page(product: Product, problems: list[Problem] | None = None) -> ResponseReturnValue:
    stages = select(ProductStage.stage).join(ProductStage.product).where(Product.company_id == product.company_id)
    page = render_template(
        "organization/products/product.html",
        product=product,
        stages=list(db.session.scalars(stages.distinct().order_by(ProductStage.stage))),
        today=clock.today(),
        problems=problems or [],
    )
    return page, 422 if problems else 200


def _form(product: Product | None, problems: list[Problem] | None = None) -> ResponseReturnValue:
    lines = select(Product.line).where(Product.company_id == current_user.company_id).distinct()
    page = render_template(
        "organization/products/product_form.html",
        product=product,
        lines=list(db.session.scalars(lines.order_by(Product.line))),
        problems=problems or [],
        posted=request.form if request.method == "POST" else None,
    )
    return page, 422 if problems else 200


def _change(product: Product, posted: Posted) -> None:
    retired_on, attributes = posted.day("retired_on"), posted.attributes()
    posted.refuse_if_wrong()
    products.change(product, posted.text("name"), posted.text("line"), retired_on, attributes, by_id=current_user.id)


def _saved(product: Product) -> ResponseReturnValue:
    db.session.commit()
    flash(_("Saved."), "good")
    return redirect(url_for("products.show", product_id=product.id), 303)
