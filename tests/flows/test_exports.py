"""A flow for readers elsewhere: the policy in sentences, and one drawing for BPMN, Mermaid and SVG."""

from collections import Counter
from itertools import combinations
from xml.etree import ElementTree

from flask import Flask
from flask_babel import force_locale

from builder.flows import tree
from builder.flows.exports import bpmn, layout, mermaid, policy, svg
from builder.flows.exports.layout import Drawing, Node
from builder.flows.exports.lettering import lines_of, width_of
from builder.flows.words import Names
from tests.flows.example import BODY

NAMES = Names(levels={"region": "大区"})


def drawn() -> Drawing:
    return layout.of(BODY, NAMES)


def test_the_policy_says_every_step_in_one_numbered_sentence() -> None:
    lines = policy.lines(BODY, NAMES)
    numbers = [line.number for line in lines]
    assert numbers[:6] == ["1", "2", "2.1", "2.1.1", "2.2", "2.2.1"]
    assert len(set(numbers)) == len(numbers)
    told = policy.text("目标审批", BODY, NAMES)
    assert "1. 直接主管：由发起人的直接主管审批" in told
    assert "找不到人时转给全公司的HR 管理员" in told
    assert "超时 8 小时转给上 1 级" in told
    assert "2.1. 如果目标值>100000" in told
    assert "退回：须写原因；退回到发起人，改好直接回到这一步。" in told


def test_the_policy_is_there_in_english_too(app: Flask) -> None:
    with force_locale("en"):
        told = policy.text("Approval of goals", BODY, NAMES)
    assert "when nobody is found it goes to HR admin of the whole company" in told
    assert "2.3. Otherwise" in told
    assert "；" not in told


def test_every_step_has_one_place_and_no_two_stand_on_each_other() -> None:
    drawing = drawn()
    steps = [step["id"] for step in tree.walk(BODY["steps"]) if step["type"] not in ("choose", "together")]
    assert [id for id in steps if id not in {node.id for node in drawing.nodes}] == []
    solid = [node for node in drawing.nodes if node.kind != "each"]
    assert [(one.id, other.id) for one, other in combinations(solid, 2) if overlap(one, other)] == []
    for node in solid:
        assert node.x >= 0
        assert node.x + node.width <= drawing.width
        assert node.y + node.height <= drawing.height


def overlap(one: Node, other: Node) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not beside and one.y < other.y + other.height and other.y < one.y + one.height


def test_the_steps_of_an_each_stand_in_its_frame() -> None:
    nodes = {node.id: node for node in drawn().nodes}
    frame = nodes["n9"]
    for node in (node for node in nodes.values() if node.inside == "n9"):
        assert frame.x < node.x
        assert node.x + node.width < frame.x + frame.width
        assert frame.y < node.y
        assert node.y + node.height < frame.y + frame.height


def test_lines_run_down_or_across_and_end_at_their_nodes() -> None:
    drawing = drawn()
    nodes = {node.id: node for node in drawing.nodes}
    for edge in drawing.edges:
        source, target = nodes[edge.source], nodes[edge.target]
        assert edge.points[0] == (source.x + source.width / 2, source.y + source.height)
        assert edge.points[-1] == (target.x + target.width / 2, target.y)
        for (x, y), (next_x, next_y) in zip(edge.points, edge.points[1:], strict=False):
            assert (x == next_x) != (y == next_y)
            assert next_y >= y


def test_bpmn_has_one_shape_and_one_line_for_each_of_its_parts() -> None:
    root = ElementTree.fromstring(bpmn.xml("medical.review", "目标审批", drawn(), NAMES))
    tags = Counter(element.tag.partition("}")[2] for element in root.iter())
    assert tags["BPMNShape"] == len(drawn().nodes)
    assert tags["BPMNEdge"] == tags["sequenceFlow"] == len(drawn().edges)
    assert (tags["parallelGateway"], tags["complexGateway"], tags["subProcess"]) == (1, 1, 1)
    assert (tags["callActivity"], tags["sendTask"], tags["serviceTask"]) == (1, 1, 1)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    default = next(element for element in root.iter() if element.get("default"))
    assert default.get("id") == "_n2_fork"


def test_a_picture_for_a_file_brings_its_colours_and_one_for_a_page_does_not() -> None:
    alone = svg.picture(drawn(), "目标审批 <1>", alone=True)
    ElementTree.fromstring(alone)
    assert "<style>" in alone
    in_page = svg.picture(drawn(), "目标审批")
    assert "style" not in in_page
    assert "#" not in in_page
    assert "抄送 &lt;HR&gt; &amp; " in in_page


def test_words_are_broken_where_they_fit() -> None:
    assert lines_of("设备部与财务部联合审批", 14, 84, 3) == ("设备部与财务", "部联合审批")
    assert lines_of("approved by the direct manager", 12, 100, 2) == ("approved by the", "direct manager")
    cut = lines_of("一二三四五六七八九十", 10, 40, 2)
    assert cut == ("一二三四", "五六七…")
    assert all(width_of(line, 10) <= 40 for line in cut)


def test_mermaid_quotes_what_its_language_would_read() -> None:
    text = mermaid.text(drawn())
    assert text.startswith("flowchart TD\n")
    assert "抄送 #lt;HR#gt; #amp; #quot;人事#quot;" in text
    assert 'n_n2__fork -->|"如果目标值#gt;100000"| n_n3' in text
