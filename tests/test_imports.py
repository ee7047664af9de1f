"""The contracts of pyproject.toml: which way imports point, each with its reason."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_imports_point_one_way() -> None:
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS
