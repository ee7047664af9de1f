"""A flow as a picture: for the page, light and dark, and as a file of its own, white like paper."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from builder.flows.exports.layout import GAP, LINE, PADDING, WIDTH, Drawing, Edge, Node, Point
from builder.flows.exports.lettering import lines_of, width_of

ROUND = 8
SMALL = 12
FONT = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif"
STYLE = f"""
.flow text{{font-family:{FONT};font-size:12px;fill:#3c4657}}
.flow .title{{font-size:14px;font-weight:600;fill:#16202e}}
.flow .box,.flow .mark{{fill:#fff;stroke:#5f6d83;stroke-width:1.5}}
.flow .frame{{fill:none;stroke:#5f6d83;stroke-width:1.5;stroke-dasharray:6 4}}
.flow .line{{fill:none;stroke:#5f6d83;stroke-width:1.5}}
.flow .tip{{fill:#5f6d83}}
.flow .sign{{fill:none;stroke:#16202e;stroke-width:2}}
.flow .under{{fill:#fff}}
"""


def picture(drawing: Drawing, label: str, *, alone: bool = False) -> str:
    """An <svg>. `alone` is a file: it brings its colours and a white ground; in a page the style sheet gives them."""
    size = f'width="{drawing.width:g}" height="{drawing.height:g}" viewBox="0 0 {drawing.width:g} {drawing.height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" role="img" aria-label={quoteattr(label)} {size}>'
    ground = f'<style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>' if alone else ""
    frames = [node for node in drawing.nodes if node.kind == "each"]
    others = [node for node in drawing.nodes if node.kind != "each"]
    parts = [*map(_frame, frames), *map(_edge, drawing.edges), *map(_node, others), *map(_label, drawing.edges)]
    return f"{head}{ground}{''.join(parts)}</svg>"


def _node(node: Node) -> str:
    match node.kind:
        case "start" | "end" | "back" | "refused" | "wait":
            return _event(node)
        case "fork" | "join":
            return _diamond(node)
        case _:
            return _box(node)


def _box(node: Node) -> str:
    return f'<g data-kind="{node.kind}">{_rect("box", node)}{"".join(_lines(node))}</g>'


def _rect(role: str, node: Node) -> str:
    size = f'x="{node.x:g}" y="{node.y:g}" width="{node.width:g}" height="{node.height:g}" rx="{ROUND}"'
    return f'<rect class="{role}" {size}/>'


def _lines(node: Node) -> Iterator[str]:
    middle = node.x + node.width / 2
    for place, words in enumerate(node.lines):
        baseline = node.y + PADDING + LINE * place + LINE * 0.72
        yield _words(words, middle, baseline, "title" if place < node.bold else "")


def _event(node: Node) -> str:
    middle, radius = (node.x + node.width / 2, node.y + node.height / 2), node.width / 2
    circle = f'<circle class="mark" cx="{middle[0]:g}" cy="{middle[1]:g}" r="{radius:g}"/>'
    signs = {"end": _ring(middle, radius - 5), "refused": _cross(middle, 6), "back": _arrow_back(middle)}
    inner = {**signs, "wait": _clock(middle)}.get(node.kind, "")
    if node.kind == "wait":
        title = (
            f'<text x="{node.x + node.width + 8:g}" y="{middle[1] + 4:g}">{escape(_cut(node.title, WIDTH - 44))}</text>'
        )
    else:
        title = _words(node.title, middle[0], node.y + node.height + 14) if node.title else ""
    return f'<g data-kind="{node.kind}">{circle}{inner}{title}</g>'


def _cut(words: str, width: float, size: float = SMALL) -> str:
    """As much as stands in one line."""
    return next(iter(lines_of(words, size, width, 1)), "")


def _ring(middle: Point, radius: float) -> str:
    return f'<circle class="sign" cx="{middle[0]:g}" cy="{middle[1]:g}" r="{radius:g}"/>'


def _cross(middle: Point, reach: float) -> str:
    (x, y), wide = middle, 2 * reach
    return f'<path class="sign" d="M{x - reach:g} {y - reach:g}l{wide:g} {wide:g}m0 {-wide:g}l{-wide:g} {wide:g}"/>'


def _arrow_back(middle: Point) -> str:
    x, y = middle
    return f'<path class="sign" d="M{x + 7:g} {y + 4:g}v-3a4 4 0 0 0 -4 -4h-10m4 -4l-4 4l4 4"/>'


def _clock(middle: Point) -> str:
    x, y = middle
    return f'{_ring(middle, 12)}<path class="sign" d="M{x:g} {y - 7:g}v7h5"/>'


def _diamond(node: Node) -> str:
    x, y, half = node.x + node.width / 2, node.y + node.height / 2, node.width / 2
    shape = f'<path class="mark" d="M{x:g} {y - half:g}L{x + half:g} {y:g}L{x:g} {y + half:g}L{x - half:g} {y:g}Z"/>'
    plus = f'<path class="sign" d="M{x - 9:g} {y:g}h18m-9 -9v18"/>'
    sign = plus if node.step["type"] == "together" else _cross((x, y), 6)
    # The name of a fork stands to the right of the line that leads into it.
    title = f'<text x="{x + 12:g}" y="{node.y - 6:g}">{escape(_cut(node.title, 150))}</text>' if node.title else ""
    return f'<g data-kind="{node.kind}">{shape}{sign}{title}</g>'


def _frame(node: Node) -> str:
    words = escape(_cut(node.title, node.width / 2 + 60, 14))
    title = f'<text class="title" x="{node.x + 12:g}" y="{node.y + 22:g}">{words}</text>'
    return f'<g data-kind="each">{_rect("frame", node)}{title}</g>'


def _edge(edge: Edge) -> str:
    bends = "L".join(f"{x:g} {y:g}" for x, y in edge.points)
    x, y = edge.points[-1]
    return f'<path class="line" d="M{bends}"/><path class="tip" d="M{x:g} {y:g}l-5 -9h10Z"/>'


def _label(edge: Edge) -> str:
    """What stands at a line, over it, in two lines at most."""
    if not edge.label:
        return ""
    x, y = label_at(edge)
    lines = lines_of(edge.label, SMALL, 160, 2)
    wide = max(width_of(line, SMALL) for line in lines) + 8
    under = f'<rect class="under" x="{x - wide / 2:g}" y="{y:g}" width="{wide:g}" height="{16 * len(lines):g}"/>'
    return under + "".join(_words(line, x, y + 12 + 16 * place) for place, line in enumerate(lines))


def label_at(edge: Edge) -> Point:
    """The top of the label: where the line has come into its lane."""
    x = edge.points[2][0] if len(edge.points) > 3 else edge.points[0][0]
    return x, edge.points[0][1] + GAP / 2 + 3


def _words(words: str, x: float, y: float, role: str = "") -> str:
    named = f' class="{role}"' if role else ""
    return f'<text{named} x="{x:g}" y="{y:g}" text-anchor="middle">{escape(words)}</text>'
