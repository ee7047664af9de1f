"""Where everything of a flow stands: from the top down, branches side by side. One layout for BPMN and SVG. Pure.

    drawing = layout.of(body, names)        nodes with their boxes, edges with their bends, in pixels

Every sequence is centred on an axis; what stands beside another keeps its own lane from the fork to the join, so that
no line crosses another. A return is drawn as an end that says where it goes: its line would cross everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from builder.flows import tree, words
from builder.flows.exports import policy
from builder.flows.exports.lettering import height_of, lines_of
from builder.flows.words import Names, said
from core.db import Document

WIDTH, LINE, PADDING = 184, 18, 12
GAP, BESIDE, FORK, DOT = 56, 40, 44, 36
FRAME = 28  # around the steps of an `each`, and twice above them for its title
ROOM = 36  # for what stands at a branch

Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """`kind` is a step's type, or one of start, submit, fork, join, end, back, refused. `lines` are the words in its
    box, the first `bold` of them its title; `inside` is the `each` in whose frame it stands."""

    id: str
    kind: str
    title: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...] = ()
    bold: int = 0
    step: Document = field(default_factory=dict)
    inside: str | None = None


@dataclass(frozen=True)
class Edge:
    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    label: str = ""
    part: Document = field(default_factory=dict)
    inside: str | None = None


class Drawing(NamedTuple):
    nodes: list[Node]
    edges: list[Edge]
    width: float
    height: float


class _Exit(NamedTuple):
    """A way out of what was drawn, still to be led on: from a node, in a lane, with what stands at the line."""

    source: str
    lane: float
    label: str = ""
    part: Document = {}


class _At(NamedTuple):
    """Where the pen stands: on an axis, at the top of what comes next, with what is to be led there."""

    axis: float
    top: float
    exits: list[_Exit]

    def below(self, gap: float) -> "_At":
        return self._replace(top=self.top + gap)


class _Size(NamedTuple):
    left: float  # from the axis
    right: float
    height: float

    @property
    def width(self) -> float:
        return self.left + self.right


def of(body: Document, names: Names) -> Drawing:
    """The drawing of a flow's body."""
    pen = _Pen(names)
    size = pen.size(body["steps"])
    axis = max(size.left, WIDTH / 2) + PADDING
    at = pen.dot("start", "start", "", _At(axis, PADDING, []))
    at = pen.box("submit", "submit", (said(("发起人提交", "The submitter sends it")), ()), at)
    at = pen.sequence(body["steps"], at)
    if at.exits:
        pen.dot("end", "end", said(("结束", "End")), at)
    width = axis + max(size.right, WIDTH / 2) + PADDING
    return Drawing(pen.nodes, pen.edges, width, max(node.y + node.height for node in pen.nodes) + LINE + PADDING)


class _Pen:
    """What is drawn so far."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.boxes: dict[str, Node] = {}
        self.inside: str | None = None

    # how large

    def size(self, steps: Sequence[Document]) -> _Size:
        """What a sequence takes, without the gap behind it."""
        sizes = [self._size(step) for step in steps] or [_Size(WIDTH / 2, WIDTH / 2, 0)]
        height = sum(one.height for one in sizes) + GAP * (len(sizes) - 1)
        return _Size(max(one.left for one in sizes), max(one.right for one in sizes), height)

    def _size(self, step: Document) -> _Size:
        if step["type"] == "each":
            inner = self.size(step["steps"])
            half = max(inner.left, inner.right, WIDTH / 2) + FRAME
            return _Size(half, half, 3 * FRAME + 2 * (DOT + GAP) + inner.height)
        if step["type"] == "wait":
            return _Size(DOT, WIDTH, DOT)  # its words stand beside it
        box = self._lines(step)
        own = 2 * PADDING + LINE * len(box) if step["type"] in BOXED else FORK
        if not (parts := tree.parts(step)):
            return _Size(WIDTH / 2, WIDTH / 2, own)
        sizes = [self._lane(part.steps, part.what) for part in parts]
        half = max(sum(one.width for one in sizes) + BESIDE * (len(sizes) - 1), WIDTH) / 2
        extra = FORK + GAP if step["type"] == "decide" else 0
        return _Size(half, half, own + extra + 2 * GAP + ROOM + max(one.height for one in sizes) + FORK)

    def _lane(self, steps: Sequence[Document], part: Document) -> _Size:
        """The room of one branch; the end that an outcome leads to stands in it too."""
        size = self.size(steps)
        least = WIDTH / 2
        height = size.height + (DOT + LINE + (GAP if steps else 0) if part.keys() & {"return", "end"} else 0)
        return _Size(max(size.left, least), max(size.right, least), height)

    def _lines(self, step: Document) -> tuple[str, ...]:
        return (*lines_of(words.called(step), 14, WIDTH - 2 * PADDING, 2), *self._below(step))

    def _below(self, step: Document) -> tuple[str, ...]:
        """The smaller words in a step's box: who, or what."""
        if step["type"] not in BOXED:
            return ()
        said_small = words.people(step["who"], self.names) if "who" in step else _plain(step, self.names)
        return lines_of(said_small, 12, WIDTH - 2 * PADDING, 3)

    # drawing

    def sequence(self, steps: Sequence[Document], at: _At) -> _At:
        """Draw steps from the top on."""
        for step in steps:
            if not at.exits:
                break
            at = self._step(step, at)
        return at

    def _step(self, step: Document, at: _At) -> _At:
        if step["type"] == "each":
            return self._each(step, at)
        if step["type"] == "wait":
            return self.dot(step["id"], "wait", f"{words.called(step)} · {words.waited(step).strip()}", at, step)
        if step["type"] in BOXED:
            at = self.box(step["id"], step["type"], (words.called(step), self._below(step)), at, step)
        return self._fork(step, at) if tree.parts(step) else at

    def _fork(self, step: Document, at: _At) -> _At:
        """Every branch in its lane; they come together where more than one goes on."""
        fork = f"{step['id']}.fork"
        title = "" if step["type"] == "decide" else words.called(step)
        below = self._stand(Node(fork, "fork", title, *_around(at, FORK), step=step, inside=self.inside), at)
        ends = [self._branch(step, place, fork, below.below(ROOM)) for place in range(len(tree.parts(step)))]
        bottom = max(one.top for one in ends)
        going = [exit for one in ends for exit in one.exits]
        if len(going) < 2:
            return _At(at.axis, bottom, going)
        join = _At(at.axis, bottom, going)
        return self._stand(
            Node(f"{step['id']}.join", "join", "", *_around(join, FORK), step=step, inside=self.inside), join
        )

    def _branch(self, step: Document, place: int, fork: str, at: _At) -> _At:
        part, lane = tree.parts(step)[place], self._lanes(step, at.axis)[place]
        unnamed = step["type"] == "together" and not part.what.get("title")
        label = "" if unnamed else policy.way(step, part.what, place + 1)
        at = self.sequence(part.steps, _At(lane, at.top, [_Exit(fork, lane, label, part.what)]))
        if not part.what.keys() & {"return", "end"} or not at.exits:
            return at
        kind = "back" if "return" in part.what else "end" if part.what["end"] == "finished" else "refused"
        at = self.dot(f"{step['id']}.{part.what['key']}.end", kind, _ending(part.what), at, step)
        return _At(lane, at.top + LINE, [])

    def _lanes(self, step: Document, axis: float) -> list[float]:
        """The axis of each branch."""
        sizes = [self._lane(part.steps, part.what) for part in tree.parts(step)]
        left = axis - (sum(one.width for one in sizes) + BESIDE * (len(sizes) - 1)) / 2
        lanes = []
        for one in sizes:
            lanes.append(left + one.left)
            left += one.width + BESIDE
        return lanes

    def _each(self, step: Document, at: _At) -> _At:
        """A frame, and in it the steps with a beginning and an end of their own."""
        size, id, around = self._size(step), step["id"], self.inside
        title = f"{words.called(step)} · {words.over(step, self.names)}"
        frame = Node(id, "each", title, at.axis - size.left, at.top, size.width, size.height, step=step, inside=around)
        below = self._stand(frame, at)
        self.inside = id
        inner = self.dot(f"{id}.start", "start", "", _At(at.axis, at.top + 2 * FRAME, []))
        inner = self.sequence(step["steps"], inner)
        if inner.exits:
            self.dot(f"{id}.end", "end", "", inner._replace(axis=at.axis, top=below.top - GAP - FRAME - DOT))
        self.inside = around
        return below

    def box(self, id: str, kind: str, said: tuple[str, tuple[str, ...]], at: _At, step: Document | None = None) -> _At:
        """A box with a title and smaller words in it."""
        title, below = said
        bold = lines_of(title, 14, WIDTH - 2 * PADDING, 2)
        height = height_of((*bold, *below), LINE, PADDING)
        where = (at.axis - WIDTH / 2, at.top, WIDTH, height)
        return self._stand(Node(id, kind, title, *where, (*bold, *below), len(bold), step or {}, self.inside), at)

    def dot(self, id: str, kind: str, title: str, at: _At, step: Document | None = None) -> _At:
        return self._stand(Node(id, kind, title, *_around(at, DOT), step=step or {}, inside=self.inside), at)

    def _stand(self, node: Node, at: _At) -> _At:
        """Put a node there and lead to it what is to be led."""
        self.nodes.append(node)
        self.boxes[node.id] = node
        for one in at.exits:
            points = _bent(self.boxes[one.source], one.lane, node)
            edge = Edge(f"f{len(self.edges) + 1}", one.source, node.id, points, one.label, one.part, self.inside)
            self.edges.append(edge)
        return _At(at.axis, node.y + node.height + GAP, [_Exit(node.id, at.axis)])


def _around(at: _At, size: float) -> tuple[float, float, float, float]:
    return at.axis - size / 2, at.top, size, size


BOXED = frozenset({"approve", "decide", "handle", "notify", "effect", "call"})


def _plain(step: Document, names: Names) -> str:
    return "".join(piece.words for piece in words.sentence(step, names)).strip()


def _ending(part: Document) -> str:
    if "return" in part:
        to = words.RETURN_TO.get(part["return"]["to"], ("前面的步骤", "an earlier step"))
        return said((f"退回{to[0]}", f"Back to {to[1]}"))
    return said(("通过结束", "Ends, agreed")) if part["end"] == "finished" else said(("不通过结束", "Ends, rejected"))


def _bent(source: Node, lane: float, target: Node) -> tuple[Point, ...]:
    """From the bottom of one to the top of the other, through the lane."""
    start = (source.x + source.width / 2, source.y + source.height)
    end = (target.x + target.width / 2, target.y)
    points = [start, (start[0], start[1] + GAP / 2), (lane, start[1] + GAP / 2)]
    points += [(lane, end[1] - GAP / 2), (end[0], end[1] - GAP / 2), end]
    kept: list[Point] = []
    for place, point in enumerate(points):
        before, after = kept[-1] if kept else None, points[place + 1] if place + 1 < len(points) else None
        straight = before and after and (before[0] == point[0] == after[0] or before[1] == point[1] == after[1])
        if point != before and not straight:
            kept.append(point)
    return tuple(kept)
