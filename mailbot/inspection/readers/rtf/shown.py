"""What Word shows of an RTF: the rest is taken out before anydoc, which tells little of it, reads.

Written after the Rich Text Format Specification 1.9.1. Text goes, marks of paragraphs, cells and
rows stay. Styles need no look: a writer repeats their properties at every run.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mailbot.inspection.readers.rtf.harmless import is_harmless
from mailbot.inspection.readers.rtf.header import colour_table, hiding_styles, pictorial_fonts
from mailbot.inspection.readers.rtf.state import CHANGES, State
from mailbot.inspection.readers.shown import (
    MAYBE_HIDDEN,
    MAYBE_NOTE,
    SMALLEST,
    is_pale,
    is_unseen,
    raised_text,
)

_TOKEN = re.compile(
    rb"\\bin(?P<bin>\d{1,9}) ?|(?P<brace>[{}])|\\(?P<word>[a-zA-Z]{1,40})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<octet>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])|(?P<text>[^\\{}]+)|\\",
    re.DOTALL,
)
_SIGNS = {"tab", "line", "emdash", "endash", "bullet", "lquote", "rquote", "ldblquote"}
_SIGNS |= {"rdblquote", "emspace", "enspace", "qmspace", "chftn", "chatn"}
_ENDS = {"par", "cell", "row", "nestcell", "nestrow", "sect", "page"}
_NO_TEXT = {"fonttbl", "colortbl", "stylesheet", "info", "pict", "filetbl", "rsidtbl", "objdata"}
_TEXT_AGAIN = {"shptxt", "ud"}  # inside such a destination
_BOXES = {"shptxt", "dptxbxtext", "result"}  # what stands there may stand elsewhere on the page
# Numbers and dates that the program writes anew whenever it shows the page.
_COUNTED = {"chpgn", "chdate", "chtime", "chdpl", "chdpa", "sectnum"}
_FLAT_ROW, _LOW_ROW = 90, 140  # twentieths of a point
_NUMBERS = {"listtext", "pntext"}  # what stands before a paragraph of a list
_DEEPEST = 1_000


_KNOWN = frozenset(CHANGES) | _NO_TEXT | _TEXT_AGAIN | _SIGNS | _ENDS
# With these the text begins: what stands before is of the document.
_BEGINNING = frozenset(("pard", "plain", "trowd", "sectd"))


@dataclass(slots=True)
class _Piece:
    """A run of text of the paragraph that is open: where it stands, what it says."""

    start: int  # in the list of what is written
    end: int
    text: str
    raised: bool


@dataclass(slots=True)
class _Row:
    """The row whose definition was read last."""

    flat: bool = False
    low: bool = False
    papers: list[int] = field(default_factory=list)  # of its cells
    next_paper: int = 0
    cell: int = 0


def shown_rtf(data: bytes) -> bytes:
    """The RTF without the text that is not shown."""
    return _Pass(data).run()


class _Pass:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._colours = colour_table(data)
        self._pictorial = pictorial_fonts(data)
        self._suspected = hiding_styles(data)
        self._is_begun = False  # what is said of the whole document is over
        self._is_half = False  # the first octet of a character of two was written
        self._is_numbered = False  # a number stands before the open paragraph of a cell
        self._out: list[bytes] = []
        self._state = State()
        self._groups: list[State] = []
        self._row = _Row()
        self._line: list[_Piece] = []
        self._skip = 0  # characters that stand for the last \u

    def run(self) -> bytes:
        position = 0
        while (token := _TOKEN.match(self._data, position)) is not None:
            position = token.end()
            if token["bin"]:
                position = min(position + int(token["bin"]), len(self._data))
                self._out.append(self._data[token.start() : position])
            else:
                self._token(token)
        self._settle()
        self._out.append(self._data[position:])
        return b"".join(self._out)

    def _token(self, token: re.Match[bytes]) -> None:
        if token["brace"]:
            self._brace(token[0])
        elif token["word"]:
            word = token["word"].decode("ascii")
            self._word(token[0], word, int(token["number"]) if token["number"] else None)
        elif token["octet"]:
            self._sign(token[0], octet=int(token["octet"], 16))
        elif token["symbol"] == b"*" or not (token["symbol"] or token["text"]):
            self._state = replace(self._state, is_text=False)  # a destination of its own
            self._out.append(token[0])
        elif token["symbol"] in (b"\r", b"\n"):
            self._end(token[0])  # the same as \par
        elif token["symbol"]:
            self._sign(token[0], text=token["symbol"].decode("latin-1").replace("~", " "))
        else:
            self._text(token["text"])

    def _brace(self, brace: bytes) -> None:
        self._skip = 0
        if brace == b"{" and len(self._groups) < _DEEPEST:
            self._groups.append(self._state)
        elif brace == b"}" and self._groups:
            self._state = self._groups.pop()
        self._out.append(brace)

    def _word(self, token: bytes, word: str, number: int | None) -> None:
        if word == "u" and number is not None:
            self._skip = 0
            self._sign(token, text=chr(number % 0x10000))
            self._skip = max(0, self._state.fallback)
            return
        if word in _SIGNS:
            self._sign(token, text=" ")
            return
        if word in _ENDS:
            self._end(token)
            self._row.cell += word == "cell"
            return
        self._out.append(token)
        self._is_begun |= word in _BEGINNING and self._state.is_text
        self._is_numbered |= word in _NUMBERS
        known = not self._is_begun or not self._state.is_text or word in _KNOWN
        if not known and not is_harmless(word, number):
            self._state = replace(self._state, untold=True)
        if word in _COUNTED and self._state.is_text:
            self._out.append(_mark(MAYBE_HIDDEN))
        if word in _BOXES:
            self._state = replace(self._state, in_box=True)
        elif word in ("cs", "s", "ds", "ts") and number in self._suspected and self._is_begun:
            self._state = replace(self._state, untold=True)
        if word in CHANGES:
            self._state = CHANGES[word](self._state, number)
        elif word in _NO_TEXT:
            self._state = replace(self._state, is_text=False)
        elif word in _TEXT_AGAIN:
            self._state = replace(self._state, is_text=True)
        else:
            self._row_word(word, number)

    def _row_word(self, word: str, number: int | None) -> None:
        if word == "trowd":
            self._row = _Row()
        elif word == "trrh" and number is not None:
            self._row.flat = -_FLAT_ROW < number < 0
            self._row.low = -_LOW_ROW < number < 0
        elif word == "clcbpat" and number is not None:
            self._row.next_paper = number
        elif word == "cellx":
            self._row.papers.append(self._row.next_paper)
            self._row.next_paper = 0

    def _end(self, token: bytes) -> None:
        self._skip = 0
        self._is_begun, self._is_numbered = True, False
        self._settle()
        self._out.append(token)

    def _text(self, text: bytes) -> None:
        plain = re.sub(rb"[\r\n]", b"", text)
        skipped, shown = plain[: self._skip], plain[self._skip :]
        self._skip -= len(skipped)
        if skipped and not self._is_unseen():
            self._put_fallback(skipped)
        if shown:
            # A line break may be what ends the control word before: it stays.
            self._sign(b"\n" + shown if text[:1] in b"\r\n" else shown, shown.decode("latin-1"))

    def _sign(self, token: bytes, text: str = "", octet: int | None = None) -> None:
        """Text, one way or another: written unless it is not seen."""
        state = self._state
        if not state.is_text:
            self._out.append(token)
            return
        if self._is_unseen():
            self._skip = max(0, self._skip - 1)
            if state.untold and not self._is_gone():
                self._out.append(_mark(MAYBE_HIDDEN))
            return
        if self._skip and (octet is not None or len(token) == 2):
            self._skip -= 1
            self._put_fallback(token)
            return
        self._out.append(token)
        # Between the two octets of a character a mark would make two others of them.
        self._is_half = octet is not None and octet >= 0x80 and not self._is_half
        said = text if octet is None else chr(octet)
        if not self._is_half and (self._is_doubtful() or self._is_no_figure(said)):
            self._out.append(_mark(MAYBE_HIDDEN))
        last = self._line[-1] if self._line else None
        if last is None or last.raised != state.raised or last.end != len(self._out) - 1:
            start = len(self._out) - 1
            self._line.append(last := _Piece(start, start, "", state.raised))
        last.end = len(self._out)
        last.text += text if octet is None else chr(octet)

    def _put_fallback(self, token: bytes) -> None:
        """What stands for a \\u goes and stays with it."""
        self._out.append(token)
        if self._line and self._line[-1].end == len(self._out) - 1:
            self._line[-1].end += 1

    def _is_gone(self) -> bool:
        """Whether nobody sees what stands here, whatever else is said of it."""
        state = self._state
        gone = state.hidden or state.deleted or state.moved or state.struck or state.struck_twice
        return gone or self._row.flat

    def _is_unseen(self) -> bool:
        state = self._state
        size = state.wide_size if state.is_wide and state.wide_size else state.size
        if self._is_gone() or size < 2 * SMALLEST:
            return True
        return self._compared(is_unseen)

    def _is_doubtful(self) -> bool:
        doubtful = self._state.web_hidden or self._state.untold or self._row.low
        return doubtful or self._compared(is_pale)

    def _is_no_figure(self, text: str) -> bool:
        """Whether a digit is a picture in its font, or may belong to the number of a list."""
        if not re.search(r"\d", text):
            return False
        if self._state.in_box or self._state.font in self._pictorial:
            return True
        return (
            self._is_numbered
            and bool(self._row.papers)
            and bool(re.fullmatch(r"\s*[\d.]+\s*", text))
        )

    def _compared(self, test: Callable[[str, str], bool]) -> bool:
        if not self._state.ink:
            return False
        row = self._row
        of_cell = row.papers[row.cell] if row.cell < len(row.papers) else 0
        paper = self._state.paper or self._state.of_paragraph or of_cell
        ink = self._colours.get(self._state.ink)
        return ink is not None and test(ink, self._colours.get(paper, "FFFFFF"))

    def _settle(self) -> None:
        """At a paragraph's end: marks of notes go."""
        line, self._line = self._line, []
        if not any(piece.raised for piece in line):
            return
        before = ""
        for index, piece in enumerate(line):
            if not piece.raised:
                before = before[-20:] + piece.text
                continue
            after = "".join(each.text for each in line[index + 1 : index + 20] if not each.raised)
            left = raised_text(_decoded(piece.text), _decoded(before), _decoded(after))
            if not left:
                self._out[piece.start : piece.end] = [b""] * (piece.end - piece.start)
            elif left.endswith(MAYBE_NOTE):
                self._out[piece.end - 1] += _mark(MAYBE_NOTE)


def _mark(sign: str) -> bytes:
    return rb"{\uc1\u%d?}" % (ord(sign) - 0x10000)


def _decoded(text: str) -> str:
    """Text whose two-octet characters came octet by octet."""
    if not any("\x80" <= char <= "\xff" for char in text):
        return text
    octets = b"".join(
        char.encode("latin-1") if char <= "\xff" else char.encode("gb18030", "replace")
        for char in text
    )
    return octets.decode("gb18030", "replace")
