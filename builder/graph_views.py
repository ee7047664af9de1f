"""字段关系图谱 (S18): the picture, the list that says the same, and what stands above and below one thing."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from builder import definitions, graph, kinds
from builder.graph import Graph, Node
from builder.models import DefinitionVersion
from builder.views import bp
from core import access
from core.errors import NotFound
from core.i18n import text

KINDS: dict[str, Any] = {
    graph.NAME: _l("Fields"),
    graph.FIELD: _l("Fields of forms"),
    graph.INPUT: _l("Inputs"),
    graph.FACT: _l("Facts"),
}
ORDER = [graph.FACT, graph.FIELD, graph.NAME, graph.INPUT, "metric", "formula", "table", "form", "cascade"]
SIZES = {"cascade": 22, "formula": 16, "table": 16, "form": 16, "metric": 14}
SMALL = 10


@bp.get("/relations")
@access.needs("definitions.read")
def relations() -> str:
    """The whole company, one pack, or what is connected with one thing (`of`)."""
    versions = definitions.published_all(current_user.company_id)
    whole = graph.of([version.document for version in versions if version.definition.kind in ORDER])
    pack, chosen = request.args.get("pack", ""), request.args.get("of", "")
    drawn = _of_pack(whole, pack) if pack else whole
    if chosen:
        _must_be_there(whole, chosen)
        drawn = whole.around(chosen)
    return render_template(
        "builder/graph/index.html",
        drawn=drawn,
        chart_data=_chart(drawn),
        rows=_rows(drawn),
        chosen=whole.nodes.get(chosen),
        above=_named(whole, whole.upstream(chosen)),
        below=_named(whole, whole.downstream(chosen)),
        pack=pack,
        packs=_packs(versions),
        everything=_sorted(whole),
        pages=_pages(versions),
        kind_of=kind_title,
    )


def kind_title(node: Node) -> str:
    return str(KINDS[node.kind]) if node.kind in KINDS else text(kinds.title(node.kind))


def _of_pack(whole: Graph, pack: str) -> Graph:
    """The definitions with the pack's prefix, and everything that they are computed from."""
    own = [node.id for node in whole.nodes.values() if node.kind in kinds.KINDS and node.key.startswith(f"{pack}.")]
    return whole.only({*own, *(above for node_id in own for above in whole.upstream(node_id))})


def _packs(versions: list[DefinitionVersion]) -> list[tuple[str, str]]:
    """Prefixes of keys, and what they are called."""
    named = [version.document for version in versions if version.definition.kind == "pack"]
    titles = {document["body"]["prefix"]: text(document["title"]) for document in named}
    found = {version.definition.key.partition(".")[0] for version in versions if version.definition.kind in ORDER}
    return [(prefix, titles.get(prefix, _("Made here"))) for prefix in sorted(found)]


def _must_be_there(whole: Graph, node_id: str) -> None:
    if node_id not in whole.nodes:
        raise NotFound(_("This is not in the graph: nothing in force is called so."), f"no node {node_id}")


def _chart(drawn: Graph) -> dict[str, Any]:
    """What `chart` draws: columns from what is given to what is computed. What has no relation stands in the list."""
    places = drawn.places()
    nodes = [
        {
            "id": node.id,
            "name": text(node.title),
            "group": kind_title(node),
            "size": SIZES.get(node.kind, SMALL),
            "column": places[node.id][0],
            "row": places[node.id][1],
            "url": url_for("definitions.relations", of=node.id),
        }
        for node in _sorted(drawn)
        if node.id in places
    ]
    return {"kind": "graph", "nodes": nodes, "links": [{"from": edge.start, "to": edge.end} for edge in drawn.edges]}


def _rows(drawn: Graph) -> list[tuple[Node, list[Node], list[Node]]]:
    """Each thing with what it is made from and what it goes into, directly."""
    return [
        (node, _direct(drawn, drawn.above.get(node.id)), _direct(drawn, drawn.below.get(node.id)))
        for node in _sorted(drawn)
    ]


def _direct(drawn: Graph, ids: list[str] | None) -> list[Node]:
    return [drawn.nodes[node_id] for node_id in ids or ()]


def _sorted(drawn: Graph) -> list[Node]:
    ranks = {kind: rank for rank, kind in enumerate(ORDER)}
    return sorted(drawn.nodes.values(), key=lambda node: (ranks.get(node.kind, len(ranks)), node.id))


def _named(whole: Graph, steps: dict[str, int]) -> list[tuple[Node, int]]:
    return [(whole.nodes[node_id], count) for node_id, count in steps.items()]


def _pages(versions: list[DefinitionVersion]) -> dict[str, str]:
    """Where each definition is told in full."""
    return {
        graph.identity(version.definition.kind, version.definition.key): url_for(
            "definitions.show", definition_id=version.definition_id
        )
        for version in versions
    }
