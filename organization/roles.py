"""What each role may do. One table: a role is a title and the permission words it gives over a unit and all below it.

The position of a person (`Member.role`) and the roles he was granted bear the same keys, but only grants give rights.
`docs/reference/roles.md` shows this table to administrators; a test keeps the two in step.
"""

from dataclasses import dataclass

Text = dict[str, str]

PERMISSIONS: dict[str, Text] = {
    "organization.read": {"zh": "查看组织、成员和主数据", "en": "See units, members and master data"},
    "organization.manage": {"zh": "维护组织、成员、日历和导入", "en": "Maintain units, members, calendar and imports"},
    "masterdata.manage": {"zh": "维护产品和客户", "en": "Maintain products and customers"},
    "members.invite": {"zh": "发放登录链接", "en": "Hand out sign-in links"},
    "grants.manage": {"zh": "分配权限", "en": "Grant roles"},
    "definitions.read": {"zh": "查看定义", "en": "See definitions"},
    "definitions.edit": {"zh": "编辑定义草稿", "en": "Edit drafts of definitions"},
    "definitions.review": {"zh": "审核别人提交的定义", "en": "Review definitions that others submit"},
    "definitions.publish": {"zh": "发布定义", "en": "Publish definitions"},
    "packs.install": {"zh": "安装模板包", "en": "Install packs"},
    "approvals.manage": {"zh": "处理卡住的审批单", "en": "Step into approval runs that are stuck"},
    "goals.own": {"zh": "查看自己的目标", "en": "See one's own goals"},
    "goals.read": {"zh": "查看所辖目标", "en": "See the goals of the unit"},
    "goals.set": {"zh": "录入目标并试算", "en": "Enter a target and preview its split"},
    "goals.publish": {"zh": "下达目标", "en": "Publish goals"},
    "tasks.own": {"zh": "完成自己的任务", "en": "Do one's own tasks"},
    "tasks.read": {"zh": "查看所辖任务", "en": "See the tasks of the unit"},
    "facts.read": {"zh": "查看所辖数据及来源", "en": "See the figures of the unit and where they come from"},
    "facts.feed": {"zh": "上传数据", "en": "Feed figures"},
    "forms.submit": {"zh": "通过接口代人上报", "en": "Send forms for others through the API"},
    "audit.read": {"zh": "查看操作记录", "en": "Read the audit"},
    "jobs.manage": {"zh": "查看并重试后台作业", "en": "See and retry jobs"},
    "installation.manage": {"zh": "维护系统设置", "en": "Maintain the installation"},
}


@dataclass(frozen=True)
class Role:
    key: str
    title: Text
    people: Text
    permissions: frozenset[str]


def _role(key: str, title: tuple[str, str], people: tuple[str, str], *permissions: str) -> Role:
    unknown = set(permissions) - PERMISSIONS.keys()
    if unknown:
        raise LookupError(f"role {key} names permissions that do not exist: {sorted(unknown)}")
    return Role(key, _text(title), _text(people), frozenset(permissions))


def _text(words: tuple[str, str]) -> Text:
    return {"zh": words[0], "en": words[1]}


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        _role(
            "hq_exec",
            ("总部高管", "HQ executive"),
            ("总经理、销售副总", "general manager, vice president of sales"),
            *("organization.read", "definitions.read", "goals.own", "goals.read", "goals.set", "goals.publish"),
            *("tasks.read", "facts.read", "audit.read"),
        ),
        _role(
            "hr_admin",
            ("HR 管理员", "HR admin"),
            ("HR 总监、HRBP(限所辖单位)", "HR director, HR business partner (within his units)"),
            *("organization.read", "organization.manage", "masterdata.manage", "members.invite", "grants.manage"),
            *("definitions.read", "definitions.edit", "definitions.review", "definitions.publish", "packs.install"),
            *("goals.own", "goals.read", "goals.set", "goals.publish", "tasks.read", "facts.read", "facts.feed"),
            *("approvals.manage", "forms.submit", "audit.read"),
        ),
        _role(
            "it_admin",
            ("IT 管理员", "IT admin"),
            ("信息部", "IT department"),
            *("organization.read", "members.invite", "grants.manage"),
            *("definitions.read", "definitions.edit", "definitions.review", "definitions.publish", "packs.install"),
            *("approvals.manage", "audit.read", "jobs.manage", "installation.manage"),
        ),
        _role(
            "sales_ops",
            ("销售运营", "Sales operations"),
            ("业务运营、销售运营", "business and sales operations"),
            *("organization.read", "masterdata.manage", "definitions.read", "definitions.edit", "definitions.review"),
            *("goals.own", "goals.read", "goals.set", "tasks.read", "facts.read", "facts.feed"),
        ),
        _role(
            "region_manager",
            ("大区经理", "Region manager"),
            ("大区经理", "head of a region"),
            *("organization.read", "definitions.read", "goals.own", "goals.read", "tasks.own", "tasks.read"),
            "facts.read",
        ),
        _role(
            "manager",
            ("主管", "Manager"),
            ("省区经理、城市经理、区域主管、店长", "head of a province, a city, a district or a store"),
            *("organization.read", "goals.own", "goals.read", "tasks.own", "tasks.read", "facts.read"),
        ),
        _role(
            "sales",
            ("一线销售", "Sales"),
            ("销售代表、导购", "sales representatives, shop assistants"),
            *("organization.read", "goals.own", "tasks.own"),
        ),
        _role(
            "buddy",
            ("见证人", "Buddy"),
            ("新人伙伴、微目标见证人", "who accompanies a newcomer or witnesses a personal goal"),
            *("organization.read", "goals.own"),
        ),
    )
}

ADMINS = frozenset({"hr_admin", "it_admin"})


def gives(role: str, permission: str) -> bool:
    """Whether the role gives the permission. A role that an import named and we do not know gives nothing."""
    known = ROLES.get(role)
    return known is not None and permission in known.permissions


def giving(permission: str) -> list[str]:
    """The roles that give a permission."""
    return [role for role in ROLES if gives(role, permission)]


def title(role: str) -> Text:
    """The role's name as a text; an unknown key stands for itself."""
    known = ROLES.get(role)
    return known.title if known else {"zh": role, "en": role}
