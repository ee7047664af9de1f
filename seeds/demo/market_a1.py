"""The fixed facts of company A1: regions and provinces, coefficients, who came and went, what is sold.

A list that is written down here is meant: tests and the tutorial count on 华东 7, 西南 4, 430 salespeople.
"""

import datetime as dt
from dataclasses import dataclass

PACK = "a1"
TODAY = dt.date(2025, 6, 30)
HISTORY = 720_000_000  # yuan a year, over all provinces and over all salespeople
POTENTIAL = 1_180_000_000  # yuan a year, over all customers
FOUNDED = dt.date(2015, 3, 2)
CUSTOMERS_EACH = 12  # per salesperson on average, over a province
TOP_TIER_EACH = 3  # exactly: 1,290 of them over 430 people

LEVELS = [
    {"key": "company", "title": {"zh": "总部", "en": "Headquarters"}},
    {"key": "region", "title": {"zh": "大区", "en": "Region"}},
    {"key": "province", "title": {"zh": "省区", "en": "Province"}},
]


@dataclass(frozen=True)
class Province:
    code: str
    name: str
    sales: int
    maturity: str


REGIONS: dict[tuple[str, str], tuple[Province, ...]] = {
    ("HD", "华东大区"): (
        Province("SH", "上海", 24, "成熟"),
        Province("JS", "江苏", 32, "成熟"),
        Province("ZJ", "浙江", 30, "成熟"),
        Province("AH", "安徽", 18, "成长"),
        Province("FJ", "福建", 16, "成熟"),
        Province("JX", "江西", 12, "成长"),
        Province("SD", "山东", 30, "成熟"),
    ),
    ("HB", "华北大区"): (
        Province("BJ", "北京", 24, "成熟"),
        Province("TJ", "天津", 10, "成熟"),
        Province("HE", "河北", 18, "成长"),
        Province("SX", "山西", 10, "成长"),
        Province("NM", "内蒙古", 6, "新开"),
    ),
    ("DB", "东北大区"): (
        Province("LN", "辽宁", 14, "成熟"),
        Province("JL", "吉林", 7, "成长"),
        Province("HL", "黑龙江", 9, "成长"),
    ),
    ("HZ", "华中大区"): (
        Province("HA", "河南", 22, "成长"),
        Province("HU", "湖北", 18, "成熟"),
        Province("HN", "湖南", 16, "成长"),
    ),
    ("HX", "华南大区"): (
        Province("GD", "广东", 32, "成熟"),
        Province("GX", "广西", 12, "成长"),
        Province("HI", "海南", 3, "新开"),
    ),
    ("XN", "西南大区"): (
        Province("CQ", "重庆", 10, "成长"),
        Province("SC", "四川", 20, "成长"),
        Province("GZ", "贵州", 8, "新开"),
        Province("YN", "云南", 9, "新开"),
    ),
    ("XB", "西北大区"): (
        Province("SN", "陕西", 12, "成长"),
        Province("GS", "甘肃", 5, "新开"),
        Province("XJ", "新疆", 3, "新开"),
    ),
}

# What one salesperson of a province sells, could sell and gains from a launch, beside the others.
SELLS_IN = {"成熟": 1.2, "成长": 0.95, "新开": 0.65}
COULD_SELL_IN = {"成熟": 1.2, "成长": 1.1, "新开": 0.95}
LAUNCH_FACTOR = {"成熟": 1.0, "成长": 1.05, "新开": 1.1}
REGION_SELLS = {"HD": 1.12, "XN": 0.82}
SENIOR_SHARE = {"成熟": 0.4, "成长": 0.28, "新开": 0.12}

# The same between people: history, accounts, room above history, visits a week.
SELLS = {"资深": 1.35, "中级": 1.0, "新人": 0.6}
ACCOUNTS = {"资深": 1.2, "中级": 1.0, "新人": 0.85}
ROOM = {"资深": 1.8, "中级": 1.65, "新人": 1.5}
VISITS_A_WEEK = {"资深": 12, "中级": 11, "新人": 9}
SKILL = {"资深": 0.05, "中级": 0.0, "新人": -0.05}
TAKEN_ON = {
    "资深": (dt.date(2015, 6, 1), dt.date(2020, 12, 28)),
    "中级": (dt.date(2021, 3, 1), dt.date(2023, 12, 25)),
    "新人": (dt.date(2024, 3, 4), dt.date(2025, 3, 3)),
}

# 西南 took on ten people within the last three months; three have left again (30 %). In 河南 one joins today.
JOINERS = {
    "SC": (dt.date(2025, 6, 9), dt.date(2025, 6, 9), dt.date(2025, 5, 12), dt.date(2025, 4, 14)),
    "CQ": (dt.date(2025, 5, 19), dt.date(2025, 4, 21)),
    "YN": (dt.date(2025, 6, 16),),
    "JS": (dt.date(2025, 6, 3),),
    "GD": (dt.date(2025, 5, 6),),
    "HU": (dt.date(2025, 4, 14),),
    "SN": (dt.date(2025, 3, 17),),
    "HA": (dt.date(2025, 6, 30),),
}
LEAVERS = {
    "SC": ((dt.date(2025, 3, 31), dt.date(2025, 5, 30)), (dt.date(2025, 3, 31), dt.date(2025, 6, 20))),
    "GZ": ((dt.date(2025, 4, 7), dt.date(2025, 6, 13)),),
    "SH": ((dt.date(2019, 4, 8), dt.date(2025, 5, 31)),),
}
NEW_SINCE = dt.date(2025, 3, 10)  # who joined later has no sales and no rates of his own yet
NEW_REGION_MANAGER = {"XN": dt.date(2025, 3, 3)}
TEAM_WITHOUT_CONVERSION = "HI"  # nobody there has a rate: the benchmark of the role steps in

HQ = (
    ("E0001", "高远", "hq_exec", "KL"),
    ("E0002", "何人事", "hr_admin", "KL"),
    ("E0003", "苏运营", "sales_ops", "KL"),
    ("E0004", "艾迪", "it_admin", "KL"),
    ("E0005", "白桦", "hr_admin", "HD"),  # an HRBP: the same role, over one region
)

STAGES = ("推广期", "成长期", "成熟期", "衰退期")
LAUNCHED = {"推广期": 2025, "成长期": 2023, "成熟期": 2020, "衰退期": 2016}

# (code, name, stage today, share of sales, yuan an order)
LINES = {
    "体外诊断": (
        ("IVD-1", "全自动化学发光仪", "推广期", 0.08, 68_000),
        ("IVD-2", "高敏心肌标志物试剂", "成长期", 0.16, 36_000),
        ("IVD-3", "生化分析试剂盒", "成熟期", 0.22, 24_000),
        ("IVD-4", "尿液分析试纸", "衰退期", 0.06, 9_000),
    ),
    "高值耗材": (
        ("HVC-1", "可降解封堵器", "推广期", 0.07, 88_000),
        ("HVC-2", "药物涂层球囊", "成长期", 0.15, 62_000),
        ("HVC-3", "骨科植入套件", "成熟期", 0.20, 54_000),
        ("HVC-4", "普通吻合器", "衰退期", 0.06, 18_000),
    ),
}
