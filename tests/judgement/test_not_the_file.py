"""A shortcut, a program, a disc image: told what came and what to send; locks are nobody's file."""

from dataclasses import replace
from pathlib import Path

import pytest
from make import facts

from mailbot.campaign.types import Campaign
from mailbot.inspection.tree import Task, inspect_file
from mailbot.judgement.files import judge_file
from mailbot.judgement.not_the_file import not_the_file
from mailbot.model import Family, Inspected, Judged, Kind, Verdict

LNK = b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F" + bytes(60)
ISO = bytes(32768) + b"\x01CD001\x01" + bytes(4096)
EXE = b"MZ" + bytes(200)
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'


def judged(tmp_path: Path, campaign: Campaign, name: str, octets: bytes) -> Judged:
    path = tmp_path / "x"
    path.write_bytes(octets)
    return judge_file(inspect_file(Task(path, name, tmp_path / "blobs")), campaign)


@pytest.mark.parametrize(
    ("name", "octets", "words"),
    [
        ("演练方案.docx.lnk", LNK, "快捷方式，不是文件本身。请找到“演练方案.docx”原文件"),
        ("演练方案 - 快捷方式.lnk", LNK, "“演练方案”原文件"),
        ("演练方案.docx", LNK, "快捷方式，不是文件本身"),
        ("视频.url", b"[InternetShortcut]\r\nURL=file:///c:/1.mp4\r\n", "“视频”原文件"),
        ("看视频.exe", EXE, "程序文件"),
        ("光盘.iso", ISO, "光盘映像"),
        ("打包.bat", b"@echo off\r\ncopy a b\r\n", "程序文件"),
        ("演练方案.pdf", ICS, "日程邀请，不是文件本身。请找到“演练方案.pdf”原文件"),
        ("总结.docx", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nEND:VCARD\r\n", "电子名片"),
        ("照片.jpg", SVG, "矢量图形"),
        ("材料.zip", SVG, "矢量图形"),
    ],
)
def test_what_stands_for_a_file_is_told(
    tmp_path: Path, campaign: Campaign, name: str, octets: bytes, words: str
) -> None:
    found = judged(tmp_path, campaign, name, octets)
    assert found.verdict is Verdict.REJECTED
    assert found.slots == ()
    assert [one.code for one in found.findings] == ["FILE_NOT_ITSELF"]
    assert words in found.findings[0].message


@pytest.mark.parametrize("name", ["~$演练方案.docx", ".~演练方案.docx", "Thumbs.db", "desktop.ini"])
def test_a_lock_or_system_file_is_never_a_plan(
    tmp_path: Path, campaign: Campaign, name: str
) -> None:
    found = judged(tmp_path, campaign, name, b"\x05admin" + bytes(156))
    assert (found.kind, found.verdict, found.findings) == (Kind.OTHER, Verdict.ACCEPTED, ())


@pytest.mark.parametrize(
    ("name", "octets"), [("invite.ics", ICS), ("logo.svg", SVG), ("invite.txt", ICS)]
)
def test_under_its_own_name_it_is_a_part_of_the_mail(
    tmp_path: Path, campaign: Campaign, name: str, octets: bytes
) -> None:
    found = judged(tmp_path, campaign, name, octets)
    assert (found.kind, found.verdict, found.findings) == (Kind.OTHER, Verdict.ACCEPTED, ())


PICTURE = facts.photo(name="图.jpg", format="svg")


@pytest.mark.parametrize(
    ("file", "stands_for_another"),
    [
        (facts.document("说明", "看视频.exe", format="txt"), True),
        (facts.document("说明", "光盘.iso", format="pdf"), False),  # octets go before a name
        (facts.video(name="演练.img"), False),  # a film called .img is a film
        (facts.facts_of(Family.UNKNOWN, "udif", "材料.dmg"), True),
        (PICTURE, True),
        (replace(PICTURE, referenced=True), False),  # the body shows it: a part of the mail
        (replace(PICTURE, name="图.svg"), False),
        (replace(PICTURE, name="图.txt"), False),
        (replace(facts.document("x", "快捷方式.url", format="txt"), is_body=True), False),
    ],
)
def test_what_octets_say_goes_before_the_name(file: Inspected, stands_for_another: bool) -> None:
    assert (not_the_file(file) is not None) is stands_for_another


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("演练方案 - 快捷方式.lnk", "请找到“演练方案”原文件，以附件方式发送该文件。"),
        ("演练方案的快捷方式.lnk", "请找到“演练方案”原文件，以附件方式发送该文件。"),
        ("演练方案.docx", "请找到原文件，以附件方式发送该文件。"),
    ],
)
def test_the_file_that_a_shortcut_means_is_named_where_its_name_says_it(
    tmp_path: Path, campaign: Campaign, name: str, advice: str
) -> None:
    (finding,) = judged(tmp_path, campaign, name, LNK).findings
    assert finding.actual == "快捷方式"
    assert finding.message == f"您发来的是快捷方式，不是文件本身。{advice}"
