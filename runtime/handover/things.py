"""What a handover moves, one by one."""

from typing import NamedTuple


class Thing(NamedTuple):
    """One customer, task, flow …: it moves whole or not at all."""

    id: int
    title: object
