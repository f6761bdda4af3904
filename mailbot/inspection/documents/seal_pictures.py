"""Seals on the pages of a PDF and in the pictures inside other documents."""

from pathlib import Path

from mailbot.inspection.documents.seal import find_seals
from mailbot.inspection.ocr.boxes import Place
from mailbot.inspection.ocr.pages import read_pages

_LONG_SIDE = 1400
_MOST_PAGES = 10
_LEAST_PIXELS = 60

_Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of the sides


def find_page_seal(path: Path) -> Place | None:
    """The clearest seal on the first pages of a PDF: pasted, drawn, or put there by signing."""
    try:
        for number, page in enumerate(read_pages(path, long_side=_LONG_SIDE)):
            if number == _MOST_PAGES:
                break
            seals = find_seals(page.picture)
            if seals:
                left, top, right, bottom = _shares(seals[0].box, page.picture.shape)
                return (number, left, top, right, top, right, bottom, left, bottom)
    except ValueError:
        return None  # what is wrong with the file its reader has said
    return None


def find_picture_seal(path: Path) -> _Box | None:
    """The clearest seal in a picture that lay in a document."""
    try:
        for page in read_pages(path, long_side=_LONG_SIDE):
            if min(page.picture.shape[:2]) < _LEAST_PIXELS:
                return None
            seals = find_seals(page.picture)
            if seals:
                return _shares(seals[0].box, page.picture.shape)
    except ValueError:
        return None
    return None


def _shares(box: tuple[int, int, int, int], shape: tuple[int, ...]) -> _Box:
    height, width = shape[:2]
    left, top, right, bottom = box
    return (
        round(left / width, 4),
        round(top / height, 4),
        round(right / width, 4),
        round(bottom / height, 4),
    )
