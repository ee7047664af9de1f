"""What tests begin with: databases that are made once a worker and copied for each test.

Installing a pack takes half a second and handing goals down another; copying a file takes a millisecond. So a fixture
of rows is made in two steps: `@beginning` makes the rows, once, and the fixture finds them in the test's own copy.

    @beginning("people", on="database")     # whatever asks for the fixture `people` begins with its rows
    def make_people() -> None: ...

    @pytest.fixture
    def people(app: Flask) -> People:
        return find_people()
"""

import datetime as dt
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core import clock
from core.db import db
from tests.running import TODAY, Running

Make = TypeVar("Make", bound=Callable[..., object])

# The address of a new database, a copy of the one that is named; for an instance folder.
New = Callable[[str | None, Path], AbstractContextManager[str]]

EMPTY = "database"  # the newest schema and no rows
STEP = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Beginning:
    make: Callable[..., object]
    on: str | None

    def depth(self) -> int:
        return 1 + BEGINNINGS[self.on].depth() if self.on else 0


BEGINNINGS: dict[str, Beginning] = {}


def beginning(fixture: str, *, on: str | None) -> Callable[[Make], Make]:
    """The decorated function makes the rows that a fixture finds, in a database that has those of `on`."""

    def known(make: Make) -> Make:
        BEGINNINGS[fixture] = Beginning(make, on)
        return make

    return known


def of(fixtures: Collection[str]) -> str:
    """The furthest beginning that a test's fixtures ask for; they build one on the other."""
    furthest = max((name for name in BEGINNINGS if name in fixtures), key=lambda name: BEGINNINGS[name].depth())
    below = set(_chain(furthest))
    beside = [name for name in BEGINNINGS if name in fixtures and name not in below]
    assert beside == [], f"a test that begins with {furthest} cannot also begin with {beside}"
    return furthest


def _chain(name: str | None) -> list[str]:
    return [name, *_chain(BEGINNINGS[name].on)] if name else []


class Kept:
    """The beginnings on one kind of database, each made when it is first asked for."""

    def __init__(self, running: Running, new: New, folder: Path) -> None:
        self.running, self._new, self._folder = running, new, folder
        self._addresses: dict[str, str] = {}
        self._open = ExitStack()

    def copy(self, name: str, instance: Path) -> AbstractContextManager[str]:
        """The address of a database of a test's own."""
        return self._new(self._address_of(name), instance)

    def blank(self, instance: Path) -> AbstractContextManager[str]:
        """One without any table, as a new installation finds it."""
        return self._new(None, instance)

    def _address_of(self, name: str) -> str:
        if name not in self._addresses:
            self._addresses[name] = self._make(name)
        return self._addresses[name]

    def _make(self, name: str) -> str:
        what = BEGINNINGS[name]
        instance = self._folder / name
        instance.mkdir(exist_ok=True)
        address = self._open.enter_context(self._new(self._address_of(what.on) if what.on else None, instance))
        # Before the tests' moment, each after the one it builds on: what one queued is due when the next begins.
        with clock.at(TODAY - STEP * (6 - what.depth())), self.running.at(instance, address):
            what.make()
            db.session.commit()
        return address

    def close(self) -> None:
        self._open.close()
