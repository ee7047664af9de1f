"""Where a bench runs: on SQLite in a folder of its own, and with `--postgres` on a PostgreSQL server of its own too."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests import services


def on_each(run: Callable[[Path, str], None]) -> None:
    """Call `run(instance, database_url)` for each; says which it is."""
    with tempfile.TemporaryDirectory() as folder:
        _told(run, Path(folder), f"sqlite:///{Path(folder) / 'guantong.db'}")
    if "--postgres" not in sys.argv:
        return
    services.make_folder()
    try:
        server = services.fast_postgres()
        with services.postgres_database(server) as url, tempfile.TemporaryDirectory() as folder:
            _told(run, Path(folder), str(url))
    finally:
        services.remove_folder()


def _told(run: Callable[[Path, str], None], instance: Path, url: str) -> None:
    print(url.partition(":")[0])
    run(instance, url)
