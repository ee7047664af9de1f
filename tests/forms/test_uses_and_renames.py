"""Tables in the formulas of a form; titles and options that change, with every formula that names them."""

import datetime as dt
from typing import Any

import pytest

from builder import definitions, forms, graph, pack_folders, packs
from builder.sources import of_documents
from core.db import Document
from tests.builder import documents

pytestmark = pytest.mark.usefixtures("in_chinese")

KNOWN = of_documents(documents.everything().values())
SHELF = {"item": "展架", "qty": 2, "price": 300}


def proposal(**parts: Any) -> Document:
    document = documents.load("proposal")
    return {**document, "body": {**document["body"], **parts}}


USES = [{"as": "覆盖权重", "table": "test.stage_weights", "inputs": {"stage": '"推广期"'}, "output": "coverage"}]


def test_a_table_gives_a_name_for_formulas() -> None:
    document = proposal(uses=USES, computed=[{"field": "fb", "formula": "涉及门店*覆盖权重"}])
    assert definitions.check({**document, "body": {**document["body"], "cases": []}}, KNOWN) == []
    sent = {"kind": "refit", "shops": 5}
    found = forms.effective(forms.of(document["body"]), sent, forms.World(known=KNOWN, on=dt.date(2025, 6, 30)))
    assert found.values["total"] == 2


@pytest.mark.parametrize(
    ("use", "path"),
    [
        ({"as": "覆盖权重", "table": "test.nothing"}, "/body/uses/0/table"),
        ({**USES[0], "inputs": {"stage": "没有这个字段"}}, "/body/uses/0/inputs/stage"),
        ({**USES[0], "as": "涉及门店"}, "/body/uses/0/as"),
    ],
)
def test_a_use_that_leads_nowhere_is_told(use: Document, path: str) -> None:
    assert path in [problem.path for problem in definitions.check(proposal(uses=[use]), KNOWN)]


def test_the_page_the_fields_and_the_formulas_are_all_told_at_once() -> None:
    document = proposal(
        rules=[{"id": "x1", "when": "没有>2", "then": [{"show": "f2"}]}],
        computed=[{"field": "fb", "formula": "SUM("}],
        named_by="f98",
        creates=[{"id": "k1", "make": "fact", "metric": "test.nothing", "from": {"value": "f99"}}],
    )
    document["body"]["layout"] = document["body"]["layout"][:1]
    told = [problem.path for problem in definitions.check(document, KNOWN)]
    assert {
        "/body/rules/0/when",
        "/body/computed/0/formula",
        "/body/named_by",
        "/body/creates/0/metric",
        "/body/creates/0/from/value",
    } <= set(told)
    assert any(path.startswith("/body/data/properties/") for path in told)  # what stands nowhere on the page
    assert len(told) == len(set(told))


def test_a_draft_that_is_broken_can_still_be_looked_at() -> None:
    broken = proposal(
        rules=[
            {"id": "x1", "when": "没有=", "then": [{"set": "f99", "to": "1"}, {"show": "f98"}]},
            {"id": "x2", "check": "合计>", "level": "error", "at": "f97", "message": {"zh": "?"}},
        ],
        computed=[{"field": "fb", "formula": "没有+1"}, {"field": "f9", "formula": "本行.没有"}],
        prefill=[{"field": "f96", "from": "me"}],
    )
    form = forms.of(broken["body"])
    assert forms.begin(form, forms.World()) == {}
    assert forms.effective(form, {"relevance": 3, "resources": [SHELF]}, forms.World()).values["relevance"] == 3


# ── renames ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("field_id", "title", "becomes"),
    [
        ("f1", "关联度", ["关联度<=2"]),
        ("f4", "门店数(家)", ["费用合计/[门店数(家)]"]),
        ("f5", "资源", ["SUM(资源.费用)", "SUM(资源.数量)<=100"]),
        ("f9", "金额", ["SUM(资源需求清单.金额)"]),
        ("f8", "价格", ["本行.数量*本行.价格"]),
        ("fa", "到货日", ["NOT(ISBLANK(本行.到货日))", "本行.到货日<=执行期间结束"]),
        ("fe", "档期", ["本行.需要日期<=档期结束"]),
    ],
)
def test_renaming_a_field_writes_every_formula_anew(field_id: str, title: str, becomes: list[str]) -> None:
    body = forms.renamed(documents.load("proposal")["body"], field_id, title)
    written = str(body["rules"]) + str(body["computed"])
    assert [text for text in becomes if text not in written] == []
    assert forms.of(body).fields[field_id].title["zh"] == title
    assert definitions.check({**documents.load("proposal"), "body": body}, KNOWN) == []


def test_renaming_an_option_writes_every_comparison_anew() -> None:
    body = forms.option_renamed(documents.load("proposal")["body"], "f3", "refit", {"zh": "改造", "en": "Refit"})
    assert body["rules"][1]["when"] == '动作类型="改造"'
    assert body["rules"][2]["when"] == '动作类型="现场活动"'
    assert definitions.check({**documents.load("proposal"), "body": body}, KNOWN) == []


def test_a_formula_that_cannot_be_read_stays_as_it_is() -> None:
    body = documents.changed(documents.load("proposal"), "/body/rules/0/when", "目标关联度评分<=")["body"]
    assert forms.renamed(body, "f1", "关联度")["rules"][0]["when"] == "目标关联度评分<="


def test_a_case_is_recorded_by_filling_the_form() -> None:
    form = forms.of(documents.load("proposal")["body"])
    given = {"relevance": 1, "kind": "event", "resources": [SHELF]}
    outcome = forms.cases.outcome(form, given, frozenset(), KNOWN)
    assert outcome["problems"] == ["/reason"]
    kept = proposal(cases=[{"id": "q9", "title": {"zh": "低分"}, "given": given, "expects": outcome}])
    assert definitions.check(kept, KNOWN) == []


def test_S18_the_graph_leads_from_a_table_to_the_field_that_it_decides() -> None:
    shipped = pack_folders.read(packs.shipped_folder("medical_goals")).documents.values()
    above = graph.of(shipped).upstream("form:medical.task_swap")
    assert above["table:medical.swap_values"] == 1
    assert {"field:medical.task_swap:f2", "field:medical.task_swap:f4"} <= above.keys()
