"""Rules of the house that no other test watches: types, style, size, names, and what may not stand in a file."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from wsgi import cli

ROOT = Path(__file__).parent.parent
TRACKED = [
    ROOT / name
    for name in subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True).split("\0")
    if name and (ROOT / name).is_file()
]
PYTHON = [file for file in TRACKED if file.suffix == ".py"]
OURS = [file for file in PYTHON if not file.is_relative_to(ROOT / "migrations" / "versions")]
LONGEST = 60  # lines of a function

# A host of a package registry or a path of somebody's machine works on that machine only.
ELSEWHERE = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/|https?://\S*(?:npm|pypi|pythonhosted)\S*")


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=lambda command: " ".join(command),
)
def test_style_and_types(command: list[str]) -> None:
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_no_function_is_longer_than_a_screen() -> None:
    long = [f"{name_of(file)}: {node.name}" for file in OURS for node in functions(file) if lines(node) > LONGEST]
    assert long == []


def test_no_two_tests_share_a_name() -> None:
    """Of two with one name the first never runs."""
    tests = [file for file in OURS if file.name.startswith("test_")]
    names = Counter((name_of(file), node.name) for file in tests for node in module(file).body if is_function(node))
    assert [place for place, count in names.items() if count > 1] == []


def test_no_import_hides_in_a_function() -> None:
    """An import inside a function is a question about the design; ruff's PLC0415 is not to be silenced."""
    hidden = [name_of(file) for file in OURS for node in functions(file) if any(imports(node))]
    assert hidden == []


def test_no_file_names_somebodys_machine_or_a_registry() -> None:
    found = []
    for file in TRACKED:
        if file != Path(__file__) and file.suffix not in (".png", ".xlsx"):
            text = file.read_text("utf-8", "replace")
            found += [f"{name_of(file)}: {hit.group()}" for hit in ELSEWHERE.finditer(text)]
    assert found == []


def test_no_test_is_skipped() -> None:
    """`--all` chooses; a test that is there runs."""
    skipping = re.compile(r"pytest\.(?:mark\.)?(?:skip|xfail|importorskip)|unittest\.skip")
    tests = [file for file in PYTHON if file.is_relative_to(ROOT / "tests") and file != Path(__file__)]
    assert [name_of(file) for file in tests if skipping.search(file.read_text("utf-8"))] == []


def test_every_command_explains_itself(app: Flask) -> None:
    script = ScriptInfo(create_app=lambda: app)
    with click.Context(cli, obj=script) as context:
        paths = list(commands(cli, context, ()))
    assert len(paths) > 10
    for path in paths:
        answer = CliRunner().invoke(cli, [*path, "--help"], obj=ScriptInfo(create_app=lambda: app))
        assert answer.exit_code == 0, path
        assert len(answer.output.splitlines()) > 3, f"guantong {' '.join(path)} --help says nothing"
        explained = answer.output.split("\n\n")[1].strip()
        assert explained, f"guantong {' '.join(path)} has no sentence"
        assert not explained.startswith("Options:"), f"guantong {' '.join(path)} has no sentence"


def commands(group: click.Group, context: click.Context, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, context, (*path, name))


def module(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module(file)) if is_function(node))


def is_function(node: ast.AST) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def imports(node: ast.AST) -> Iterator[ast.AST]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom))
