"""Text with headings, lists and links: kept without anything that could run, told in words everywhere else."""

import pytest

from builder import forms
from builder.forms import rich
from core.db import Document

pytestmark = pytest.mark.usefixtures("in_chinese")

BODY: Document = {
    "data": {
        "type": "object",
        "required": ["note"],
        "properties": {
            "note": {"x-id": "f1", "title": "纪要", "type": "string"},
            "length": {"x-id": "f2", "title": "字数", "type": "integer"},
            "lines": {
                "x-id": "f3",
                "title": "议题",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"said": {"x-id": "f4", "title": "结论", "type": "string"}},
                },
            },
        },
    },
    "layout": [
        {"id": "i1", "field": "f1", "widget": "rich_text"},
        {"id": "i2", "field": "f2", "widget": "number"},
        {"id": "i3", "field": "f3", "widget": "table", "items": [{"id": "i4", "field": "f4", "widget": "rich_text"}]},
    ],
    "computed": [{"field": "f2", "formula": "LEN(纪要)"}],
}
FORM = forms.of(BODY)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">价格</a>',
        '<a href=" java&#10;script:alert(1)">价格</a>',
        '<a href="data:text/html,<script>1</script>">价格</a>',
        '<p style="background:url(javascript:1)" onclick="x()">价格</p>',
        "<svg><script>1</script></svg><math><mi//xlink:href='data:x'>",
        "<iframe srcdoc='<script>1</script>'></iframe><form action=x><input name=csrf_token>",
        "<noscript><p title='</noscript><img src=x onerror=1>'></noscript>",
        "<p>价<!--><script>1</script>-->格</p>",
        "<b><p><i>" * 300 + "价格",
    ],
)
def test_nothing_that_could_run_is_kept(hostile: str) -> None:
    sent = {"note": f"<p>要点</p>{hostile}", "lines": [{"said": hostile + "<b>定</b>"}]}
    values = forms.effective(FORM, sent, forms.World()).values
    for kept in (values["note"], values["lines"][0].get("said", "")):
        assert not any(word in kept.lower() for word in ("script", "onerror", "onclick", "style", "<img", "<iframe"))
        assert not any(word in kept.lower() for word in ("javascript:", "data:", "<svg", "<form", "<input", "srcdoc"))
        assert rich.clean(kept) == kept


def test_headings_lists_and_links_stay_and_are_words_in_formulas_and_lists() -> None:
    note = '<h3>结论</h3><ul><li><b>价格</b> &lt; 100</li><li><a href="https://example.com/">资料</a></li></ul>'
    state = forms.effective(FORM, {"note": note}, forms.World())
    assert "<h3>结论</h3><ul><li><b>价格</b> &lt; 100</li>" in state.values["note"]
    assert 'href="https://example.com/"' in state.values["note"]
    words = "结论\n价格 < 100\n资料"
    assert forms.shown(FORM.named["note"], state.values["note"], forms.World()) == words
    assert state.values["length"] == len(words)


@pytest.mark.parametrize("empty", ["<p><br></p>", "<p> </p><script>x</script>", "   "])
def test_formatting_around_nothing_is_nothing(empty: str) -> None:
    judged = forms.judge(forms.effective(FORM, {"note": empty}, forms.World()))
    assert [problem.path for problem in judged.problems] == ["/note"]


def test_plain_lines_of_a_sheet_become_paragraphs() -> None:
    assert rich.of_text("第一\n\n毛利 < 8% & 下降") == "<p>第一</p><p>毛利 &lt; 8% &amp; 下降</p>"
