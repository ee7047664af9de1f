"""What company A1's salespeople handed in on forms before today: visit logs of four weeks, feedback on factors.

Sent by the same rules as on a phone, each on the evening of its day: judged, named, searchable, in the audit; what a
visit log makes (a visit, and so 有效拜访量) a job makes afterwards.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from builder import definitions
from builder.models import DefinitionVersion
from core import clock
from core.db import Document, db
from organization import calendars
from organization.models import Company, Customer, Member
from runtime.submissions import filling, submissions
from seeds.demo.facts_a1 import FIRST_VISIT, VISITS_EACH
from seeds.demo.market_a1 import PACK, TODAY
from seeds.demo.randomness import rng

VISIT_LOG = "medical.visit_log"
FEEDBACK = "medical.factor_feedback"
PLACES = {"SH": (31.23, 121.47), "JS": (32.06, 118.78), "ZJ": (30.25, 120.17), "SC": (30.66, 104.06)}
WHO = tuple(f"{province}{number:03}" for province in PLACES for number in (1, 2))
LOGS_EACH = 8  # to customers beside the first few, whose visits came from the CRM
KINDS = ("visit", "visit", "visit", "contact", "visit", "quote", "visit", "meeting")
LEVELS = ("director", "director", "deputy", "attending", "buyer")
NOTES = {
    "visit": (
        "主任认可新品的稳定性,关心耗材价格和售后响应时间。",
        "科室下半年有两台更新计划,已介绍配置,对方希望先试用。",
        "采购反映上次到货晚了三天,已道歉并核对在途订单。",
        "了解到竞品上周来做过演示,报价低约一成,服务条款较弱。",
        "与护士长确认了培训时间,现场演示了操作流程。",
    ),
    "contact": ("电话回访试用情况,科室反馈良好,样本量还不够。", "微信发送了临床资料,对方答复下周科会讨论。"),
    "quote": ("按三年耗材打包报价,对方要求把培训列入合同。", "更新报价单,付款方式改为分两期。"),
    "meeting": ("科室会介绍新品,到会十二人,收集意向三份。", "参加区域学术会,与两位主任约定下月拜访。"),
}
NEXT = ("送试用样机", "安排临床培训", "提交正式报价", "约采购科长面谈", None, None)
WHY = {
    "raise": ("客单价高的区域回款也快,建议多看这一项。", "主任拜访直接带来了试用,权重偏低。"),
    "lower": ("月底集中补录拜访,频次并不能说明效果。", "回款受医院预算周期影响,一线很难左右。"),
}


@dataclass(frozen=True)
class Log:
    sent_at: dt.datetime
    member: Member
    values: Document


def load(company: Company) -> None:
    """About 60 visit logs and 10 pieces of feedback, in the caller's transaction. The pack's forms must be there."""
    people = _people(company)
    logs = [log for member in people for log in _visits(company, member)]
    _send(company, VISIT_LOG, logs)
    _send(company, FEEDBACK, list(_feedback(people)))


def _people(company: Company) -> Sequence[Member]:
    wanted = select(Member).where(Member.company_id == company.id, Member.code.in_(WHO)).order_by(Member.code)
    return db.session.scalars(wanted.options(joinedload(Member.unit), joinedload(Member.grants))).unique().all()


def _send(company: Company, key: str, logs: Sequence[Log]) -> None:
    version = _in_force(company, key)
    for number, log in enumerate(sorted(logs, key=lambda log: log.sent_at), start=1):
        with clock.at(log.sent_at):
            _sent(version, log, f"demo-{key}-{number}")


def _in_force(company: Company, key: str) -> DefinitionVersion:
    found = definitions.published(company.id, "form", key)
    if found is None:
        raise LookupError(f"the pack that brings {key} is not installed")
    return found


def _sent(version: DefinitionVersion, log: Log, client_id: str) -> None:
    place = filling.of(log.member, version, log.member.unit_id, client_id)
    submissions.submit(place, log.values, in_spite_of_warnings=True)


# ── visit logs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _visits(company: Company, member: Member) -> Iterator[Log]:
    owned = select(Customer.id).where(Customer.company_id == company.id, Customer.owner_id == member.id)
    customers = db.session.scalars(owned.order_by(Customer.code).offset(VISITS_EACH).limit(LOGS_EACH)).all()
    for number, customer_id in enumerate(customers):
        chance = rng(PACK, "visit log", member.code, number)
        day = calendars.on_or_before(company.id, FIRST_VISIT + dt.timedelta(days=2 + number * 3 + chance.randrange(2)))
        yield Log(_evening(day, chance), member, _visit(member, customer_id, day, KINDS[number % len(KINDS)], chance))


def _visit(member: Member, customer_id: int, day: dt.date, kind: str, chance: Random) -> Document:
    values: Document = {
        "customer": customer_id,
        "day": day.isoformat(),
        "kind": kind,
        "contact_level": chance.choice(LEVELS),
        "note": chance.choice(NOTES[kind]),
    }
    if kind == "visit":
        values["place"] = [round(near + chance.uniform(-0.2, 0.2), 5) for near in PLACES[member.code[:2]]]
    if next_step := chance.choice(NEXT):
        values |= {"next_step": next_step, "next_day": (day + dt.timedelta(days=chance.randrange(7, 21))).isoformat()}
    return values


def _evening(day: dt.date, chance: Random) -> dt.datetime:
    time = dt.time(chance.randrange(16, 20), chance.randrange(60))
    return dt.datetime.combine(day, time, clock.SHANGHAI)


# ── feedback ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FACTORS = ("medical.visit_freq", "medical.director_visit", "medical.ticket", "medical.collection_days")


def _feedback(people: Sequence[Member]) -> Iterator[Log]:
    for number in range(10):
        member, factor = people[number % len(people)], FACTORS[(number + number // len(people)) % len(FACTORS)]
        chance = rng(PACK, "feedback", member.code, factor)
        suggestion = chance.choice(("raise", "keep", "lower"))
        felt = {"raise": chance.randrange(4, 6), "keep": 3, "lower": chance.randrange(1, 3)}[suggestion]
        values: Document = {"factor": factor, "felt": felt, "suggestion": suggestion}
        if suggestion in WHY:
            values["why"] = chance.choice(WHY[suggestion])
        yield Log(_evening(TODAY - dt.timedelta(days=7 - number // 2), chance), member, values)
