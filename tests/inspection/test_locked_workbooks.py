"""Workbooks that Excel enciphers under its own word are opened; any other password stays one."""

import io
import struct
from hashlib import md5
from pathlib import Path

import openpyxl
import pytest
import xlwt
from Cryptodome.Cipher import ARC4
from make.documents import written
from msoffcrypto.format.ooxml import OOXMLFile

from mailbot.inspection.documents.probe import Document, read_document
from mailbot.inspection.readers import unlocked
from mailbot.inspection.readers.compound import Compound
from mailbot.inspection.readers.xls.records import records

_UNENCIPHERED = {
    0x809,
    0x2F,
    0xE1,
    0xE2,
}  # BOF, FILEPASS and the interface header ([MS-XLS] 2.2.10)
_BOUNDSHEET, _BLOCK = 0x85, 1024


def locked_xlsx(password: str) -> bytes:
    """An xlsx under a password, as [MS-OFFCRYPTO] 2.3.4.10 (agile) has it, by msoffcrypto."""
    workbook, plain, target = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    workbook.active["A1"] = "填报单位"
    workbook.save(plain)
    OOXMLFile(plain).encrypt(password, target)
    return target.getvalue()


def locked_xls(folder: Path, password: str) -> bytes:
    """A BIFF8 workbook under a password, after [MS-OFFCRYPTO] 2.3.6 (RC4)."""
    book, plain = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    book.add_sheet("统计表").write(0, 0, "填报单位")
    book.save(plain)
    with Compound(written(folder, "plain.xls", plain.getvalue())) as compound:
        stream = compound.read("Workbook")
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    key = _rc4_key(password, salt)
    first = ARC4.new(md5(key + struct.pack("<I", 0), usedforsecurity=False).digest())
    enciphered = first.encrypt(verifier)
    hashed = first.encrypt(md5(verifier, usedforsecurity=False).digest())
    filepass = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + salt + enciphered + hashed
    head = 4 + struct.unpack_from("<H", stream, 2)[0]
    shifted = stream[:head] + filepass + stream[head:]
    target = io.BytesIO()
    xlwt.CompoundDoc.XlsDoc().save(target, _enciphered(shifted, key, len(filepass)))
    return target.getvalue()


def _rc4_key(password: str, salt: bytes) -> bytes:
    short = md5(password.encode("utf-16-le"), usedforsecurity=False).digest()[:5]
    return md5((short + salt) * 16, usedforsecurity=False).digest()[:5]


def _enciphered(stream: bytes, key: bytes, shift: int) -> bytes:
    """Every record's data under the key stream of its place; heads and offsets stay plain."""
    pad = b"".join(
        ARC4.new(md5(key + struct.pack("<I", block), usedforsecurity=False).digest()).encrypt(
            bytes(_BLOCK)
        )
        for block in range(len(stream) // _BLOCK + 1)
    )
    done, at = bytearray(stream), 0
    for kind, data in records(stream, 0, nested=True):
        start = at + 4
        if kind == _BOUNDSHEET:
            moved = struct.unpack_from("<I", data)[0] + shift
            done[start : start + 4] = struct.pack("<I", moved)
        if kind not in _UNENCIPHERED:
            for place in range(start + (4 if kind == _BOUNDSHEET else 0), start + len(data)):
                done[place] ^= pad[place]
        at = start + len(data)
    return bytes(done)


def texts(document: Document) -> list[str]:
    return [cell.text for grid in document.grids for cell in grid.cells]


@pytest.mark.parametrize("format", ["xlsx", "docx"])  # what it is called by tells nothing
def test_an_xlsx_under_excels_own_word_is_read(tmp_path: Path, format: str) -> None:
    path = written(tmp_path, "统计表.xlsx", locked_xlsx(unlocked.DEFAULT_PASSWORD))
    document = read_document(path, format)
    assert document.faults == ()
    assert texts(document) == ["填报单位"]


def test_an_xls_under_excels_own_word_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "统计表.xls", locked_xls(tmp_path, unlocked.DEFAULT_PASSWORD))
    document = read_document(path, "xls")
    assert document.faults == ()
    assert texts(document) == ["填报单位"]


def test_a_password_of_the_units_own_is_told(tmp_path: Path) -> None:
    xlsx = read_document(written(tmp_path, "a.xlsx", locked_xlsx("2017")), "xlsx")
    xls = read_document(written(tmp_path, "a.xls", locked_xls(tmp_path, "2017")), "xls")
    assert [fault.code for fault in (*xlsx.faults, *xls.faults)] == ["encrypted", "encrypted"]


def test_a_password_that_asks_for_endless_hashing_is_not_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "a.xlsx", locked_xlsx(unlocked.DEFAULT_PASSWORD))
    monkeypatch.setattr(unlocked, "_MAX_SPINS", 99_999)  # one less than the file asks for
    assert [fault.code for fault in read_document(path, "xlsx").faults] == ["encrypted"]
