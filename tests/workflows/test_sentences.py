"""Every refusal and every problem has its sentence, in Chinese and English."""

import ast
import re
import string
from collections.abc import Mapping
from pathlib import Path

import pytest

import workflows
from workflows.words import DEEDS, PROBLEMS, REFUSALS, Wording

CODE = [
    ast.parse(file.read_text("utf-8")) for file in Path(workflows.__file__).parent.glob("*.py") if file.stem != "words"
]
WRITTEN = {node.value for tree in CODE for node in ast.walk(tree) if isinstance(node, ast.Constant)}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("wordings", [REFUSALS, PROBLEMS, DEEDS], ids=["refusals", "problems", "deeds"])
def test_every_wording_has_both_languages_and_the_same_blanks(wordings: Mapping[str, Wording]) -> None:
    for code, wording in wordings.items():
        assert blanks(wording.zh) == blanks(wording.en), code
        assert not re.search("[\u4e00-\u9fff]", wording.en.replace("金额", "")), code
        assert re.search("[\u4e00-\u9fff]", wording.zh) or wording.zh == "{said}", code


def test_every_wording_is_used() -> None:
    """`not_bool` and `not_text` are made from the kind of value that is wanted."""
    made = {"not_bool", "not_text"}
    assert (REFUSALS.keys() | PROBLEMS.keys()) - WRITTEN - made == set()
