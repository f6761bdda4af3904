"""The blob store: content-addressed, durable, private."""

import hashlib
import stat
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailbot.files import BlobStore


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
    writer = store.writer()
    writer.write(b"half")
    BlobStore(tmp_path).sweep()
    assert Path(kept.path).read_bytes() == b"whole"
    assert not list((tmp_path / "incoming").iterdir())
    writer.abort()
