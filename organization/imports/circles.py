"""Who would stand above himself."""

from collections.abc import Mapping


def circles(above: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Every name that lies on a circle of `above`, with the circle from it back to itself. Linear in the names."""
    state: dict[str, int] = {}
    found: dict[str, list[str]] = {}
    for round_number, start in enumerate(above, start=1):
        way: list[str] = []
        name: str | None = start
        while name is not None and name in above and name not in state:
            state[name] = round_number
            way.append(name)
            name = above[name]
        if name is not None and state.get(name) == round_number and name not in found:
            ring = way[way.index(name) :]
            found |= {member: [*ring[place:], *ring[:place], member] for place, member in enumerate(ring)}
    return found
