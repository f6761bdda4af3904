"""The one interface: never raises, keeps its limits, agrees with the samples."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import python_calamine as calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.documents import (
    Pdf,
    open_sheet,
    paragraph,
    row,
    spreadsheet_xml,
    table,
    word_document,
    written,
)
from make.examples import examples

from mailbot.inspection.documents.probe import READABLE, Document, read_document
from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.readers import word
from mailbot.inspection.readers.content import Limits
from mailbot.model import Fault

DATA = Path(__file__).resolve().parent.parent / "data" / "documents"

# Formats the samples' expected values are about; everything else there is for other readers.
DIGITAL = {"docx", "doc", "wps", "odt", "rtf", "xlsx", "xls", "et", "ods", "csv", "pdf"}


def test_every_document_format_of_the_issue_is_readable() -> None:
    wanted = "docx doc wps odt rtf txt html mht pdf pptx xlsx xls et ods csv spreadsheetml wordml"
    assert set(wanted.split()) <= READABLE


def test_a_format_without_a_reader_is_a_fault(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "f", "x"), "ofd").faults == (
        Fault("unsupported", "ofd"),
    )


def test_a_file_that_is_not_there_is_no_fault_of_the_file(tmp_path: Path) -> None:
    for format_ in sorted(READABLE):
        with pytest.raises(FileNotFoundError):
            read_document(tmp_path / "none", format_)


def test_a_compound_file_whose_sectors_run_in_circles_is_corrupt() -> None:
    """Read on, calamine would follow them until memory is gone."""
    path = DATA.parent / "defects" / "calamine_swells_on_looped_directory.xls"
    (fault,) = read_document(path, "xls").faults
    assert (fault.code, "leads back" in fault.detail) == ("corrupt", True)


def test_long_text_is_cut_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, "f.txt", "演练总结\n" * 1_000)
    document = read_document(path, "txt", max_text=100)
    assert document.text == ("演练总结\n" * 20)[:100]
    assert [fault.code for fault in document.faults] == ["limit"]
    whole = read_document(path, "txt", max_text=5_000)
    assert whole.faults == ()
    assert whole.text.count("演练总结") == 1_000


def seeds() -> list[tuple[str, bytes]]:
    """A small file of every format."""
    pdf = Pdf()
    pdf.page([(100, 600, "演练")], [(90, 620, 300, 620)])
    body = paragraph("填报单位") + table(row("场次", "12"), row("人数", "300"))
    made = {
        "docx": word_document(body),
        "pdf": pdf.octets(),
        "html": "<meta charset=gbk><table><tr><td rowspan=2>场次<td>12</table>".encode("gbk"),
        "csv": "场次,12\n人数,300\n".encode("gbk"),
        "txt": "演练方案\n一\t二\n三\t四\n".encode("utf-16"),
        "spreadsheetml": spreadsheet_xml(
            '<Worksheet ss:Name="a"><Table><Row><Cell ss:Index="2"><Data ss:Type="Number">3'
            "</Data></Cell></Row></Table></Worksheet>"
        ).encode(),
        "ods": open_sheet(
            '<table:table table:name="a"><table:table-row><table:table-cell><text:p>x</text:p>'
            "</table:table-cell></table:table-row></table:table>"
        ),
        "rtf": rb"{\rtf1\ansi\ansicpg936 \'d1\'dd{\pict\pngblip 89504e47}\par}",
        "wordml": b"<w:wordDocument xmlns:w='u'><w:body><w:p><w:r><w:t>x</w:t></w:r></w:p>"
        b"</w:body></w:wordDocument>",
        "doc": (DATA / "form.doc").read_bytes(),
        "odt": (DATA / "form.odt").read_bytes(),
        "xls": (DATA / "book.xls").read_bytes(),
    }
    return sorted(made.items())


@pytest.mark.parametrize(("format", "data"), seeds(), ids=[name for name, _ in seeds()])
def test_seeds_are_read_without_a_fault(tmp_path: Path, format: str, data: bytes) -> None:
    document = read_document(written(tmp_path, "f", data), format)
    assert document.faults == ()
    assert document.text


def check_plain(document: Document) -> None:
    """What every document keeps, whatever it was read from."""
    document.text.encode()
    json.dumps(dict(document.facts))
    for grid in document.grids:
        for cell in grid.cells:
            cell.text.encode()
            assert min(cell.row, cell.column) >= 0
            assert min(cell.row_span, cell.column_span) >= 1


@given(st.data())
@settings(
    max_examples=examples(120),
    derandomize=True,  # a native parser that aborts would take the whole run with it
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_damaged_files_end_in_a_document_and_never_in_an_exception(
    tmp_path: Path, data: st.DataObject
) -> None:
    format_, octets = data.draw(st.sampled_from(seeds()))
    damaged = bytearray(octets)
    for _flip in range(data.draw(st.integers(0, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(1, len(damaged))) :]
    read_as = data.draw(st.sampled_from([format_, format_, format_, *sorted(READABLE)]))
    check_plain(read_document(written(tmp_path, "f", bytes(damaged)), read_as))


# ---- samples --------------------------------------------------------------------------------


def contained(value: object, texts: list[str]) -> bool:
    """Whether an expected value stands in a cell, alone or behind `label：`."""
    wanted = f"{value:g}" if isinstance(value, float) and value < 1e5 else f"{value}"
    dates = [wanted]
    parts = wanted.split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts) and len(parts[0]) == 4:
        dates.append(f"{parts[0]}年{int(parts[1])}月{int(parts[2])}日")
    return any(text == each or text.endswith(f"：{each}") for text in texts for each in dates)


@pytest.mark.samples
def test_every_field_of_the_sample_tables_stands_in_a_cell(samples: Path) -> None:
    expected = json.loads((samples / "tables" / "EXPECTED.json").read_text())
    found = total = 0
    missing: list[str] = []
    for name, entry in sorted(expected.items()):
        path = samples / "tables" / name
        _family, format_ = probe_type(path, name)
        if format_ not in DIGITAL or "_scan" in name:
            continue
        document = read_document(path, format_)
        assert document.faults == (), name
        assert bool(document.pictures) == ("_seal" in name), name
        texts = [
            cell.text.replace(",", "").replace(" ", "")
            for grid in document.grids
            for cell in grid.cells
        ]
        for key, value in entry["fields"].items():
            total += 1
            if value is None or contained(value, texts):
                found += 1
            else:
                missing.append(f"{name} {key}={value}")
    print(f"tables: {found} of {total} fields stand in a cell")
    assert total > 500
    assert missing == []


@pytest.mark.samples
def test_two_readers_of_docx_and_of_ods_agree_on_the_samples(samples: Path) -> None:
    for path in sorted((samples / "tables").glob("*.docx")):
        ours, anydoc = read_document(path, "docx"), word.read_package(path, Limits())
        assert ours.grids[0].cells == anydoc.grids[0].cells, path.name
    # Those without pictures: calamine takes a picture's title for text of the cell.
    for path in sorted((samples / "tables").glob("f?.ods")):
        values = calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        filled = [str(value).removesuffix(".0") for row in values for value in row if value != ""]
        assert [cell.text for cell in read_document(path, "ods").grids[0].cells] == filled


@pytest.mark.samples
def test_a_scanned_sample_is_told_as_a_scan(samples: Path) -> None:
    document = read_document(samples / "tables" / "f1_scan_seal.pdf", "pdf")
    assert document.facts["scanned"] is True
    assert len(document.pictures) == 1


def public_documents(samples: Path) -> Iterator[tuple[str, dict[str, object], Document, str]]:
    """Name, expected values, what was read, format: of every public sample of class document."""
    expected = json.loads((samples / "public" / "EXPECTED.json").read_text())
    for name, entry in sorted(expected.items()):
        if entry.get("cls") == "document":
            path = samples / "public" / name
            _family, format_ = probe_type(path, path.name)
            yield name, entry, read_document(path, format_), format_


@pytest.mark.samples
def test_public_workbooks_agree_with_two_other_libraries(samples: Path) -> None:
    agreeing = total = 0
    for name, entry, document, format_ in public_documents(samples):
        books = [entry.get(library) for library in ("openpyxl", "xlrd", "calamine")]
        if format_ not in ("xlsx", "xls", "et") or not any(books):
            continue
        total += 1
        readings: list[dict[str, tuple[int, int]]] = [
            {
                title: (each["nonempty_rows"], each["nonempty_cells"])
                for title, each in book.items()
                if each["nonempty_cells"]
            }
            for book in books
            if isinstance(book, dict)
        ]
        ours = {
            grid.title: (
                len({cell.row for cell in grid.cells if cell.text}),
                sum(bool(cell.text) for cell in grid.cells),
            )
            for grid in document.grids
        }
        hidden = document.facts.get("hidden_sheets", [])
        assert isinstance(hidden, list)
        assert any(
            {title: counts for title, counts in reading.items() if title not in hidden} == ours
            for reading in readings
        ), (name, ours, readings)
        agreeing += 1
    print(f"workbooks: {agreeing} of {total} agree in sheets, rows and cells")
    assert total >= 15


@pytest.mark.samples
def test_public_documents_agree_on_encryption_and_shapes(samples: Path) -> None:
    for name, entry, document, format_ in public_documents(samples):
        codes = [fault.code for fault in document.faults]
        if "protected_drm" not in name:  # rights management: read by nobody without its server
            assert ("encrypted" in codes) == bool(entry["encrypted"]), (name, codes)
        shapes = entry.get("docx")
        if format_ == "docx" and isinstance(shapes, dict) and not codes:
            outer = [
                [
                    max(cell.row + cell.row_span for cell in grid.cells),
                    max(cell.column + cell.column_span for cell in grid.cells),
                ]
                for grid in document.grids
                if grid.is_table
            ]
            # python-docx lists the tables of the body alone; nested ones are grids here too.
            rest = iter(outer)
            assert all(shape in rest for shape in shapes["tables"]), (name, outer, shapes)
        pages = entry.get("pdfplumber")
        if isinstance(pages, dict):
            assert document.facts["pages"] == pages["pages"], name


_CHILD = """
import json, resource, sys
from pathlib import Path
from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.identify.filetype import probe_type
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
path = Path(sys.argv[1])
document = read_document(path, probe_type(path, path.name)[1])
# VmHWM, because ru_maxrss of a child also holds its parent's size from before the exec.
status = Path("/proc/self/status").read_text()
swollen = int(status.split("VmHWM:")[1].split()[0])
print(json.dumps([[f.code for f in document.faults], document.text, swollen]))
"""

# name → the code it must end in; "" means that it is readable, whatever its name says.
HOSTILE = {
    "bomb.docx": "bomb",
    "bomb.odt": "bomb",
    "bomb.xlsx": "bomb",
    "deep.rtf": "",
    "docx_named.doc": "",
    "html_named.doc": "",
    "html_named.xls": "",
    "lol.docx": "bomb",
    "lol.odt": "bomb",
    "lol.xlsx": "bomb",
    "macro.odt": "",
    "odd.docx": "",
    "repeat.ods": "limit",
    "rtf_named.doc": "",
    "sparse.xlsx": "limit",
    "spreadsheetml2003.xls": "",
    "trunc.doc": "truncated",
    "trunc.docx": "truncated",
    "trunc.xls": "truncated",
    "xlsx_named.xls": "",
    "xxe.docx": "bomb",
    "xxe.odt": "bomb",
    "xxe.xlsx": "bomb",
}


@pytest.mark.samples
def test_hostile_samples_end_in_faults_within_limits(samples: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    seen = 0
    for path in sorted((samples / "hostile").iterdir()):
        if path.name not in HOSTILE:
            continue
        seen += 1
        ended = subprocess.run(
            [sys.executable, "-c", _CHILD, str(path)],
            cwd=root,
            capture_output=True,
            timeout=90,
            check=False,
        )
        assert ended.returncode == 0, (path.name, ended.stderr[-500:])
        codes, text, swollen = json.loads(ended.stdout)
        wanted = HOSTILE[path.name]
        assert codes == ([wanted] if wanted else []), path.name
        assert bool(text) == (wanted in ("", "limit")), path.name
        assert "root:" not in text  # nothing of /etc/passwd came in
        assert swollen < 400_000, path.name  # kilobytes
    print(f"hostile: {seen} files ended as they should")
    assert seen >= 20
