"""`--all` adds what needs PostgreSQL, Redis or minutes; without it those tests are not collected at all."""

import pytest

pytest_plugins = ["tests.product"]

ONLY_WITH_ALL = ("postgres", "redis", "long")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also the tests that need PostgreSQL, Redis or minutes")


def pytest_configure(config: pytest.Config) -> None:
    for marker in ONLY_WITH_ALL:
        config.addinivalue_line("markers", f"{marker}: runs only with --all")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all"):
        return
    kept = [item for item in items if not any(item.get_closest_marker(marker) for marker in ONLY_WITH_ALL)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
