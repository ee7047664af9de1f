"""The weekly tasks of a cascade: how many, of what worth, with which customers. Each deed is a function from one body
to the next, as in `cascade_editor`."""

from collections.abc import Iterator, Sequence

from builder import cascade_phrases
from builder.cascade_posted import Posted, number, set_or_drop, share, words
from core.db import Document


def set_task(body: Document, task: Document, posted: Posted) -> Document:
    """The body with what a task's card posted."""
    task = dict(task)
    if "title" in posted:
        task["title"] = words(task["title"], posted, "title") or task["title"]
    if "tier" in posted:
        task["tier"] = posted["tier"]
    if "value" in posted:
        task["value"] = number(posted, "value")
    if "has_roles" in posted:
        set_or_drop(task, "roles", posted.getlist("roles"))
    if "link" in posted:
        set_or_drop(task, "link", posted["link"])
    if "evidence" in posted:
        set_or_drop(task, "evidence", posted["evidence"])
    task = _counted(task, posted, body)
    task = _picking(task, posted)
    return {**body, "tasks": [task if one["id"] == task["id"] else one for one in body["tasks"]]}


def _counted(task: Document, posted: Posted, body: Document) -> Document:
    """Its number is a share of a driver (`of`), or a count of its own."""
    way = posted.get("number_way", "share" if "share" in task else "count")
    if "of" in posted:
        set_or_drop(task, "of", posted["of"])
    if way == "share":
        drivers = body.get("drivers", [])
        task.pop("count", None)
        task.setdefault("share", "100%")
        if drivers:
            task.setdefault("of", drivers[0]["id"])
        task["share"] = share(posted, "share", task["share"]) or task["share"]
    else:
        task.pop("share", None)
        task["count"] = posted.get("count", "").strip() or task.get("count", "1")
    return task


def _picking(task: Document, posted: Posted) -> Document:
    """Which customers, those first that matter most. Their condition follows tier and contact level."""
    before = cascade_phrases.customers(task.get("customer_tier"), task.get("contact_level"))
    for name in ("customer_tier", "contact_level"):
        if name in posted:
            set_or_drop(task, name, posted[name].strip()[:40])
    if posted.get("pick") == "no":
        return {name: value for name, value in task.items() if name != "pick"}
    pick = dict(task.get("pick", {}))
    if posted.get("pick") == "yes" and not pick:
        pick = {"from": "customers", "order": [dict(cascade_phrases.ORDERS["longest"])], "take": "件数"}
    if not pick:
        return task
    set_or_drop(pick, "where", _condition(pick.get("where"), before, task, posted))
    set_or_drop(pick, "order", list(_orders(pick.get("order", []), posted)))
    pick["take"] = posted.get("take", "").strip() or pick["take"]
    return {**task, "pick": pick}


def _condition(now: str | None, before: str | None, task: Document, posted: Posted) -> str | None:
    if posted.get("where", "").strip() and posted["where"].strip() != now:
        return posted["where"].strip()
    made = cascade_phrases.customers(task.get("customer_tier"), task.get("contact_level"))
    return made if now == before else now


def _orders(now: Sequence[Document], posted: Posted) -> Iterator[Document]:
    """The first and second order as chosen; one that was written by hand stays where it is left alone."""
    for at in range(max(2, len(now))):
        before = cascade_phrases.order_way(now[at]) if at < len(now) else ""
        way = posted.get(f"order{at}", before)
        if way != before and way in cascade_phrases.ORDERS:
            yield dict(cascade_phrases.ORDERS[way])
        elif way and at < len(now):
            yield _ordered(now[at], f"order{at}", posted)


def _ordered(now: Document, name: str, posted: Posted) -> Document:
    entry = now | {"by": posted.get(f"{name}-by", "").strip() or now["by"]}
    return entry | {"desc": posted[f"{name}-desc"] == "yes"} if f"{name}-desc" in posted else entry
