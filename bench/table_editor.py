"""Server time of the table editor on the demo company: `python -m bench.table_editor`.

What a key in a cell costs (goal 50 ms): the whole request, from the posted table to the rendered grid and findings,
beside the same request to a page that does nothing. Longer tables are the weights with more stages. Below that, what
the engine alone takes to check 1,000 rows (goal 150 ms).
"""

import json
import tempfile
from pathlib import Path

from sqlalchemy import select

from bench.editor import PASSWORD, show
from builder import definitions
from core.config import Settings
from core.db import Document, db
from core.server import prepare
from formulas.tables import compile_table
from organization.models import Company
from seeds import demo
from wsgi import create_app

TABLE = "medical.stage_weights"
JSON = {"Accept": "application/json"}
KEY = json.dumps([{"do": "set", "row": "r1", "column": "c2", "text": "45%"}])
SLIDER = json.dumps([{"do": "weigh", "row": "r1", "column": "c2", "to": "45"}])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        settings = Settings(instance=instance, database_url=f"sqlite:///{instance / 'guantong.db'}")
        app = create_app(settings, WTF_CSRF_ENABLED=False)
        prepare(app, demo.fill)
        client = app.test_client()
        assert client.post("/sign-in", data={"login": "e0003", "password": PASSWORD}).status_code == 303
        with app.app_context():
            found = definitions.find(db.session.scalars(select(Company.id)).one(), "table", TABLE)
            assert found is not None
            key, document = found.id, definitions.history(found)[0].document
        client.post(f"/definitions/{key}/draft")
        show("a page that computes nothing", lambda: client.get("/definitions/new"))
        for rows in (4, 40, 100, 500):
            text = json.dumps(longer(document, rows), ensure_ascii=False)
            for deed, operations in (("a key", KEY), ("a slider", SLIDER)):
                sent = {"document": text, "operations": operations}
                goal = "goal < 50 ms" if rows <= 40 else "goal < 150 ms"
                show(
                    f"{rows} rows: {deed}",
                    lambda sent=sent: client.post(f"/definitions/{key}/table/try", data=sent, headers=JSON),
                    goal,
                )
        for name, body in (("stages", longer(document, 1000)["body"]), ("months of two stages", ladder(1000))):
            show(f"1,000 rows of {name}: the engine's check", lambda body=body: check(body), "goal < 150 ms")


def check(body: Document) -> None:
    """What the editor's findings and a publication ask."""
    table = compile_table(body | {"hit": "unique"})
    table.row_problems()
    table.overlaps()
    table.gaps()


def ladder(rows: int) -> Document:
    """A row for each month of tenure in two stages: numeric intervals that touch and do not overlap."""
    stages = ["推广期", "成熟期"]
    made = [
        {
            "id": f"r{number}",
            "when": {"c1": f'"{stages[number % 2]}"', "c2": f">={number // 2},<{number // 2 + 1}"},
            "then": {"c3": f"{number % 97}%"},
        }
        for number in range(rows)
    ]
    inputs = [
        {"id": "c1", "title": "阶段", "type": "choice", "options": stages},
        {"id": "c2", "title": "司龄月数", "type": "number"},
    ]
    return {"inputs": inputs, "outputs": [{"id": "c3", "title": "系数", "type": "number"}], "rows": made}


def longer(document: Document, rows: int) -> Document:
    """The weights with as many stages as rows."""
    stages = [f"阶段{number}" for number in range(rows)]
    column = document["body"]["inputs"][0] | {"options": stages}
    cells = document["body"]["rows"][0]["then"]
    made = [
        {"id": f"r{number + 1}", "when": {"c1": f'"{stage}"'}, "then": cells} for number, stage in enumerate(stages)
    ]
    return document | {"body": document["body"] | {"inputs": [column], "rows": made}}


if __name__ == "__main__":
    main()
