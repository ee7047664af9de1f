"""What changed between two flows is told by step, in sentences."""

from flask import Flask
from werkzeug.datastructures import MultiDict

from builder import differences
from builder.flows import edits
from builder.flows.around import Around
from tests.flows.test_what_publishing_refuses import approve, flow


def told(deed: str, **posted: str) -> list[str]:
    """What one deed changes in a flow of three steps."""
    old = flow(
        approve("n1"),
        approve("n2", due={"working_hours": 16}),
        {"id": "n3", "type": "notify", "who": [{"kind": "submitter"}]},
    )
    new = {**old, "body": edits.apply(old["body"], deed, MultiDict(posted), Around())}
    return differences.sentences(old, new)


def test_each_deed_is_told_by_what_it_changed(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert told("title", id="n1", title="经理") == ["“经理”：名称 主管 → 经理"]
        assert told("due", id="n2", working_hours="24") == ["“主管”：时限 16 工作小时 → 24 工作小时"]
        assert told("who", id="n3", place="who/0", kind="manager") == ["“抄送”：人员 发起人本人 → 发起人的直接主管"]
        assert told("mode", id="n1", mode="all") == ["“主管”：几人同意 — → 所有人都要同意（会签）"]
        assert told("drop", id="n3", into="", at="0") == ["“抄送”换了位置"]
        assert told("remove", id="n2") == ["删了步骤“主管”"]
        assert told("add", what="wait", into="", at="0") == ["加了步骤“等待”：等 24 小时"]
        assert told("subject", subject="kind:target") == ["批的是什么 own.proposal → 目标下达"]
