"""The annexed tables of an English notice: which fields and repeating rows they have."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailbot.model import Grid

_TYPES: tuple[tuple[str, str], ...] = (
    (r"\b(?:share|per cent|percentage|rate)\b|%", "percent"),
    (r"\((?:minutes|seconds|hours|days|km|metres|kg)\)", "number"),
    (r"\b(?:cost|amount|spend(?:ing)?|budget|rainfall|height|weight|area)\b", "number"),
    (r"\bdate\b|\bday\b", "date"),
    (r"^(?:number|no\.) of\b|\bnumber of\b|^how many\b|^total\b|^of (?:which|whom)\b", "count"),
    (r"\b(?:telephone|phone|mobile|tel)\b", "phone"),
    (
        r"^name of (?:the |your )?(?!person|officer|contact|official|applicant|participant)"
        r"[a-z]+\b|^(?:unit|organi[sz]ation|district|school|company|clinic|parish)$",
        "unit",
    ),
    (r"\b(?:name|person|officer|signed by|filled in by|completed by|contact)\b", "person"),
)
_TITLE = re.compile(
    r"\b(?:form|list|sheet|return|register|table|record|log|questionnaire|report|inventory)s?\b",
    re.IGNORECASE,
)
_ROW_NUMBER = re.compile(r"(?:no|nr|s/n|#|serial(?: no)?|item no|row)\.?", re.IGNORECASE)
_BOXES = re.compile(r"[□☐○◯◻]\s*([^□☐○◯◻]+)")
_BLANK_LINE = re.compile(r"([A-Z][A-Za-z'’ ()/.]{2,40}?)\s*:\s*(?:[_.…\s]{2,}|$)")
_NO_MATTER = frozenset("of the a an and for to in on form forms sheet list annex table".split())


@dataclass(frozen=True, slots=True)
class EnglishTable:
    """One annexed table: its fields as labels with what may be chosen, and the heading of its
    repeating rows, () where it has none."""

    title: str
    mark: str  # Annex A
    header: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    heading: tuple[str, ...] = ()


def type_in_english(label: str) -> str:
    """The type that a label's words say."""
    return next((type for words, type in _TYPES if re.search(words, label, re.I)), "text")


def tables_in_english(grids: Sequence[Grid]) -> list[EnglishTable]:
    """Every table that has something to fill in."""
    return [table for grid in grids if grid.is_table and (table := _table(grid))]


def table_for(label: str, source: str, tables: Sequence[EnglishTable]) -> EnglishTable | None:
    """The table that a material is: the annex its sentence names, else by its title's words."""
    said = re.search(r"\bAnnex\s+(\w+)", source)
    words = _words(label)
    near = [(len(words & _words(table.title)), table) for table in tables]
    named = [table for table in tables if said and table.mark == said[1].upper()]
    shared = max(near, key=lambda one: one[0], default=(0, None))
    return named[0] if named else shared[1] if shared[0] else None


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall("[a-z]+", text.lower())} - _NO_MATTER


def _table(grid: Grid) -> EnglishTable | None:
    cells = {(cell.row, cell.column): " ".join(cell.text.split()) for cell in grid.cells}
    spans = {(cell.row, cell.column): (cell.row_span, cell.column_span) for cell in grid.cells}
    caption = [" ".join(line.split()) for line in grid.caption]
    title = next(
        (
            line
            for line in reversed(caption)
            if _TITLE.search(line) and not line.endswith((".", ":"))
        ),
        "",
    )
    marks = [found[1] for line in caption if (found := re.search(r"\bAnnex\s+(\w+)", line, re.I))]
    header = tuple(label for line in caption for label in _blanks(line) if line != title)
    heading = _heading(cells)
    table = EnglishTable(
        re.sub(r"^Annex\s+\w+\s*[:.\-–—]?\s*", "", title, flags=re.IGNORECASE),
        marks[-1].upper() if marks else "",
        header,
        () if heading else tuple(_fields(cells, spans)),
        heading,
    )
    return table if table.fields or table.heading else None


def _blanks(line: str) -> Iterator[str]:
    """Name of unit: ______  Date: ______"""
    for found in _BLANK_LINE.finditer(line):
        yield found[1].strip()


def _heading(cells: Mapping[tuple[int, int], str]) -> tuple[str, ...]:
    for row in sorted({row for row, _ in cells}):
        words = [text for (at, _), text in sorted(cells.items()) if at == row]
        if len(words) > 2 and _ROW_NUMBER.fullmatch(words[0]) and all(words):
            return tuple(words)
    return ()


def _fields(
    cells: Mapping[tuple[int, int], str], spans: Mapping[tuple[int, int], tuple[int, int]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    told: set[str] = set()
    for (row, column), written in sorted(cells.items()):
        label = written.rstrip(":").strip()
        if not re.search("[A-Za-z]{2}", label) or len(label) > 60 or _BOXES.match(label):
            continue
        down, right = spans[row, column]
        beside, below = cells.get((row, column + right)), cells.get((row + down, column))
        offered = tuple(one.strip(" ,;") for one in _BOXES.findall(beside or ""))
        fillable = len(offered) > 1 or beside == "" or (beside is not None and _is_rule(beside))
        under = below == "" and not any(text for (at, _), text in cells.items() if at == row + down)
        if (fillable or under) and label not in told:
            told.add(label)
            yield label, offered if len(offered) > 1 else ()


def _is_rule(text: str) -> bool:
    return not text.strip("_.… ")
