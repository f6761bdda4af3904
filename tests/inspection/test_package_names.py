"""Office packages whose entries are named oddly are office files, for detection as for reading."""

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from make.documents import written

from mailbot.campaign.types import Campaign
from mailbot.inspection.documents.probe import read_document
from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.tree import Task, inspect_file
from mailbot.judgement.files import judge_file
from mailbot.model import Family, Kind


def workbook() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "填报单位"
    book.save(target)
    return target.getvalue()


def letter() -> bytes:
    document, target = docx.Document(), io.BytesIO()
    document.add_paragraph("填报单位：金水区")
    document.save(target)
    return target.getvalue()


def renamed(package: bytes, change: str) -> bytes:
    """The package with its entries' names changed; zipfile puts backslashes right, so by octets."""
    source, target = zipfile.ZipFile(io.BytesIO(package)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for info in source.infolist():
            entry = zipfile.ZipInfo("x")
            entry.filename = {
                "backslashes": info.filename.replace("/", "\\"),
                "leading slash": f"/{info.filename}",
                "leading backslash": "\\" + info.filename.replace("/", "\\"),
                "leading dot": f"./{info.filename}",
                "packed with its folder": f"统计表/{info.filename}",
            }[change]
            archive.writestr(entry, source.read(info))
    return target.getvalue()


CHANGES = (
    "backslashes",
    "leading slash",
    "leading backslash",
    "leading dot",
    "packed with its folder",
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("package", "format"), [(workbook(), "xlsx"), (letter(), "docx")])
def test_a_package_is_known_and_read_whatever_parts_its_folders(
    tmp_path: Path, package: bytes, format: str, change: str
) -> None:
    path = written(tmp_path, f"附件.{format}", renamed(package, change))
    assert probe_type(path, path.name) == (Family.DOCUMENT, format)
    document = read_document(path, format)
    assert document.faults == ()
    assert "填报单位" in document.text


@pytest.mark.parametrize("change", CHANGES)
def test_no_package_is_accepted_as_an_archive(
    tmp_path: Path, campaign: Campaign, change: str
) -> None:
    path = written(tmp_path, "附件.zip", renamed(workbook(), change))
    judged = judge_file(inspect_file(Task(path, path.name, tmp_path / "blobs")), campaign)
    assert judged.kind is not Kind.ARCHIVE


def test_an_archive_with_a_workbook_beside_other_files_stays_one(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("材料/统计表.xlsx", workbook())
        archive.writestr("材料/说明.txt", "说明")
    path = written(tmp_path, "材料.zip", target.getvalue())
    assert probe_type(path, path.name) == (Family.ARCHIVE, "zip")
