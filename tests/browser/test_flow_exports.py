"""What leaves as BPMN and Mermaid opens where people open it: in bpmn.io's viewer and in mermaid."""

from playwright.sync_api import Browser

from builder.flows.exports import bpmn, layout, mermaid
from builder.flows.words import Names
from tests.browser.chromium import ROOT
from tests.flows.example import BODY

PACKAGES = ROOT / "node_modules"


def test_a_flow_opens_in_the_viewer_of_bpmn_and_in_mermaid(browser: Browser) -> None:
    drawing = layout.of(BODY, Names(levels={"region": "大区"}))
    page = browser.new_page()
    page.set_content('<!doctype html><meta charset="utf-8"><div id="canvas" style="height: 800px"></div>')
    page.add_script_tag(path=PACKAGES / "bpmn-js" / "dist" / "bpmn-navigated-viewer.production.min.js")
    opened = page.evaluate(
        """async (xml) => {
            const viewer = new BpmnJS({ container: "#canvas" });
            const { warnings } = await viewer.importXML(xml);
            const others = ["label", "bpmn:Process"];
            const drawn = viewer.get("elementRegistry").filter((one) => !others.includes(one.type));
            const { svg } = await viewer.saveSVG();
            return { warnings: warnings.map((one) => one.message), drawn: drawn.length, svg };
        }""",
        bpmn.xml("medical.review", "目标审批", drawing, Names()).decode(),
    )
    assert opened["warnings"] == []
    assert opened["drawn"] == len(drawing.nodes) + len(drawing.edges)
    assert "总部评审" in opened["svg"]

    page.add_script_tag(path=PACKAGES / "mermaid" / "dist" / "mermaid.min.js")
    picture = page.evaluate(
        """async (text) => {
            mermaid.initialize({ startOnLoad: false });
            const { svg } = await mermaid.render("flow", text);
            const drawn = new DOMParser().parseFromString(svg, "text/html");
            return { svg, links: drawn.querySelectorAll("path.flowchart-link").length };
        }""",
        mermaid.text(drawing),
    )
    assert "总部评审" in picture["svg"]
    assert picture["links"] == len(drawing.edges)
    page.close()
