"""OpenDocument spreadsheets (ODF 1.2 part 1, 9): ods. calamine tells no merged cells of these.

A number is shown by its style; the paragraph beside it is what the writer showed. Where the two
say different numbers the cell is in doubt: a program renders anew what it opens.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import MAX_CELLS, Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.ods.overlaid import Drawn, add_covered, add_reformats, is_drawn
from mailbot.inspection.readers.ods.styles import POINTS_A_CHARACTER, OpenStyles
from mailbot.inspection.readers.pictures import add_packaged
from mailbot.inspection.readers.properties import add_facts
from mailbot.inspection.readers.sheets.columns import column_number
from mailbot.inspection.readers.sheets.seen import add_sheet
from mailbot.inspection.readers.sheets.sheet import LEAST_HEIGHT, SIGNS, Run, Sheet, Stored, Style
from mailbot.inspection.readers.sheets.underformat import iso_text, meaning, seen_number
from mailbot.inspection.readers.shown import MAYBE_HIDDEN, MAYBE_SIGN
from mailbot.inspection.readers.xmlparts import FIELD_PREFIX, attribute, local
from mailbot.inspection.readers.zipguard import Package

# A row or cell may say it is repeated a million times; beyond these bounds nobody typed anything.
_MAX_ROWS, _MAX_COLUMNS = 20_000, 1_000
_LEAST_WIDTH = 3.0  # points
# $'a sheet'.$B$3 (ODF 1.2 part 1, 9.2.1)
_ADDRESS = re.compile(r"\$?(?:'((?:[^']|'')+)'|([^'.]+))\.\$?([A-Z]{1,3})\$?(\d{1,7})")
_PLACE = r"\$?([A-Z]{1,3})\$?(\d{1,7})"
_RANGE = re.compile(rf"(?:'(?:[^']|'')+'|[^\s'.]+)?\.{_PLACE}(?::[^\s]*?\.{_PLACE})?")
# [.C7:.C9], [$'a sheet'.A1] (ODF 1.2 part 2, 5.8)
_REFERENCE = re.compile(r"\[(?:\$?('(?:[^']|'')+'|[^\].':]+))?\.([^\]:]+)(?::\.([^\]]+))?\]")
# Of what stands in a paragraph (6.1, 7.3) what shows its text; anything else may not.
_INLINE = frozenset(
    "a ruby ruby-base meta meta-field date time sheet-name title file-name page-number page-count "
    "bookmark bookmark-start bookmark-end soft-page-break".split()
)
_NUMBERS = {"float", "currency", "percentage"}


def read_package(path: Path, limits: Limits) -> Document:
    """ods: hidden sheets are left out and named in the facts."""
    draft = Draft(limits)
    with Package(path) as package:
        add_facts(package, draft)
        root = package.tree("content.xml")
        if root is None:
            raise Unreadable("corrupt", "no readable content.xml")
        styles = OpenStyles()
        styles.add(package.tree("styles.xml"))
        styles.add(root)
        names = _field_names(root)
        shown: dict[str, Sheet] = {}
        hidden: dict[str, Sheet] = {}
        for table in _find(root, "table"):
            name = attribute(table, "name")
            seen = styles.of("table", attribute(table, "style-name")).is_shown
            (shown if seen else hidden)[name] = _Table(table, styles, draft).read(package)
        draft.facts["sheets"] = list(shown)
        if hidden:
            draft.facts["hidden_sheets"] = list(hidden)
        for name, sheet in shown.items():
            add_sheet(draft, sheet, names.get(name, {}), {**shown, **hidden})
        add_packaged(package, draft)
    return draft.finish()


@dataclass(slots=True)
class _Table:
    """A table being read."""

    element: Element
    styles: OpenStyles
    draft: Draft
    sheet: Sheet = field(init=False)
    _row: int = 0
    _column: int = 0
    _defaults: dict[int, str] = field(default_factory=dict)  # column → style of its cells
    _drawn: list[Drawn] = field(default_factory=list)  # objects and the cells they hang on

    def __post_init__(self) -> None:
        self.sheet = Sheet(attribute(self.element, "name"))

    def read(self, package: Package) -> Sheet:
        """The sheet; a repeated cell stands as often as it is shown."""
        for found in _RANGE.finditer(attribute(self.element, "print-ranges")):
            left, top, right, bottom = found.groups()
            self.sheet.print_areas.append(
                (
                    int(top) - 1,
                    column_number(left) - 1,
                    int(bottom or top) - 1,
                    column_number(right or left) - 1,
                )
            )
        self._walk(self.element, collapsed=False)
        add_reformats(self.sheet, self.element, self.styles)
        add_covered(self.sheet, self._drawn, self.styles, package)
        return self.sheet

    def _walk(self, element: Element, *, collapsed: bool) -> None:
        """Rows and columns in order, out of groups and headers that hold them."""
        stack = [(child, collapsed) for child in reversed(element)]
        while stack:
            child, within = stack.pop()
            match local(child):
                case "table-row":
                    self._add_row(child, collapsed=within)
                case "table-column":
                    self._add_column(child, collapsed=within)
                case "table":
                    continue
                case "shapes":
                    self._drawn.extend(Drawn(one) for one in child if is_drawn(one))
                case kind:
                    # What is hidden in a group is folded away, or as good as that: its mark of
                    # display="false" is lost in conversions (LibreOffice 7.4).
                    within = within or kind.endswith("-group")
                    stack.extend((inner, within) for inner in reversed(child))

    def _add_column(self, column: Element, *, collapsed: bool) -> None:
        repeated = _count(column, "number-columns-repeated")
        width = self.styles.of("table-column", attribute(column, "style-name")).width
        reach = range(self._column, min(self._column + repeated, _MAX_COLUMNS))
        narrow = width is not None and width < _LEAST_WIDTH
        if width is not None and reach:
            self.sheet.column_widths.append((reach[0], reach[-1], width / POINTS_A_CHARACTER))
        if attribute(column, "visibility") in ("collapse", "filter") or narrow:
            self.sheet.hidden_columns.update(reach)
            if collapsed:
                self.sheet.collapsed_columns.update(reach)
        if default := attribute(column, "default-cell-style-name"):
            self._defaults.update(dict.fromkeys(reach, default))
        self._column += repeated

    def _add_row(self, tr: Element, *, collapsed: bool) -> None:
        repeated = _count(tr, "number-rows-repeated")
        found = list(self._cells(tr))
        height = self.styles.of("table-row", attribute(tr, "style-name")).height
        low = height is not None and height < LEAST_HEIGHT
        is_hidden = attribute(tr, "visibility") in ("collapse", "filter") or low
        for row in range(self._row, self._row + repeated if found or is_hidden else 0):
            if row >= _MAX_ROWS:
                if found:
                    self.draft.fault("limit", f"{self.sheet.title}: rows after {_MAX_ROWS}")
                break
            if len(self.sheet.cells) > MAX_CELLS:
                self.draft.fault("limit", f"more than {MAX_CELLS} cells")
                break
            if height is not None:
                self.sheet.heights[row] = height
            if is_hidden:
                self.sheet.hidden_rows.add(row)
                if collapsed:
                    self.sheet.collapsed_rows.add(row)
            for column, last, stored in found:
                if last != (0, 0):
                    self.sheet.merged[row, column] = (row + last[0], column + last[1])
                if stored is not None:
                    self.sheet.cells[row, column] = stored
        self._row += repeated

    def _cells(self, tr: Element) -> Iterator[tuple[int, tuple[int, int], Stored | None]]:
        """Column, how far it reaches down and right, what is in it."""
        column = 0
        row_style = attribute(tr, "default-cell-style-name")
        protected = attribute(self.element, "protected") == "true"
        for child in tr:
            if local(child) not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _count(child, "number-columns-repeated")
            self._drawn.extend(Drawn(one, (self._row, column)) for one in child if is_drawn(one))
            if local(child) == "table-cell":
                last = (
                    _count(child, "number-rows-spanned") - 1,
                    _count(child, "number-columns-spanned") - 1,
                )
                for at in range(column, min(column + repeated, _MAX_COLUMNS)):
                    name = attribute(child, "style-name") or row_style or self._defaults.get(at, "")
                    stored = _stored(
                        child, self.styles.cell(name, protected=protected), self.styles
                    )
                    if stored is None and last == (0, 0):
                        break
                    yield at, last, stored
            column += repeated


def _stored(cell: Element, style: Style, styles: OpenStyles) -> Stored | None:
    kind, value = attribute(cell, "value-type"), attribute(cell, "value")
    runs = tuple(
        run
        for number, child in enumerate(child for child in cell if local(child) == "p")
        for run in (*([Run("\n")] if number else []), *_runs(child, styles, style))
    )
    text = "".join(run.text for run in runs)
    formula = _formula(attribute(cell, "formula"))
    stored = Stored(text, style, runs, formula=formula)
    if kind in _NUMBERS and value:
        try:
            stored.value, stored.runs = float(value), ()
        except ValueError:
            return stored
        stored.doubts = _doubts(stored.value, style.code, text)
    elif kind == "date":
        stored.value, stored.is_date = iso_text(attribute(cell, "date-value")), True
    elif kind == "boolean":
        stored.value = attribute(cell, "boolean-value") == "true"
    elif not text:
        if not formula:
            return None
        stored.value, stored.calculated = None, kind == "string"
    return stored


def _doubts(value: float, code: str, written: str) -> tuple[str, ...]:
    """Whether the number that the writer showed is the one that its style shows."""
    was, step, _ = meaning(written.strip())
    now = meaning(seen_number(value, code)[0])[0]
    if was is None or now is None or abs(was - now) <= step:
        return ()
    return ("readers_differ",)


def _formula(text: str) -> str:
    """`of:=SUM([.C7:.C9];1)` as other sheets write it: SUM(C7:C9,1)."""
    if not text:
        return ""
    bare = text.partition("=")[2] if ":=" in text[:10] else text.removeprefix("=")

    def plain(found: re.Match[str]) -> str:
        sheet = f"{found[1]}!" if found[1] else ""
        return sheet + found[2] + (f":{found[3]}" if found[3] else "")

    return _REFERENCE.sub(plain, bare).replace(";", ",")


def _runs(element: Element, styles: OpenStyles, style: Style, name: str = "") -> Iterator[Run]:
    """A paragraph's pieces; blanks, tabs and line breaks are elements (ODF 1.2, 6.1.2)."""
    look = styles.run(name)

    def run(text: str) -> Iterator[Run]:
        if not text:
            return
        struck = style.struck if look.struck is None else look.struck
        hidden = style.invisible if look.hidden is None and look.ink is None else bool(look.hidden)
        if look.doubts and text.strip():
            text += MAYBE_SIGN if SIGNS in look.doubts else MAYBE_HIDDEN
        one = Run(text, struck, bool(look.raised), hidden, look.ink, own=bool(name))
        yield one.before((look.ground,) if look.ground else style.grounds)

    yield from run(element.text or "")
    for child in element:
        kind = local(child)
        if kind == "s":
            yield from run(" " * _count(child, "c"))
        elif kind in ("tab", "line-break"):
            yield from run("\t" if kind == "tab" else "\n")
        elif kind == "span":
            yield from _runs(child, styles, style, attribute(child, "style-name"))
        elif kind not in ("annotation", "ruby-text", "frame"):
            if kind not in _INLINE:
                yield Run(MAYBE_HIDDEN)
            yield from _runs(child, styles, style, name)
        yield from run(child.tail or "")


def _field_names(root: Element) -> Mapping[str, dict[str, tuple[int, int]]]:
    names: dict[str, dict[str, tuple[int, int]]] = {}
    for element in _find(root, "named-range"):
        name = attribute(element, "name")
        found = _ADDRESS.match(attribute(element, "cell-range-address"))
        if name.startswith(FIELD_PREFIX) and found:
            sheet = (found[1] or found[2]).replace("''", "'")
            place = (int(found[4]) - 1, column_number(found[3]) - 1)
            names.setdefault(sheet, {})[name.removeprefix(FIELD_PREFIX)] = place
    return names


def _find(element: Element, wanted: str) -> Iterator[Element]:
    """Descendants of that name in document order, not those inside one another."""
    stack = list(reversed(element))
    while stack:
        child = stack.pop()
        if local(child) == wanted:
            yield child
        else:
            stack.extend(reversed(child))


def _count(element: Element, name: str) -> int:
    value = attribute(element, name)
    return max(1, int(value)) if value.isdecimal() and len(value) < 9 else 1
