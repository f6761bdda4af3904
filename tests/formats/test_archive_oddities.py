"""Archives that other programs open without a word and a strict reader refuses."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from make.archives import (
    make_rar,
    make_rar4,
    make_zip,
    rar_copy_block,
)
from make.unpacking import Bench, codes, contents

from mailbot.files import BlobStore
from mailbot.formats.archives import unpack as unpacking
from mailbot.formats.archives.members import ArchiveLimits, LimitReached, Unpacking
from mailbot.formats.archives.rar import can_read_rar
from mailbot.inspection.identify.filetype import probe_type
from mailbot.inspection.tree import Task, inspect_file
from mailbot.model import Family, Inspected

needs_unrar = pytest.mark.skipif(not can_read_rar(), reason="the rar extra is not installed")
GBK_NAMES = ["演练照片/现场一.jpg", "荥阳市演练方案.docx", "总结.docx"]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def inspected(tmp_path: Path, name: str, octets: bytes) -> Inspected:
    path = tmp_path / "file"
    path.write_bytes(octets)
    return inspect_file(Task(path, name, tmp_path / "blobs"))


# ---- zip --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["gb18030", "big5", "cp932"])
def test_names_under_a_wrong_utf8_flag_are_read_all_the_same(bench: Bench, code: str) -> None:
    names = {
        "gb18030": GBK_NAMES,
        "big5": ["演練方案.docx", "評估總結報告.docx", "現場照片.jpg"],
        "cp932": ["a.txt"],
    }[code]
    unpacked = bench(make_zip([(name.encode(code), b"x") for name in names], utf8=True), "zip")
    assert list(contents(unpacked)) == names
    assert unpacked.faults == ()


def test_names_that_are_utf8_stay_so_beside_one_that_is_not(bench: Bench) -> None:
    raws = ["演练方案.docx".encode(), "总结.docx".encode("gbk"), b"plain.txt"]
    unpacked = bench(make_zip([(raw, b"x") for raw in raws], utf8=True), "zip")
    assert list(contents(unpacked)) == ["演练方案.docx", "总结.docx", "plain.txt"]


def test_names_in_utf8_without_the_flag_stay_so_beside_one_in_gbk(bench: Bench) -> None:
    raws = ["演练方案.docx".encode(), "总结.docx".encode("gbk"), b"plain.txt"]
    unpacked = bench(make_zip([(raw, b"x") for raw in raws]), "zip")
    assert list(contents(unpacked)) == ["演练方案.docx", "总结.docx", "plain.txt"]


def test_a_zip_that_breaks_off_within_a_stored_docx_is_broken(bench: Bench) -> None:
    """The last directory in it is the docx's: its parts would be taken for the unit's files."""
    inner = make_zip([(b"word/document.xml", b"x" * 99), (b"[Content_Types].xml", b"y")])
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("演练方案.docx", inner)
        archive.writestr("b.txt", "z" * 99)
    whole = target.getvalue()
    assert codes(bench(whole, "zip")) == []
    cut = whole[: whole.index(inner) + len(inner) + 40]
    assert codes(bench(cut, "zip")) == ["truncated"]


@pytest.mark.parametrize(
    "names",
    [
        ["演練方案.docx", "評估總結.docx"],
        ["應急演練活動情況統計表.xls"],
        ["金水區演練照片（一）.jpg", "金水區演練照片（二）.jpg"],
    ],
)
def test_names_in_big5_are_told_from_gbk(bench: Bench, names: list[str]) -> None:
    made = make_zip([(name.encode("big5"), b"x") for name in names])
    assert list(contents(bench(made, "zip"))) == names


@pytest.mark.parametrize("name", ["荥阳.jpg", "演练.jpg", "巩义市消防支队演练总结.doc", "啊.txt"])
def test_names_in_gbk_are_not_taken_for_big5(bench: Bench, name: str) -> None:
    assert list(contents(bench(make_zip([(name.encode("gbk"), b"x")]), "zip"))) == [name]


STUBS = {
    "a line break": b"\r\n",
    "a program": b"MZ" + bytes(62) + bytes(range(256)) * 300,
    "words": "这是一个自解压文件\n".encode("gbk"),
}


@pytest.mark.parametrize("stub", STUBS)
@pytest.mark.parametrize("wrong_flag", [False, True])
def test_what_stands_before_the_first_header_hides_no_zip(
    tmp_path: Path, stub: str, wrong_flag: bool
) -> None:
    made = make_zip([(name.encode("gbk"), b"x" * 400) for name in GBK_NAMES], utf8=wrong_flag)
    file = inspected(tmp_path, "演练材料.exe", STUBS[stub] + made)
    assert (file.family, file.format) == (Family.ARCHIVE, "zip")
    assert [member.source for member in file.members] == GBK_NAMES
    assert file.faults == ()


def test_a_program_or_text_without_an_archive_in_it_is_none(tmp_path: Path) -> None:
    for octets in (
        STUBS["a program"],
        b"a zip ends in PK\5\6, no more\n",
        b"x" * 100 + b"PK\5\6" + bytes(18),
    ):
        path = tmp_path / "file"
        path.write_bytes(octets)
        assert probe_type(path, "x")[0] is not Family.ARCHIVE


def test_a_method_that_nobody_here_decodes_is_named(tmp_path: Path) -> None:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("旧方案.doc", b"x" * 100)
    imploded = output.getvalue().replace(b"PK\3\4\x14\0\0\0\0\0", b"PK\3\4\x14\0\0\0\6\0")
    at = imploded.index(b"PK\1\2")
    imploded = imploded[: at + 10] + b"\6\0" + imploded[at + 12 :]
    file = inspected(tmp_path, "旧.zip", imploded)
    (fault,) = file.faults
    assert fault.code == "unsupported"
    assert "Implode" in fault.detail


# ---- rar --------------------------------------------------------------------------------------


@needs_unrar
def test_copies_in_a_rar_are_the_files_they_copy(bench: Bench) -> None:
    """rar -oi packs equal files once; eight of nine were lost with a warning."""
    copies = b"".join(rar_copy_block(f"照片/{n}.jpg", "照片/1.jpg", 500) for n in range(2, 10))
    (made,) = make_rar([("照片/1.jpg", b"x" * 500)], more=copies)
    unpacked = bench(made, "rar")
    assert contents(unpacked) == {f"照片/{n}.jpg": b"x" * 500 for n in range(1, 10)}
    assert unpacked.faults == ()


@needs_unrar
def test_a_copy_of_what_is_not_there_is_told(bench: Bench) -> None:
    (made,) = make_rar([("1.jpg", b"x")], more=rar_copy_block("2.jpg", "0.jpg", 1))
    unpacked = bench(made, "rar")
    assert list(contents(unpacked)) == ["1.jpg"]
    assert codes(unpacked) == ["corrupt"]


def test_copies_count_against_the_limits(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    unpacking = Unpacking(store, ArchiveLimits(total_bytes=1000), 100)
    unpacking.store("a", [b"x" * 600])
    with pytest.raises(LimitReached):
        unpacking.repeat("b", "a")
    assert [fault.code for fault in unpacking.unpacked().faults] == ["limit"]


@needs_unrar
@pytest.mark.parametrize("name", ["演练𠮷方案.docx", "照片\U0001f600.jpg"])
def test_names_beyond_the_basic_plane(bench: Bench, name: str) -> None:
    (made,) = make_rar([(name, b"x")])
    assert list(contents(bench(made, "rar"))) == [name]
    assert list(contents(bench(make_rar4([(name, b"x")]), "rar"))) == [name]


@needs_unrar
def test_names_of_rar_3_without_unicode_are_gbk(bench: Bench) -> None:
    made = make_rar4([(name.encode("gbk"), b"x") for name in GBK_NAMES])
    assert list(contents(bench(made, "rar"))) == GBK_NAMES


@needs_unrar
def test_a_lone_volume_has_one_trouble(bench: Bench) -> None:
    first, second = make_rar([("a.jpg", b"x" * 500), ("b.jpg", b"y" * 900)], 900)
    assert codes(bench(first, "rar", name="照片.part1.rar")) == ["missing_volume"]
    assert codes(bench(second, "rar", name="照片.part2.rar")) == ["missing_volume"]


@pytest.mark.parametrize("cause", ["encrypted", "missing_volume", "missing_extra"])
def test_one_trouble_is_one_fault(tmp_path: Path, cause: str) -> None:
    unpacking = Unpacking(BlobStore(tmp_path), ArchiveLimits(), 100)
    unpacking.problem("corrupt", "1.jpg")
    unpacking.problem("truncated", "2.jpg")
    unpacking.problem(cause, "3.jpg")
    unpacking.problem("unsafe_member", "4.jpg")
    assert [fault.code for fault in unpacking.unpacked().faults] == [cause, "unsafe_member"]


def test_where_the_extra_would_read_a_rar_it_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libarchive reads no solid rar 3, and no rar under a password: UnRAR does."""

    def gives_up(_file: object, _format: str, _passwords: object, unpacking: Unpacking) -> None:
        unpacking.problem("unsupported", "RAR solid archive support unavailable.")

    monkeypatch.setattr(unpacking, "can_read_rar", lambda: False)
    monkeypatch.setattr(unpacking, "can_read_native", lambda: True)
    monkeypatch.setattr(unpacking, "unpack_native", gives_up)
    (made,) = make_rar([("a.txt", b"x")])
    (fault,) = bench(made, "rar").faults
    assert fault.code == "missing_extra"
    assert "mailbot[rar]" in fault.detail


# ---- single streams ---------------------------------------------------------------------------


def test_a_compressed_document_keeps_its_name(tmp_path: Path) -> None:
    plain = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=plain) as packed:
        packed.write(b"text")
    assert [m.name for m in inspected(tmp_path, "演练方案.docx.gz", plain.getvalue()).members] == [
        "演练方案.docx"
    ]
    named = io.BytesIO()
    with gzip.GzipFile("plan.docx", "wb", fileobj=named) as packed:
        packed.write(b"text")
    assert [m.name for m in inspected(tmp_path, "演练.gz", named.getvalue()).members] == [
        "plan.docx"
    ]
