"""Who there is, where they stand, what they sell and to whom. Import follows foreign keys: nothing here knows goals."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Document, JSONDocument, Model, PathText
from organization import roles


class Company(Model):
    """One per root unit. Its id is the root unit's id; "public" means within it."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(120))
    time_zone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Shanghai")
    levels: Mapped[list[Document]] = mapped_column(sa.JSON, default=list)  # [{"key": "region", "title": {"zh", "en"}}]
    link_templates: Mapped[Document] = mapped_column(default=dict)  # {"crm": "https://crm.example.com/customers/{id}"}
    demo: Mapped[bool] = mapped_column(default=False)


class OrgUnit(Model):
    __tablename__ = "org_unit"
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int | None] = mapped_column(index=True, comment="the root unit's id; set right after the root")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("org_unit.id"), index=True)
    path: Mapped[str] = mapped_column(PathText, index=True, comment="ids from the root, such as /1/12/")
    code: Mapped[str] = mapped_column(sa.String(40), comment="what imports and packs name it by")
    name: Mapped[str] = mapped_column(sa.String(120))
    level: Mapped[str] = mapped_column(sa.String(40), comment="a key of company.levels")
    head_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", use_alter=True))
    attributes: Mapped[Document] = mapped_column(default=dict, comment="maturity, potential, history …")
    closed_on: Mapped[dt.date | None]

    parent: Mapped["OrgUnit | None"] = relationship(remote_side=[id])
    head: Mapped["Member | None"] = relationship(foreign_keys=[head_id], post_update=True)


class UnitAttribute(Model):
    """An attribute of a unit, such as its maturity, has this value from the day on, until its next row; before the
    first it is what `OrgUnit.attributes` says."""

    __tablename__ = "unit_attribute"
    __table_args__ = (UniqueConstraint("unit_id", "name", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(40), comment="a key of attributes: maturity, potential …")
    value: Mapped[Any] = mapped_column(JSONDocument, comment="a word or a number")
    from_day: Mapped[dt.date]

    unit: Mapped[OrgUnit] = relationship()


class Member(Model):
    """A person. `role` is the position (sales, manager …); what he may do stands in his grants."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("company_id", "code"), Index("ix_member_unit_id_role", "unit_id", "role"))

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    manager_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), comment="only where it is not the unit's head"
    )
    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(120))
    pinyin: Mapped[str] = mapped_column(sa.String(240), comment="sort key; databases without ICU cannot sort Chinese")
    role: Mapped[str] = mapped_column(sa.String(40), index=True)
    phone: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    email: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    joined_on: Mapped[dt.date]
    left_on: Mapped[dt.date | None]
    represents_frontline: Mapped[bool] = mapped_column(default=False)
    attributes: Mapped[Document] = mapped_column(default=dict, comment="seniority, potential, history …")
    language: Mapped[str | None] = mapped_column(sa.String(2))

    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    manager: Mapped["Member | None"] = relationship(foreign_keys=[manager_id], remote_side=[id])
    account: Mapped["Account | None"] = relationship(back_populates="member", uselist=False)
    grants: Mapped[list["Grant"]] = relationship(back_populates="member")
    company: Mapped[Company] = relationship(primaryjoin="foreign(Member.company_id) == Company.id", viewonly=True)

    is_authenticated = is_active = True  # what Flask-Login asks of a user
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)

    def may(self, permission: str, unit: OrgUnit | None = None) -> bool:
        """Whether a grant of his gives the permission at the unit, or anywhere when no unit is named.

        Grants hold for a unit and all below it. They come with the session (`organization/access.py`), so that asking
        costs no query. A substitute does not inherit them: he decides what is handed to him, he does not see more.
        """
        return any(
            roles.gives(grant.role, permission) and (unit is None or unit.path.startswith(grant.unit.path))
            for grant in self.grants
        )

    def present_on(self, day: dt.date) -> bool:
        return self.joined_on <= day and (self.left_on is None or day < self.left_on)


MENU = "menu"
"""A group of deferred columns of Member, which other packages add: what waits for him, counted within the one statement
that brings his session. `navigation.COUNTS` says which entry shows which."""


class Account(Model):
    """How a member signs in. Erasing the account leaves the member's goals and their history."""

    __tablename__ = "account"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    login: Mapped[str] = mapped_column(
        sa.String(120), unique=True, comment="a phone number or e-mail is a login name too"
    )
    password_hash: Mapped[str | None] = mapped_column(sa.String(200), comment="none until the invitation is taken")
    must_change: Mapped[bool] = mapped_column(default=False)
    disabled: Mapped[bool] = mapped_column(default=False)

    member: Mapped[Member] = relationship(back_populates="account")


class AuthSession(Model):
    """A signed-in browser. The cookie holds the token, the table its digest: a leaked database opens nothing."""

    __tablename__ = "auth_session"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    device: Mapped[str] = mapped_column(sa.String(200))

    member: Mapped[Member] = relationship()


class Invitation(Model):
    """A link that works once: to set the first password, to set it anew, or to set the installation up."""

    __tablename__ = "invitation"

    digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(10), comment="invite, reset or setup")
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    member: Mapped[Member | None] = relationship()


class Grant(Model):
    """A role over a unit and all below it."""

    __tablename__ = "grant"
    __table_args__ = (UniqueConstraint("member_id", "role", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))

    member: Mapped[Member] = relationship(back_populates="grants")
    unit: Mapped[OrgUnit] = relationship()


class Substitute(Model):
    """From a day to a day (both included) the substitute acts for the member."""

    __tablename__ = "substitute"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    reason: Mapped[str | None] = mapped_column(sa.String(200))

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    substitute: Mapped[Member] = relationship(foreign_keys=[substitute_id])


class Absence(Model):
    """Leave, both days included: it reduces what a week may ask for."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    kind: Mapped[str] = mapped_column(sa.String(20), default="leave")


class CalendarDay(Model):
    """What a company changes in the public calendar: a day off that is worked, or the other way round."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("company_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    day: Mapped[dt.date]
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(sa.String(80), default="")


class Product(Model):
    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(120))
    line: Mapped[str] = mapped_column(sa.String(80), comment="the product line, a name")
    attributes: Mapped[Document] = mapped_column(default=dict, comment="share of sales, ticket …")
    retired_on: Mapped[dt.date | None]

    stages: Mapped[list["ProductStage"]] = relationship(back_populates="product", order_by="ProductStage.from_day")

    def stage_on(self, day: dt.date) -> str | None:
        """The life-cycle stage that holds on a day; None before the first."""
        return next((stage.stage for stage in reversed(self.stages) if stage.from_day <= day), None)


class ProductStage(Model):
    """A product is in this stage from the day on, until the next row."""

    __tablename__ = "product_stage"
    __table_args__ = (UniqueConstraint("product_id", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    stage: Mapped[str] = mapped_column(sa.String(40))
    from_day: Mapped[dt.date]

    product: Mapped[Product] = relationship(back_populates="stages")


class Customer(Model):
    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        Index("ix_customer_company_id_name", "company_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("org_unit.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("member.id"), index=True, comment="today's; see CustomerOwner"
    )
    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(160))
    tier: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    potential: Mapped[float] = mapped_column(default=0.0, comment="yuan a year, an estimate")
    last_visited_on: Mapped[dt.date | None]
    attributes: Mapped[Document] = mapped_column(default=dict)

    unit: Mapped[OrgUnit] = relationship(foreign_keys=[unit_id])
    owner: Mapped[Member | None] = relationship()
    contacts: Mapped[list["Contact"]] = relationship(back_populates="customer")


class CustomerOwner(Model):
    """Who looked after a customer from which day on, until the next row."""

    __tablename__ = "customer_owner"
    __table_args__ = (UniqueConstraint("customer_id", "from_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    from_day: Mapped[dt.date]


class Contact(Model):
    """A person at a customer; the level (主任, 副主任, 采购 …) is what a visit must reach."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    level: Mapped[str] = mapped_column(sa.String(40))
    department: Mapped[str] = mapped_column(sa.String(80), default="")

    customer: Mapped[Customer] = relationship(back_populates="contacts")


class ExternalRef(Model):
    """What another system calls a thing of ours, such as a customer's id in the CRM."""

    __tablename__ = "external_ref"
    __table_args__ = (UniqueConstraint("system", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system: Mapped[str] = mapped_column(sa.String(40), comment="crm, erp …")
    subject: Mapped[str] = mapped_column(sa.String(40), comment="customer, member, product")
    subject_id: Mapped[int]
    external_id: Mapped[str] = mapped_column(sa.String(120))
    gone_on: Mapped[dt.date | None] = mapped_column(comment="deleted over there: shown, never an error")
