"""One file and everything inside it, as plain data; nothing a file holds makes it raise."""

import errno
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from docx import Document as NewDocument
from docx.shared import Cm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.documents import repacked
from make.examples import examples
from make.media import photo, video
from make.tnef import winmail

from mailbot.files import BlobStore
from mailbot.inspection import tree
from mailbot.inspection.tree import (
    Around,
    Limits,
    Task,
    attachment_task,
    body_member,
    inspect_file,
    mail_members,
)
from mailbot.model import Attachment, Blob, Family, Fault, Inspected, Message

Inspect = Callable[..., Inspected]
PACKED = (Path(__file__).parent.parent / "data" / "archives" / "password_aes256.zip").read_bytes()


@pytest.fixture
def inspect(tmp_path: Path) -> Inspect:
    """Inspects octets under a name."""

    def run(octets: bytes, name: str, **more: Any) -> Inspected:
        path = tmp_path / "file"
        path.write_bytes(octets)
        return inspect_file(replace(Task(path, name, tmp_path / "blobs"), **more))

    return run


def zipped(members: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return output.getvalue()


def mail(text: str, **files: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "clerk@example.test", "演练材料"
    message.set_content(text)
    for name, octets in files.items():
        message.add_attachment(
            octets, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


def docx_with_picture(picture: bytes) -> bytes:
    document = NewDocument()
    document.add_paragraph("演练方案")
    document.add_picture(io.BytesIO(picture), width=Cm(10))
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def test_what_every_file_has(inspect: Inspect) -> None:
    octets = photo(1920, 1080)
    inspected = inspect(octets, "演练照片1.jpg", referenced=True, source="1.2")
    assert inspected.name == "演练照片1.jpg"
    assert inspected.sha256 == sha256(octets).hexdigest()
    assert inspected.size == len(octets)
    assert (inspected.family, inspected.format) == (Family.PHOTO, "jpeg")
    assert (inspected.referenced, inspected.source) == (True, "1.2")
    assert inspected.blob_path is not None
    assert Path(inspected.blob_path).read_bytes() == octets


def test_the_answer_is_plain_data(inspect: Inspect) -> None:
    inspected = inspect(mail("见附件", 方案=docx_with_picture(photo(640, 480))), "a.eml")
    assert pickle.loads(pickle.dumps(inspected)) == inspected
    for each in inspected.walk():
        json.dumps(asdict(each)["facts"])


def test_a_video_gets_its_exact_format_from_its_codec(inspect: Inspect) -> None:
    # An MPEG-1 system stream by its first octets, MPEG-2 by the video in it.
    octets = video("mpg", 1440, 1080).read_bytes()
    assert (inspect(octets, "演练.mpg").format, inspect(octets, "演练.mpg").faults) == ("mpg2", ())


def test_a_picture_in_a_document_is_a_member_that_says_where_it_lay(inspect: Inspect) -> None:
    picture = photo(1920, 1080, seed=5)
    inspected = inspect(docx_with_picture(picture), "演练照片.docx")
    assert "演练方案" in inspected.text
    (member,) = inspected.members
    assert (member.family, member.source) == (Family.PHOTO, "word/media/image1.jpg")
    assert member.sha256 == sha256(picture).hexdigest()


def test_a_bomb_pasted_into_a_document_costs_only_itself(inspect: Inspect) -> None:
    picture = bytearray(photo(640, 480))
    at = picture.index(b"\xff\xc0")
    picture[at + 5 : at + 9] = b"\xff\xf0\xff\xf0"  # height and width, ITU-T T.81 B.2.2
    document = NewDocument()
    document.add_paragraph("金水区应急演练方案")
    document.add_picture(io.BytesIO(photo(320, 240)), width=Cm(3))
    document.add_picture(io.BytesIO(photo(640, 480)), width=Cm(3))
    target = io.BytesIO()
    document.save(target)
    octets = repacked(target.getvalue(), {"word/media/image2.jpg": bytes(picture)})
    inspected = inspect(octets, "方案.docx")
    assert (inspected.faults, inspected.text) == ((), "金水区应急演练方案")
    assert [[fault.code for fault in member.faults] for member in inspected.members] == [
        [],
        ["bomb"],
    ]


def test_what_a_look_for_seals_stumbles_over_costs_nothing_that_was_read(
    inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> Inspected:
        raise ValueError("a decoder's word")

    monkeypatch.setattr(tree, "read_document_scan", stumble)
    monkeypatch.setattr(tree, "read_photo", stumble)
    inspected = inspect(docx_with_picture(photo(64, 48)), "方案.docx")
    assert (inspected.faults, len(inspected.members)) == ((), 1)
    assert inspected.members[0].facts["width"] == 64


def test_members_of_archives_are_inspected_at_any_depth(inspect: Inspect) -> None:
    inner = zipped({"照片/现场1.jpg": photo(1920, 1080), "说明.txt": "演练说明".encode()})
    inspected = inspect(zipped({"材料.zip": inner, "演练.avi": b""}), "郑州.zip")
    assert [each.name for each in inspected.walk()] == [
        "郑州.zip",
        "材料.zip",
        "现场1.jpg",
        "说明.txt",
        "演练.avi",
    ]
    formats = {each.name: each.format for each in inspected.walk()}
    assert formats["现场1.jpg"] == "jpeg"
    assert formats["演练.avi"] == "empty"


def test_a_mail_is_opened_and_not_merged(inspect: Inspect) -> None:
    forwarded = mail("二七区演练总结", 照片=photo(64, 48))
    inspected = inspect(mail("转发", 转发的邮件=forwarded), "a.eml")
    assert inspected.mail is not None
    assert inspected.mail.subject == "演练材料"
    body, inner = inspected.members
    assert (body.name, body.is_body, body.text) == ("正文", True, "转发")
    assert (inner.family, inner.format) == (Family.MAIL, "eml")
    assert [each.format for each in inner.members] == ["txt", "jpeg"]
    assert inner.members[0].text == "二七区演练总结"


def test_nesting_ends_at_the_limit(inspect: Inspect) -> None:
    octets = b"text"
    for number in range(20):
        octets = mail(f"{number}", 内=octets)
    inspected = inspect(octets, "a.eml", limits=Limits(depth=5))
    deepest = [each for each in inspected.walk() if each.faults]
    assert [fault.code for fault in deepest[0].faults] == ["limit"]
    assert len([each for each in inspected.walk() if each.family is Family.MAIL]) == 6


def test_a_document_format_that_nothing_reads_is_said_to_be_so(inspect: Inspect) -> None:
    inspected = inspect(zipped({"FixedDocSeq.fdseq": b"<x/>"}), "方案.xps")
    assert (inspected.family, inspected.faults) == (
        Family.DOCUMENT,
        (Fault("unsupported", "xps"),),
    )


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ValueError("odd"), Fault("corrupt", "ValueError: odd")),
        (RecursionError("deep"), Fault("corrupt", "RecursionError: deep")),
        (MemoryError(), Fault("limit", "memory")),
        (OSError("decoder error -2"), Fault("corrupt", "OSError: decoder error -2")),
    ],
)
def test_whatever_a_probe_raises_ends_on_its_file(
    inspect: Inspect, monkeypatch: pytest.MonkeyPatch, error: Exception, fault: Fault
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("mailbot.inspection.media.photo.probe_photo", fail)
    inspected = inspect(zipped({"a.jpg": photo(64, 48), "b.txt": b"text"}), "a.zip")
    assert [each.faults for each in inspected.members] == [(fault,), ()]


def test_a_full_disk_is_no_fault_of_the_file(
    inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(BlobStore, "put", fail)
    with pytest.raises(OSError, match="No space"):
        inspect(docx_with_picture(photo(64, 48)), "a.docx")


@pytest.mark.parametrize(
    "asks", ["mailbot.inspection.media.photo.probe_photo", "mailbot.inspection.tree.read_photo"]
)
def test_a_library_that_is_not_there_is_no_fault_of_the_file(
    inspect: Inspect, monkeypatch: pytest.MonkeyPatch, asks: str
) -> None:
    def fail(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'half'")

    monkeypatch.setattr(asks, fail)
    with pytest.raises(OSError, match="half") as told:
        inspect(photo(64, 48), "a.jpg")
    assert told.value.errno == errno.ELIBACC


def test_a_mail_without_text_has_no_body_member() -> None:
    assert body_member(Message(text=" \n ")) is None
    body = body_member(Message(text=" 演练\n"))
    assert body is not None
    assert (body.name, body.text, body.is_body, body.size) == ("正文", "演练", True, 6)


def test_the_members_of_a_mail_are_its_body_and_then_its_attachments(tmp_path: Path) -> None:
    blob = Blob("0" * 64, 1, tmp_path / "x")
    files = tuple(Attachment(name, blob, "2", "image/jpeg") for name in ("a.jpg", "b.jpg"))

    def inspect_one(attachment: Attachment) -> Inspected:
        return Inspected(attachment.name, "", 1, Family.PHOTO, "jpeg")

    members = mail_members(Message(text="演练", attachments=files), inspect_one)
    assert [each.name for each in members] == ["正文", "a.jpg", "b.jpg"]


def test_a_password_in_the_mail_opens_its_archive(inspect: Inspect) -> None:
    inspected = inspect(mail("附件解压密码：YL2017", 总结=PACKED), "a.eml")
    opened = inspected.members[1]
    assert (opened.format, opened.faults) == ("zip", ())
    assert [(each.name, each.format) for each in opened.members] == [("总结.txt", "txt")]


@pytest.mark.parametrize(
    "written",
    [
        mail("见附件", **{"总结（解压密码YL2017）.zip": PACKED}),
        mail("转发，解压密码：YL2017", **{"转发.eml": mail("材料见附件", 总结=PACKED)}),
    ],
    ids=["in the archive's own name", "in the mail around its mail"],
)
def test_a_password_is_found_wherever_it_stands(inspect: Inspect, written: bytes) -> None:
    names = [each.name for each in inspect(written, "a.eml").walk()]
    assert "总结.txt" in names


START = st.sampled_from(
    [
        b"",
        b"PK\x03\x04",
        b"%PDF-1.4\n",
        b"{\\rtf1",
        b"\xff\xd8\xff",
        b"8BPS\0\1",
        b"From: a\nTo: b\n",
    ]
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(START, st.binary(max_size=400), st.sampled_from(["a.doc", "a.eml", "b.zip", "c.jpg", "d"]))
def test_no_octets_raise(inspect: Inspect, start: bytes, octets: bytes, name: str) -> None:
    inspected = inspect(start + octets, name)
    assert inspected.size == len(start + octets)


def test_a_mail_inside_winmail_dat_announces_its_links(tmp_path: Path) -> None:
    link = "https://pan.baidu.com/s/1AbCdEf"
    path = tmp_path / "winmail.dat"
    path.write_bytes(winmail([], body=f"见附件 {link}"))
    inspected = inspect_file(Task(path=path, name=path.name, blobs=tmp_path / "files"))
    assert inspected.mail is not None
    assert [each.url for each in inspected.mail.links] == [link]


def test_a_task_carries_no_more_where_a_thousand_files_came_with_it(tmp_path: Path) -> None:
    """Else a mail of many files costs their square: each task goes to another process."""

    def sent(number: int) -> bytes:
        blob = Blob("0" * 64, 1, tmp_path / "blob")
        files = (Attachment(f"{each:05}.txt", blob, "1", "") for each in range(number))
        message = Message(subject="演练材料", attachments=tuple(files))
        task = attachment_task(Around.of(message), message.attachments[0], tmp_path, Limits())
        return pickle.dumps(task)

    assert len(sent(1000)) == len(sent(1))


def test_a_volume_is_sent_with_the_others_of_its_set(tmp_path: Path) -> None:
    names = ("材料.7z.001", "材料.7z.002", "别的.7z.001", "方案.docx")
    files = (Attachment(name, Blob(name, 1, tmp_path / name), "1", "") for name in names)
    message = Message(attachments=tuple(files))
    task = attachment_task(Around.of(message), message.attachments[1], tmp_path, Limits())
    assert [name for name, _ in task.siblings] == ["材料.7z.001", "材料.7z.002"]


def test_a_blob_is_not_hashed_once_more_unless_its_size_is_another(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    path.write_bytes("演练".encode())
    stated = Task(path, "a.txt", tmp_path / "blobs", sha256="0" * 64, size=6)
    assert inspect_file(stated).sha256 == "0" * 64
    path.write_bytes("演练！".encode())
    measured = inspect_file(stated)
    assert (measured.sha256, measured.size) == (sha256("演练！".encode()).hexdigest(), 9)
