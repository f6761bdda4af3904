"""Tables of a PDF: one that goes on over a page's end, numbers broken off in narrow cells."""

from mailbot.inspection.readers.pdf.document import _is_folio
from mailbot.inspection.readers.pdf.tables import Box, Character, Table


def typed(text: str, left: float, top: float) -> list[Character]:
    """Characters of a line, six points wide and ten high, as pdfplumber has them."""
    return [
        {
            "text": char,
            "x0": left + 6 * index,
            "x1": left + 6 * index + 6,
            "top": top,
            "bottom": top + 10,
            "doctop": top,
            "size": 10.0,
            "upright": True,
            "fontname": "F",
            "matrix": (1, 0, 0, 1, 0, 0),
        }
        for index, char in enumerate(text)
    ]


def page(boxes: list[Box], *lines: list[Character]) -> Table:
    table = Table()
    table.add(boxes, [char for line in lines for char in line], [])
    return table


def texts(table: Table) -> list[tuple[int, int, int, str]]:
    return [(cell.row, cell.column, cell.column_span, cell.text) for cell in table.cells()]


def test_a_number_broken_off_at_its_cells_edge_is_one_number() -> None:
    narrow: list[Box] = [(0, 0, 16, 40)]
    assert texts(page(narrow, typed("12", 2, 5), typed("34", 2, 17))) == [(0, 0, 1, "1234")]


def test_two_numbers_one_under_another_in_a_wide_cell_stay_two() -> None:
    wide: list[Box] = [(0, 0, 100, 40)]
    assert texts(page(wide, typed("12", 2, 5), typed("34", 2, 17))) == [(0, 0, 1, "12\n34")]


def test_words_broken_off_keep_their_lines() -> None:
    narrow: list[Box] = [(0, 0, 16, 40)]
    assert texts(page(narrow, typed("ab", 2, 5), typed("cd", 2, 17))) == [(0, 0, 1, "ab\ncd")]


def test_a_table_at_the_next_pages_head_goes_on_with_rows_and_spans() -> None:
    first = page([(0, 700, 100, 720)], typed("head", 2, 705))
    second = page([(0, 50, 50, 70), (50, 50, 100, 70)], typed("12", 2, 55), typed("300", 52, 55))
    assert first.goes_on_in(second)
    first.extend(second)
    assert texts(first) == [(0, 0, 2, "head"), (1, 0, 1, "12"), (1, 1, 1, "300")]


def test_a_narrower_table_on_the_next_page_is_another_one() -> None:
    first = page([(0, 700, 100, 720)], typed("head", 2, 705))
    assert not first.goes_on_in(page([(0, 50, 60, 70)], typed("12", 2, 55)))


def test_a_pages_number_does_not_part_a_table() -> None:
    assert all(map(_is_folio, ["1", "- 2 -", "第1页 共3页", "1/3"]))
    assert not any(map(_is_folio, ["填表人：甲", "2017年7月3日", ""]))
