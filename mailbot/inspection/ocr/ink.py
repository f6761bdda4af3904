"""Where there is ink inside a cell, and the lines of text it makes."""

from dataclasses import dataclass

import cv2
import numpy as np

from mailbot.inspection.ocr.colour import Grey
from mailbot.inspection.ocr.lines import CellBox
from mailbot.inspection.ocr.recognise import TextBox

_BLOCK = 31


@dataclass(frozen=True, slots=True)
class Ink:
    """Black strokes of a straight page, red and ruled lines left out."""

    mask: Grey

    @staticmethod
    def of(grey: Grey) -> "Ink":
        """From a page in grey without its red ink."""
        block = max(_BLOCK, round(max(grey.shape) / 50)) | 1
        mask = cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 15
        )
        return Ink(np.asarray(mask, np.uint8))

    def lines(self, cell: CellBox, text_height: float) -> list[TextBox]:
        """The lines of text in a cell, from top to bottom; none where there are only specks.

        `text_height` is that of the page's usual text; nothing below a third of it is text.
        """
        margin = max(2, round(text_height * 0.12))
        left, top = cell.left + margin, cell.top + margin
        inside = self.mask[top : cell.bottom - margin, left : cell.right - margin]
        if not inside.size:
            return []
        strokes = _without_border(inside, text_height)
        count, _, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
        pieces = [
            (int(x), int(y), int(x + width), int(y + height))
            for x, y, width, height, area in stats[1:count]
            if area >= max(6, (text_height * 0.12) ** 2)
        ]
        return [
            TextBox(left + x0, top + y0, left + x1, top + y1)
            for x0, y0, x1, y1 in _joined(pieces)
            if max(x1 - x0, y1 - y0) >= text_height / 3
        ]


def _without_border(inside: Grey, text_height: float) -> Grey:
    """Without what is left of ruled lines at the edges: thin, long, and touching the edge."""
    strokes = inside.copy()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    height, width = inside.shape
    for number in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[number])
        at_edge = x <= 1 or y <= 1 or x + w >= width - 1 or y + h >= height - 1
        if at_edge and min(w, h) <= max(3, text_height * 0.15):
            strokes[labels == number] = 0
    return strokes


def _joined(pieces: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Pieces side by side made lines: those whose heights overlap by half of the smaller one."""
    lines: list[tuple[int, int, int, int]] = []
    for piece in sorted(pieces, key=lambda each: each[1] - each[3]):  # tallest first
        for number, line in enumerate(lines):
            shared = min(line[3], piece[3]) - max(line[1], piece[1])
            if shared >= 0.5 * min(line[3] - line[1], piece[3] - piece[1]):
                lines[number] = _around(line, piece)
                break
        else:
            lines.append(piece)
    return sorted(_merged(lines), key=lambda line: line[1])


def _merged(lines: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Full stops and strokes of their own (the top of 二) taken into the line they belong to."""
    kept: list[tuple[int, int, int, int]] = []
    for line in sorted(lines, key=lambda each: each[1] - each[3]):
        height = line[3] - line[1]
        for number, other in enumerate(kept):
            gap = max(line[1] - other[3], other[1] - line[3])
            tall = other[3] - other[1]
            if height < 0.6 * tall and gap <= 0.3 * tall:
                kept[number] = _around(other, line)
                break
        else:
            kept.append(line)
    return kept


def _around(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int]
) -> tuple[int, int, int, int]:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )
