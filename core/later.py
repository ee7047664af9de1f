"""Modules that most processes never need and that are slow to load: imported when they are first used.

    psycopg = Later("psycopg")      # at the top, among the imports
    psycopg.connect(…)              # imports it, here and now

Everything else is imported in the ordinary way: a missing module is to fail at the start. `python -m bench.start`
shows what a start costs.
"""

import importlib
from typing import Any


class Later:
    """Stands for a module. Python's own lock guards the import, so threads may meet here."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)
