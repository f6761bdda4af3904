"""A second reader of .doc, by office-oxide: it says where the first may be wrong, and reads what
the first does not know (Word 6 and 95).

Where the wheel does not run (it needs x86_64 and glibc 2.34) there is no second opinion.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from mailbot.inspection.readers.content import DISPUTED, Draft
from mailbot.inspection.readers.shown import split_doubts
from mailbot.model import Cell

office_oxide: ModuleType | None
try:
    office_oxide = import_module("office_oxide")
except ImportError:  # another platform
    office_oxide = None

_Node = dict[str, Any]


@dataclass(slots=True)
class SecondOpinion:
    """What another reader found: the texts of all table cells, and the whole text."""

    cells: Counter[str] = field(default_factory=Counter)
    text: str = ""

    def confidence_in_cell(self, text: str) -> float:
        """1 where the other reader has such a cell, too; each of its cells confirms one."""
        found = bare(text)
        if not found:
            return 1.0
        if self.cells[found] <= 0:
            return DISPUTED
        self.cells[found] -= 1
        return 1.0

    def confidence_in_line(self, text: str) -> float:
        """1 where the line stands in the other reader's text."""
        return 1.0 if bare(text) in self.text else DISPUTED


def read_second_opinion(data: bytes) -> SecondOpinion | None:
    """What office-oxide reads of a .doc; None where it reads nothing of it."""
    model = _model(data)
    if model is None:
        return None
    opinion = SecondOpinion()
    texts: list[str] = []
    for element in _elements(model):
        if element.get("type") == "table":
            for cell in _cells(element):
                opinion.cells[bare(cell.text)] += 1
                texts.append(cell.text)
        else:
            texts.append(_text(element))
    opinion.text = bare("".join(texts))
    return opinion


def add_old_word(data: bytes, draft: Draft) -> bool:
    """Adds the paragraphs and tables of a Word 6 or 95 file; False where nothing is read."""
    model = _model(data)
    if model is None:
        return False
    found = False
    draft.doubts = ("hidden_possible",)  # it does not say what of it is struck out or hidden
    for element in _elements(model):
        found = True
        if element.get("type") == "table":
            draft.add_table(_cells(element))
        else:
            for line in _text(element).split("\n"):
                draft.add_paragraph(line)
    return found


def _model(data: bytes) -> _Node | None:
    if office_oxide is None:
        return None
    try:
        with office_oxide.Document.from_bytes(data, "doc") as document:
            model = document.to_ir()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001  # a Rust panic is no Exception (PyO3: PanicException)
        return None
    return model if isinstance(model, dict) else None


def _elements(model: _Node) -> Iterator[_Node]:
    for section in model.get("sections", ()):
        yield from section.get("elements", ())


def _cells(table: _Node) -> Iterator[Cell]:
    """The cells with their spans, on the table's own grid."""
    reach: dict[int, int] = {}  # column → first row that is free again
    for row, line in enumerate(table.get("rows", ())):
        column = 0
        for cell in line.get("cells", ()):
            while reach.get(column, 0) > row:
                column += 1
            rows, columns = max(1, cell.get("row_span", 1)), max(1, cell.get("col_span", 1))
            text = "\n".join(_text(block) for block in cell.get("content", ()))
            yield Cell(text.strip("\n"), row, column, rows, columns)
            for index in range(column, column + columns):
                reach[index] = row + rows
            column += columns


def _text(node: object) -> str:
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            return str(node["text"])
        if node.get("type") == "line_break":
            return "\n"
        return "".join(_text(value) for value in node.values() if isinstance(value, list))
    if isinstance(node, list):
        return "".join(map(_text, node))
    return ""


def bare(text: str) -> str:
    """The text without blanks, in one width, and without the first reader's own marks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", split_doubts(text)[0]))
