"""The cheap look that decides whether a picture is worth reading."""

from pathlib import Path

from mailbot.inspection.ocr.colour import flatten
from mailbot.inspection.ocr.lines import has_table
from mailbot.inspection.ocr.pages import read_pages

_LONG_SIDE = 1600


def looks_like_form(path: Path) -> bool:
    """Whether a picture shows a ruled table; False for what cannot be opened. Up to 0.5 s."""
    try:
        return any(
            has_table(flatten(page.picture)) for page in read_pages(path, long_side=_LONG_SIDE)
        )
    except ValueError:
        return False
