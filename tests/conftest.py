"""`--all` adds what needs PostgreSQL, Redis or minutes; without it those tests are not collected at all.

Every test that uses a database runs on SQLite, and with `--all` on PostgreSQL too; one that bears the mark `sqlite` or
`postgres` runs only there, and so do those in a browser on SQLite: the same pages are asked for on both databases.
"""

import pytest
from hypothesis import settings

from tests import services

pytest_plugins = ["tests.product", "tests.sales", "tests.demo"]

# A busy machine is not a bug: property tests find wrong answers, bench/ finds slow ones.
settings.register_profile("product", deadline=None)
settings.load_profile("product")

ONLY_WITH_ALL = ("postgres", "redis", "long")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also the tests that need PostgreSQL, Redis or minutes")


def pytest_configure(config: pytest.Config) -> None:
    for marker in ONLY_WITH_ALL:
        config.addinivalue_line("markers", f"{marker}: runs only with --all")
    config.addinivalue_line("markers", "sqlite: about SQLite alone")
    if config.getoption("--all"):
        services.make_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    if config.getoption("--all") and not hasattr(config, "workerinput"):
        services.remove_folder()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "postgres" in marks:
        metafunc.parametrize("database_kind", ["postgres"], indirect=True)
    elif metafunc.config.getoption("--all") and "sqlite" not in marks and not _in_a_browser(metafunc):
        kinds = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
        metafunc.parametrize("database_kind", kinds, indirect=True)


def _in_a_browser(metafunc: pytest.Metafunc) -> bool:
    return metafunc.definition.path.parent.name == "browser"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all"):
        return
    kept = [item for item in items if not any(item.get_closest_marker(marker) for marker in ONLY_WITH_ALL)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
