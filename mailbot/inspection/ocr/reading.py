"""The text of a straightened page: every piece read twice, given to the cell it stands in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mailbot.inspection.ocr import colour, lines
from mailbot.inspection.ocr.colour import Grey
from mailbot.inspection.ocr.ink import Ink
from mailbot.inspection.ocr.lines import CellBox, Straightened
from mailbot.inspection.ocr.recognise import TextBox, find_text, read_line
from mailbot.model import ILLEGIBLE, Cell

_DISAGREED = 0.5
# Red ink upon black can take a stroke away from both readings alike: below any form's bound, until
# the list of units or a sum bears it out.
_UNDER_SEAL = 0.85
_SEAL_INK, _SEAL_PIXELS = 0.015, 12  # of a text's box, or of its pixels, that are red
_MAJORITY, _MAJORITY_FROM = 0.92, 0.95  # two sure readings of three
_LETTERS = 4_000  # pixels of two or three letters: a seal's edge upon a long line counts too
_BLACK = 120

_Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Read:
    """A line of text outside the tables."""

    text: str
    confidence: float
    box: TextBox


def read_page(
    page: Straightened,
) -> tuple[list[list[tuple[Cell, TextBox | None]]], list[Read]]:
    """The tables' cells with the place of their ink, and the lines of text around them."""
    grey = colour.without_red(page.picture)
    second = colour.red_channel(page.picture)
    red = colour.red_ink(page.picture)
    boxes = [box for box in find_text(grey) if not _is_red(box, red, grey)]
    if not boxes:
        return [], []
    height = median(box.thickness for box in boxes) * 0.75  # detection leaves room around text
    tables = lines.find_tables(page.picture)
    ink = Ink.of(grey)
    grids = []
    taken: set[TextBox] = set()
    for table in tables:
        held, split = _held(table, boxes)
        taken |= split | {box for found in held.values() for box in found}
        cells = [_read_cell(cell, held.get(cell, []), ink, height, grey, second) for cell in table]
        grids.append([(_doubted(cell, box, red), box) for cell, box in cells])
    rest = [box for box in boxes if box not in taken]
    return grids, _paragraphs(rest, grey, second, red)


def _doubted(cell: Cell, box: TextBox | None, red: _Mask) -> Cell:
    """A cell's text with the confidence that seal ink upon it leaves."""
    if box is None or not is_under_seal(box, red):
        return cell
    return replace(cell, confidence=min(cell.confidence, _UNDER_SEAL))


def is_under_seal(box: TextBox, red: _Mask) -> bool:
    """Whether red ink lies upon a text or just around it."""
    room = max(2, (box.bottom - box.top) // 6)
    inside = red[
        max(0, box.top - room) : box.bottom + room, max(0, box.left - room) : box.right + room
    ]
    return bool(inside.sum() >= max(_SEAL_PIXELS, _SEAL_INK * min(inside.size, _LETTERS)))


def _is_red(box: TextBox, red: _Mask, grey: Grey) -> bool:
    """Whether a text is what shines through of a seal's own characters."""
    inside = slice(box.top, box.bottom), slice(box.left, box.right)
    return bool(red[inside].sum() > 2 * (grey[inside] < _BLACK).sum())


def _held(
    table: Sequence[CellBox], boxes: Iterable[TextBox]
) -> tuple[dict[CellBox, list[TextBox]], set[TextBox]]:
    """The text boxes of each cell, and those that run over several: nobody's, read again."""
    held: dict[CellBox, list[TextBox]] = {}
    split: set[TextBox] = set()
    for box in boxes:
        area = max(1, (box.right - box.left) * (box.bottom - box.top))
        shares = {cell: share for cell in table if (share := _overlap(cell, box) / area) > 0.15}
        if len(shares) > 1:
            split.add(box)
        elif any(share > 0.4 for share in shares.values()):
            held.setdefault(next(iter(shares)), []).append(box)
    return held, split


def _overlap(cell: CellBox, box: TextBox) -> int:
    across = min(cell.right, box.right) - max(cell.left, box.left)
    down = min(cell.bottom, box.bottom) - max(cell.top, box.top)
    return max(0, across) * max(0, down)


def _read_cell(
    cell: CellBox,
    boxes: Sequence[TextBox],
    ink: Ink,
    text_height: float,
    grey: Grey,
    second: Grey,
) -> tuple[Cell, TextBox | None]:
    rows = ink.lines(cell, text_height)

    def made(text: str, confidence: float, box: TextBox | None) -> tuple[Cell, TextBox | None]:
        return (
            Cell(
                text,
                cell.row,
                cell.column,
                cell.row_span,
                cell.column_span,
                round(confidence, 3),
            ),
            box,
        )

    if not boxes and not rows:
        return made("", 1.0, None)
    whole = around([*boxes, *rows])
    by_box = _read_lines(_in_lines(boxes), grey)
    by_ink = _read_lines([[row] for row in rows], second, room=0.2)
    text, confidence = _agreed(
        by_box, by_ink, lambda: _read_lines([[row] for row in rows], grey, room=0.35)
    )
    if not text:
        return made(ILLEGIBLE if rows else "", 0.0 if rows else 1.0, whole)
    return made(text, confidence, whole)


def _in_lines(boxes: Sequence[TextBox]) -> list[list[TextBox]]:
    """Text boxes side by side made lines, from top to bottom and left to right."""
    rows: list[list[TextBox]] = []
    for box in sorted(boxes, key=lambda each: each.top + each.bottom):
        middle = (box.top + box.bottom) / 2
        if rows and middle < max(each.bottom for each in rows[-1]) - 0.25 * (box.bottom - box.top):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _read_lines(
    rows: Sequence[Sequence[TextBox]], grey: Grey, room: float = 0.0
) -> list[tuple[str, float]]:
    """Each line's text and score; pieces of one line are parted by two spaces."""
    read = []
    for row in rows:
        pieces = [read_line(crop(grey, box, room)) for box in row]
        pieces = [piece for piece in pieces if piece[0]]
        if pieces:
            read.append(("  ".join(text for text, _ in pieces), min(score for _, score in pieces)))
    return read


_Lines = Sequence[tuple[str, float]]  # text and score of each line


def _agreed(first: _Lines, second: _Lines, again: Callable[[], _Lines]) -> tuple[str, float]:
    """The text of two readings and the confidence in it; `again` is asked where they differ."""
    texts = ["\n".join(text for text, _ in reading) for reading in (first, second)]
    scores = [min((score for _, score in reading), default=0.0) for reading in (first, second)]
    if not texts[0] or not texts[1]:
        # One reading alone: ink nobody else saw, or text the other did not find.
        better = 0 if texts[0] else 1
        return texts[better], min(scores[better], _DISAGREED)
    if _bare(texts[0]) == _bare(texts[1]):
        confidence = 1 - (1 - scores[0]) * (1 - scores[1])
        return max(texts, key=len), confidence if min(scores) >= _DISAGREED else min(scores)
    third = list(again())
    text = "\n".join(text for text, _ in third)
    score = min((score for _, score in third), default=0.0)
    for one, sure in zip(texts, scores, strict=True):
        if _bare(one) == _bare(text) and min(sure, score) >= _MAJORITY_FROM:
            return one, _MAJORITY
    better = 0 if scores[0] >= scores[1] else 1
    return texts[better], min(*scores, _DISAGREED)


def _bare(text: str) -> str:
    """What two readings must share: white space, colons and the width of the rest do not count."""
    table = str.maketrans("（），；．。、－—一", "(),;...---", ":：")
    return "".join(text.split()).translate(table)


def _paragraphs(boxes: Sequence[TextBox], grey: Grey, second: Grey, red: _Mask) -> list[Read]:
    """The lines of text outside the tables; one that starts a label far from the text before it
    is a paragraph of its own."""
    found: list[Read] = []
    for row in _in_lines(boxes):
        last: Read | None = None
        for box in row:
            text, confidence = _agreed(
                [read_line(crop(grey, box))],
                [read_line(crop(second, box, 0.12))],
                lambda box=box: [read_line(crop(grey, box, 0.25))],  # type: ignore[misc]
            )
            if not text:
                continue
            if is_under_seal(box, red):
                confidence = min(confidence, _UNDER_SEAL)
            read = Read(text, round(confidence, 3), box)
            far = last and box.left - last.box.right > 2 * (box.bottom - box.top)
            if last is not None and not (far and set(text) & set(":：")):
                found.pop()
                read = Read(
                    f"{last.text}    {text}",
                    min(last.confidence, read.confidence),
                    around([last.box, box]),
                )
            found.append(read)
            last = read
    return found


def crop(grey: Grey, box: TextBox, room: float = 0.0) -> Grey:
    """A box's pixels, with room around it as a share of its height."""
    space = round((box.bottom - box.top) * room)
    return grey[
        max(0, box.top - space) : box.bottom + space, max(0, box.left - space) : box.right + space
    ]


def around(boxes: Sequence[TextBox]) -> TextBox:
    """The box around boxes."""
    return TextBox(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )
