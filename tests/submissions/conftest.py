"""Forms of a small company, published: a proposal with rules and a sub-table, and whoever fills it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from builder import definitions
from builder.models import DefinitionVersion
from core.db import db
from tests.product import find_people

Document = dict[str, Any]
Publish = Callable[..., DefinitionVersion]

PROPOSAL: Document = {
    "data": {
        "type": "object",
        "required": ["relevance", "resources"],
        "properties": {
            "relevance": {"x-id": "f1", "title": "目标关联度评分", "type": "integer", "minimum": 1, "maximum": 5},
            "why": {"x-id": "f5", "title": "理由", "type": "string", "maxLength": 500},
            "kind": {
                "x-id": "f7",
                "title": "动作",
                "type": "string",
                "x-options": [{"id": "price", "title": {"zh": "降价"}}, {"id": "gift", "title": {"zh": "赠品"}}],
            },
            "starts": {"x-id": "f8", "title": "开始日", "type": "string"},
            "owner": {"x-id": "f9", "title": "负责人", "type": "integer", "x-pick": {}},
            "resources": {
                "x-id": "f2",
                "title": "资源需求清单",
                "type": "array",
                "minItems": 1,
                "maxItems": 500,
                "items": {
                    "type": "object",
                    "required": ["item", "qty"],
                    "properties": {
                        "item": {"x-id": "f3", "title": "资源", "type": "string"},
                        "qty": {"x-id": "f4", "title": "数量", "type": "number", "exclusiveMinimum": 0},
                        "price": {"x-id": "fb", "title": "单价", "type": "number"},
                        "cost": {"x-id": "fc", "title": "费用", "type": "number"},
                    },
                },
            },
            "total": {"x-id": "fd", "title": "合计", "type": "number"},
        },
    },
    "layout": [
        {
            "id": "s1",
            "type": "section",
            "title": {"zh": "提案", "en": "Proposal"},
            "items": [
                {"id": "l1", "field": "f1", "widget": "rating"},
                {"id": "l5", "field": "f5", "widget": "long_text"},
                {"id": "l7", "field": "f7", "widget": "choice"},
                {"id": "l8", "field": "f8", "widget": "date"},
                {"id": "l9", "field": "f9", "widget": "person"},
                {
                    "id": "l2",
                    "field": "f2",
                    "widget": "table",
                    "sum": ["fc"],
                    "items": [
                        {"id": "l3", "field": "f3", "widget": "text"},
                        {"id": "l4", "field": "f4", "widget": "number"},
                        {"id": "lb", "field": "fb", "widget": "money"},
                        {"id": "lc", "field": "fc", "widget": "money"},
                    ],
                },
                {"id": "ld", "field": "fd", "widget": "money"},
            ],
        }
    ],
    "rules": [
        {"id": "r1", "when": "目标关联度评分<=2", "then": [{"show": "f5"}, {"require": "f5"}]},
        {
            "id": "r2",
            "check": "SUM(资源需求清单.数量)<=100",
            "level": "warning",
            "at": "f2",
            "message": {"zh": "资源合计超过 100", "en": "More than 100 in all"},
        },
    ],
    "computed": [
        {"field": "fd", "formula": "SUM(资源需求清单.费用)"},
        {"field": "fc", "formula": "本行.数量*本行.单价"},
    ],
    "named_by": "f7",
}
KEY = "test.proposal"

POSTED = {
    "relevance": "4",
    "kind": "price",
    "starts": "2025-07-01",
    "resources-0-item": "展架",
    "resources-0-qty": "3",
    "resources-0-price": "1200",
}


@pytest.fixture
def publish(app: Flask) -> Publish:
    """Publish a form in the company of the test, the proposal or another body; `more` is laid over the body."""

    def published(body: Document = PROPOSAL, key: str = KEY, **more: Any) -> DefinitionVersion:
        document = {
            "kind": "form",
            "schema_version": 1,
            "key": key,
            "title": {"zh": "区域提案", "en": "Regional proposal"},
            "body": body | more,
        }
        people = find_people()
        draft = definitions.create(people.company.id, document, by_id=people.hr.id)
        version = definitions.publish(draft, by_id=people.hr.id)
        db.session.commit()
        return version

    return published


SignIn = Callable[[Any], FlaskClient]
