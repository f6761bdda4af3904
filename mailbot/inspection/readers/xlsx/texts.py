"""Texts of an xlsx with their runs (ECMA-376 part 1, 18.4): shared ones, and those in a cell."""

import re
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.sheets.sheet import UNKNOWN_LOOK, Run
from mailbot.inspection.readers.shown import MAYBE_HIDDEN, MAYBE_SIGN
from mailbot.inspection.readers.xlsx.elements import elements
from mailbot.inspection.readers.xlsx.styles import Styles
from mailbot.inspection.readers.xmlparts import local
from mailbot.inspection.readers.zipguard import Package

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ST_Xstring, 22.9.2.19


class SharedStrings:
    """The texts of a workbook, each with its runs where these are formatted apart."""

    def __init__(self, package: Package, styles: Styles) -> None:
        self._texts: list[tuple[str, tuple[Run, ...]]] = []
        name = next(iter(package.names(r"xl/sharedStrings\.xml")), "")
        for element in elements(package.xml.get(name, b""), "si"):
            self._texts.append(read_text(element, styles))

    def __getitem__(self, index: str) -> tuple[str, tuple[Run, ...]]:
        place = int(index) if index.isdecimal() else len(self._texts)
        return self._texts[place] if place < len(self._texts) else ("", ())


def read_text(element: Element, styles: Styles) -> tuple[str, tuple[Run, ...]]:
    """A text (18.4.8, 18.3.1.53): its whole, and its runs where there are such."""
    whole, runs = "", []
    for child in element:
        kind = local(child)
        if kind == "t":
            whole += unescaped(child.text or "")
        elif kind == "r":
            text, look = "", None
            for part in child:
                if local(part) == "t":
                    text += unescaped(part.text or "")
                elif local(part) == "rPr":
                    look = part
            font = styles.font(look)
            marks = _marks(font.doubts) if text.strip() else ""
            runs.append(
                Run(text + marks, font.struck, font.raised, font.tiny, font.colour, own=True)
                if look is not None
                else Run(text)
            )
            whole += text
    return whole, tuple(runs)


def _marks(doubts: tuple[str, ...]) -> str:
    return "".join(MAYBE_HIDDEN if one == UNKNOWN_LOOK else MAYBE_SIGN for one in doubts)


def unescaped(text: str) -> str:
    """_x000D_ and the like as the characters they stand for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
