"""Is it what the schema asks for? Two engines: jsonschema-rs decides, jsonschema says what is wrong.

The first accepts a sound submission about a hundred times faster; the second is asked only for one that is not. A
property test and the public JSON-Schema-Test-Suite hold them to the same answers.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from builder.sources import digest
from core.db import Document
from core.later import Later

jsonschema_rs = Later("jsonschema_rs")


class Validity:
    """A schema, compiled once."""

    def __init__(self, schema: Document) -> None:
        self.schema = schema
        self.digest = digest(schema)

    def holds(self, instance: Any) -> bool:
        accepted: bool = self._deciding.is_valid(instance)
        return accepted

    def errors(self, instance: Any) -> Iterator[ValidationError]:
        return iter(self._telling.iter_errors(instance))

    @cached_property
    def _deciding(self) -> Any:
        return jsonschema_rs.Draft202012Validator(self.schema)

    @cached_property
    def _telling(self) -> Draft202012Validator:
        return Draft202012Validator(self.schema)
