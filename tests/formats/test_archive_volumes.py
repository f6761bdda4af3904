"""Archives cut into volumes, and rar: what belongs together is found by the names in the mail."""

import io
from pathlib import Path

import py7zr
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make.archives import make_rar, make_zip
from make.unpacking import Bench, codes, contents

from mailbot.formats.archives.rar import can_read_rar
from mailbot.formats.archives.unpack import ArchiveLimits, unpack
from mailbot.formats.archives.volumes import (
    Beside,
    find_volumes,
    open_volumes,
    volume_format,
    volumes_beside,
)
from mailbot.model import Fault

SUMMARY = "应急演练总结\n".encode() * 200
needs_rar = pytest.mark.skipif(not can_read_rar(), reason="the UnRAR library is not installed")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_volumes_cut_by_size_are_joined(bench: Bench) -> None:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(SUMMARY, "总结.txt")
    for format, whole in (("7z", out.getvalue()), ("zip", make_zip([(b"a", SUMMARY)]))):
        third = len(whole) // 3
        cuts = [whole[:third], whole[third : 2 * third], whole[2 * third :]]
        names = [f"材料.{format}.00{number}" for number in (1, 2, 3)]
        volumes = dict(zip(names, cuts, strict=True))
        first = bench(cuts[0], format, siblings=volumes, name=names[0])
        assert list(contents(first).values()) == [SUMMARY]
        second = bench(cuts[1], format, siblings=volumes, name=names[1])
        assert (second.members, second.faults) == ((), ())
        del volumes[names[1]]
        broken = bench(cuts[0], format, siblings=volumes, name=names[0])
        assert codes(broken) == ["missing_volume"]
        assert names[1] in broken.faults[0].detail


def test_a_split_zip_is_read_from_its_last_volume(bench: Bench) -> None:
    members = [(b"a.bin", SUMMARY), (b"b.bin", SUMMARY[::-1]), (b"c.bin", b"c")]
    cut = make_zip(members).index(b"b.bin") - 30
    whole = make_zip(members, cut=cut)
    volumes = {"材料.z01": whole[:cut], "材料.zip": whole[cut:]}
    last = bench(whole[cut:], "zip", siblings=volumes, name="材料.zip")
    assert contents(last) == {name.decode(): content for name, content in members}
    first = bench(whole[:cut], "zip", siblings=volumes, name="材料.z01")
    assert (first.members, first.faults) == ((), ())


@needs_rar
def test_rar_stored(bench: Bench) -> None:
    (made,) = make_rar([("演练/总结.txt", SUMMARY), ("../evil.txt", b"evil")])
    unpacked = bench(made, "rar")
    assert contents(unpacked) == {"演练/总结.txt": SUMMARY, "evil.txt": b"evil"}
    assert codes(unpacked) == ["unsafe_member"]


@needs_rar
@pytest.mark.parametrize("pattern", ["材料.part{}.rar", "材料.part0{}.rar"])
def test_rar_volumes_are_found_in_the_mail(bench: Bench, pattern: str) -> None:
    made = make_rar([("视频.mp4", SUMMARY), ("照片.jpg", b"jpg")], volume_size=1500)
    assert len(made) == 3
    volumes = {pattern.format(number): octets for number, octets in enumerate(made, 1)}
    names = list(volumes)
    first = bench(made[0], "rar", siblings=volumes, name=names[0])
    assert contents(first) == {"视频.mp4": SUMMARY, "照片.jpg": b"jpg"}
    assert first.faults == ()
    second = bench(made[1], "rar", siblings=volumes, name=names[1])
    assert (second.members, second.faults) == ((), ())


@needs_rar
def test_a_missing_rar_volume_is_named(bench: Bench) -> None:
    made = make_rar([("照片.jpg", b"jpg"), ("视频.mp4", SUMMARY)], volume_size=1500)
    lone = bench(made[0], "rar", siblings={"a.part1.rar": made[0]}, name="a.part1.rar")
    assert contents(lone) == {"照片.jpg": b"jpg"}
    assert lone.faults == (Fault("missing_volume", "a.part2.rar"),)
    late = bench(made[1], "rar", siblings={"a.part2.rar": made[1]}, name="a.part2.rar")
    assert late.members == ()
    assert late.faults == (Fault("missing_volume", "a.part1.rar、a.part3.rar"),)


def test_the_last_volume_of_a_7z_is_missed(bench: Bench) -> None:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(SUMMARY, "总结.txt")
    cuts = {"a.7z.001": out.getvalue()[:60], "a.7z.002": out.getvalue()[60:-20]}
    broken = bench(cuts["a.7z.001"], "7z", siblings=cuts, name="a.7z.001")
    assert broken.faults == (Fault("missing_volume", "a.7z.003"),)


def test_only_the_first_volume_here_says_what_is_missing(bench: Bench) -> None:
    volumes = {f"a.7z.00{number}": bytes([number]) for number in (2, 3)}
    first = bench(volumes["a.7z.002"], "7z", siblings=volumes, name="a.7z.002")
    assert first.faults == (Fault("missing_volume", "a.7z.001"),)
    second = bench(volumes["a.7z.003"], "7z", siblings=volumes, name="a.7z.003")
    assert (second.members, second.faults) == ((), ())


def test_volumes_of_an_earlier_mail_complete_the_set(bench: Bench, tmp_path: Path) -> None:
    whole = make_zip([(b"a", SUMMARY), (b"b", SUMMARY[::-1])])
    cuts = [whole[:40], whole[40:80], whole[80:]]
    paths = []
    for number, octets in enumerate(cuts, 1):
        paths.append(tmp_path / f"cut{number}")
        paths[-1].write_bytes(octets)
    one, two, three = ({f"a.zip.00{number}": path} for number, path in enumerate(paths, 1))
    limits = ArchiveLimits()
    last = unpack(paths[2], "zip", bench.blobs, limits, (), three, one | two)
    assert contents(last) == {"a": SUMMARY, "b": SUMMARY[::-1]}
    # Of two that came together the first speaks.
    here = two | three
    assert contents(unpack(paths[1], "zip", bench.blobs, limits, (), here, one)) == contents(last)
    assert unpack(paths[2], "zip", bench.blobs, limits, (), here, one).members == ()
    still_missing = unpack(paths[2], "zip", bench.blobs, limits, (), three, one)
    assert codes(still_missing) == ["missing_volume"]


@pytest.mark.parametrize(
    ("name", "beside", "format", "together"),
    [
        ("a.7z.002", [], "7z", ["a.7z.002"]),
        ("a.zip.01", ["a.zip.02", "b.zip.01"], "zip", ["a.zip.01", "a.zip.02"]),
        ("A.Z01", ["a.zip"], "zip", ["A.Z01", "a.zip"]),
        ("a.zip", ["a.z01"], "zip", ["a.zip", "a.z01"]),
        ("a.zip", ["b.z01", "a.txt"], "", []),
        ("a.rar", ["a.r00"], "rar", ["a.rar", "a.r00"]),
        ("a.rar", ["b.rar"], "", []),
        ("a.z01", ["a.rar", "a.r00"], "rar", ["a.z01", "a.rar", "a.r00"]),
        ("a.part1.rar", [], "rar", ["a.part1.rar"]),
        ("方案.v02", [], "", []),
        ("a.s00", [], "", []),
        ("照片.jpg", ["a.zip"], "", []),
    ],
)
def test_names_tell_what_is_a_volume(
    name: str, beside: list[str], format: str, together: list[str]
) -> None:
    names = [name, *beside]
    assert volume_format(name, names) == format
    assert list(volumes_beside(name, names)) == together


@pytest.mark.parametrize(
    ("name", "format", "others", "scheme", "missing"),
    [
        ("a.rar", "rar", [], "single", ()),
        ("a.rar", "rar", ["b.r00", "c.zip"], "single", ()),
        ("a.rar", "rar", ["a.r00", "a.r01"], "old", ()),
        ("A.RAR", "rar", ["a.r00"], "old", ()),
        ("a.rar", "rar", ["a.r01"], "old", ("a.r00",)),
        ("a.r00", "rar", [], "old", ("a.rar",)),
        ("a.part2.rar", "rar", ["a.part3.rar"], "part", ("a.part1.rar",)),
        ("a.7z.001", "7z", [], "cut", ()),
        ("a.zip", "zip", ["b.zip"], "single", ()),
        ("a.zip", "zip", ["a.z01", "a.z03"], "split", ("a.z02",)),
        ("a.z01", "zip", [], "split", ("a.zip",)),
    ],
)
def test_volumes_are_told_by_their_names(
    tmp_path: Path, name: str, format: str, others: list[str], scheme: str, missing: tuple[str, ...]
) -> None:
    siblings = {other: tmp_path / other for other in [name, *others]}
    volumes = find_volumes(siblings[name], format, siblings)
    assert (volumes.scheme, volumes.missing) == (scheme, missing)


_NAMES = st.builds(
    "{}{}".format,
    st.sampled_from(["a", "A", "材料", "材料.part1", "a.zip", "b.7z"]),
    st.sampled_from(
        ".zip .ZIP .z01 .z02 .rar .r00 .r01 .s00 .part1.rar .part2.rar .7z .7z.001 .7z.002"
        " .zip.001 .tar.01 .001 .txt".split()
    ),
)


@given(names=st.lists(_NAMES, unique=True, min_size=1, max_size=12))
def test_among_those_near_by_name_the_same_volumes_are_found(names: list[str]) -> None:
    files = {name: Path(name) for name in names}
    beside = Beside(files)
    for name in names:
        near = beside.near(name)
        assert near.items() <= files.items()
        assert volume_format(name, near) == volume_format(name, names)
        assert set(volumes_beside(name, near)) == set(volumes_beside(name, names))
        for format in ("zip", "rar", "7z", "tar"):
            found = find_volumes(Path(name), format, {name: Path(name), **near})
            assert found == find_volumes(Path(name), format, files)


def test_volumes_read_as_one_file_in_any_order(tmp_path: Path) -> None:
    whole = bytes(range(256)) * 10
    paths = []
    for number, (start, end) in enumerate([(0, 700), (700, 701), (701, 2560)]):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(whole[start:end])
    with open_volumes(tuple(paths)) as file:
        assert file.read() == whole
        for start, length in ((699, 3), (0, 2560), (2559, 10), (2600, 5), (701, 0)):
            file.seek(start)
            assert file.read(length) == whole[start : start + length]
        assert file.seek(-10, io.SEEK_END) == 2550
