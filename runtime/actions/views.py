"""我的本周 for who does it, 团队任务 for who answers for it."""

import datetime as dt
import re
import secrets

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from core import access, clock, files
from core.db import db
from core.errors import Invalid, NotFound
from core.htmx import go_to, htmx
from organization.models import Member
from runtime.actions import swaps, tasks, weeks
from runtime.actions.models import Task, TaskItem
from runtime.actions.tasks import Evidence

bp = Blueprint("tasks", __name__, url_prefix="/tasks")

WEEK = re.compile(r"20\d\d-W([0-4]\d|5[0-3])")


@bp.get("/week")
@access.needs("tasks.own")
def my_week() -> str:
    week = asked_week()
    found = tasks.of_week(current_user, week)
    links = tasks.links_of(current_user.company, found)
    asked = [(swap, swaps.standing(swap), swaps.reasons(swap)) for swap in swaps.of_week(current_user, week)]
    return render_template("runtime/actions/my_week.html", tasks=found, links=links, swaps=asked, **around(week))


@bp.get("/items/<int:item_id>")
@access.needs("tasks.own")
def item(item_id: int) -> str:
    """The form in which one says that it is done."""
    return show_form(tasks.item_of(current_user, item_id))


@bp.post("/items/<int:item_id>/done")
@access.needs("tasks.own")
def complete(item_id: int) -> Response | tuple[str, int]:
    item = tasks.item_of(current_user, item_id)
    try:
        tasks.complete(item, posted_evidence())
    except Invalid as invalid:
        db.session.rollback()
        return show_form(item, invalid), 422
    db.session.commit()
    return back_to(item.task)


@bp.post("/items/<int:item_id>/reopen")
@access.needs("tasks.own")
def reopen(item_id: int) -> Response:
    item = tasks.item_of(current_user, item_id)
    tasks.reopen(item)
    db.session.commit()
    return back_to(item.task)


@bp.get("/items/<int:item_id>/photo")
@access.signed_in
def photo(item_id: int) -> Response:
    """One's own evidence, or that of people whose tasks one may read."""
    item = db.session.get(TaskItem, item_id)
    if item is None or not item.evidence or not item.evidence.get("photo"):
        raise NotFound(_("There is no photo here."))
    if item.task.member_id != current_user.id:
        access.require("tasks.read", item.task.member.unit)
    return files.show_photo(item.evidence["photo"])


@bp.get("/<int:task_id>/customers")
@access.needs("tasks.own")
def find_customers(task_id: int) -> str:
    task = tasks.task_of(current_user, task_id)
    found = tasks.customers_for(task, request.args.get("words", ""))
    return render_template("runtime/actions/_customers.html", task=task, found=found)


@bp.get("/<int:task_id>/add")
@access.needs("tasks.own")
def choose_customer(task_id: int) -> str:
    task = tasks.task_of(current_user, task_id)
    found = tasks.customers_for(task, request.args.get("words", ""))
    return render_template("runtime/actions/choose_customer.html", task=task, found=found)


@bp.post("/<int:task_id>/customers")
@access.needs("tasks.own")
def add_customer(task_id: int) -> Response:
    task = tasks.task_of(current_user, task_id)
    tasks.add_customer(task, request.form.get("customer_id", 0, type=int))
    db.session.commit()
    return back_to(task)


@bp.post("/<int:task_id>/remedy")
@access.needs("tasks.own")
def close_remedy(task_id: int) -> Response:
    task = tasks.task_of(current_user, task_id)
    tasks.close_remedy(task, request.form.get("note", ""))
    db.session.commit()
    return back_to(task)


@bp.route("/<int:task_id>/refuse", methods=["GET", "POST"])
@access.needs("tasks.own")
def refuse(task_id: int) -> Response | str | tuple[str, int]:
    task = tasks.task_of(current_user, task_id)
    if request.method == "GET":
        return render_template("runtime/actions/refuse.html", task=task, problems=[])
    try:
        tasks.refuse(task, request.form.get("reason", ""))
    except Invalid as invalid:
        return render_template("runtime/actions/refuse.html", task=task, problems=invalid.problems), 422
    db.session.commit()
    return back_to(task)


@bp.post("/<int:task_id>/take-on")
@access.needs("tasks.own")
def take_on(task_id: int) -> Response:
    task = tasks.task_of(current_user, task_id)
    tasks.take_on(task)
    db.session.commit()
    return back_to(task)


@bp.get("/<int:task_id>/why")
@access.signed_in
def why(task_id: int) -> str:
    """为什么派给我: the amount, the rates and whose they are, the rounding, the capacity."""
    task = db.session.get(Task, task_id)
    if task is None or task.company_id != current_user.company_id:
        raise NotFound(_("There is no such task."))
    if task.member_id != current_user.id:
        access.require("tasks.read", task.member.unit)
    return render_template("runtime/actions/why.html", task=task)


@bp.get("/team")
@access.needs("tasks.read")
def team() -> str:
    week = asked_week()
    rows = tasks.team(current_user, week)
    refused = tasks.refused(current_user, week)
    return render_template(
        "runtime/actions/team.html", units=tasks.by_unit(rows), rows=rows, refused=refused, **around(week)
    )


@bp.get("/people/<int:member_id>")
@access.needs("tasks.read")
def of_person(member_id: int) -> str:
    member = db.session.get(Member, member_id)
    if member is None or member.company_id != current_user.company_id:
        raise NotFound(_("There is no such person."))
    access.require("tasks.read", member.unit)
    week = asked_week()
    found = tasks.of_week(member, week)
    links = tasks.links_of(current_user.company, found)
    return render_template("runtime/actions/person.html", member=member, tasks=found, links=links, **around(week))


# ── what the pages share ─────────────────────────────────────────────────────────────────────────────────────────────


def asked_week() -> str:
    asked = request.args.get("week", "")
    return asked if WEEK.fullmatch(asked) else weeks.week_of(clock.today())


def around(week: str) -> dict[str, object]:
    """The week's days, and the addresses of the one before and the one after."""
    monday, sunday = weeks.days_of(week)
    return {
        "week": week,
        "monday": monday,
        "sunday": sunday,
        "this_week": weeks.week_of(clock.today()),
        "earlier": weeks.week_of(monday - dt.timedelta(days=7)),
        "later": weeks.week_of(monday + dt.timedelta(days=7)),
    }


def posted_evidence() -> Evidence:
    upload = request.files.get("photo")
    content = upload.read() if upload else b""
    return Evidence(
        place=request.form.get("place", ""),
        note=request.form.get("note", ""),
        contact_id=request.form.get("contact_id", type=int),
        photo=files.keep_photo(content, "/photo") if content else None,
        recorded_at=clock.moment(request.form.get("recorded_at")),
        client_id=request.form.get("client_id", "")[:64],
    )


def show_form(item: TaskItem, invalid: Invalid | None = None) -> str:
    contacts = [(str(contact.id), f"{contact.name} · {contact.level}") for contact in item.customer.contacts]
    words = {
        "item": item,
        "task": item.task,
        "contacts": contacts,
        "posted": request.form,
        "new_id": secrets.token_urlsafe(16),
    }
    return render_template("runtime/actions/item.html", problems=invalid.problems if invalid else [], **words)


def back_to(task: Task) -> Response:
    if htmx and htmx.target == f"task-{task.id}":
        links = tasks.links_of(current_user.company, [task])
        return Response(render_template("runtime/actions/_task.html", task=task, links=links))
    if task.state == "done":
        flash(_("Done. Well worked."), "good")
    return go_to(url_for("tasks.my_week", week=task.week, _anchor=f"task-{task.id}"))
