"""What comes out of archives of every kind; contents and names are known from their making."""

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path

import py7zr
import pytest
from make.archives import make_rar, make_zip, unicode_path_field
from make.unpacking import Bench, codes, contents

from mailbot.formats.archives import unpack, zip
from mailbot.formats.archives.native import can_read_native
from mailbot.formats.archives.rar import can_read_rar
from mailbot.formats.archives.unpack import find_passwords
from mailbot.model import Fault

DATA = Path(__file__).parent.parent / "data" / "archives"
# The lists name folders, links and members whose data is lost or lies in another volume.
ARGUED = {
    "archives/zip2__symlink.zip": "a link is not unpacked",
    "archives/libarchive__test_read_format_rar5_unicode.rar": "two of the three are links",
    "archives/rarfile__rar3-vols.part2.rar": "the only file begins in a volume that is not here",
    "archives/rarfile__rar3-old.r01": "one of the files begins in a volume that is not here",
    "archives/commons-compress__utf8-7zip-test.zip": "octet 0x99 is Ö in CP437, the list says ö",
    "bad/libarchive__test_read_format_rar5_loop_bug.rar": "the data is damaged",
    "bad/zip2__raw_deflate64_index_out_of_bounds.zip": "the data is damaged",
}
EMPTY_FOLDERS = {"sub/empty", "Empty"}
SUMMARY = "应急演练总结\n".encode() * 200


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_names_in_gbk_without_the_flag(bench: Bench) -> None:
    # 镕 and 喆 are in GBK only; 0x5C ends the second octet of 誠 (D55C).
    names = ["演练照片/现场一.jpg", "朱镕基喆演练.docx", "誠.txt"]
    made = make_zip([(name.encode("gb18030"), name.encode()) for name in names])
    unpacked = bench(made, "zip")
    assert contents(unpacked) == {name: name.encode() for name in names}
    assert [member.name for member in unpacked.members] == [
        "现场一.jpg",
        "朱镕基喆演练.docx",
        "誠.txt",
    ]
    assert unpacked.faults == ()


def test_names_in_utf8_without_the_flag_as_macs_write_them(bench: Bench) -> None:
    made = make_zip([("郏县演练方案.docx".encode(), b"x")])
    assert list(contents(bench(made, "zip"))) == ["郏县演练方案.docx"]


@pytest.mark.parametrize(
    ("names", "codec"),
    [
        (["郏县.doc"], "gb18030"),
        (["荥阳市.doc", "中牟县.xls"], "gb18030"),
        (["Ölfässer.txt"], "cp437"),
        (["привет", "ПРИВЕТ"], "koi8-r"),
        (["привет", "Отчёт за год.doc"], "cp866"),
    ],
)
def test_the_code_of_names_is_told_by_all_of_them(
    bench: Bench, names: list[str], codec: str
) -> None:
    made = make_zip([(name.encode(codec), b"x") for name in names])
    assert list(contents(bench(made, "zip"))) == names


def test_the_unicode_path_field_wins_only_for_the_name_it_was_made_for(bench: Bench) -> None:
    good, stale = b"a.txt", b"b.txt"
    extras = [unicode_path_field(good, "甲.txt"), unicode_path_field(b"other", "乙.txt")]
    made = make_zip([(good, b"1"), (stale, b"2")], extras=extras)
    assert contents(bench(made, "zip")) == {"甲.txt": b"1", "b.txt": b"2"}


def test_what_operating_systems_add_is_left_out_silently(bench: Bench) -> None:
    junk = ["__MACOSX/._a.jpg", "a/._b.jpg", "Thumbs.db", "a/.DS_Store", "Desktop.ini"]
    made = make_zip([(name.encode(), b"x") for name in [*junk, "a.jpg"]])
    unpacked = bench(made, "zip")
    assert list(contents(unpacked)) == ["a.jpg"]
    assert unpacked.faults == ()


def test_unsafe_names_are_kept_under_their_last_component(bench: Bench, tmp_path: Path) -> None:
    names = ["../../evil.txt", "/etc/passwd", "C:\\win\\a.txt", "..\\..\\b.txt", "fine/ok.txt"]
    unpacked = bench(make_zip([(name.encode(), name.encode()) for name in names]), "zip")
    assert [member.name for member in unpacked.members] == [
        "evil.txt", "passwd", "a.txt", "b.txt", "ok.txt"
    ]  # fmt: skip
    assert codes(unpacked) == ["unsafe_member"]
    outside = [path for path in tmp_path.rglob("*") if path.name in ("evil.txt", "passwd")]
    assert outside == []


def test_links_and_devices_are_not_unpacked(bench: Bench) -> None:
    made = make_zip([(b"link", b"/etc/passwd"), (b"pipe", b"")], attributes=[0o120777, 0o010644])
    unpacked = bench(made, "zip")
    assert unpacked.members == ()
    assert codes(unpacked) == ["unsafe_member"]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("x")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    unpacked = bench(out.getvalue(), "tar")
    assert unpacked.members == ()
    assert codes(unpacked) == ["unsafe_member"]


@pytest.mark.parametrize("method", ["deflate64", "ppmd", "lzma", "bzip2"])
def test_compression_methods_of_7_zip(bench: Bench, method: str) -> None:
    unpacked = bench(DATA / f"method_{method}.zip", "zip")
    assert contents(unpacked) == {"总结.txt": SUMMARY}
    assert unpacked.faults == ()


def test_a_zip_by_the_standard_library(bench: Bench) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.mkdir("文件夹")
        for number, method in enumerate((0, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)):
            archive.writestr(f"文件夹/{number}.txt", SUMMARY, compress_type=method)
    unpacked = bench(b"#!prefix\n" + out.getvalue(), "zip")
    assert contents(unpacked) == {f"文件夹/{number}.txt": SUMMARY for number in range(3)}


@pytest.mark.parametrize(
    ("file", "format", "names"),
    [
        ("password_aes256.zip", "zip", {"总结.txt"}),
        ("password_zipcrypto.zip", "zip", {"总结.txt"}),
        ("password_data.7z", "7z", {"总结.txt", "photo.jpg"}),
        ("password_headers.7z", "7z", {"总结.txt", "photo.jpg"}),
    ],
)
def test_a_password_from_the_mail_opens_it(
    bench: Bench, file: str, format: str, names: set[str]
) -> None:
    for passwords in ((), ("wrong",)):
        closed = bench(DATA / file, format, passwords=passwords)
        assert closed.members == ()
        assert codes(closed) == ["encrypted"]
    opened = bench(DATA / file, format, passwords=("wrong", "YL2017"))
    assert set(contents(opened)) == names
    assert contents(opened)["总结.txt"] == SUMMARY
    assert opened.faults == ()


@pytest.mark.skipif(not can_read_native(), reason="libarchive is not installed")
def test_much_under_the_traditional_cipher_is_left_to_libarchive(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip, "_SLOW_FROM", 10)
    monkeypatch.setattr(unpack, "unpack_zip", None)
    for passwords, names in ((("wrong", "YL2017"), ["总结.txt"]), (("wrong",), [])):
        unpacked = bench(DATA / "password_zipcrypto.zip", "zip", passwords=passwords)
        assert list(contents(unpacked)) == names
        assert codes(unpacked) == ([] if names else ["encrypted"])


def test_ppmd_in_7z(bench: Bench) -> None:
    assert contents(bench(DATA / "method_ppmd.7z", "7z")) == {"总结.txt": SUMMARY}


def test_7z_with_folders_and_empty_files(bench: Bench) -> None:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(SUMMARY, "演练/总结.txt")
        archive.writestr(b"", "演练/空.txt")
        archive.writestr(b"evil", "xx/evil.txt")
    unpacked = bench(out.getvalue(), "7z")
    assert contents(unpacked) == {
        "演练/总结.txt": SUMMARY,
        "演练/空.txt": b"",
        "xx/evil.txt": b"evil",
    }


@pytest.mark.parametrize(
    ("format", "pack"),
    [("tar", bytes), ("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)],
)
def test_tar_plain_and_compressed(bench: Bench, format: str, pack: type[bytes]) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("演练/总结.txt", "../evil.txt"):
            info = tarfile.TarInfo(name)
            info.size = len(SUMMARY)
            archive.addfile(info, io.BytesIO(SUMMARY))
    unpacked = bench(pack(out.getvalue()), format)
    assert contents(unpacked) == {"演练/总结.txt": SUMMARY, "evil.txt": SUMMARY}
    assert codes(unpacked) == ["unsafe_member"]


def test_tar_names_in_gbk(bench: Bench) -> None:
    out = io.BytesIO()
    with tarfile.open(
        fileobj=out, mode="w", format=tarfile.GNU_FORMAT, encoding="gb18030"
    ) as archive:
        archive.addfile(tarfile.TarInfo("演练方案.doc"))
    assert list(contents(bench(out.getvalue(), "tar"))) == ["演练方案.doc"]


def test_a_single_compressed_file_is_named_by_its_header_or_its_own_name(bench: Bench) -> None:
    out = io.BytesIO()
    with gzip.GzipFile("plan.doc", "wb", fileobj=out) as packed:
        packed.write(SUMMARY)
    assert contents(bench(out.getvalue(), "gz", name="x.gz")) == {"plan.doc": SUMMARY}
    xz = bench(lzma.compress(SUMMARY), "xz", name="演练方案.doc.xz")
    assert contents(xz) == {"演练方案.doc": SUMMARY}


def test_a_stream_that_ends_early_is_damaged(bench: Bench) -> None:
    unpacked = bench(gzip.compress(SUMMARY * 50)[:-30], "gz")
    assert unpacked.members == ()
    assert codes(unpacked) == ["corrupt"]


def test_one_damaged_member_does_not_take_the_others_along(bench: Bench) -> None:
    made = bytearray(make_zip([(b"a.txt", b"aaaa"), (b"b.txt", SUMMARY), (b"c.txt", b"cccc")]))
    at = made.index(b"b.txt") + 5
    made[at + 8] ^= 0xFF
    unpacked = bench(bytes(made), "zip")
    assert set(contents(unpacked)) == {"a.txt", "c.txt"}
    assert codes(unpacked) == ["corrupt"]


def test_a_zip_cut_off_gives_what_is_whole(bench: Bench) -> None:
    made = make_zip([(b"a.txt", b"aaaa"), (b"b.txt", SUMMARY * 10)])
    unpacked = bench(made[: made.index(b"b.txt") + 15], "zip")
    assert codes(unpacked)[0] in ("truncated", "corrupt")
    if can_read_native():
        assert contents(unpacked).get("a.txt") == b"aaaa"


def test_without_a_reader_a_cab_says_what_it_needs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "can_read_native", lambda: False)
    (fault,) = bench(b"MSCF\0\0\0\0", "cab").faults
    assert fault.code == "missing_extra"
    assert "libarchive13" in fault.detail


def test_without_a_reader_rar_says_what_it_needs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "can_read_rar", lambda: False)
    monkeypatch.setattr(unpack, "can_read_native", lambda: False)
    (made,) = make_rar([("a.txt", b"a")])
    unpacked = bench(made, "rar")
    assert codes(unpacked) == ["missing_extra"]
    assert "pip install" in unpacked.faults[0].detail


def test_an_archive_of_nothing_but_folders_and_junk_is_empty(bench: Bench) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("演练照片/", "")
        archive.writestr("Thumbs.db", "x")
    unpacked = bench(made.getvalue(), "zip")
    assert (unpacked.members, unpacked.faults) == ((), (Fault("empty"),))


@pytest.mark.skipif(not can_read_native(), reason="libarchive is not installed")
def test_a_7z_with_the_filter_for_programs_is_read(bench: Bench) -> None:
    # Made by `7z a -m0=BCJ2 -m1=LZMA -m2=LZMA -m3=LZMA -mb0:1 -mb0s1:2 -mb0s2:3`.
    unpacked = bench(DATA / "method_bcj2.7z", "7z")
    assert contents(unpacked) == {"a.exe": b"MZ" + bytes(range(256)) * 8}
    assert unpacked.faults == ()


def test_without_libarchive_the_filter_for_programs_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "can_read_native", lambda: False)
    (fault,) = bench(DATA / "method_bcj2.7z", "7z").faults
    assert fault.code == "missing_extra"
    assert "BCJ2" in fault.detail
    assert "libarchive13" in fault.detail


@pytest.mark.skipif(not can_read_native(), reason="libarchive is not installed")
def test_libarchive_reads_rar_where_unrar_is_missing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "can_read_rar", lambda: False)
    (made,) = make_rar([("演练/总结.txt", SUMMARY)])
    assert contents(bench(made, "rar")) == {"演练/总结.txt": SUMMARY}


@pytest.mark.parametrize(
    ("body", "passwords"),
    [
        ("材料见附件，解压密码：YL2017。", ("YL2017",)),
        ("压缩包密码是 abc-123，请查收", ("abc-123",)),
        ("密码:a1b2\n口令：安全第一", ("a1b2", "安全第一")),
        ("Password: x9!z\n密码：x9!z", ("x9!z",)),
        ("解压密码abc12345，请查收", ("abc12345",)),
        ("密码 “安全 2017”", ("安全",)),
        ("两个压缩包密码均为abc123", ("abc123",)),
        ("密码：abc123谢谢", ("abc123谢谢", "abc123")),
        ("密码：abc123!", ("abc123", "abc123!")),
        ("密码设为：a1", ("a1",)),
        ("请妥善保管密码，谢谢", ()),
        ("密码保护已取消", ()),
        ("", ()),
    ],
)
def test_passwords_stand_in_the_body(body: str, passwords: tuple[str, ...]) -> None:
    assert find_passwords(body) == passwords


@pytest.mark.samples
def test_the_sample_archives_agree_with_four_other_programs(samples: Path, bench: Bench) -> None:
    folder = samples / "public"
    expected = json.loads((folder / "EXPECTED.json").read_text("utf-8"))
    wrong: list[tuple[object, ...]] = []
    for name, entry in expected.items():
        if entry["cls"] != "archive" or name in ARGUED:
            continue
        format = {"rar4": "rar", "rar5": "rar"}.get(entry["magic"], entry["magic"])
        if format == "rar" and not can_read_rar():
            continue
        unpacked = bench(folder / name, format)
        if entry["encrypted"] != ("encrypted" in codes(unpacked)):
            wrong.append((name, "encrypted", unpacked.faults))
        if entry["unsafe_member"] and "unsafe_member" not in codes(unpacked):
            wrong.append((name, "unsafe_member", unpacked.faults))
        names = set(entry.get("true_names") or entry["p7zip"]["names"])
        if len(names) < (entry["member_count"] or 0):  # the list is cut at twelve
            continue
        files = {n for n in names if not any(other.startswith(n + "/") for other in names)}
        got = set(contents(unpacked))
        if not entry["encrypted"] and not entry["unsafe_member"] and got != files - EMPTY_FOLDERS:
            wrong.append((name, sorted(files), sorted(got)))
    assert wrong == []
