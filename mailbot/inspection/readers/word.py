"""Word-like documents and slides, by anydoc: doc wps odt rtf, and pptx ppt odp.

anydoc drops the empty rows at a table's end and makes a tab a space (so docx is read by
`wordml`). Only its model is used, never its Markdown functions: their `ocr="hosted"` would send
the file away.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import anydoc

from mailbot.inspection.readers.compound import Compound, with_stream
from mailbot.inspection.readers.content import Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.doc.second import add_old_word, read_second_opinion
from mailbot.inspection.readers.doc.shown import Untold, shown_word
from mailbot.inspection.readers.odt.shown import shown_odt
from mailbot.inspection.readers.pictures import (
    add_numbered,
    add_packaged,
    carve,
    carve_rtf,
    is_picture,
)
from mailbot.inspection.readers.properties import add_facts
from mailbot.inspection.readers.rtf.shown import shown_rtf
from mailbot.inspection.readers.shown import beside_table
from mailbot.inspection.readers.summary import parse_summary
from mailbot.inspection.readers.zipguard import Package
from mailbot.model import Cell

_WORD_97 = b"\xec\xa5"
_STREAMS = ("WordDocument", "PowerPoint Document")
_CODES: Mapping[type[anydoc.ConvertError], str] = {
    anydoc.EncryptedError: "encrypted",
    anydoc.ResourceLimitError: "limit",
    anydoc.UnsupportedError: "unsupported",
}


def read_package(path: Path, limits: Limits) -> Document:
    """odt, pptx, odp: a zip of XML parts."""
    draft = Draft(limits)
    with Package(path) as package:
        add_facts(package, draft)
        shown, is_covered = shown_odt(package)
        _add_model(draft, _parse(shown))
        if is_covered:
            draft.doubt_all("hidden_possible")
        add_packaged(package, draft)
    return draft.finish()


def read_compound(path: Path, limits: Limits) -> Document:
    """doc, wps, ppt: an OLE compound file; a docx or rtf under such a name is read as what it is.

    What a second reader found otherwise is kept with little confidence; Word 6/95 is read by
    the second alone. Raises `Unreadable` unsupported for Microsoft Works (.wps too).
    """
    draft = Draft(limits)
    with Compound(path) as compound:
        if not any(map(compound.has, _STREAMS)):
            raise Unreadable("unsupported", "neither Word nor PowerPoint (Microsoft Works?)")
        _add_doc(draft, _shown_octets(compound, path.read_bytes(), draft))
        draft.facts.update(parse_summary(compound.read("\x05SummaryInformation")))
        # Inline pictures lie in Data, floating ones (seals) in WordDocument, slides' in Pictures.
        for stream in ("Data", "WordDocument", "Pictures"):
            add_numbered(carve(compound.read(stream)), draft)
    return draft.finish()


def read_rtf(path: Path, limits: Limits) -> Document:
    """rtf, in whatever code page it declares (GBK from older Word)."""
    draft = Draft(limits)
    data = path.read_bytes()
    _add_model(draft, _parse(shown_rtf(data), "rtf"))
    add_numbered(filter(is_picture, carve_rtf(data)), draft)
    return draft.finish()


def _shown_octets(compound: Compound, data: bytes, draft: Draft) -> bytes:
    """The file without the text that is not shown; where it does not tell, all is in doubt."""
    main = compound.read("WordDocument")
    if not main or main[:2] != _WORD_97:
        return data
    table = "1Table" if main[0x0B:0x0C] and main[0x0B] & 2 else "0Table"
    try:
        shown = shown_word(main, compound.read(table), compound.read("Data"))
        return data if shown == main else with_stream(data, "WordDocument", shown)
    except (Untold, OSError, ValueError, NotImplementedError):  # olefile writes not every stream
        draft.doubts = ("hidden_possible",)
        return data


def _add_doc(draft: Draft, data: bytes) -> None:
    try:
        parsed = _parse(data)
    except Unreadable as error:
        if error.fault.code != "unsupported" or not add_old_word(data, draft):
            raise
        draft.facts["old_word"] = True
        return
    draft.second_opinion = read_second_opinion(data)
    _add_model(draft, parsed)


def _parse(data: bytes, format: anydoc.Format | None = None) -> anydoc.Document:
    try:
        return anydoc.to_document(data, format)
    except anydoc.ConvertError as error:
        raise Unreadable(_CODES.get(type(error), "corrupt"), str(error)) from error


def _add_model(draft: Draft, parsed: anydoc.Document) -> None:
    _add_blocks(draft, parsed.blocks)
    for note in parsed.notes:
        _add_blocks(draft, note.blocks)


def _add_blocks(draft: Draft, blocks: list[anydoc.Block]) -> None:
    for block in blocks:
        if block.table is not None:
            _add_table(draft, block.table)
        elif block.list is not None:
            for item in block.list.items:
                _add_blocks(draft, item.blocks)
        elif block.blocks is not None:
            _add_blocks(draft, block.blocks)
        else:
            draft.add_paragraph(_block_text(block))


def _add_table(draft: Draft, table: anydoc.Table) -> None:
    """A table, then the tables nested in its cells, each as a grid of its own."""
    cells: list[Cell] = []
    nested: list[anydoc.Table] = []
    for row, slots in enumerate(table.grid):
        for column, slot in enumerate(slots):
            if slot.cell is None:
                continue
            within = list(outer_tables(slot.cell.blocks))
            text = beside_table("\n".join(texts(slot.cell.blocks)), _all_text(within))
            nested.extend(within)
            cells.append(Cell(text, row, column, slot.cell.row_span, slot.cell.col_span))
    draft.add_table(cells)
    for inner in nested:
        _add_table(draft, inner)


def _all_text(tables: list[anydoc.Table]) -> str:
    return "".join(
        text
        for table in tables
        for slots in table.grid
        for slot in slots
        if slot.cell is not None
        for text in texts(slot.cell.blocks)
    )


def texts(blocks: list[anydoc.Block]) -> Iterator[str]:
    """Each paragraph's text, without that of tables."""
    for block in blocks:
        if block.list is not None:
            for item in block.list.items:
                yield from texts(item.blocks)
        elif block.blocks is not None:
            yield from texts(block.blocks)
        elif block.table is None:
            yield _block_text(block)


def outer_tables(blocks: list[anydoc.Block]) -> Iterator[anydoc.Table]:
    """The tables of a document, those in its lists among them, those within tables not."""
    for block in blocks:
        if block.table is not None:
            yield block.table
        elif block.list is not None:
            for item in block.list.items:
                yield from outer_tables(item.blocks)
        elif block.blocks is not None:
            yield from outer_tables(block.blocks)


def _block_text(block: anydoc.Block) -> str:
    return _inline_text(block.content) if block.content is not None else block.text or ""


def _inline_text(inlines: list[anydoc.Inline]) -> str:
    parts: list[str] = []
    for inline in inlines:
        if inline.kind == "line_break":
            parts.append("\n")
        elif inline.kind == "checkbox":
            parts.append("☑" if inline.checked else "☐")
        elif inline.content is not None:
            parts.append(_inline_text(inline.content))
        elif inline.kind in ("text", "math"):
            parts.append(inline.text or "")
    return "".join(parts)
