"""The workbook part of an xlsx (ECMA-376 part 1, 18.2): its sheets, print areas and settings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailbot.inspection.readers.sheets.columns import column_number
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

_AREA = re.compile(
    r"(?:'(?:[^']|'')+'|[^'!,]+)!\$?([A-Z]{1,3})?\$?(\d{1,7})?(?::\$?([A-Z]{1,3})?\$?(\d{1,7})?)?"
)


LAST_ROW, LAST_COLUMN = 1_048_575, 16_383


TRUE = ("1", "true", "on")


@dataclass(slots=True)
class BookPart:
    """A sheet of the workbook: where it lies and what the workbook says of it."""

    title: str
    part: str
    is_shown: bool
    is_sheet: bool  # and not a chart's
    print_areas: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class BookSettings:
    """What holds for every sheet."""

    date1904: bool = False
    recalculates: bool = False  # fullCalcOnLoad: every result that is saved may be an old one


def read_workbook(package: Package) -> tuple[list[BookPart], BookSettings]:
    """The sheets in their order, by way of the workbook's relationships."""
    root = package.tree("xl/workbook.xml")
    relations = package.tree("xl/_rels/workbook.xml.rels")
    targets = {
        each.get("Id"): (each.get("Target", ""), each.get("Type", ""))
        for each in (relations if relations is not None else ())
    }
    parts: list[BookPart] = []
    settings = BookSettings()
    for element in root.iter() if root is not None else ():
        match local(element):
            case "sheet":
                target, kind = targets.get(attribute(element, "id"), ("", ""))
                parts.append(
                    BookPart(
                        attribute(element, "name"),
                        target.lstrip("/") if target.startswith("/") else f"xl/{target}",
                        is_shown=attribute(element, "state") in ("", "visible"),
                        is_sheet=kind.endswith(("/worksheet", "/dialogsheet")),
                    )
                )
            case "definedName" if attribute(element, "name") == "_xlnm.Print_Area":
                index = attribute(element, "localSheetId")
                if index.isdecimal() and int(index) < len(parts):
                    parts[int(index)].print_areas.extend(_areas(element.text or ""))
            case "workbookPr":
                settings.date1904 = attribute(element, "date1904") in TRUE
            case "calcPr":
                settings.recalculates = attribute(element, "fullCalcOnLoad") in TRUE
    return parts, settings


def _areas(text: str) -> Iterator[tuple[int, int, int, int]]:
    for found in _AREA.finditer(text):
        left, top, right, bottom = found.groups()
        if not (left or top):
            continue
        yield (
            int(top) - 1 if top else 0,
            column_number(left) - 1 if left else 0,
            int(bottom) - 1 if bottom else int(top) - 1 if top and not right else LAST_ROW,
            column_number(right) - 1
            if right
            else column_number(left) - 1
            if left and not bottom
            else LAST_COLUMN,
        )
