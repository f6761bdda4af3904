"""What a person sees of a PDF page's characters (ISO 32000-1).

Taken out: text outside the crop box (14.11.2), painted in no ink (9.3.6: text rendering mode 3 and
7, as scanner programs lay their own reading under the picture), in the colour of its ground,
under a white patch, struck through by a line or an annotation, raised as the mark of a note.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from pdfplumber.page import Page

from mailbot.inspection.readers.pdf.tables import Character
from mailbot.inspection.readers.shown import (
    MAYBE_HIDDEN,
    MAYBE_STRUCK,
    SMALLEST,
    is_pale,
    is_unseen,
    raised_text,
)

_INVISIBLE = re.compile(rb"[37]\s+Tr\b")
_WHITE = "FFFFFF"
_MOST_COMPARED = 3_000_000  # a map has thousands of areas under thousands of letters
_MOST_STROKES = 5_000
_MOST_FORMS = 50
_Object = dict[str, Any]


def shown_characters(page: Page) -> list[Character]:
    """The page's characters that are seen; marks of doubt stand behind those that may not be."""
    test = _Test(page)
    line = _Line()
    kept = [
        {**shown, "order": index}
        for index, each in enumerate(page.chars)
        if (shown := line.put(each, test(index, each)))
    ]
    return _without_note_marks(kept)


class _Test:
    """Asked of each character: `_GONE`, a mark of doubt, or "": seen."""

    def __init__(self, page: Page) -> None:
        self._modes = _modes(page)
        self._grounds = _Grounds(page)
        self._strokes = _Strokes(page)
        self._box = page.cropbox

    def __call__(self, index: int, each: Character) -> str:
        left, top, right, bottom = self._box
        x, y = (each["x0"] + each["x1"]) / 2, (each["top"] + each["bottom"]) / 2
        if not (left - 1 <= x <= right + 1 and top - 1 <= y <= bottom + 1):
            return _GONE
        if index < len(self._modes) and self._modes[index] in (3, 7):
            return _GONE
        if each["size"] < SMALLEST and each["upright"]:
            return _GONE
        mark = self._grounds.verdict(index, each, x, y) if self._grounds.matter else ""
        return mark or (self._strokes.verdict(each) if each["text"].strip() else "")


class _Line:
    """Closes the gaps that characters leave inside a word, lest 1-4 without its middle be 1 4."""

    def __init__(self) -> None:
        self._end = self._bottom = self._shift = 0.0
        self._begun = False

    def put(self, each: Character, verdict: str) -> Character | None:
        """The character where it belongs; None where it is gone."""
        goes_on = abs(each["x0"] - self._end) < 1 and abs(each["bottom"] - self._bottom) < 1
        if not goes_on:
            self._shift, self._begun = 0.0, False
        self._end, self._bottom = each["x1"], each["bottom"]
        if verdict == _GONE:
            self._shift += (each["x1"] - each["x0"]) * self._begun
            return None
        self._begun = True
        if not (verdict or self._shift):
            return each
        x0, x1 = each["x0"] - self._shift, each["x1"] - self._shift
        return {**each, "text": each["text"] + verdict, "x0": x0, "x1": x1}


_GONE = "\0"


def _modes(page: Page) -> list[int]:
    """The rendering mode of each character, where any is invisible."""
    if not any(_INVISIBLE.search(octets) for octets in _contents(page)):
        return []
    device = _Modes(page.pdf.rsrcmgr, pageno=page.page_number, laparams=None)
    PDFPageInterpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    return device.modes


class _Modes(PDFPageAggregator):
    """Notes the mode of each character, in the order of the page's characters."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.modes: list[int] = []
        self._mode = 0

    def render_string(self, textstate: Any, *arguments: Any) -> None:
        self._mode = textstate.render
        super().render_string(textstate, *arguments)

    def render_char(self, *arguments: Any, **named: Any) -> float:
        self.modes.append(self._mode)
        return float(super().render_char(*arguments, **named))


def _contents(page: Page) -> Iterator[bytes]:
    """The page's content streams and those of its form XObjects."""
    for stream in page.page_obj.contents:
        stream = resolve1(stream)
        if isinstance(stream, PDFStream):
            yield stream.get_data()
    yield from _forms(resolve1(page.page_obj.resources), set())


def _forms(resources: Any, seen: set[int]) -> Iterator[bytes]:
    objects = resolve1(resources.get("XObject")) if isinstance(resources, dict) else None
    for each in objects.values() if isinstance(objects, dict) else ():
        form = resolve1(each)
        if not isinstance(form, PDFStream) or id(form) in seen or len(seen) > _MOST_FORMS:
            continue
        seen.add(id(form))
        if getattr(form.get("Subtype"), "name", "") == "Form":
            yield form.get_data()
            yield from _forms(resolve1(form.get("Resources")), seen)


class _Grounds:
    """What lies under and over each character, in the order of painting."""

    def __init__(self, page: Page) -> None:
        self._characters = page.chars
        fills = [each for each in page.rects if each.get("fill")]
        pale = any(is_light(each) for each in page.chars)
        patched = any(is_light(each) for each in fills)
        self._hidden_layers = _has_hidden_layers(page)
        self.matter = self._hidden_layers or pale or patched
        self._painted: list[tuple[int, _Object]] = []
        self._is_crowded = (len(fills) + len(page.images)) * len(page.chars) > _MOST_COMPARED
        if not self.matter or self._is_crowded:
            return
        count = 0
        for each in page.iter_layout_objects(page.layout._objs):
            kind = each["object_type"]
            count += kind == "char"
            if kind == "image" or (kind in ("rect", "curve") and each.get("fill")):
                self._painted.append((count, each))

    def verdict(self, index: int, each: Character, x: float, y: float) -> str:
        """`_GONE`, a mark of doubt, or "": seen."""
        if self._hidden_layers and each.get("tag") == "OC":
            return MAYBE_HIDDEN
        if self._is_crowded:
            return MAYBE_HIDDEN if is_light(each) else ""
        ground: str | None = _WHITE
        for count, fill in self._painted:
            if not (fill["x0"] <= x <= fill["x1"] and fill["top"] <= y <= fill["bottom"]):
                continue
            colour = _colour(fill) if fill["object_type"] == "rect" else None
            if count <= index:
                ground = colour
            elif colour is not None and fill["bottom"] - fill["top"] > each["size"] / 2:
                return _GONE if _is_white(colour) else MAYBE_HIDDEN
        ink = _colour(each)
        if ink is None or (ground is None and not is_light(each)):
            return ""
        if ground is None:
            return MAYBE_HIDDEN
        if is_unseen(ink, ground):
            return _GONE
        return MAYBE_HIDDEN if is_pale(ink, ground) else ""


def _is_white(colour: str) -> bool:
    """Whether a patch of this colour is not told from white paper."""
    return is_unseen(colour, _WHITE)


def is_light(each: _Object) -> bool:
    """Whether its ink is white, or nearly so."""
    colour = _colour(each)
    return colour is not None and is_pale(colour, _WHITE)


def _has_hidden_layers(page: Page) -> bool:
    """Whether the document has optional content that is switched off (8.11.4.3)."""
    layers = resolve1(page.pdf.doc.catalog.get("OCProperties"))
    default = resolve1(layers.get("D")) if isinstance(layers, dict) else None
    return isinstance(default, dict) and bool(resolve1(default.get("OFF")))


def _colour(each: _Object) -> str | None:
    """The fill as RRGGBB; None for a pattern, a spot colour, or what is not told."""
    value, space = each.get("non_stroking_color"), each.get("ncs")
    name = getattr(space, "name", space)
    if name in ("Separation", "DeviceN", "Indexed", "Pattern", "Lab"):
        return None
    parts = value if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(part, int | float) for part in parts):
        return None
    if len(parts) == 4:
        parts = [(1 - part) * (1 - parts[3]) for part in parts[:3]]
    elif len(parts) == 1:
        parts = [parts[0]] * 3
    if len(parts) != 3:
        return None
    return "".join(f"{round(255 * min(1.0, max(0.0, part))):02X}" for part in parts)


class _Strokes:
    """Level lines that may strike text out, and annotations that do."""

    def __init__(self, page: Page) -> None:
        thin = [
            each
            for each in (*page.lines, *page.rects, *page.curves)
            if each["bottom"] - each["top"] < 2.5 and each["x1"] - each["x0"] > 2
        ][:_MOST_STROKES]
        self._lines = sorted(thin, key=lambda each: (each["top"] + each["bottom"]) / 2)
        self._heights = [(each["top"] + each["bottom"]) / 2 for each in self._lines]
        self._marked = list(islice(_struck_areas(page), 500))

    def verdict(self, each: Character) -> str:
        """`_GONE`, a mark of doubt, or "": not struck."""
        x, y = (each["x0"] + each["x1"]) / 2, (each["top"] + each["bottom"]) / 2
        for left, top, right, bottom in self._marked:
            if left <= x <= right and top <= y <= bottom:
                return _GONE
        height, width = each["bottom"] - each["top"], each["x1"] - each["x0"]
        first = bisect_left(self._heights, each["top"] + 0.35 * height)
        last = bisect_right(self._heights, each["top"] + 0.76 * height)
        for line in self._lines[first:last]:
            covered = min(line["x1"], each["x1"]) - max(line["x0"], each["x0"])
            if covered >= 0.6 * width:
                return _GONE
            if covered >= 0.25 * width:
                return MAYBE_STRUCK
        return ""


def _struck_areas(page: Page) -> Iterator[tuple[float, float, float, float]]:
    for annotation in page.annots:
        kind = annotation.get("data", {}).get("Subtype")
        if isinstance(kind, PSLiteral) and kind.name == "StrikeOut":
            yield annotation["x0"], annotation["top"], annotation["x1"], annotation["bottom"]


def _without_note_marks(characters: Sequence[Character]) -> list[Character]:
    """The characters without small figures that stand raised behind others."""
    gone: set[int] = set()
    marked: dict[int, str] = {}
    for raised, before in _raised(characters):
        text = "".join(characters[index]["text"] for index in raised)
        left = raised_text(text, before)
        if not left:
            gone.update(raised)
        elif left != text:
            marked[raised[-1]] = left[len(text) :]
    return [
        {**each, "text": each["text"] + marked[index]} if index in marked else each
        for index, each in enumerate(characters)
        if index not in gone
    ]


def _raised(characters: Sequence[Character]) -> Iterable[tuple[list[int], str]]:
    """Runs of raised characters in the order of painting, with the text they stand behind."""
    base: Character | None = None
    before, run, last = "", list[int](), 0.0
    for index, each in enumerate(characters):
        if base is not None and _is_raised(each, base, last):
            run.append(index)
            last = each["x1"]
            continue
        if run:
            yield run, before
            run = []
        follows = base is not None and abs(each["bottom"] - base["bottom"]) < 1
        near = follows and -1 < each["x0"] - last < each["size"]
        before = (before[-20:] if near else "") + each["text"]
        base, last = each, each["x1"]
    if run:
        yield run, before


def _is_raised(each: Character, base: Character, last: float) -> bool:
    size = base["size"]
    return bool(
        each["upright"]
        and each["size"] <= 0.8 * size
        and each["bottom"] < base["bottom"] - 0.12 * size
        and each["bottom"] > base["top"]
        and -0.1 * size <= each["x0"] - last <= 0.4 * size
    )
