"""Which names an expression may use, place by place. `docs/reference/names.md` is made from this list.

A name has two spellings: the Chinese one that people write and the key that columns are handed over by
(`columns["history"]`). Both work in expressions. What is not listed here does not exist for a formula.
"""

from dataclasses import dataclass

from core.db import Document


@dataclass(frozen=True)
class Name:
    zh: str
    key: str
    type: str  # number, text, bool or date; a field type of the formula language
    note: Document


def _name(zh: str, key: str, kind: str, note_zh: str, note_en: str) -> Name:
    return Name(zh, key, kind, {"zh": note_zh, "en": note_en})


HISTORY = _name("历史业绩", "history", "number", "上一年度实际,元", "last year's actual, in yuan")
SHARE_HISTORY = _name(
    "历史占比", "share_history", "number", "历史业绩在同级中的占比", "share of history among siblings"
)
PARENT_TARGET = _name("上级目标", "parent_target", "number", "待拆分的上级目标,元", "the target being split, in yuan")
PARENT_GROWTH = _name(
    "上级增长率",
    "parent_growth",
    "number",
    "上级目标相对其历史业绩的增长率",
    "the parent's target over its history, less one",
)
TARGET = _name("目标", "target", "number", "拆分得到的目标,元", "the target that the split gave, in yuan")
ROLE = _name("岗位", "role", "text", "岗位的键,例如 sales", "the key of the position, such as sales")
TENURE = _name(
    "司龄月数",
    "tenure_months",
    "number",
    "入职至周期开始的整月数",
    "whole months from joining to the start of the cycle",
)

UNIT = (
    HISTORY,
    _name("潜力", "potential", "number", "市场潜力,元", "market potential, in yuan"),
    _name("产能", "capacity", "number", "团队可承接的业务量,元", "what the team can carry, in yuan"),
    SHARE_HISTORY,
    _name("潜力占比", "share_potential", "number", "潜力在同级中的占比", "share of potential among siblings"),
    _name("产能占比", "share_capacity", "number", "产能在同级中的占比", "share of capacity among siblings"),
    _name("成熟度", "maturity", "text", "区域成熟度,例如 成熟", "how mature the region is, such as 成熟"),
    _name("资深占比", "senior_share", "number", "团队中资深人员的占比", "share of senior people in the team"),
    _name("人数", "headcount", "number", "一线在岗人数", "front-line people at work"),
    _name("新品系数", "launch_factor", "number", "新品上市节奏系数,1 为不变", "effect of product launches, 1 is none"),
    PARENT_TARGET,
    PARENT_GROWTH,
)

MEMBER = (
    HISTORY,
    SHARE_HISTORY,
    ROLE,
    _name("职级", "seniority", "text", "职级,例如 资深", "seniority, such as 资深"),
    TENURE,
    _name(
        "在岗工作日占比",
        "workdays_share",
        "number",
        "周期内在岗工作日的占比",
        "share of the cycle's working days at work",
    ),
    _name("客户潜力", "account_potential", "number", "名下客户的潜力,元", "potential of his customers, in yuan"),
    _name("客单价", "ticket", "number", "每单平均金额,元", "average amount of an order, in yuan"),
    _name("商机转化率", "conversion", "number", "商机成交的比例", "share of opportunities that are won"),
    _name(
        "每商机拜访次数",
        "visits_per_opportunity",
        "number",
        "一个商机平均需要的拜访次数",
        "visits that an opportunity takes",
    ),
    _name("周拜访上限", "weekly_capacity", "number", "满勤一周最多拜访次数", "most visits in a full week"),
    PARENT_TARGET,
    PARENT_GROWTH,
)

PARENT = (
    TARGET,
    HISTORY,
    _name("增长率", "growth", "number", "本级目标相对历史业绩的增长率", "this target over its history, less one"),
    _name("成熟度", "maturity", "text", "区域成熟度,例如 成熟", "how mature the region is, such as 成熟"),
    _name("人数", "headcount", "number", "一线在岗人数", "front-line people at work"),
)

PRODUCT = (
    _name("产品线", "line", "text", "产品线的名称", "name of the product line"),
    _name("阶段", "stage", "text", "所处生命周期阶段,例如 推广期", "life-cycle stage, such as 推广期"),
    _name("销售占比", "sales_share", "number", "在全部销售额中的占比", "share of all sales"),
)

MONTH = (
    _name("月份", "month", "number", "1 到 12", "1 to 12"),
    _name("季度", "quarter", "number", "1 到 4", "1 to 4"),
    _name("工作日", "workdays", "number", "当月工作日天数", "working days of the month"),
)

CUSTOMER = (
    _name("等级", "tier", "text", "客户等级,例如 三甲", "tier, such as 三甲"),
    _name("潜力", "potential", "number", "年潜力,元", "potential a year, in yuan"),
    _name("距上次拜访天数", "days_since_visit", "number", "从未拜访时为空", "blank when never visited"),
    _name(
        "联系人级别",
        "contact_levels",
        "text",
        "各联系人的级别,用逗号隔开,配合 CONTAINS 使用",
        "levels of its contacts, for CONTAINS",
    ),
)

MEMBER_RESULT = (
    *MEMBER,
    TARGET,
    _name("姓名", "name", "text", "员工姓名", "the person's name"),
    _name("团队中位数", "team_median", "number", "同组目标的中位数,元", "median target of the team, in yuan"),
)

_OF_MEMBER = {name.key: name for name in MEMBER}

SCORE = (
    _name("目标", "target", "number", "本条线在本期的目标,元", "the target of the line in the period, in yuan"),
    _name("个人目标", "person_target", "number", "本人在本期的全部目标,元", "all of the person's target, in yuan"),
    _name("目标占比", "share", "number", "本条线在个人目标中的占比", "share of the line in the person's target"),
    _name("产品线", "line", "text", "产品线的名称", "name of the product line"),
    _name("阶段", "stage", "text", "产品在期初所处的阶段", "stage of the product when the period begins"),
    ROLE,
    _OF_MEMBER["seniority"],
    _name("司龄月数", "tenure_months", "number", "入职至期初的整月数", "whole months from joining to the period"),
    _name("在岗工作日", "workdays", "number", "本期内在岗的工作日天数", "working days of the period at work"),
    _name("在岗周数", "weeks", "number", "在岗工作日 ÷ 5", "working days at work ÷ 5"),
    *(_OF_MEMBER[key] for key in ("ticket", "conversion", "visits_per_opportunity", "weekly_capacity")),
    _name("成熟度", "maturity", "text", "所在单位在期初的成熟度", "how mature his unit is when the period begins"),
)

PLACES: dict[str, tuple[Name, ...]] = {
    "cascade.unit": UNIT,
    "cascade.member": MEMBER,
    "cascade.parent": PARENT,
    "cascade.product": PRODUCT,
    "cascade.month": MONTH,
    "cascade.rate": MEMBER,
    "cascade.needed": (TARGET,),
    "cascade.task": MEMBER,
    "cascade.customer": CUSTOMER,
    "cascade.take": (_name("件数", "n", "number", "本周任务件数", "how many the week asks for"),),
    "cascade.warning": MEMBER_RESULT,
    "cascade.constant": (),
    "metric.score": SCORE,
}

TITLES: dict[str, Document] = {
    "cascade.unit": {"zh": "目标拆解 · 拆到单位:权重、保底、封顶", "en": "Cascade · to units: weight, floor, cap"},
    "cascade.member": {"zh": "目标拆解 · 拆到个人:权重、保底、封顶", "en": "Cascade · to members: weight, floor, cap"},
    "cascade.parent": {"zh": "目标拆解 · 机动额", "en": "Cascade · reserve"},
    "cascade.product": {"zh": "目标拆解 · 按产品线", "en": "Cascade · over product lines"},
    "cascade.month": {"zh": "目标拆解 · 按月份", "en": "Cascade · over months"},
    "cascade.rate": {"zh": "动作测算 · 个人比率与上限", "en": "Drivers · personal rates and capacity"},
    "cascade.needed": {
        "zh": "动作测算 · 需要量(另可用本段 rates 的名称)",
        "en": "Drivers · needed (and the names of its rates)",
    },
    "cascade.task": {
        "zh": "周任务 · 份额与件数(另可用各测算项的名称)",
        "en": "Tasks · share and count (and the names of drivers)",
    },
    "cascade.customer": {"zh": "周任务 · 选客户", "en": "Tasks · picking customers"},
    "cascade.take": {"zh": "周任务 · 选几家", "en": "Tasks · how many customers"},
    "cascade.warning": {"zh": "目标拆解 · 预警", "en": "Cascade · warnings"},
    "cascade.constant": {"zh": "目标拆解 · 变动上限(只写数值)", "en": "Cascade · limits of change (figures only)"},
    "metric.score": {
        "zh": "指标 · 计分:各项的取值与目标(每人每条线一行)",
        "en": "Metric · score: values and targets (a row a person and line)",
    },
}
