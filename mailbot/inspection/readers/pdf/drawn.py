"""Whether a PDF's figures are there when its page is drawn.

What takes a text off the screen is endless (clips, masks, transparency, patterns, what is painted
over it), and the libraries that read text know little of it. So the page is drawn by PDFium, and
where a figure should stand ink is looked for; what else may be laid over it is asked of the file.
"""

import io
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pypdfium2
from pdfplumber.page import Page
from PIL import Image

from mailbot.inspection.readers.pdf.shown import is_light
from mailbot.inspection.readers.pdf.tables import Character
from mailbot.inspection.readers.shown import MAYBE_HIDDEN, SMALLEST

_SCALE = 2.0  # pixels a point
_MOST_PIXELS = 12_000_000
_LEAST_CONTRAST = 24  # of 255
_PRESSED = 0.12  # of a letter's size, in width; condensed digits have 0.3
_MOST_FIGURES = 5_000
# These annotations lie over nothing that can be read, or are read elsewhere.
_CLEAR = frozenset("Link Highlight Underline Squiggly StrikeOut Popup Text Widget FreeText".split())


def doubted_figures(page: Page, characters: Sequence[Character]) -> list[Character]:
    """The characters of a page as its drawing shows them: a digit that the file places where no
    ink is bears a mark, and what was taken for white on white and is visible is among them."""
    digits = [each for each in characters if each["text"][:1].isdigit()][:_MOST_FIGURES]
    if not digits:
        return list(characters)
    drawn = _draw(page)
    if drawn is not None:
        characters = _with_seen(drawn, page, characters)
    covers = list(_covers(page))
    turned = _are_mostly_turned(characters)
    crowded = _crowded(digits)
    doubted = {
        id(each)
        for each in digits
        if id(each) in crowded
        or _is_pressed(each)
        or (_is_turned(each) and not turned)
        or any(_is_over(cover, each) for cover in covers)
        or (drawn is not None and _is_blank(drawn, page, each))
    }
    return [
        {**each, "text": each["text"] + MAYBE_HIDDEN} if id(each) in doubted else each
        for each in characters
    ]


def _with_seen(
    drawn: Image.Image, page: Page, characters: Sequence[Character]
) -> Sequence[Character]:
    kept = {each["order"] for each in characters}
    seen = [
        {**each, "text": each["text"] + MAYBE_HIDDEN, "order": index}
        for index, each in enumerate(page.chars)
        if index not in kept
        and each["text"].isdigit()
        and is_light(each)
        and each["size"] >= SMALLEST
        and not _is_blank(drawn, page, each, margin=0.2)
    ]
    if not seen:
        return characters
    return sorted([*characters, *seen], key=lambda each: int(each["order"]))


def _draw(page: Page) -> Image.Image | None:
    """The page in grey as its crop box shows it; None where it is too large or is not drawn."""
    left, top, right, bottom = page.cropbox
    if (right - left) * (bottom - top) * _SCALE**2 > _MOST_PIXELS:
        return None
    stream = page.pdf.stream
    source = stream.getvalue() if isinstance(stream, io.BytesIO) else stream.name
    try:
        with pypdfium2.PdfDocument(source) as document:
            found = document[page.page_number - 1].render(scale=_SCALE, grayscale=True)
            drawn: Image.Image = found.to_pil().convert("L")
    except (pypdfium2.PdfiumError, OSError, ValueError):
        return None
    wanted = ((right - left) * _SCALE, (bottom - top) * _SCALE)
    fits = all(abs(one - other) <= 4 for one, other in zip(drawn.size, wanted, strict=True))
    return drawn if fits else None


def _is_blank(drawn: Image.Image, page: Page, each: Character, margin: float = 0.0) -> bool:
    """Whether nothing is drawn where a character stands, without so much of its sides."""
    left, top = page.cropbox[0], page.cropbox[1]
    fifth, aside = (each["bottom"] - each["top"]) / 5, (each["x1"] - each["x0"]) * margin
    box = (
        max(0, int((each["x0"] + aside - left) * _SCALE)),
        max(0, int((each["top"] + fifth - top) * _SCALE)),
        min(drawn.width, int((each["x1"] - aside - left) * _SCALE) + 1),
        min(drawn.height, int((each["bottom"] - fifth - top) * _SCALE) + 1),
    )
    if box[0] >= box[2] or box[1] >= box[3]:
        return True
    least, most = drawn.crop(box).getextrema()
    return bool(most - least < _LEAST_CONTRAST)  # type: ignore[operator]


def _covers(page: Page) -> Any:
    """What may lie over text and hold other text: annotations with a look of their own, and
    pictures that let nothing through and are painted behind the text."""
    for annotation in page.annots:
        kind = getattr(annotation.get("data", {}).get("Subtype"), "name", "")
        if kind not in _CLEAR:
            yield annotation
    order = 0
    for each in page.iter_layout_objects(page.layout._objs):
        order += each["object_type"] == "char"
        is_picture = each["object_type"] == "image" and not _lets_through(each)
        if is_picture or (each["object_type"] == "curve" and each.get("fill")):
            yield {**each, "behind": order}


def _lets_through(picture: dict[str, Any]) -> bool:
    attributes = getattr(picture.get("stream"), "attrs", {})
    return any(name in attributes for name in ("SMask", "Mask", "ImageMask"))


def _is_over(cover: dict[str, Any], each: Character) -> bool:
    x, y = (each["x0"] + each["x1"]) / 2, (each["top"] + each["bottom"]) / 2
    if not (cover["x0"] <= x <= cover["x1"] and cover["top"] <= y <= cover["bottom"]):
        return False
    return "behind" not in cover or each.get("order", 0) < cover["behind"]


def _is_pressed(each: Character) -> bool:
    return bool(each["upright"] and each["x1"] - each["x0"] < _PRESSED * each["size"])


def _is_turned(each: Character) -> bool:
    """Mirrored, or head down."""
    return bool(each["matrix"][0] < 0 or each["matrix"][3] < 0)


def _are_mostly_turned(characters: Sequence[Character]) -> bool:
    return sum(map(_is_turned, characters)) * 2 > len(characters)


def _crowded(digits: Sequence[Character]) -> set[int]:
    """Digits that stand upon others; the same one printed twice is bold."""
    crowded: set[int] = set()
    ordered = sorted(digits, key=lambda each: (round(each["top"]), each["x0"]))
    for one, other in pairwise(ordered):
        if one["text"] == other["text"] or abs(one["top"] - other["top"]) > one["size"] / 2:
            continue
        shared = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
        narrower = min(one["x1"] - one["x0"], other["x1"] - other["x0"])
        if narrower > 0 and shared > 0.5 * narrower:
            crowded |= {id(one), id(other)}
    return crowded
