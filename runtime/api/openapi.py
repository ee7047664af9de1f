"""What programs may ask of us, as OpenAPI 3.1. Each part says what its addresses take and answer; the schemas of forms
go in as they are stored, since OpenAPI 3.1 speaks JSON Schema 2020-12.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.db import Document
from runtime.api.models import ApiToken

Paths = Callable[[ApiToken | None], Mapping[str, Document]]

VERSION = "1"
PROBLEM: Document = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "problems"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("path", "code", "message")},
            },
        },
    },
}
REFUSALS = {
    400: "The request cannot be read.",
    401: "No token, or one that is no longer good.",
    403: "The token or the person may not do this.",
    404: "There is no such thing for this token.",
    409: "Somebody else did the same at this moment.",
    413: "The body is too large.",
    422: "Something in it is wrong; `problems` says where.",
}

_parts: list[Paths] = []


def register(paths: Paths) -> None:
    """`paths(token)` gives addresses with what they take and answer; with a token also what only its company has."""
    if paths not in _parts:
        _parts.append(paths)


def document(token: ApiToken | None) -> Document:
    return {
        "openapi": "3.1.0",
        "info": {"title": "贯通 Guantong", "version": VERSION},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {address: methods for part in _parts for address, methods in part(token).items()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM},
        },
    }


def operation(
    name: str,
    summary: str,
    answers: Mapping[int, Document],
    *,
    body: Document | None = None,
    parameters: Sequence[Document] = (),
) -> Document:
    """One method of an address. `answers` are schemas by status; refusals come with all of them."""
    told: dict[str, Any] = {"operationId": name, "summary": summary}
    if parameters:
        told["parameters"] = list(parameters)
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    told["responses"] = {
        str(status): _answer("Done.", "application/json", schema) for status, schema in answers.items()
    }
    problem = {"$ref": "#/components/schemas/Problem"}
    refused = {str(status): _answer(words, "application/problem+json", problem) for status, words in REFUSALS.items()}
    return told | {"responses": told["responses"] | refused}


def _answer(words: str, media: str, schema: Document) -> Document:
    return {"description": words, "content": {media: {"schema": schema}}}
