"""字段关系图谱 (S18): what is computed from what, drawn from the parsed expressions of definitions.

    drawn = graph.of(documents)
    drawn.nodes["table:medical.region_coef"].title
    drawn.upstream("cascade:medical.sales_cascade")      # everything that it is computed from, nearest first
    drawn.downstream("name:maturity")                    # everything that changes with it

Nodes are definitions, the names that the product brings to an expression (history, maturity …), fields of forms, and
inputs of formulas and tables that nothing feeds yet, and kinds of facts. An edge leads from what is read to what
reads it. Pure.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import formulas
from builder import references
from builder.scopes import PLACES, Name
from core.db import Document
from formulas.nodes import Field
from formulas.parser import parse

NAME, FIELD, INPUT, FACT = "name", "field", "input", "fact"  # kinds of nodes that are no definitions
OF_LEVEL = ("weight", "floor", "cap")


@dataclass(frozen=True)
class Node:
    id: str
    kind: str  # a kind of definition, or name, field, input, fact
    key: str
    title: Document
    note: Document | None = None


class Edge(NamedTuple):
    start: str
    end: str


@dataclass(frozen=True)
class Graph:
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]

    @cached_property
    def above(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for edge in self.edges:
            found[edge.end].append(edge.start)
        return found

    @cached_property
    def below(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for edge in self.edges:
            found[edge.start].append(edge.end)
        return found

    def upstream(self, node_id: str) -> dict[str, int]:
        """Everything that the node is computed from, and over how many steps; nearest first."""
        return _reached(node_id, self.above)

    def downstream(self, node_id: str) -> dict[str, int]:
        return _reached(node_id, self.below)

    def around(self, node_id: str) -> "Graph":
        """The node and all that it is connected with, upwards and downwards."""
        kept = {node_id, *self.upstream(node_id), *self.downstream(node_id)}
        return self.only(kept)

    def only(self, kept: Iterable[str]) -> "Graph":
        wanted = set(kept)
        nodes = {node_id: node for node_id, node in self.nodes.items() if node_id in wanted}
        return Graph(nodes, tuple(edge for edge in self.edges if wanted.issuperset(edge)))

    def places(self) -> dict[str, tuple[int, float]]:
        """Column and row of each node that has a relation: a column beyond all that it is computed from; within it
        near what it goes into, spread evenly over the height of the tallest."""
        columns: dict[str, int] = {}
        for node_id in dict.fromkeys(node_id for edge in self.edges for node_id in edge):
            self._column(node_id, columns)
        tallest = max(Counter(columns.values()).values(), default=0)
        placed: dict[str, tuple[int, float]] = {}
        for column in range(max(columns.values(), default=0), -1, -1):
            here = [node_id for node_id, its in columns.items() if its == column]
            ordered = sorted(here, key=lambda node_id: (self._row_below(node_id, placed), node_id))
            for position, node_id in enumerate(ordered):
                placed[node_id] = (column, (position + 0.5) * tallest / len(here))
        return placed

    def _column(self, node_id: str, known: dict[str, int], trail: tuple[str, ...] = ()) -> int:
        if node_id not in known:
            above = [start for start in self.above.get(node_id, ()) if start not in trail]
            known[node_id] = 1 + max((self._column(start, known, (*trail, node_id)) for start in above), default=-1)
        return known[node_id]

    def _row_below(self, node_id: str, placed: Mapping[str, tuple[int, float]]) -> float:
        rows = [placed[end][1] for end in self.below.get(node_id, ()) if end in placed]
        return sum(rows) / len(rows) if rows else 0.0


def _reached(start: str, ways: Mapping[str, list[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    queue = deque([(start, 0)])
    while queue:
        here, steps = queue.popleft()
        for there in ways.get(here, ()):
            if there != start and there not in found:
                found[there] = steps + 1
                queue.append((there, steps + 1))
    return found


def identity(kind: str, key: str) -> str:
    """The node of a definition."""
    return f"{kind}:{key}"


def of(documents: Iterable[Document]) -> Graph:
    """Drawn from documents that are right; an expression that cannot be read is passed over."""
    documents = [*documents]
    nodes = {node.id: node for document in documents for node in _nodes(document)}
    drawn = dict.fromkeys(edge for document in documents for edge in _edges(document))
    edges = [edge for edge in drawn if edge.end in nodes]
    given = {**NAMES, **FACTS}
    nodes |= {start: given[start] for start, _end in edges if start in given}
    edges += _unfed(documents, edges, nodes)
    return Graph(nodes, tuple(edge for edge in edges if edge.start in nodes))


FACTS = {
    f"{FACT}:{key}": Node(f"{FACT}:{key}", FACT, key, {"zh": chinese, "en": english})
    for key, chinese, english in (
        ("visits", "拜访记录", "Visits"),
        ("contact", "沟通记录", "Contacts"),
        ("quote", "报价记录", "Quotes"),
        ("meeting", "会议记录", "Meetings"),
    )
}


# ── nodes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _nodes(document: Document) -> Iterator[Node]:
    kind, key = document["kind"], document["key"]
    yield Node(identity(kind, key), kind, key, document["title"], document.get("description"))
    if kind == "form":
        for name, spec in document["body"]["data"]["properties"].items():
            title = {"zh": spec["title"], "en": spec.get("x-title-en", spec["title"])}
            yield Node(_field(document, spec["x-id"]), FIELD, f"{key}.{name}", title)


def _field(document: Document, identity_: str) -> str:
    return f"{FIELD}:{document['key']}:{identity_}"


def _names() -> tuple[dict[str, Node], dict[str, dict[str, str]]]:
    """Nodes of the names that places offer, and for each place which spelling leads to which node.

    The same name at two places is one node; two things of one name (潜力 of a unit and of a customer) are two.
    """
    nodes: dict[str, Node] = {}
    spellings: dict[str, dict[str, str]] = {}
    for place, names in PLACES.items():
        spellings[place] = {}
        for name in names:
            node = _node_of(name, place, nodes)
            spellings[place] |= {name.zh: node.id, name.key: node.id}
    return nodes, spellings


def _node_of(name: Name, place: str, nodes: dict[str, Node]) -> Node:
    here = [node for node in nodes.values() if node.key == name.key]
    node = next((node for node in here if node.note == name.note), None)
    if node is None:
        place_of_second = f"@{place}" if here else ""
        title = {"zh": name.zh, "en": name.key.replace("_", " ")}
        node = nodes[f"{NAME}:{name.key}{place_of_second}"] = Node(
            f"{NAME}:{name.key}{place_of_second}", NAME, name.key, title, name.note
        )
    return node


NAMES, SPELLINGS = _names()


# ── edges ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class Reading(NamedTuple):
    """Expressions that stand together: at a place, over what they use."""

    place: str
    uses: Sequence[Document]
    texts: Sequence[str]


def _edges(document: Document) -> Iterator[Edge]:
    kind, here = document["kind"], identity(document["kind"], document["key"])
    drawn: list[Edge] = []
    if kind == "form":
        drawn += _of_form(document, here)
    elif kind == "metric":
        drawn += _of_count(document["body"].get("count"), here)
        drawn += _of_score(document["body"].get("score"))
    for reading in _readings(document):
        drawn += _of_reading(reading, here)
    yield from drawn
    starts = {edge.start for edge in drawn}
    for reference in references.of(document):  # what is named without an expression: the metric of a cascade
        start = identity(reference.kind, reference.key)
        if start not in starts and start != here:
            yield Edge(start, here)


def _readings(document: Document) -> Iterator[Reading]:
    body = document["body"]
    if document["kind"] == "formula":
        yield Reading("", body.get("uses", ()), [body["expression"]])
    elif document["kind"] == "cascade":
        yield from _of_cascade(body)


def _of_cascade(body: Document) -> Iterator[Reading]:
    for level in body["levels"]:
        place = "cascade.member" if level["to"] == "member" else "cascade.unit"
        yield Reading(place, level.get("uses", ()), _texts(level, *OF_LEVEL))
        yield Reading("cascade.parent", (), _texts(level, "reserve"))
    for part, place in (("products", "cascade.product"), ("time", "cascade.month")):
        yield Reading(place, body.get(part, {}).get("uses", ()), _texts(body.get(part, {}), "weight"))
    for driver in body.get("drivers", ()):
        rates = [*driver.get("rates", ()), driver.get("capacity", {})]
        texts = [text for rate in rates for text in _texts(rate, "value", "benchmark")]
        yield Reading("cascade.rate", driver.get("uses", ()), texts)
        yield Reading("cascade.needed", (), [driver["needed"]])
    for task in body.get("tasks", ()):
        yield Reading("cascade.task", (), _texts(task, "share", "count"))
        pick = task.get("pick", {})
        orders = [order["by"] for order in pick.get("order", ())]
        yield Reading("cascade.customer", (), [*_texts(pick, "where"), *orders])
    for warning in body.get("warnings", ()):
        yield Reading("cascade.warning", warning.get("uses", ()), [warning["when"]])


def _texts(part: Document, *keys: str) -> list[str]:
    return [part[key] for key in keys if key in part]


def _of_reading(reading: Reading, here: str) -> Iterator[Edge]:
    """From each name to what reads it: the definition itself, or the table or formula that the name is handed to."""
    known = {**SPELLINGS.get(reading.place, {}), **{use["as"]: _used(use) for use in reading.uses}}
    handed_on: set[str] = set()
    for use in reading.uses:
        for name in _names_in(use.get("inputs", {}).values()):
            handed_on.add(name)
            if name in known and known[name] != _used(use):
                yield Edge(known[name], _used(use))
    read = _names_in(reading.texts)
    for use in reading.uses:
        if use["as"] in read or use["as"] not in handed_on:
            yield Edge(_used(use), here)
    yield from (Edge(SPELLINGS[reading.place][name], here) for name in read if name in SPELLINGS.get(reading.place, {}))


def _used(use: Document) -> str:
    kind = next((kind for kind in ("table", "formula", "metric") if kind in use), "")
    return identity(kind, use.get(kind, ""))


def _of_form(document: Document, here: str) -> Iterator[Edge]:
    body = document["body"]
    specs = body["data"]["properties"].values()
    known = {spec["title"]: _field(document, spec["x-id"]) for spec in specs}
    fields = [*known.values()]
    for use in body.get("uses", ()):
        read = _names_in(use.get("inputs", {}).values())
        yield from (Edge(known[name], _used(use)) for name in read if name in known)
        yield Edge(_used(use), here)
        known[use["as"]] = _used(use)
    for entry in body.get("computed", ()):
        read = _names_in([entry["formula"]])
        yield from (Edge(known[name], _field(document, entry["field"])) for name in read if name in known)
    for spec in specs:
        if "table" in spec.get("x-options", ()):
            yield Edge(identity("table", spec["x-options"]["table"]), _field(document, spec["x-id"]))
    yield from (Edge(field, here) for field in fields)


def _of_count(count: Document | None, here: str) -> Iterator[Edge]:
    if count:
        for fact in [count["from"], *count.get("followed_by", {}).get("from", ())]:
            yield Edge(f"{FACT}:{fact}", here)


def _of_score(score: Document | None) -> Iterator[Edge]:
    """What the formula of a score is given: metrics, names, what tables made of them."""
    if score:
        formula = identity("formula", score["formula"])
        given = score["inputs"].values()
        yield from (Edge(identity("metric", one["metric"]), formula) for one in given if "metric" in one)
        texts = [text for one in given for text in _texts(one, "value", "target")]
        yield from _of_reading(Reading("metric.score", score.get("uses", ()), texts), formula)


def _unfed(documents: Iterable[Document], edges: Iterable[Edge], nodes: dict[str, Node]) -> list[Edge]:
    """Inputs of the formulas and tables that no definition uses: otherwise they would seem made from nothing."""
    found = []
    used = {edge.start for edge in edges}
    for document in documents:
        here = identity(document["kind"], document["key"])
        if document["kind"] not in ("formula", "table") or here in used:
            continue
        for entry in document["body"]["inputs"]:
            title = entry.get("title") or {"zh": entry["as"], "en": entry["as"]}
            node = Node(f"{INPUT}:{document['key']}:{entry['id']}", INPUT, entry["id"], title)
            nodes[node.id] = node
            found.append(Edge(node.id, here))
    return found


def _names_in(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for text in texts for name in _names_of(text)))


@lru_cache(maxsize=4096)
def _names_of(text: str) -> tuple[str, ...]:
    try:
        tree = parse(text)
    except formulas.FormulaError:
        return ()
    return tuple(node.name for node in tree.walk() if isinstance(node, Field))
