"""PDF: tables by their lines, text that lies on its side, typed-in notes, scans, pictures."""

from pathlib import Path

import pypdfium2
import pytest
from make.documents import Pdf, ruled, written
from PIL import Image

from mailbot.inspection.documents.probe import Document, read_document
from mailbot.inspection.readers.pdf import document as pdf_reader
from mailbot.model import Grid

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"
JPEG = (DATA / "picture.jpg").read_bytes()  # 80 × 60


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "pdfminer")  # the font is named, not embedded: no FontBBox


def placed(grid: Grid) -> dict[tuple[int, int, int, int], str]:
    """Place and spans → text, of the cells that hold something."""
    return {
        (each.row, each.column, each.row_span, each.column_span): each.text
        for each in grid.cells
        if each.text
    }


def read(folder: Path, data: bytes) -> Document:
    """The document these octets are."""
    return read_document(written(folder, "file.pdf", data), "pdf")


def a_form() -> Pdf:
    """A table of two columns and rows, its first row merged, between two lines of text."""
    pdf = Pdf()
    lines = [line for line in ruled(90, 600, [150, 150], [30, 30]) if line[:2] != (240, 600)]
    pdf.page(
        texts=[
            (100, 650, "填报单位（盖章）：金水区安委会办公室"),
            (100, 580, "总体情况"),
            (100, 550, "演练场次"),
            (250, 550, "１２"),
            (100, 500, "填表人：填表人甲"),
        ],
        lines=[*lines, (240, 570, 240, 540)],
    )
    return pdf


def test_a_ruled_table_keeps_its_spans_and_the_lines_around_it(tmp_path: Path) -> None:
    document = read(tmp_path, a_form().octets())
    table, prose = document.grids
    assert placed(table) == {
        (0, 0, 1, 2): "总体情况",
        (1, 0, 1, 1): "演练场次",
        (1, 1, 1, 1): "１２",
    }
    assert [each.text for each in prose.cells] == [
        "填报单位（盖章）：金水区安委会办公室",
        "填表人：填表人甲",
    ]
    assert document.text.splitlines() == [
        "填报单位（盖章）：金水区安委会办公室",
        "总体情况",
        "演练场次\t１２",
        "填表人：填表人甲",
    ]
    assert document.facts["pages"] == 1
    assert document.facts["scanned"] is False


def test_a_page_printed_on_its_side_is_read_upright(tmp_path: Path) -> None:
    pdf = Pdf()
    # The form of above, turned a quarter: (x, y) → (700 - y, x).
    lines = [(700 - b, a, 700 - d, c) for a, b, c, d in ruled(90, 600, [150, 150], [30, 30])]
    texts = [(100, 580, "甲"), (250, 580, "乙"), (100, 550, "丙"), (250, 550, "丁")]
    pdf.page([(700 - y, x, text) for x, y, text in texts], lines, turned=True)
    [table] = read(tmp_path, pdf.octets()).grids
    assert placed(table) == {
        (0, 0, 1, 1): "甲",
        (0, 1, 1, 1): "乙",
        (1, 0, 1, 1): "丙",
        (1, 1, 1, 1): "丁",
    }


def test_bold_printed_twice_is_read_once_and_true_repetition_stays(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.page([(100, 600, "演练1100次"), (100.3, 600, "演练1100次"), (100, 560, "区区一一111")])
    assert read(tmp_path, pdf.octets()).text.splitlines() == ["演练1100次", "区区一一111"]


def test_what_was_typed_over_the_page_is_read_into_its_cell(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.page(
        texts=[(100, 580, "场次")],
        lines=ruled(90, 600, [100, 100], [30]),
        notes=[(195, 575, 250, 595, "12"), (300, 400, 400, 420, "联系电话：0371-67182119")],
    )
    table, prose = read(tmp_path, pdf.octets()).grids
    assert placed(table) == {(0, 0, 1, 1): "场次", (0, 1, 1, 1): "12"}
    assert [each.text for each in prose.cells] == ["联系电话：0371-67182119"]


def test_a_frame_around_the_page_is_no_table(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.page([(100, 600, "演练方案"), (100, 560, "一、目的")], ruled(50, 800, [500], [700]))
    [prose] = read(tmp_path, pdf.octets()).grids
    assert not prose.is_table
    assert [each.text for each in prose.cells] == ["演练方案", "一、目的"]


def test_pages_of_pictures_are_a_scan_and_the_pictures_stand_once(tmp_path: Path) -> None:
    pdf = Pdf()
    for _page in range(2):
        pdf.page([(500, 20, "扫描")], pictures=[(80, 60, JPEG)])
    document = read(tmp_path, pdf.octets())
    assert document.facts["scanned"] is True
    assert document.facts["pages_without_text"] == [1, 2]
    assert [(each.source, each.data) for each in document.pictures] == [("第1页 图1", JPEG)]


def test_a_short_text_without_pictures_is_no_scan(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.page([(100, 600, "空表")])
    assert read(tmp_path, pdf.octets()).facts["scanned"] is False


def test_pictures_that_are_not_jpeg_come_as_png(tmp_path: Path) -> None:
    source = Image.effect_noise((90, 70), 60)
    source.save(tmp_path / "noise.pdf", "PDF")  # Pillow packs greyscale as JPEG …
    source.convert("1").save(tmp_path / "bilevel.pdf", "PDF")  # … and bilevel as CCITT G4
    grey = read_document(tmp_path / "noise.pdf", "pdf").pictures
    bilevel = read_document(tmp_path / "bilevel.pdf", "pdf").pictures
    assert [each.data[:3] for each in grey] == [b"\xff\xd8\xff"]
    assert [each.data[:4] for each in bilevel] == [b"\x89PNG"]


def test_rules_and_bullets_are_no_pictures(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.page([(100, 600, "字")], pictures=[(8, 8, JPEG)])
    assert read(tmp_path, pdf.octets()).pictures == ()


def test_an_encrypted_pdf_is_told_from_a_broken_one(tmp_path: Path) -> None:
    whole = a_form().octets()
    broken = read(tmp_path, b"%PDF-1.7\n%%EOF\n")
    cut = read(tmp_path, whole[: len(whole) // 3])
    assert [fault.code for fault in broken.faults] == ["corrupt"]
    assert "truncated" in [fault.code for fault in cut.faults]
    encrypted = read_document(DATA / "password.pdf", "pdf")
    assert [fault.code for fault in encrypted.faults] == ["encrypted"]


def test_pages_past_the_bound_are_left_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_reader, "MAX_PAGES", 2)
    pdf = Pdf()
    for number in range(4):
        pdf.page([(100, 600, f"第{number + 1}页")])
    document = read(tmp_path, pdf.octets())
    assert document.text == "第1页\n第2页"
    assert document.facts["pages"] == 4
    assert [fault.code for fault in document.faults] == ["limit"]


def test_the_generator_makes_pdf_that_another_library_reads(tmp_path: Path) -> None:
    with pypdfium2.PdfDocument(a_form().octets()) as document:
        assert len(document) == 1
        assert "演练场次" in document[0].get_textpage().get_text_range()
