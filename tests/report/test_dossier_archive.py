"""`mailbot dossier UNIT --zip FILE`: everything of one unit, octet for octet."""

import zipfile
from pathlib import Path

import pytest
from make.submitted import Submitted, an_empty_office
from python_calamine import CalamineWorkbook

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan
from mailbot.errors import NotFoundError, SettingsError
from mailbot.ledger.store import open_ledger
from mailbot.report.spotcheck.unit_archive import collect, write_zip


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign) -> Submitted:
    office = an_empty_office(tmp_path, campaign)
    office.receive(
        "金水区方案",
        {"演练方案.docx": plan("金水区"), "通讯录.ics": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"},
        sender="jinshui@example.com",
    )
    office.work()
    office.clock.advance(hours=1)
    office.receive(
        "金水区方案（最终）", {"演练方案.DOCX": plan("金水区最终")}, sender="jinshui@example.com"
    )
    office.work()
    return office


def packed(office: Submitted, unit: str = "金水区") -> zipfile.ZipFile:
    path = office.folder / "archive.zip"
    now = office.clock.now()
    with open_ledger(office.data, writable=False) as ledger:
        archive = collect(ledger, office.campaign, office.data, unit, now)
    write_zip(archive.entries, path, now)
    return zipfile.ZipFile(path)


def test_files_and_mails_are_the_octets_that_were_sent(office: Submitted) -> None:
    with packed(office) as archive:
        assert archive.testzip() is None
        assert archive.read("来信/第1号来信.eml") == office.raw["金水区方案"]
        assert archive.read("来信/第2号来信.eml") == office.raw["金水区方案（最终）"]
        assert archive.read("材料/演练方案/演练方案.docx") == plan("金水区")


def test_two_files_of_one_name_have_a_path_each_on_windows_too(office: Submitted) -> None:
    with packed(office) as archive:
        names = archive.namelist()
        assert "材料/演练方案/演练方案 (2).DOCX" in names
        assert archive.read("材料/演练方案/演练方案 (2).DOCX") == plan("金水区最终")
    assert len({name.lower() for name in names}) == len(names)


def test_what_is_no_material_lies_apart_and_a_body_is_text(office: Submitted) -> None:
    with packed(office) as archive:
        assert archive.read("其他来件/通讯录.ics").startswith(b"BEGIN:VCALENDAR")
        body = archive.read("材料/文字信息/正文（第1号来信）.txt").decode()
    assert body.startswith("今年安全生产月期间")


def test_an_alias_names_the_unit_and_an_unknown_one_is_not_found(office: Submitted) -> None:
    with packed(office, "荥阳") as archive:
        assert archive.namelist() == ["档案.xlsx"]
    with pytest.raises(NotFoundError):
        packed(office, "无此区")


def test_a_file_that_is_gone_is_named_in_the_list(office: Submitted, tmp_path: Path) -> None:
    with open_ledger(office.data, writable=False) as ledger:
        row = ledger.row("SELECT sha256 FROM files WHERE name = '演练方案.docx'")
    assert row is not None
    (office.data / "files" / row["sha256"][:2] / row["sha256"]).unlink()
    with packed(office) as archive:
        assert "材料/演练方案/演练方案.docx" not in archive.namelist()
        archive.extract("档案.xlsx", tmp_path)
    listed = CalamineWorkbook.from_path(tmp_path / "档案.xlsx").get_sheet_by_name("文件清单")
    lines = {line[0]: line[4] for line in listed.to_python()}
    assert "未能找到" in str(lines["材料/演练方案/演练方案.docx"])


def test_a_place_that_cannot_be_written_leaves_nothing_behind(
    office: Submitted, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError):
        write_zip((), tmp_path / "no-folder" / "a.zip", office.clock.now())
    folder = tmp_path / "taken"
    (folder / "a.zip").mkdir(parents=True)
    with pytest.raises(SettingsError):
        write_zip((), folder / "a.zip", office.clock.now())
    assert [path.name for path in folder.iterdir()] == ["a.zip"]
