"""What a form can be built from: every kind of field and part, with what a fresh one says.

kind = form_palette.KINDS["rating"]
kind.spec, kind.item            parts of the data and of the layout, without ids and titles
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.db import Document


@dataclass(frozen=True)
class Kind:
    """`part` is True for what holds others or is only read. `column`: it may stand in a sub-table."""

    key: str
    title: Document
    icon: str
    words: str = ""
    spec: Document = field(default_factory=dict)
    part: bool = False
    column: bool = True


def _kind(key: str, zh: str, en: str, icon: str, spec: Document | None = None, words: str = "", **more: Any) -> Kind:
    return Kind(key, {"zh": zh, "en": en}, icon, words, spec or {"type": "string"}, **more)


def _part(key: str, zh: str, en: str, icon: str, words: str = "") -> Kind:
    return Kind(key, {"zh": zh, "en": en}, icon, words, part=True, column=False)


NUMBER = {"type": "number"}
SEVERAL = {"type": "array", "items": {"type": "string"}}
PICKED = {"type": "integer"}
FIRST_OPTIONS = ({"zh": "选项 1", "en": "Option 1"}, {"zh": "选项 2", "en": "Option 2"})

GROUPS: dict[str, tuple[Document, tuple[Kind, ...]]] = {
    "write": (
        {"zh": "填写", "en": "Write"},
        (
            _kind("text", "单行文字", "Text", "text-size", words="文本 短"),
            _kind("long_text", "多行文字", "Long text", "file-description", words="段落 说明 备注"),
            _kind("rich_text", "富文本", "Rich text", "notes", words="排版", column=False),
            _kind("number", "数字", "Number", "calculator", NUMBER, "数量"),
            _kind("money", "金额", "Money", "coin", NUMBER, "元 万元 预算"),
            _kind(
                "percent", "百分比", "Percentage", "progress", {"type": "number", "minimum": 0, "maximum": 1}, "比例"
            ),
            _kind("phone", "电话", "Phone", "phone", words="手机"),
            _kind("email", "邮箱", "E-mail", "mail"),
            _kind("url", "网址", "Web address", "link", words="链接"),
        ),
    ),
    "choose": (
        {"zh": "选择", "en": "Choose"},
        (
            _kind("choice", "单选", "Choice", "circle-check", {"type": "string", "x-options": []}, "下拉"),
            _kind(
                "choices", "多选", "Choices", "checks", {**SEVERAL, "uniqueItems": True, "x-options": []}, column=False
            ),
            _kind("cascading", "级联选择", "Cascading choice", "hierarchy", {**SEVERAL, "x-options": []}, column=False),
            _kind("rating", "评分", "Rating", "star", {"type": "integer", "minimum": 1, "maximum": 5}, "打分 星"),
            _kind("slider", "滑块", "Slider", "adjustments", {"type": "number", "minimum": 0, "maximum": 100}),
            _kind("switch", "开关", "Switch", "switch-horizontal", {"type": "boolean"}, "是否"),
        ),
    ),
    "time": (
        {"zh": "时间与地点", "en": "Time and place"},
        (
            _kind("date", "日期", "Date", "calendar"),
            _kind("date_time", "日期时间", "Date and time", "calendar-time"),
            _kind("date_range", "日期区间", "Date range", "calendar-week", SEVERAL, "起止", column=False),
            _kind("location", "定位", "Location", "map-pin", {"type": "array", "items": NUMBER}, "打卡", column=False),
        ),
    ),
    "business": (
        {"zh": "组织与业务", "en": "Organisation and business"},
        (
            _kind("person", "人员", "Person", "user", PICKED, "成员 员工"),
            _kind("unit", "部门", "Unit", "building", PICKED, "组织 大区 区域"),
            _kind("product", "产品", "Product", "package", PICKED),
            _kind("customer", "客户", "Customer", "building-store", PICKED, "医院 门店"),
            _kind("metric", "指标", "Metric", "ruler-measure", words="因子"),
            _kind("goal", "目标", "Goal", "target", PICKED),
            _kind("task", "任务", "Task", "clipboard-check", PICKED),
            _kind("record", "关联记录", "Linked record", "external-link", PICKED, "引用 其他表单", column=False),
            _kind("lookup", "带出字段", "Looked-up field", "zoom-in", words="关联 引用", column=False),
        ),
    ),
    "more": (
        {"zh": "明细与附件", "en": "Lines and attachments"},
        (
            _kind(
                *("table", "明细表", "Sub-table", "table"),
                {"type": "array", "maxItems": 200, "items": {"type": "object", "properties": {}}},
                "子表 清单 表格",
                column=False,
            ),
            _kind("file", "附件", "Files", "paperclip", {**SEVERAL, "maxItems": 5}, "文件 上传"),
            _kind("image", "图片", "Images", "photo", {**SEVERAL, "maxItems": 5}, "照片 拍照"),
            _kind("signature", "手写签名", "Signature", "pencil", column=False),
            _kind(
                *("serial", "流水号", "Serial number", "tag"),
                {"type": "string", "x-serial": {"each": "year", "digits": 4}},
                "编号",
                column=False,
            ),
        ),
    ),
    "layout": (
        {"zh": "布局", "en": "Layout"},
        (
            _part("section", "分组", "Section", "layout-board", "标题"),
            _part("columns", "分栏", "Columns", "layout-grid", "并排"),
            _part("tabs", "选项卡", "Tabs", "layout-dashboard", "标签页"),
            _part("steps", "分步", "Steps", "stairs", "向导"),
            _part("note", "说明文字", "Note", "note", "提示"),
            _part("divider", "分隔线", "Divider", "minus"),
        ),
    ),
}

KINDS: dict[str, Kind] = {kind.key: kind for _title, kinds in GROUPS.values() for kind in kinds}


def groups(sought: str = "") -> Iterator[tuple[Document, list[Kind]]]:
    """Groups with the kinds whose names hold the words sought."""
    wanted = sought.strip().casefold()
    for title, kinds in GROUPS.values():
        found = [kind for kind in kinds if wanted in f"{kind.title['zh']} {kind.title['en']} {kind.words}".casefold()]
        if found:
            yield title, found
