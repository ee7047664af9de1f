"""Every key that a meta-schema allows is read by the code that runs such documents, and the docs tell what is."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from builder import kinds, names_page, scopes, shape, skeletons
from core.config import CHECKOUT

# Who runs documents of a kind. Checks and words of the builder do not count: judging a key is not obeying it.
READERS = {
    "metric": ["builder/catalogue.py", "builder/checks/cascade.py", "templates/builder/factors.html", "runtime"],
    "formula": ["builder/expressions.py", "builder/checks/formula.py", "templates/builder"],
    "table": ["formulas/tables", "builder/compiled.py", "templates/builder"],
    "cascade": ["runtime/goals", "runtime/actions", "builder/expressions.py"],
    "schedule": ["runtime/rhythm"],
    "form": ["builder/forms", "templates/_macros/form_fields.html"],
    "workflow": ["workflows", "organization/approvers.py", "builder/flows", "runtime/approvals"],
    "board": ["runtime", "templates/runtime"],
    "pack": ["builder/pack_folders.py", "builder/packs.py", "runtime/goals"],
}
EVERYWHERE = [
    "builder/definitions.py",
    "builder/pack_folders.py",
    "builder/catalogue.py",
    "core/i18n.py",
    "templates/builder",
]
BY_JSONSCHEMA = {"type", "schema_version"}  # of the data of a form; the one version that there is so far


def words_in(path: Path) -> set[str]:
    """Every string literal of the code, docstrings left out; every word of a template."""
    files = [path] if path.is_file() else [*path.rglob("*.py"), *path.rglob("*.html")]
    return {word for file in files for word in (_literals(file) if file.suffix == ".py" else _template_words(file))}


def _literals(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _template_words(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    yield from "".join(char if char.isalnum() or char in "_-" else " " for char in text).split()


def schemas_in(schema: Any) -> Iterator[dict[str, Any]]:
    """The schema and every schema within it, shared parts that it refers to included."""
    if not isinstance(schema, dict):
        return
    yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner += [schema[name] for name in ("items", "additionalProperties") if name in schema]
    shared = schema.get("$ref", "").removeprefix("guantong:defs/common")
    if shared.startswith("#/$defs/") and shared.rsplit("/", 1)[1] in shape.common()["$defs"]:
        inner.append(shape.common()["$defs"][shared.rsplit("/", 1)[1]])
    for part in inner:
        yield from schemas_in(part)


def keys_of(kind: str) -> set[str]:
    return {key for schema in schemas_in(shape.schema(kind)) for key in schema.get("properties", ())}


def test_there_is_a_reader_for_every_kind() -> None:
    assert sorted(READERS) == shape.kinds() == sorted(kinds.KINDS)


@pytest.mark.parametrize("kind", shape.kinds())
def test_every_key_is_read_by_the_code_that_runs_the_kind(kind: str) -> None:
    read = {word for place in [*READERS[kind], *EVERYWHERE] for word in words_in(CHECKOUT / place)}
    unread = keys_of(kind) - read - BY_JSONSCHEMA
    assert not unread, f"{kind}: nothing reads {sorted(unread)}; take them out of the meta-schema until something does"


@pytest.mark.parametrize("kind", shape.kinds())
def test_a_meta_schema_is_a_schema_and_closes_every_object(kind: str) -> None:
    Draft202012Validator.check_schema(shape.schema(kind))
    for part in schemas_in(shape.schema(kind)):
        if "properties" in part and part != shape.common()["$defs"]["definition"]:  # closed by each kind
            assert part.get("unevaluatedProperties") is False, part


def test_every_kind_but_packs_can_be_begun_from_a_first_text() -> None:
    assert {kind.key for kind in skeletons.makeable()} == set(shape.kinds()) - {"pack"}


def test_the_reference_of_names_is_current() -> None:
    written = (CHECKOUT / "docs" / "reference" / "names.md").read_text(encoding="utf-8")
    assert written == names_page.markdown(), "run: guantong definitions names > docs/reference/names.md"


def test_every_place_has_a_title_and_no_name_twice() -> None:
    assert scopes.PLACES.keys() == scopes.TITLES.keys()
    for names in scopes.PLACES.values():
        assert len({name.zh for name in names}) == len({name.key for name in names}) == len(names)


@pytest.mark.parametrize("kind", shape.kinds())
def test_the_reference_of_kinds_names_every_key(kind: str) -> None:
    text = (CHECKOUT / "docs" / "reference" / "definitions.md").read_text(encoding="utf-8")
    missing = [key for key in keys_of(kind) if f"`{key}`" not in text]
    assert not missing
