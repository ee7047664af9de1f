"""The reference page tells everything that a document may say and that people may do."""

import json
from pathlib import Path

import pytest

import workflows
from tests.workflows.stories import SCHEMA
from tests.workflows.trees import CAN, DRAW

PAGE = (Path(workflows.__file__).parent.parent / "docs" / "reference" / "workflows.md").read_text("utf-8")
POLICIES = ("assign", "pass", "reject", "refuse_start", "next_manager", "skip", "allow", "ask", "skip_in_a_row")


@pytest.mark.parametrize("word", sorted({*DRAW, *CAN, *POLICIES, *workflows.OPERATIONS}))
def test_it_is_told(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_the_example_may_be_published() -> None:
    example = json.loads(PAGE.split("```json\n")[1].split("```")[0])
    assert workflows.check(example, SCHEMA) == []
    assert workflows.read(example, SCHEMA).first == "n1"
