"""Conditional formats of an xlsx (ECMA-376 part 1, 18.3.1.18; [MS-XLSX] 2.6.3 for those of Excel
2010 on): what they may make of a cell. A rule's condition is not worked out."""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.sheets.colours import WHITE
from mailbot.inspection.readers.sheets.columns import column_number
from mailbot.inspection.readers.sheets.sheet import Rectangle, Reformat
from mailbot.inspection.readers.xlsx.styles import Change, Styles
from mailbot.inspection.readers.xmlparts import attribute, local

# Rules that do what their differential format says, and no more (18.18.12).
_PLAIN_RULES = frozenset(
    "expression cellIs top10 uniqueValues duplicateValues containsText notContainsText beginsWith "
    "endsWith containsBlanks notContainsBlanks containsErrors notContainsErrors timePeriod "
    "aboveAverage".split()
)
_FALSE = ("0", "false", "off")


def areas_of(reference: str) -> Iterator[Rectangle]:
    """`B2:C9 E5` as areas, rows and columns from 0, both ends among them."""
    for part in reference.split():
        first, _, last = part.partition(":")
        places = [_place(one) for one in (first, last or first)]
        if None not in places:
            (top, left), (bottom, right) = (one for one in places if one is not None)
            yield min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def reformats(element: Element, styles: Styles) -> Iterator[Reformat]:
    """What a conditionalFormatting does to each of its areas, if it does anything."""
    reference = attribute(element, "sqref") or " ".join(
        each.text or "" for each in element if local(each) == "sqref"
    )
    rules = [each for each in element if local(each) == "cfRule"]
    changes = [one for rule in rules for one in _changes(rule, styles)]
    for area in areas_of(reference):
        for one in changes:
            if one != Change():
                yield Reformat(area, one.changes, one.inks, one.grounds)


def table_reformats(tables: Iterable[Element | None], styles: Styles) -> Iterator[Reformat]:
    """What table styles of the workbook's own (18.8.40) do to the tables of a sheet; those of the
    program are legible."""
    for table in tables:
        for info in table if table is not None else ():
            if local(info) != "tableStyleInfo" or table is None:
                continue
            for index in styles.tables.get(attribute(info, "name"), ()):
                known = index < len(styles.differential)
                change = styles.differential[index] if known else Change(changes=True)
                for area in areas_of(attribute(table, "ref")):
                    yield Reformat(area, change.changes, change.inks, change.grounds)


def _changes(rule: Element, styles: Styles) -> Iterator[Change]:
    """What one rule does: by its number a differential format of the workbook, or its own."""
    index, kind = attribute(rule, "dxfId"), attribute(rule, "type")
    if index:
        known = index.isdecimal() and int(index) < len(styles.differential)
        yield styles.differential[int(index)] if known else Change(changes=True)
    if kind not in (*_PLAIN_RULES, "dataBar", "colorScale", "iconSet", ""):
        yield Change(changes=True)
    for part in rule:
        match local(part):
            case "dxf":
                yield styles.change(part)
            case "dataBar" | "colorScale" | "iconSet":
                if attribute(part, "showValue") in _FALSE:
                    yield Change(changes=True)
                colours = [
                    styles.colour(each)
                    for each in part
                    if local(each) in ("color", "fillColor", "negativeFillColor")
                ]
                if colours:
                    yield Change(grounds=tuple((one,) for one in (*colours, WHITE)))


def _place(reference: str) -> tuple[int, int] | None:
    bare = reference.replace("$", "")
    letters = bare.rstrip("0123456789")
    digits = bare[len(letters) :]
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3 and 0 < len(digits) < 8):
        return None
    return int(digits) - 1, column_number(letters) - 1
