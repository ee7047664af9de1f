"""How wide words are, without a font at hand: a Chinese character is as wide as it is high, a Latin one about half."""

from collections.abc import Iterator

HALF = 0.56  # of the size, the mean of Latin letters and digits in the fonts of our pages
NARROW = frozenset("iljt.,:;'|!()[] ")


def width_of(words: str, size: float) -> float:
    return sum(_width(character) for character in words) * size


def _width(character: str) -> float:
    if ord(character) > 0x2E7F:
        return 1.0
    return 0.32 if character in NARROW else HALF


def lines_of(words: str, size: float, width: float, most: int) -> tuple[str, ...]:
    """The words in lines that fit; what does not fit into so many ends with …"""
    lines = list(_broken(words, size, width))
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and width_of(last + "…", size) > width:
        last = last[:-1]
    return (*lines[: most - 1], last + "…")


def height_of(lines: tuple[str, ...], line: float, padding: float) -> float:
    return line * len(lines) + 2 * padding


def _broken(words: str, size: float, width: float) -> Iterator[str]:
    line = ""
    for piece in _pieces(words):
        if line and width_of(line + piece.rstrip(), size) > width:
            yield line.rstrip()
            line = ""
        line += piece
    if line.strip():
        yield line.rstrip()


def _pieces(words: str) -> Iterator[str]:
    """Where a line may break: after a space, and before or after every Chinese character."""
    piece = ""
    for character in words:
        if ord(character) > 0x2E7F:
            if piece:
                yield piece
            yield character
            piece = ""
        else:
            piece += character
            if character == " ":
                yield piece
                piece = ""
    if piece:
        yield piece
