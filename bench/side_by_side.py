"""Two callables measured in turn in the same minute: machine speed moves, the ratio of neighbours holds."""

from collections.abc import Callable
from statistics import median
from time import perf_counter


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def compare(name: str, ours: Callable[[], object], limit: Callable[[], object], *, goal: str, rounds: int = 7) -> None:
    """Print the medians of both and their ratio, beside the goal in words."""
    pairs = [(seconds(ours), seconds(limit)) for _ in range(rounds)]
    mine, bare = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    print(f"{name:<52} {mine * 1e3:>10.2f} ms   limit {bare * 1e3:>9.2f} ms   ratio {mine / bare:>6.2f}   goal {goal}")
