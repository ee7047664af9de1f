"""A flow to read, to print and to take along: its policy, its picture, BPMN and Mermaid."""

from collections.abc import Callable
from typing import NamedTuple

from flask import Blueprint, Response, make_response, render_template, request
from markupsafe import Markup

from builder import definitions
from builder.flows import trials, versions
from builder.flows.designer_views import flow_definition
from builder.flows.exports import bpmn, layout, mermaid, policy, svg
from builder.flows.exports.layout import Drawing
from builder.flows.words import Names
from builder.models import DefinitionVersion
from core import access, clock, files
from core.i18n import text
from organization import approvers

bp = Blueprint("flow_exports", __name__, url_prefix="/flow-designer")


class Paper(NamedTuple):
    """A version ready to be written: what it is called, and where its steps stand."""

    version: DefinitionVersion
    title: str
    names: Names
    drawing: Drawing

    def policy(self) -> str:
        return policy.text(self.title, self.version.document["body"], self.names)

    def bpmn(self) -> bytes:
        return bpmn.xml(self.version.definition.key, self.title, self.drawing, self.names)

    def mermaid(self) -> str:
        return mermaid.text(self.drawing)

    def svg(self) -> str:
        return svg.picture(self.drawing, self.title, alone=True)


FORMATS: dict[str, tuple[Callable[[Paper], str | bytes], str, str]] = {
    "bpmn": (Paper.bpmn, "bpmn", "application/xml"),
    "mermaid": (Paper.mermaid, "mmd", "text/plain; charset=utf-8"),
    "svg": (Paper.svg, "svg", "image/svg+xml"),
    "policy": (Paper.policy, "txt", "text/plain; charset=utf-8"),
}
"""How each is written, the ending of its file, and what it is to a browser."""


@bp.get("/<int:definition_id>/exports")
@access.needs("definitions.read")
def show(definition_id: int) -> str:
    definition = flow_definition(definition_id)
    paper = paper_of(versions.asked(definition, request.args))
    return render_template(
        "builder/flow/exports.html",
        definition=definition,
        paper=paper,
        versions=versions.readable(definition),
        lines=policy.lines(paper.version.document["body"], paper.names),
        picture=Markup(svg.picture(paper.drawing, paper.title)),
    )


@bp.get(f"/<int:definition_id>/exports/<any({','.join(FORMATS)}):form>")
@access.needs("definitions.read")
def download(definition_id: int, form: str) -> Response:
    paper = paper_of(versions.asked(flow_definition(definition_id), request.args))
    write, ending, kind = FORMATS[form]
    answer = make_response(write(paper))
    answer.content_type = kind
    files.name_download(answer, f"{paper.title}-{clock.today()}.{ending}")
    return answer


def paper_of(version: DefinitionVersion) -> Paper:
    company_id, body = version.definition.company_id, version.document["body"]
    known, chart = definitions.sources(company_id), approvers.chart(company_id, clock.today())
    names = trials.names_of(body, known, chart, trials.levels(company_id))
    return Paper(version, text(version.document["title"]), names, layout.of(body, names))
