"""The data part of a form is plain JSON Schema 2020-12: our two engines agree with the public JSON-Schema-Test-Suite.

The suite comes with jsonschema's source archive, which is fetched through pip, once, into pytest's cache; nothing of it
is kept here.
"""

import contextlib
import importlib.metadata
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder import forms, shape
from builder.forms.validity import Validity
from tests.builder import documents

OURS = {"x-id", "title", "x-title-en", "properties"}
MADE = {"properties", "enum", "additionalProperties"}  # which the engine adds to the keywords that authors may use
ALLOWED = sorted({key for key in shape.schema("form")["$defs"]["field"]["properties"] if not key.startswith("x-")}
                 - OURS | shape.schema("form")["$defs"]["items"]["properties"].keys() | MADE)  # fmt: skip


@pytest.fixture(scope="module")
def suite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the draft's required tests."""
    archive = f"jsonschema-{importlib.metadata.version('jsonschema')}"
    kept = Path(request.config.cache.mkdir("json-schema-test-suite")) / archive
    if not kept.is_dir():
        folder = fetched(archive, tmp_path_factory.mktemp("suite"))
        with contextlib.suppress(OSError):  # another worker was faster
            folder.rename(kept)
    return kept / "json" / "tests" / "draft2020-12"


def fetched(archive: str, folder: Path) -> Path:
    wanted = archive.replace("-", "==", 1)
    asked = ["download", wanted, "--no-binary", "jsonschema", "--no-deps", "--dest", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *asked], check=True, capture_output=True)
    with tarfile.open(folder / f"{archive}.tar.gz") as packed:
        packed.extractall(folder, filter="data")
    return folder / archive


def cases(file: Path) -> Iterator[tuple[str, Any, Any, bool]]:
    for group in json.loads(file.read_text("utf-8")):
        for case in group["tests"]:
            yield f"{group['description']}: {case['description']}", group["schema"], case["data"], case["valid"]


def test_the_keywords_are_those_of_the_grammar() -> None:
    assert {"type", "required", "items", "minimum", "exclusiveMaximum", "uniqueItems", "enum"} <= set(ALLOWED)
    assert "pattern" not in ALLOWED  # expressions of other people can be made to run for ever


@pytest.mark.parametrize("keyword", ALLOWED)
def test_both_engines_agree_with_the_suite(suite: Path, keyword: str) -> None:
    wrong = []
    for name, schema, data, valid in cases(suite / f"{keyword}.json"):
        validity = Validity(schema)
        if (validity.holds(data), not any(validity.errors(data))) != (valid, valid):
            wrong.append(name)
    assert wrong == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**16) | st.floats(allow_nan=False, width=32) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
ROW = st.fixed_dictionaries(
    {"item": st.text(max_size=8) | JSON, "qty": st.floats(-1, 9) | JSON}, optional={"price": JSON}
)
SENT = st.fixed_dictionaries(
    {"relevance": st.integers(0, 6) | JSON, "kind": st.sampled_from(["event", "refit", "x"]) | JSON},
    optional={
        "resources": st.lists(ROW, max_size=4) | JSON,
        "shops": JSON,
        "period": JSON,
        "owner": JSON,
        "more": JSON,
    },
)


@given(sent=SENT)
@settings(max_examples=300, deadline=None)
def test_what_decides_and_what_tells_never_differ(sent: dict[str, Any]) -> None:
    form = forms.of(documents.load("proposal")["body"])
    validity = forms.effective(form, {}, forms.World()).validity
    assert validity.holds(sent) == (not any(validity.errors(sent)))
