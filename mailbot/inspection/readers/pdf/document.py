"""PDF with text, by pdfplumber: tables by their lines, the rest line by line."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pdfplumber
import pypdfium2
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException
from pdfplumber.utils.text import extract_text

from mailbot.inspection.readers.content import Document, Draft, Limits, Unreadable, printable
from mailbot.inspection.readers.pdf.budget import BUDGET, OverBudget, install
from mailbot.inspection.readers.pdf.drawn import doubted_figures
from mailbot.inspection.readers.pdf.pictures import add_pictures
from mailbot.inspection.readers.pdf.shown import shown_characters
from mailbot.inspection.readers.pdf.tables import Character, Note, Table

# It complains of every font of a PDF that Chromium printed.
logging.getLogger("pdfminer").setLevel(logging.ERROR)

install()

MAX_PAGES = 100
# Characters a page below which it is a scan (page numbers and scanner programs' marks remain).
SCANNED_BELOW = 20
# A map drawn in vectors has more edges than any table, and intersecting them takes minutes.
_MAX_EDGES, _MAX_CHARACTERS = 4_000, 50_000
_NOT_VIEWED = 0b100010  # annotations that are hidden, or only printed (ISO 32000-1, 12.5.3)
_FOLIO = re.compile(r"[\s\-—–第]*\d{1,3}[\s\-—–页]*(?:[/共]\s*\d{1,3}\s*页?)?\s*")


def read_file(path: Path, limits: Limits) -> Document:
    """pdf: text and tables, filled-in form fields and typewriter notes included.

    Facts: pages, title, author, program; scanned (the pages show something but hardly any
    text); pages_without_text (numbers from 1).
    """
    draft = Draft(limits)
    BUDGET.begin()
    try:
        # Opened here, because pdfplumber leaves the file open when it raises.
        with path.open("rb") as octets, pdfplumber.open(octets) as pdf:
            _add_facts(pdf, draft)
            _add_pages(pdf, path, draft)
    except OverBudget as over:
        raise Unreadable(over.code, str(over)) from over
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], OverBudget):
            raise Unreadable(error.args[0].code, str(error.args[0])) from error
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise Unreadable("encrypted", "password-protected PDF") from error
        raise Unreadable(_broken_code(path), f"pdf: {error}"[:300]) from error
    add_pictures(path, draft)
    return draft.finish()


def _broken_code(path: Path) -> str:
    """A PDF ends with %%EOF: where that is missing, the end is."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2048))
        return "corrupt" if b"%%EOF" in file.read() else "truncated"


def _add_facts(pdf: PDF, draft: Draft) -> None:
    count = len(pdf.pages)
    draft.facts["pages"] = count
    if count > MAX_PAGES:
        draft.fault("limit", f"{count} pages; {MAX_PAGES} read")
    for key, fact in (("Title", "title"), ("Author", "author"), ("Creator", "program")):
        value = pdf.metadata.get(key)
        if isinstance(value, str) and printable(value).strip():
            draft.facts[fact] = printable(value).strip()[:200]


def _add_pages(pdf: PDF, path: Path, draft: Draft) -> None:
    characters = 0
    drawn: list[int] = []  # numbers of the pages that show something but hardly any text
    blocks: list[list[str | Table]] = []
    for index, page in enumerate(pdf.pages[:MAX_PAGES]):
        turn = _turn(page)
        if turn:
            with pdfplumber.open(_upright(path, index, turn)) as copy:
                count, found = _read_page(copy.pages[0], draft)
        else:
            count, found = _read_page(page, draft)
        if count < SCANNED_BELOW and (page.images or page.curves or (page.chars and not count)):
            drawn.append(index + 1)
        characters += count
        blocks.append(found)
        page.close()
    _add_blocks(blocks, draft)
    pages = min(len(pdf.pages), MAX_PAGES)
    draft.facts["scanned"] = bool(drawn) and characters < SCANNED_BELOW * pages
    if drawn:
        draft.facts["pages_without_text"] = list(drawn)


def _turn(page: Page) -> int:
    """Degrees to turn a page by on which most characters lie on their side, else 0."""
    lying = [each["matrix"][1] for each in page.chars if not each["upright"]]
    if len(lying) * 2 <= len(page.chars):
        return 0
    return 90 if sum(slope > 0 for slope in lying) * 2 > len(lying) else 270


def _upright(path: Path, index: int, degrees: int) -> io.BytesIO:
    """A document of one page, turned."""
    target = io.BytesIO()
    with pypdfium2.PdfDocument(path) as source, pypdfium2.PdfDocument.new() as copy:
        copy.import_pages(source, [index])
        page = copy[0]
        page.set_rotation((page.get_rotation() + degrees) % 360)
        copy.save(target)
    return target


def _read_page(page: Page, draft: Draft) -> tuple[int, list[str | Table]]:
    """How many characters a page holds, and its lines and tables from top to bottom."""
    shown = shown_characters(page)
    tables = page.find_tables() if len(page.edges) <= _MAX_EDGES else []
    if any(len(found.cells) > 1 for found in tables):
        shown = doubted_figures(page, shown)
    characters = list(_characters(shown))
    if len(characters) > _MAX_CHARACTERS:
        draft.fault("limit", f"page {page.page_number}: {len(characters)} characters")
        characters = characters[:_MAX_CHARACTERS]
    notes = list(_notes(page))
    inside: set[int] = set()
    blocks: list[tuple[float, str | Table]] = []
    for found in tables:
        if len(found.cells) == 1:
            continue  # a frame around the page or around a paragraph
        table = Table()
        inside |= table.add(found.cells, characters, notes)
        if not table.is_empty:
            blocks.append((found.bbox[1], table))
    blocks.extend(_lines([each for each in characters if id(each) not in inside]))
    blocks.extend((note.top, note.text) for note in notes if id(note) not in inside)
    in_order = [block for _, block in sorted(blocks, key=lambda each: each[0])]
    return sum(not each["text"].isspace() for each in characters), in_order


def _add_blocks(pages: list[list[str | Table]], draft: Draft) -> None:
    """Lines and tables of all pages; a table that goes on over a page's end is one table."""
    whole: list[str | Table] = []
    for blocks in pages:
        last = next((block for block in reversed(whole) if not _is_folio(block)), None)
        first = next((block for block in blocks if not _is_folio(block)), None)
        if isinstance(last, Table) and isinstance(first, Table) and last.goes_on_in(first):
            last.extend(first)
            blocks.remove(first)
        whole += blocks
    for block in whole:
        if isinstance(block, str):
            draft.add_paragraph(block)
        else:
            draft.add_table(block.cells())


def _is_folio(block: str | Table) -> bool:
    """Whether a line is a page's number: `- 1 -`, `第1页 共2页`."""
    return isinstance(block, str) and _FOLIO.fullmatch(block) is not None


def _characters(found: list[Character]) -> Iterator[Character]:
    """The characters that are text, each once.

    Bold that is not in the font is often the same character printed twice, a hair apart;
    `(cid:7)` is a glyph whose meaning the file does not tell.
    """
    seen: set[tuple[str, int, int]] = set()
    for each in found:
        text = each["text"]
        if text.startswith("(cid:"):
            continue
        hair = max(0.3, each["size"] / 12)
        x, y = int(each["x0"] / hair), int(each["top"] / hair)
        if text.strip() and any(
            (text, x + dx, y + dy) in seen for dx in (-1, 0, 1) for dy in (-1, 0, 1)
        ):
            continue
        seen.add((text, x, y))
        yield each


def _lines(characters: list[Character]) -> Iterator[tuple[float, str]]:
    """Lines from top to bottom, each with its top."""
    line: list[Character] = []
    for each in sorted(characters, key=lambda found: (found["top"] + found["bottom"]) / 2):
        middle = (each["top"] + each["bottom"]) / 2
        if line and middle > line[-1]["bottom"]:
            yield line[0]["top"], extract_text(line).replace("\n", " ")
            line = []
        line.append(each)
    if line:
        yield line[0]["top"], extract_text(line).replace("\n", " ")


def _notes(page: Page) -> Iterator[Note]:
    for annotation in page.annots:
        data = annotation.get("data", {})
        kind = getattr(data.get("Subtype"), "name", "")
        value = data.get("V") if kind == "Widget" else data.get("Contents")
        if kind not in ("Widget", "FreeText") or not isinstance(value, bytes):
            continue
        if isinstance(flags := data.get("F"), int) and flags & _NOT_VIEWED:
            continue
        text = _pdf_text(value).strip()
        if text:
            left, top = annotation["x0"], annotation["top"]
            right, bottom = annotation["x1"], annotation["bottom"]
            yield Note(text, (left + right) / 2, (top + bottom) / 2, top)


def _pdf_text(value: bytes) -> str:
    """A text string (PDF 1.7, 7.9.2.2); without a mark Chinese writers mean GB18030."""
    if value.startswith(b"\xfe\xff"):
        return value[2:].decode("utf-16-be", "replace")
    return value.removeprefix(b"\xef\xbb\xbf").decode("gb18030", "replace")
