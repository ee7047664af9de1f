"""A flow as Mermaid text, for wikis and README pages that draw it themselves."""

from collections.abc import Iterator

from builder.flows.exports.layout import Drawing, Node

SHAPES = {
    "start": ("((", "))"),
    "end": ("(((", ")))"),
    "refused": ("(((", ")))"),
    "back": ("[/", "/]"),
    "submit": ("([", "])"),
    "fork": ("{{", "}}"),
    "join": ("{{", "}}"),
    "notify": (">", "]"),
    "effect": ("[[", "]]"),
    "call": ("[[", "]]"),
    "wait": ("(", ")"),
}
BARE = {"start": "●", "end": "◎", "fork": "+", "join": "+"}
QUOTES = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}


def text(drawing: Drawing) -> str:
    """A flowchart from the top down."""
    inside: dict[str | None, list[Node]] = {}
    for node in drawing.nodes:
        inside.setdefault(node.inside, []).append(node)
    edges = (_edge(edge.source, edge.target, edge.label) for edge in drawing.edges)
    return "\n".join(["flowchart TD", *_nodes(inside, None), *edges, ""])


def _nodes(inside: dict[str | None, list[Node]], frame: str | None) -> Iterator[str]:
    """An `each` is a subgraph with its steps."""
    for node in inside.get(frame, ()):
        if node.kind == "each":
            yield f'subgraph {_id(node.id)}["{_quoted(node.title)}"]'
            yield from _nodes(inside, node.id)
            yield "end"
        else:
            yield _node(node)


def _node(node: Node) -> str:
    before, after = _shape(node)
    small = node.lines[node.bold :]
    words = _quoted(node.title or BARE.get(node.kind, " ")) + (
        f"<br/><small>{_quoted(''.join(small))}</small>" if small else ""
    )
    return f'{_id(node.id)}{before}"{words}"{after}'


def _shape(node: Node) -> tuple[str, str]:
    if node.kind in ("fork", "join") and node.step["type"] != "together":
        return "{", "}"
    return SHAPES.get(node.kind, ("[", "]"))


def _edge(source: str, target: str, label: str) -> str:
    return f"{_id(source)} -->{f'|{chr(34)}{_quoted(label)}{chr(34)}|' if label else ''} {_id(target)}"


def _id(identity: str) -> str:
    """`end` and other words of the language are no ids there."""
    return "n_" + identity.replace(".", "__")


def _quoted(words: str) -> str:
    return "".join(QUOTES.get(character, character) for character in words)
