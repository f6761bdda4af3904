"""What comes out of one file, at every depth, is counted as it is stored, and ends at the quota."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document as NewDocument
from PIL import Image

from mailbot.inspection.tree import Limits, Quota, Task, inspect_file
from mailbot.model import Inspected

KB = 1024


def zipped(members: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)
    return output.getvalue()


def texts(number: int, size: int) -> dict[str, bytes]:
    """Files whose content differs."""
    return {f"{each}.txt": f"{each:06}".encode() * (size // 6) for each in range(number)}


def a_mail(files: Mapping[str, bytes]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "clerk@example.test", "演练材料"
    mail.set_content("见附件")
    for name, octets in files.items():
        mail.add_attachment(octets, "application", "octet-stream", filename=name)
    return mail.as_bytes()


def in_an_archive() -> bytes:
    return zipped(texts(30, 90 * KB))


def in_archives() -> bytes:
    """Each of the inner archives stays far below what one may unpack to; together they do not."""
    return zipped({f"{one}.zip": zipped(texts(one, 90 * KB)) for one in range(1, 9)})


def in_mails() -> bytes:
    return a_mail({f"{one}.eml": a_mail(texts(one, 90 * KB)) for one in range(1, 9)})


def in_an_archived_mail() -> bytes:
    return zipped({"一.zip": in_archives(), "转发.eml": a_mail({"另一.zip": in_archives()})})


def with_pictures() -> bytes:
    document = NewDocument()
    for seed in range(12):
        picture, noise = io.BytesIO(), random.Random(seed).randbytes(200 * 200 * 3)
        Image.frombytes("RGB", (200, 200), noise).save(picture, "png")
        document.add_picture(picture)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("材料.zip", in_an_archive),
        ("材料.zip", in_archives),
        ("转发.eml", in_mails),
        ("材料.zip", in_an_archived_mail),
        ("材料.docx", with_pictures),
    ],
    ids=["archive", "archives", "mails", "mails_in_archives", "pictures"],
)
@pytest.mark.parametrize("quota", [Quota(600 * KB, 5000), Quota(10**9, 9)], ids=["octets", "files"])
def test_no_more_is_stored_than_the_quota(
    tmp_path: Path, name: str, make: Callable[[], bytes], quota: Quota
) -> None:
    found = measured(tmp_path, name, make(), quota)
    kept = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in kept) <= quota.octets
    assert 0 < len(kept) <= quota.files
    assert "quota" in {fault.code for one in found.walk() for fault in one.faults}
    # Nothing lies there that no member tells of.
    assert {path.name for path in kept} <= {one.sha256 for one in found.walk()}


def test_within_the_quota_nothing_is_held(tmp_path: Path) -> None:
    found = measured(tmp_path, "材料.zip", in_an_archived_mail(), Quota())
    assert {fault.code for one in found.walk() for fault in one.faults} == set()


def measured(folder: Path, name: str, octets: bytes, quota: Quota) -> Inspected:
    path = folder / "file"
    path.write_bytes(octets)
    limits = replace(Limits(), quota=quota)
    return inspect_file(Task(path, name, folder / "blobs", limits=limits))
