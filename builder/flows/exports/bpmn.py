"""A flow as BPMN 2.0 with its drawing: what opens in bpmn.io, Camunda and Flowable.

What asks people is a user task, 抄送 a send task, an action a service task, 子流程 a call activity, 逐个 a sub-process
with many instances, 并行 a parallel gateway (a complex one where not all are awaited), a condition an exclusive one. A
return is an end with an escalation that names where it goes: in BPMN a line back would leave parallel work behind,
which our engine cancels. The rules of a step stand in its documentation.
"""

from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from builder.flows.exports import policy
from builder.flows.exports.layout import Drawing, Edge, Node
from builder.flows.exports.lettering import lines_of, width_of
from builder.flows.exports.svg import SMALL, label_at
from builder.flows.words import Names

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DRAWN, SHAPED, PLACED = (
    f"http://www.omg.org/spec/{part}" for part in ("BPMN/20100524/DI", "DD/20100524/DC", "DD/20100524/DI")
)
TYPED = "{http://www.w3.org/2001/XMLSchema-instance}type"

TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "refused": "endEvent",
    "back": "endEvent",
    "submit": "userTask",
    "approve": "userTask",
    "decide": "userTask",
    "handle": "userTask",
    "notify": "sendTask",
    "effect": "serviceTask",
    "call": "callActivity",
    "wait": "intermediateCatchEvent",
    "each": "subProcess",
}


def xml(key: str, title: str, drawing: Drawing, names: Names) -> bytes:
    """The file, UTF-8."""
    for prefix, address in (("bpmn", MODEL), ("bpmndi", DRAWN), ("dc", SHAPED), ("di", PLACED)):
        register_namespace(prefix, address)
    root = Element(f"{{{MODEL}}}definitions", {"id": "definitions", "targetNamespace": f"urn:guantong:{key}"})
    for escalation in (node for node in drawing.nodes if node.kind == "back"):
        SubElement(root, f"{{{MODEL}}}escalation", {"id": f"{_id(escalation.id)}_e", "name": escalation.title})
    process = _made(root, "process", id="process", name=title, isExecutable="false")
    _write(process, None, drawing, names)
    diagram = SubElement(root, f"{{{DRAWN}}}BPMNDiagram", {"id": "diagram"})
    plane = SubElement(diagram, f"{{{DRAWN}}}BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    for node in drawing.nodes:
        _shape(plane, node)
    for edge in drawing.edges:
        _line(plane, edge)
    indent(root)
    return bytes(tostring(root, "utf-8", xml_declaration=True))


# ── what it means ─────────────────────────────────────────────────────────────────────────────────────────────────


def _write(parent: Element, frame: str | None, drawing: Drawing, names: Names) -> None:
    """What stands in a process or in the sub-process of an `each`."""
    edges = [edge for edge in drawing.edges if edge.inside == frame]
    for node in (node for node in drawing.nodes if node.inside == frame):
        element = _made(parent, _tag(node), id=_id(node.id), name=node.title, **_more(node, edges))
        if node.step and node.kind == node.step["type"]:
            _made(element, "documentation").text = policy.sentence(node.step, names)
        for tag, ends in (("incoming", "target"), ("outgoing", "source")):
            for edge in (edge for edge in edges if getattr(edge, ends) == node.id):
                _made(element, tag).text = _id(edge.id)
        _particulars(element, node)
        if node.kind == "each":
            _write(element, node.id, drawing, names)
    for edge in edges:
        _flow(parent, edge)


def _tag(node: Node) -> str:
    if node.kind not in ("fork", "join"):
        return TAGS[node.kind]
    if node.step["type"] != "together":
        return "exclusiveGateway"
    awaited = node.kind == "join" and node.step.get("join", "all") != "all"
    return "complexGateway" if awaited else "parallelGateway"


def _more(node: Node, edges: list[Edge]) -> dict[str, str]:
    if node.kind == "call" and node.step["workflow"]:
        return {"calledElement": node.step["workflow"].replace(".", "_")}
    otherwise = node.step.get("else", {}).get("id") if node.kind == "fork" else None
    default = [edge for edge in edges if edge.source == node.id and otherwise and edge.part.get("id") == otherwise]
    return {"default": _id(default[0].id)} if default else {}


def _particulars(element: Element, node: Node) -> None:
    """What makes an event or an activity what it is; stands behind incoming and outgoing."""
    match node.kind:
        case "refused":
            _made(element, "terminateEventDefinition")
        case "back":
            _made(element, "escalationEventDefinition", escalationRef=f"{_id(node.id)}_e")
        case "wait":
            _awaited(element, node.step["for"])
        case "each":
            many = _made(element, "multiInstanceLoopCharacteristics", isSequential="false")
            if node.step.get("join", "all") != "all":
                _expression(many, "completionCondition", _share(node.step["join"]))
        case "join" if node.step["type"] == "together" and node.step.get("join", "all") != "all":
            _expression(element, "activationCondition", _share(node.step["join"]))


def _awaited(element: Element, what: dict[str, object]) -> None:
    if "event" in what:
        _made(element, "conditionalEventDefinition").append(_condition(str(what["event"])))
        return
    timer = _made(element, "timerEventDefinition")
    if "until" in what:
        _expression(timer, "timeDate", str(what["until"]))
    else:
        _expression(timer, "timeDuration", f"PT{what.get('hours') or what.get('working_hours')}H")


def _condition(words: str) -> Element:
    condition = Element(f"{{{MODEL}}}condition", {TYPED: "bpmn:tFormalExpression"})
    condition.text = words
    return condition


def _share(join: object) -> str:
    return "1" if join == "any" else str(join["at_least"])  # type: ignore[index]


def _flow(parent: Element, edge: Edge) -> None:
    ends = {"sourceRef": _id(edge.source), "targetRef": _id(edge.target)}
    flow = _made(parent, "sequenceFlow", id=_id(edge.id), name=edge.label, **ends)
    if "when" in edge.part:
        _expression(flow, "conditionExpression", edge.part["when"])


def _expression(parent: Element, tag: str, words: str) -> None:
    _made(parent, tag, **{TYPED: "bpmn:tFormalExpression"}).text = words


def _made(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{MODEL}}}{tag}", {name: value for name, value in attributes.items() if value})


def _id(identity: str) -> str:
    return "_" + identity.replace(".", "_")


# ── where it stands ───────────────────────────────────────────────────────────────────────────────────────────────


def _shape(plane: Element, node: Node) -> None:
    more = {"isExpanded": "true"} if node.kind == "each" else {}
    attributes = {"id": f"{_id(node.id)}_di", "bpmnElement": _id(node.id), **more}
    shape = SubElement(plane, f"{{{DRAWN}}}BPMNShape", attributes)
    _bounds(shape, node.x, node.y, node.width, node.height)
    if node.title and node.kind in ("end", "back", "refused", "fork", "wait"):
        _bounds(SubElement(shape, f"{{{DRAWN}}}BPMNLabel"), *_label_of(node))


def _label_of(node: Node) -> tuple[float, float, float, float]:
    if node.kind == "fork":
        return node.x + node.width / 2 + 12, node.y - 20, min(150, width_of(node.title, SMALL) + 8), 16
    if node.kind == "wait":
        return node.x + node.width + 8, node.y + 4, 140, 32
    middle, wide = node.x + node.width / 2, width_of(node.title, SMALL) + 8
    return middle - wide / 2, node.y + node.height + 4, wide, 16


def _line(plane: Element, edge: Edge) -> None:
    attributes = {"id": f"{_id(edge.id)}_di", "bpmnElement": _id(edge.id)}
    line = SubElement(plane, f"{{{DRAWN}}}BPMNEdge", attributes)
    for x, y in edge.points:
        SubElement(line, f"{{{PLACED}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})
    if edge.label:
        lines = lines_of(edge.label, SMALL, 160, 2)
        wide = max(width_of(words, SMALL) for words in lines) + 8
        x, y = label_at(edge)
        _bounds(SubElement(line, f"{{{DRAWN}}}BPMNLabel"), x - wide / 2, y, wide, 16 * len(lines))


def _bounds(parent: Element, x: float, y: float, width: float, height: float) -> None:
    numbers = zip(("x", "y", "width", "height"), (x, y, width, height), strict=True)
    SubElement(parent, f"{{{SHAPED}}}Bounds", {name: f"{number:g}" for name, number in numbers})
