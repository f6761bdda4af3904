"""The blob store: content-addressed, durable, private."""

import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.files import Allowance, BlobStore, QuotaReached
from mailbot.flushing import Flusher


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(chunks=st.lists(st.binary(max_size=300), max_size=6))
def test_what_is_written_rests_under_its_sha256(tmp_path: Path, chunks: list[bytes]) -> None:
    store = BlobStore(tmp_path / "files")
    writer = store.writer()
    for chunk in chunks:
        writer.write(memoryview(chunk))
    blob = writer.finish()
    whole = b"".join(chunks)
    assert blob.sha256 == hashlib.sha256(whole).hexdigest()
    assert blob.size == len(whole)
    assert blob.path == tmp_path / "files" / blob.sha256[:2] / blob.sha256
    assert blob.path.read_bytes() == whole


def test_the_same_content_is_stored_once(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    source = tmp_path / "table.xlsx"
    source.write_bytes(b"the same")
    first, second = store.put(b"the same"), store.put_file(source)
    assert first == second
    assert store.path_of(first.sha256) == first.path
    assert list((tmp_path / "incoming").iterdir()) == []


def test_an_aborted_writer_leaves_nothing(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    writer = store.writer()
    writer.write(b"half a photo")
    writer.abort()
    writer.abort()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_abort_after_finish_keeps_the_blob(tmp_path: Path) -> None:
    writer = BlobStore(tmp_path).writer()
    writer.write(b"kept")
    blob = writer.finish()
    writer.abort()
    assert Path(blob.path).read_bytes() == b"kept"


def test_files_are_0600_and_folders_0700(tmp_path: Path) -> None:
    blob = BlobStore(tmp_path / "files").put(b"telephone numbers")
    assert _mode(Path(blob.path)) == 0o600
    assert _mode(Path(blob.path).parent) == 0o700
    assert _mode(tmp_path / "files") == 0o700


def test_what_a_dead_process_left_half_written_is_swept(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    kept = store.put(b"whole")
    begun = "w = BlobStore(Path(sys.argv[1])).writer(); w.write(b'half'); w._file.flush()"
    died = f"import os, sys; from pathlib import Path; from mailbot.files import BlobStore; {begun}"
    subprocess.run([sys.executable, "-c", f"{died}; os._exit(9)", tmp_path], check=False)
    assert [path.read_bytes() for path in (tmp_path / "incoming").iterdir()] == [b"half"]
    store.sweep()
    assert Path(kept.path).read_bytes() == b"whole"
    assert not list((tmp_path / "incoming").iterdir())


def test_what_somebody_is_writing_is_not_swept(tmp_path: Path) -> None:
    writer = BlobStore(tmp_path).writer()
    writer.write(b"half")
    BlobStore(tmp_path).sweep()
    writer.write(b" and half")
    assert Path(writer.finish().path).read_bytes() == b"half and half"


def test_beyond_the_allowance_nothing_is_stored_and_nothing_after_it(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, Allowance(octets=10, files=9))
    kept = store.put(b"12345")
    for refused in (b"678901", b"6"):
        with pytest.raises(QuotaReached):
            store.put(refused)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [kept.path]


def test_the_allowance_counts_files_too_and_what_was_dropped_not_at_all(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, Allowance(octets=10, files=2))
    dropped = store.writer()
    dropped.write(b"1234567890")
    dropped.abort()
    store.put(b"")
    store.put(b"1")
    with pytest.raises(QuotaReached):
        store.writer()


def test_what_another_mail_left_to_the_flusher_is_flushed_for_whoever_names_it_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member of one mail's archive may be a file of the next mail, on its way to the disk."""
    real, flushed = os.fsync, set()

    def fsync(handle: int) -> None:
        real(handle)
        flushed.add(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", fsync)
    BlobStore(tmp_path, flusher=Flusher()).put(b"the same")
    assert not flushed
    path = Path(BlobStore(tmp_path).put(b"the same").path)
    assert {each.stat().st_ino for each in (path, path.parent, tmp_path)} <= flushed
