"""A table of short texts for the terminal, of which Chinese signs take two columns each.

rich draws it as well, and takes a quarter of the whole time of `mailbot status` for it.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from unicodedata import combining, east_asian_width

_GAP = "  "


def in_columns(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, centred: int, width: int
) -> Iterator[str]:
    """The lines of the table, its head parted from the rows: at most `width` columns where the
    first column, which alone is folded, can be made narrow enough. From the column of the number
    `centred` on, texts stand in the middle.
    """
    widths = [max(map(columns_of, column)) for column in zip(head, *rows, strict=True)]
    rest = sum(widths[1:]) + len(_GAP) * len(widths[1:])
    widths[0] = min(widths[0], max(width - rest, columns_of(head[0])))
    for number, row in enumerate((head, *rows)):
        first, *others = row
        for line in zip_longest(_folded(first, widths[0]), *([one] for one in others)):
            cells = (
                _placed(text or "", wide, centred=column >= centred)
                for column, (text, wide) in enumerate(zip(line, widths, strict=True))
            )
            yield _GAP.join(cells).rstrip()
        if number == 0:
            yield "─" * (widths[0] + rest)


def columns_of(text: str) -> int:
    """How many columns a terminal takes for the text."""
    return sum(
        0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _placed(text: str, width: int, *, centred: bool) -> str:
    left = width - columns_of(text)
    before = left // 2 if centred else 0
    return " " * before + text + " " * (left - before)


def _folded(text: str, width: int) -> list[str]:
    lines = [""]
    for sign in text:
        if columns_of(lines[-1] + sign) > width and lines[-1]:
            lines.append("")
        lines[-1] += sign
    return lines
