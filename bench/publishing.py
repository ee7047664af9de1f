"""Publishing through the product beside bare SQL on the same file: `python -m bench.publishing`.

* the demo company's 430 goals and their first week of tasks, as the worker makes them;
* 100,000 goals stored with their splits and reasons, beside one `sqlite3.executemany` of the same rows;
* the pages that the story begins with, server time.
"""

import sqlite3
import tempfile
from pathlib import Path
from statistics import median

from bench.side_by_side import compare, seconds
from core import clock, jobs
from core.config import Settings
from core.db import db, dump_json
from core.server import prepare
from organization.models import Company, OrgUnit
from runtime.goals import plans, publishing, targets
from runtime.goals.models import Goal, GoalSet
from runtime.goals.tree import Node, Preview
from seeds import demo
from wsgi import create_app

CASCADE = "medical.sales_cascade"
MANY = 100_000
COPIED = ("company_id", "cycle_id", "unit_id", "cascade_key", "cascade_version_id", "pins", "digest", "as_of", "base")
COPIED += ("growth_pct", "total", "locks", "created_at")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        app = create_app(Settings(instance=instance, database_url=f"sqlite:///{instance / 'guantong.db'}"))
        took = seconds(lambda: prepare(app, demo.fill))
        print(f"{'demo company loaded, pack installed':<52} {took:>10.2f} s")
        with app.app_context():
            publish_demo()
            preview_demo()
            store_many(instance / "guantong.db")


def publish_demo() -> None:
    """From the click to active goals and the first week's tasks."""

    def publish() -> None:
        unit = root()
        plan = plans.find(unit, CASCADE)
        cycle = publishing.cycle_of_year(unit.id, clock.today().year)
        given = {"locks": {}, "digest": None, "waiver": None, "by_id": None}
        publishing.stage(plan, unit, cycle, targets.read("7.2亿", "15"), **given)
        db.session.commit()
        jobs.run_due()

    print(f"{'430 goals published and a week of tasks':<52} {seconds(publish):>10.2f} s   goal < 5 s")


def preview_demo() -> None:
    def preview() -> None:
        unit = root()
        cycle = publishing.cycle_of_year(unit.id, clock.today().year)
        publishing.preview(plans.find(unit, CASCADE), unit, cycle, targets.read("7.2亿", "15"), {}, None)

    took = median(seconds(preview) for _ in range(5))
    print(f"{'430 people previewed, definitions and database read':<52} {took * 1e3:>10.1f} ms")


def root() -> OrgUnit:
    company = db.session.scalars(db.select(Company)).first()
    return db.session.get_one(OrgUnit, company.id if company else 0)


def store_many(file: Path) -> None:
    """What `publishing` writes for 100,000 people, and the same rows by the driver alone."""
    active = db.session.scalars(db.select(GoalSet).where(GoalSet.state == "active")).one()
    leaf = db.session.scalars(db.select(Goal).where(Goal.member_id.is_not(None)).limit(1)).one()
    staged = GoalSet(**{name: getattr(active, name) for name in COPIED}, state="staged")
    db.session.add(staged)
    db.session.commit()
    nodes = [Node("u1", None, "company", "strategic", "root", leaf.unit_id, None, None, 0.0, split={}, why={})]
    nodes += [
        Node(
            *(f"m{n}", "u1", "member", "tactic", f"person {n}", leaf.unit_id, leaf.member_id, None, 0.0),
            target=1_930_000,
            split=leaf.split,
            why=leaf.why,
        )
        for n in range(MANY)
    ]
    tree = Preview({node.id: node for node in nodes}, [], [])
    rows = [publishing.row(staged, node, {}) for node in nodes]

    def ours() -> None:
        publishing.write(staged, tree)
        db.session.commit()

    compare("100,000 goals stored", ours, lambda: bare(file, rows), goal="≤ 3 ×", rounds=3)


def bare(file: Path, rows: list[dict[str, object]]) -> None:
    names = list(rows[0])
    marks = ", ".join("?" * len(names))
    connection = sqlite3.connect(file, timeout=60)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS bare_goal AS SELECT * FROM goal LIMIT 0")
    connection.execute("DELETE FROM bare_goal")
    values = [tuple(dump_json(value) if isinstance(value, dict) else value for value in row.values()) for row in rows]
    connection.executemany(f"INSERT INTO bare_goal ({', '.join(names)}) VALUES ({marks})", values)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main()
