"""What Word shows of a .doc: characters that are not seen become soft hyphens before it is read.

Both libraries that read .doc leave a soft hyphen (0x1F) out, so both are given the same text; the
length of the text, and with it every table of the file, stays as it is.
"""

from dataclasses import dataclass, field
from functools import lru_cache

from mailbot.inspection.readers.doc.harmless import is_harmless, is_harmless_of_paragraph, is_list
from mailbot.inspection.readers.doc.parts import Segment, Sprms, Style, Untold, WordBinary
from mailbot.inspection.readers.shown import (
    MAYBE_HIDDEN,
    MAYBE_NOTE,
    SMALLEST,
    is_figure,
    is_pale,
    is_unseen,
    raised_text,
)

_SOFT_HYPHEN = 0x1F
_FLAT_ROW, _LOW_ROW = 90, 140  # twentieths of a point
_PICTURE = "\x01"  # in the line
_NO_STYLE = 4095
_WHITE = "FFFFFF"
# Ico (2.9.119)
_COLOURS = (
    "", "000000", "0000FF", "00FFFF", "00FF00", "FF00FF", "FF0000", "FFFF00", "FFFFFF",
    "000080", "008080", "008000", "800080", "800000", "808000", "808080", "C0C0C0",
)  # fmt: skip
_TOGGLES = {0x0800: "deleted", 0x0811: "web", 0x0837: "strike", 0x083C: "hidden", 0x2A53: "strike2"}
_IN_TABLE, _ROW_END, _ROW_HEIGHT, _PAPER = 0x2416, 0x2417, 0x9407, 0xC64D
_CELL_PAPERS, _CELL_PAPERS_97 = (0xD612, 0xD616, 0xD60C), 0xD609


@dataclass(frozen=True, slots=True)
class _Look:
    gone: bool
    raised: bool
    doubtful: bool
    ink: str  # "" where it is automatic
    paper: str  # of the character; "" where it has none
    untold: bool = False  # something is done to it that is not known to be harmless


@dataclass(slots=True)
class _Part:
    """A segment, or what of it belongs to one paragraph."""

    start: int
    width: int
    text: str
    look: _Look
    paper: str  # of its paragraph
    cell: int = -1
    untold: bool = False  # by its paragraph
    in_list: bool = False


@dataclass(slots=True)
class _Block:
    """What is decided together: a paragraph, or a table's row, whose end says how it looks."""

    paragraphs: list[list[_Part]] = field(default_factory=lambda: [[]])
    cell: int = 0


def shown_word(main: bytes, table: bytes, data: bytes) -> bytes:
    """The WordDocument stream without the text that is not shown, as long as it was.

    Raises `Untold` where the file does not tell.
    """
    return _Pass(main, WordBinary(main, table, data)).run()


class _Pass:
    def __init__(self, main: bytes, binary: WordBinary) -> None:
        self._out = bytearray(main)
        self._binary = binary
        self._look = lru_cache(maxsize=4096)(self._look_of)

    def run(self) -> bytes:
        block = _Block()
        for segment in self._binary.segments():
            properties = dict(segment.paragraph)
            look = self._look(segment.character, segment.style)
            in_table = properties.get(_IN_TABLE, b"\0") != b"\0"
            at = 0
            for at_end, char in enumerate(segment.text):
                if char not in "\r\x07\x0c":
                    continue
                self._add(block, segment, at, at_end, look)
                at = at_end + 1
                block.paragraphs.append([])
                if char == "\x07" and properties.get(_ROW_END, b"\0") != b"\0":
                    self._settle(block, properties)
                    block = _Block()
                elif char == "\x07":
                    block.cell += 1
                elif not in_table:
                    self._settle(block, {})
                    block = _Block()
            self._add(block, segment, at, len(segment.text), look)
        self._settle(block, {})
        return bytes(self._out)

    def _add(self, block: _Block, segment: Segment, at: int, end: int, look: _Look) -> None:
        if at == end:
            return
        paper = _paper(dict(segment.paragraph).get(_PAPER, b""))
        start = segment.start + at * segment.width
        text = segment.text[at:end]
        untold = not all(is_harmless_of_paragraph(*each) for each in segment.paragraph)
        in_list = any(is_list(*each) for each in segment.paragraph)
        block.paragraphs[-1].append(
            _Part(start, segment.width, text, look, paper, block.cell, untold, in_list)
        )

    def _settle(self, block: _Block, row: dict[int, bytes]) -> None:
        height = int.from_bytes(row.get(_ROW_HEIGHT, b"\0\0"), "little", signed=True)
        papers = _cell_papers(row)
        mixed = _mixed_cells(block) if row else set()
        for paragraph in block.paragraphs:
            seen: list[_Part] = []
            for part in paragraph:
                paper = part.look.paper or part.paper
                paper = paper or (papers[part.cell] if 0 <= part.cell < len(papers) else "")
                ink, paper = part.look.ink, paper or _WHITE
                untold = part.untold or part.look.untold
                invisible = bool(ink) and is_unseen(ink, paper)
                gone = part.look.gone or -_FLAT_ROW < height < 0
                if gone or (invisible and not untold):
                    self._blank(part)
                    continue
                seen.append(part)
                low = -_LOW_ROW < height < 0 or part.cell in mixed
                if untold or low or part.look.doubtful or (ink and is_pale(ink, paper)):
                    self._doubt(part, MAYBE_HIDDEN)
            self._settle_raised(seen)

    def _settle_raised(self, parts: list[_Part]) -> None:
        if not any(part.look.raised for part in parts):
            return
        before = ""
        for index, part in enumerate(parts):
            if not part.look.raised:
                before = before[-20:] + part.text
                continue
            following = (
                each.text for each in parts[index + 1 : index + 20] if not each.look.raised
            )
            left = raised_text(part.text, before, "".join(following)[:20])
            if not left:
                self._blank(part)
            elif left != part.text:
                self._doubt(part, MAYBE_NOTE)

    def _blank(self, part: _Part) -> None:
        for index, char in enumerate(part.text):
            if char >= " " or char == "\t":
                self._put(part, index, _SOFT_HYPHEN)

    def _doubt(self, part: _Part, mark: str) -> None:
        """The first character becomes the mark: nothing can be put between two others."""
        at = next((index for index, char in enumerate(part.text) if char > " "), None)
        if at is not None:
            self._put(part, at, ord(mark) if part.width == 2 else ord("?"))

    def _put(self, part: _Part, index: int, code: int) -> None:
        at = part.start + index * part.width
        self._out[at : at + part.width] = code.to_bytes(part.width, "little")

    def _look_of(self, direct: Sprms, style: int) -> _Look:
        character = next((operand for code, operand in direct if code == 0x4A30), None)
        of_paragraph = self._style_values(style)
        of_character: dict[str, int | str] = {}
        if character is not None and len(character) == 2:
            of_character = self._style_values(int.from_bytes(character, "little"))
        base = {**of_paragraph, **of_character}
        for name in _TOGGLES.values():
            base[name] = bool(of_paragraph.get(name)) != bool(of_character.get(name))
        look = _applied(direct, base)
        raised = look.get("raised") in (1, 2) or abs(int(look.get("position", 0))) >= 5
        rests = (self._style_sprms(style), self._style_sprms(_number_of(character)))
        gone = any(look.get(name) for name in ("deleted", "strike", "hidden", "strike2"))
        return _Look(
            gone or int(look.get("size", 20)) < 2 * SMALLEST,
            raised,
            bool(look.get("web")),
            str(look.get("ink", "")),
            str(look.get("paper", "")),
            not all(is_harmless(*each) for sprms in (direct, *rests) for each in sprms),
        )

    def _style_sprms(self, number: int) -> Sprms:
        """Those of a style and of what it rests on."""
        found: list[tuple[int, bytes]] = []
        for _ in range(12):
            style = self._binary.styles.get(number)
            if style is None:
                break
            found.extend(style.character)
            number = style.based_on
        return tuple(found)

    def _style_values(self, number: int) -> dict[str, int | str]:
        """A style's values over those it rests on; circles end."""
        chain: list[Style] = []
        while number in self._binary.styles and len(chain) < 12:
            chain.append(self._binary.styles[number])
            number = chain[-1].based_on
        values: dict[str, int | str] = {}
        for style in reversed(chain):
            values = _applied(style.character, values)
        return values


def _number_of(character: bytes | None) -> int:
    return int.from_bytes(character, "little") if character else _NO_STYLE


def _mixed_cells(block: _Block) -> set[int]:
    """The cells of a row in which a figure stands by a picture in the line, or in a list."""
    parts: dict[int, list[_Part]] = {}
    for paragraph in block.paragraphs:
        for part in paragraph:
            if not part.look.gone:
                parts.setdefault(part.cell, []).append(part)
    return {
        cell
        for cell, found in parts.items()
        if is_figure((said := "".join(part.text for part in found)).replace(_PICTURE, ""))
        and (_PICTURE in said or any(part.in_list for part in found))
    }


def _applied(sprms: Sprms, base: dict[str, int | str]) -> dict[str, int | str]:
    """The values with properties applied; 0x80 and 0x81 mean as, or not as, the style has it."""
    values = dict(base)
    for code, operand in sprms:
        number = int.from_bytes(operand[:2], "little", signed=True) if operand else 0
        if code in _TOGGLES:
            name, value = _TOGGLES[code], operand[0] if operand else 0
            styled = bool(base.get(name))
            values[name] = styled if value == 0x80 else not styled if value == 0x81 else bool(value)
        elif code == 0x2A48:
            values["raised"] = number
        elif code == 0x4845:
            values["position"] = number
        elif code == 0x4A43:
            values["size"] = number
        elif code == 0x2A42:
            values["ink"] = _ico(number)
        elif code == 0x6870:
            values["ink"] = _rgb(operand)
        elif code == 0x2A0C:
            values["paper"] = _ico(number)
        elif code == 0xCA71:
            values["paper"] = _paper(operand)
        elif code == 0x4866 and not values.get("paper"):
            values["paper"] = _old_paper(number & 0xFFFF)
    return values


def _ico(number: int) -> str:
    return _COLOURS[number] if 0 <= number < len(_COLOURS) else ""


def _rgb(colour: bytes) -> str:
    """COLORREF (2.9.43): red, green, blue; the fourth octet says automatic."""
    return colour[:3].hex().upper() if len(colour) == 4 and colour[3] != 0xFF else ""


def _paper(shading: bytes) -> str:
    """Shd (2.9.247): foreground, background, pattern; 0 is clear, 1 solid."""
    if len(shading) < 10:
        return ""
    solid = int.from_bytes(shading[8:10], "little") == 1
    return _rgb(shading[:4] if solid else shading[4:8])


def _cell_papers(row: dict[int, bytes]) -> list[str]:
    found = [operand for code in _CELL_PAPERS if (operand := row.get(code))]
    if found:
        return [_paper(each[at : at + 10]) for each in found for at in range(0, len(each), 10)]
    old = row.get(_CELL_PAPERS_97, b"")
    words = (int.from_bytes(old[at : at + 2], "little") for at in range(0, len(old), 2))
    return [_old_paper(word) for word in words]


def _old_paper(word: int) -> str:
    """Shd80 (2.9.248)."""
    return _ico(word & 31) if word >> 10 == 1 else _ico(word >> 5 & 31)


__all__ = ["Untold", "shown_word"]
