"""A second reader of .docx, by anydoc: it is given the same shown text and reads the tables anew.

The two were written apart, in two languages, on two XML parsers. What one finds in a table and
the other does not is believed by nobody. Headers and footers anydoc does not read.
"""

from xml.etree.ElementTree import Element, tostring

import anydoc

from mailbot.inspection.readers.doc.second import SecondOpinion, bare
from mailbot.inspection.readers.word import outer_tables, texts
from mailbot.inspection.readers.zipguard import Package


def read_second_docx(package: Package, main: str, body: Element) -> SecondOpinion | None:
    """What anydoc reads of the package with `body` for its main part; None where it fails."""
    try:
        document = anydoc.to_document(package.slim({main: tostring(body, "utf-8")}), "docx")
    except anydoc.ConvertError:
        return None
    opinion = SecondOpinion()
    lines = list(texts(document.blocks))
    tables = list(outer_tables(document.blocks))
    while tables:
        for line in tables.pop().grid:
            for slot in line:
                if slot.cell is not None:
                    found = list(texts(slot.cell.blocks))
                    opinion.cells[bare("".join(found))] += 1
                    tables.extend(outer_tables(slot.cell.blocks))
                    lines += found
    opinion.text = bare("".join(lines))
    return opinion
