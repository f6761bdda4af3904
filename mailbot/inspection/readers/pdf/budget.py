"""How much a PDF may make its reader do: what came out of its streams, what it draws.

pdfminer unpacks every stream whole and turns every rectangle and text into an object, whatever
their number: a file of 1 MB holds a gigabyte in nested flate, or 300,000 rectangles that take
minutes. Counted while it reads; over the budget reading ends.
"""

import zlib
from typing import Any

import pdfminer.pdftypes
import pdfplumber.page
from pdfminer.pdfinterp import PDFPageInterpreter

MAX_OCTETS = 256 * 1024 * 1024  # out of all streams of a document
MAX_OBJECTS = 60_000  # paths, texts and forms drawn: some 20 s of a slow machine


class OverBudget(Exception):
    """The document asks for more; `code` is the fault it is."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Budget:
    """What the document that is being read has used."""

    def __init__(self) -> None:
        self.octets = self.objects = 0

    def begin(self) -> None:
        """Another document."""
        self.octets = self.objects = 0

    def draw(self) -> None:
        """One more object."""
        self.objects += 1
        if self.objects > MAX_OBJECTS:
            raise OverBudget("limit", f"pdf: more than {MAX_OBJECTS} drawn objects")

    def unpack(self, packed: bytes, unpacker: Any) -> bytes:
        """What comes out of `packed`, as far as the budget goes."""
        left = MAX_OCTETS - self.octets
        out: bytes = unpacker.decompress(packed, left + 1)
        self.octets += len(out)
        if len(out) > left:
            raise OverBudget("bomb", f"pdf: more than {MAX_OCTETS} octets in its streams")
        return out


BUDGET = Budget()  # a worker reads one document at a time


class _Unpacker:
    """As `zlib.decompressobj()`, which pdfminer feeds with what is damaged."""

    def __init__(self) -> None:
        self._real = zlib.decompressobj()

    def decompress(self, packed: bytes) -> bytes:
        return BUDGET.unpack(packed, self._real)


class _Zlib:
    """What pdfminer uses of `zlib`, within the budget."""

    error = zlib.error
    decompressobj = _Unpacker

    @staticmethod
    def decompress(packed: bytes) -> bytes:
        unpacker = zlib.decompressobj()
        out = BUDGET.unpack(packed, unpacker)
        if not unpacker.eof:  # as zlib.decompress: then what there is of it is taken
            raise zlib.error("incomplete or truncated stream")
        return out


class _Interpreter(PDFPageInterpreter):
    """Counts what is drawn; pdfminer asks each method how many operands it has."""

    def do_re(self, x: Any, y: Any, w: Any, h: Any) -> None:
        BUDGET.draw()
        super().do_re(x, y, w, h)

    def do_m(self, x: Any, y: Any) -> None:
        BUDGET.draw()
        super().do_m(x, y)

    def do_TJ(self, seq: Any) -> None:  # noqa: N802 - the operator's name
        BUDGET.draw()
        super().do_TJ(seq)

    def do_Do(self, xobjid_arg: Any) -> None:  # noqa: N802 - the operator's name
        BUDGET.draw()
        super().do_Do(xobjid_arg)


def install() -> None:
    """Puts the budget where pdfminer and pdfplumber look: neither has a hook for it."""
    setattr(pdfminer.pdftypes, "zlib", _Zlib)  # noqa: B010 - no name of theirs for a type checker
    setattr(pdfplumber.page, "PDFPageInterpreter", _Interpreter)  # noqa: B010
