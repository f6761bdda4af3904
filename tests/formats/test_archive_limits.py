"""Archives made to hurt: bombs are stopped by what comes out, and no octets make a reader raise."""

import bz2
import gzip
import io
import lzma
import multiprocessing
import struct
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import py7zr
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.archives import make_overlapping_zip, make_rar, make_zip
from make.examples import examples

from mailbot.files import BlobStore
from mailbot.formats.archives.members import clean_path
from mailbot.formats.archives.unpack import ArchiveLimits, Unpacked, unpack

MEGA = 1024 * 1024
ZEROS = bytes(40 * MEGA)
DATA = Path(__file__).parent.parent / "data" / "archives"


def _unpack(folder: Path, octets: bytes, format: str, **limits: int) -> Unpacked:
    path = folder / "input"
    path.write_bytes(octets)
    # ArchiveLimits names what may be asked of it.
    return unpack(path, format, BlobStore(folder / "blobs"), ArchiveLimits(**limits))


def _codes(unpacked: Unpacked) -> list[str]:
    return [fault.code for fault in unpacked.faults]


def _written(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "blobs").rglob("*") if path.is_file())


def _tar_of_zeros(size: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("zeros.bin")
        info.size = size
        archive.addfile(info, io.BytesIO(b"\0" * size))
    return out.getvalue()


def _seven_of_zeros(size: int) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w") as archive:
        archive.writestr(b"\0" * size, "zeros.bin")
    return out.getvalue()


@pytest.mark.parametrize(
    ("format", "make"),
    [
        ("zip", lambda: make_zip([(b"zeros.bin", ZEROS)])),
        ("zip", lambda: make_overlapping_zip(60, 4 * MEGA)),
        ("gz", lambda: gzip.compress(ZEROS)),
        ("bz2", lambda: bz2.compress(ZEROS)),
        ("xz", lambda: lzma.compress(ZEROS, preset=1)),
        ("xz", lambda: lzma.compress(_tar_of_zeros(40 * MEGA), preset=1)),
        ("7z", lambda: _seven_of_zeros(40 * MEGA)),
    ],
    ids=["zip", "overlapping zip", "gz", "bz2", "xz", "tar.xz", "7z"],
)
def test_a_bomb_is_stopped_long_before_it_is_out(
    tmp_path: Path, format: str, make: Callable[[], bytes]
) -> None:
    unpacked = _unpack(tmp_path, make(), format)
    assert "bomb" in _codes(unpacked)
    assert _written(tmp_path) < 16 * MEGA


def test_a_header_that_lies_about_sizes_changes_nothing(tmp_path: Path) -> None:
    made = bytearray(make_zip([(b"zeros.bin", ZEROS)]))
    at = made.index(b"PK\1\2")
    made[at + 24 : at + 28] = struct.pack("<I", 10)  # "10 octets unpacked"
    unpacked = _unpack(tmp_path, bytes(made), "zip")
    assert unpacked.members == ()
    assert _codes(unpacked) in (["bomb"], ["corrupt"])


def test_much_text_in_few_octets_is_no_bomb_below_the_bound(tmp_path: Path) -> None:
    unpacked = _unpack(tmp_path, make_zip([(b"blank.bmp", b"\xff" * 9 * MEGA)]), "zip")
    assert _codes(unpacked) == []
    assert unpacked.members[0].blob.size == 9 * MEGA


@pytest.mark.parametrize("format", ["zip", "7z", "tar"])
def test_the_number_of_members_is_bounded(tmp_path: Path, format: str) -> None:
    names = [f"{number}.txt" for number in range(30)]
    out = io.BytesIO()
    if format == "zip":
        out.write(make_zip([(name.encode(), b"x") for name in names]))
    elif format == "7z":
        with py7zr.SevenZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(b"x", name)
    else:
        with tarfile.open(fileobj=out, mode="w") as archive_:
            for name in names:
                archive_.addfile(tarfile.TarInfo(name))
    unpacked = _unpack(tmp_path, out.getvalue(), format, members=10)
    assert _codes(unpacked) == ["limit"]
    assert len(unpacked.members) == 10
    assert unpacked.remaining.members == 0


def test_a_member_too_large_is_dropped_and_the_others_are_kept(tmp_path: Path) -> None:
    members = [(b"a.txt", b"a"), (b"b.bin", b"b" * 2 * MEGA), (b"c.txt", b"c")]
    unpacked = _unpack(tmp_path, make_zip(members), "zip", single_bytes=MEGA)
    assert [member.name for member in unpacked.members] == ["a.txt", "c.txt"]
    assert _codes(unpacked) == ["too_large"]
    assert unpacked.faults[0].detail == "b.bin"


def test_the_total_is_bounded_and_the_rest_is_handed_on(tmp_path: Path) -> None:
    members = [(f"{number}.bin".encode(), bytes([number]) * MEGA) for number in range(5)]
    unpacked = _unpack(tmp_path, make_zip(members), "zip", total_bytes=3 * MEGA)
    assert _codes(unpacked) == ["limit"]
    assert len(unpacked.members) == 3
    fits = _unpack(tmp_path, make_zip(members), "zip", total_bytes=6 * MEGA, depth=3)
    assert fits.remaining == ArchiveLimits(members=1995, depth=2, total_bytes=MEGA)


def test_depth_counts_down_to_nothing(tmp_path: Path) -> None:
    made = make_zip([(b"a.txt", b"a")])
    assert _unpack(tmp_path, made, "zip", depth=1).remaining.depth == 0
    deep = _unpack(tmp_path, made, "zip", depth=0)
    assert deep.members == ()
    assert _codes(deep) == ["limit"]


def test_an_extended_header_of_absurd_size_is_not_read_into_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 3 * 1024**3
    made = info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 10240
    assert _unpack(tmp_path, made, "tar").faults


def test_nothing_stays_behind_of_what_was_dropped(tmp_path: Path) -> None:
    _unpack(tmp_path, make_zip([(b"zeros.bin", ZEROS)]), "zip")
    assert list((tmp_path / "blobs" / "incoming").iterdir()) == []


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["..", "a", "/", "\\", "C:", "\0", "\u202e", ". "])).map("".join)
)
def test_no_name_leads_anywhere(raw: str) -> None:
    path, _ = clean_path(raw)
    components = path.split("/")
    assert not path.startswith("/")
    assert ".." not in components
    assert "." not in components
    assert not any(character in path for character in "\\\0\n\r\u202e")
    assert all(len(component.encode()) <= 255 for component in components)


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=5))
@settings(max_examples=examples(40), deadline=None)
def test_any_raw_names_end_as_members_with_safe_names(names: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        unpacked = _unpack(Path(folder), make_zip([(name, b"x") for name in names]), "zip")
        for member in unpacked.members:
            assert member.name == Path(member.path).name
            assert member.blob.path.is_relative_to(folder)


def _samples() -> list[tuple[str, bytes]]:
    text = "应急演练总结\n".encode() * 40
    tar = _tar_of_zeros(2000)
    seven = io.BytesIO()
    with py7zr.SevenZipFile(seven, "w") as archive:
        archive.writestr(text, "总结.txt")
    found = [
        ("zip", make_zip([("总结.txt".encode("gb18030"), text), (b"a/b.jpg", b"jpg")])),
        ("7z", seven.getvalue()),
        ("tar", tar),
        ("gz", gzip.compress(tar)),
        ("bz2", bz2.compress(text)),
        ("xz", lzma.compress(text)),
        ("rar", make_rar([("总结.txt", text)])[0]),
    ]
    return found + [
        (path.suffix[1:], path.read_bytes()) for path in sorted(DATA.iterdir()) if path.is_file()
    ]


SAMPLES = _samples()


def _mutated(octets: bytes, changes: list[tuple[float, int]], cut: float) -> bytes:
    made = bytearray(octets)
    for place, value in changes:
        made[int(place * (len(made) - 1))] = value
    return bytes(made[: int(cut * len(made))])


def _unpack_in_child(folder: str, octets: bytes, format: str) -> tuple[list[str], list[Path]]:
    unpacked = _unpack(Path(folder), octets, format, total_bytes=64 * MEGA)
    return _codes(unpacked), [Path(member.blob.path) for member in unpacked.members]


class _Child:
    """Unpacks apart, as the workers do: pyppmd damages memory on corrupt data, and the process
    falls over then or at some later mutant (tests/data/defects)."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def unpack(
        self, folder: str, octets: bytes, format: str
    ) -> tuple[list[str], list[Path]] | None:
        """Fault codes and what was stored; None where these octets end the process."""
        for _ in range(2):  # the first time it may fall over what came before
            if self._pool is None:
                self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
            try:
                return self._pool.submit(_unpack_in_child, folder, octets, format).result()
            except BrokenProcessPool:
                self.close()
        return None

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


@pytest.fixture(scope="module")
def child() -> Iterator[_Child]:
    one = _Child()
    yield one
    one.close()


@pytest.mark.parametrize("index", range(len(SAMPLES)))
@given(
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6),
    cut=st.sampled_from([1.0, 1.0, 1.0, 0.9, 0.5, 0.1]),
)
@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_mutated_archives_end_in_members_and_faults(
    child: _Child, index: int, changes: list[tuple[float, int]], cut: float
) -> None:
    format, octets = SAMPLES[index]
    with tempfile.TemporaryDirectory() as folder:
        ended = child.unpack(folder, _mutated(octets, changes, cut), format)
        if ended is None:
            assert "ppmd" in _name_of(index), "only pyppmd is known to do this"
            return
        codes, blobs = ended
        assert all(codes)
        stored = {path for path in Path(folder).rglob("*") if path.is_file()}
        assert set(blobs) <= stored
        assert len(stored) <= len(blobs) + 1


def _name_of(index: int) -> str:
    """The file a sample was read from; empty where it was made here."""
    files = sorted(path.name for path in DATA.iterdir() if path.is_file())
    made = len(SAMPLES) - len(files)
    return files[index - made] if index >= made else ""
