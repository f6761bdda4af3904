"""The object store of a folder of blobs, against a real S3 server with faults."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from make.command_line import mailbot
from make.object_server import ObjectServer
from make.office import OUR_ADDRESS, a_mail
from make.smtp_sink import SmtpSink

from mailbot import objects
from mailbot.demo.photos import make_photo
from mailbot.errors import PermanentFault, TemporaryFault, is_of_the_machine
from mailbot.files import BlobStore
from mailbot.model import Blob


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectServer]:
    with ObjectServer() as one:
        yield one


@pytest.fixture
def folder(tmp_path: Path, server: ObjectServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    server.reset()
    objects._store_at.cache_clear()
    objects.use_store(tmp_path / "files", server.address)
    return tmp_path / "files"


def a_blob(folder: Path, octets: bytes = b"a photo of a drill" * 1000) -> Blob:
    return BlobStore(folder).put(octets)


def test_what_is_secured_is_in_the_store_octet_for_octet(
    folder: Path, server: ObjectServer
) -> None:
    many = [a_blob(folder, bytes([number]) * 70_000) for number in range(12)]
    objects.secure(folder, (one.sha256 for one in many))
    for number, one in enumerate(many):
        assert server.directly("GET", one.sha256) == bytes([number]) * 70_000


def test_a_folder_without_a_store_asks_nobody(tmp_path: Path, server: ObjectServer) -> None:
    server.reset()
    blob = a_blob(tmp_path)
    before = len(server.requests)
    objects.secure(tmp_path, [blob.sha256, "0" * 64])
    assert objects.at_hand(Path(blob.path)) == blob.path
    assert not objects.at_hand(tmp_path / "00" / ("0" * 64)).exists()
    assert objects.make_room(tmp_path, 0) == 0
    assert len(server.requests) == before


def test_nothing_is_sent_twice(folder: Path, server: ObjectServer) -> None:
    blob = a_blob(folder)
    objects.secure(folder, [blob.sha256])
    objects.secure(folder, [blob.sha256])
    assert [method for method, _ in server.requests].count("PUT") == 1


def test_what_is_not_here_comes_back_from_the_store(folder: Path) -> None:
    octets = b"taken back" * 5000
    blob = a_blob(folder, octets)
    objects.secure(folder, [blob.sha256])
    assert objects.make_room(folder, 0) == 1
    path = Path(blob.path)
    assert not path.exists()
    assert objects.at_hand(path).read_bytes() == octets


def test_room_is_made_of_the_longest_unused_and_of_nothing_that_is_not_stored(
    folder: Path,
) -> None:
    old, new, unstored = (a_blob(folder, bytes([number]) * 1000) for number in range(3))
    objects.secure(folder, [old.sha256, new.sha256])
    os.utime(old.path, (1, 1))
    os.utime(unstored.path, (0, 0))
    assert objects.make_room(folder, 2000) == 1
    assert [Path(one.path).exists() for one in (old, new, unstored)] == [False, True, True]
    assert objects.make_room(folder, 0) == 1
    assert Path(unstored.path).exists()


@pytest.mark.parametrize("fault", [500, 503, "slow", "gone", "cut"])
def test_a_passing_fault_of_the_server_costs_nothing(
    folder: Path, server: ObjectServer, fault: str | int
) -> None:
    blob = a_blob(folder)
    server.faults.extend([("*", fault)])
    objects.secure(folder, [blob.sha256])
    assert hashlib.sha256(server.directly("GET", blob.sha256) or b"").hexdigest() == blob.sha256
    Path(blob.path).unlink()
    server.faults.extend([("GET", fault)])
    found = objects.at_hand(Path(blob.path))
    assert hashlib.sha256(found.read_bytes()).hexdigest() == blob.sha256


def test_a_half_written_object_is_written_anew_and_never_believed(
    folder: Path, server: ObjectServer
) -> None:
    blob = a_blob(folder)
    server.directly("PUT", blob.sha256, b"a photo of")
    aside = Path(blob.path).rename(folder / "aside")
    with pytest.raises(TemporaryFault, match="something else"):
        objects.at_hand(Path(blob.path))
    aside.rename(blob.path)
    objects.secure(folder, [blob.sha256])
    assert hashlib.sha256(server.directly("GET", blob.sha256) or b"").hexdigest() == blob.sha256


def test_what_is_neither_here_nor_there_is_a_fault_of_the_machine(
    folder: Path, server: ObjectServer
) -> None:
    with pytest.raises(TemporaryFault, match="neither here nor in") as raised:
        objects.secure(folder, ["ab" * 32])
    assert is_of_the_machine(raised.value)
    assert not objects.at_hand(folder / "ab" / ("ab" * 32)).exists()


def test_a_store_that_is_gone_is_temporary_and_the_machines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = a_blob(folder)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("s3fs.core.S3FileSystem.retries", 1)
    objects._store_at.cache_clear()
    with pytest.raises(TemporaryFault) as raised:
        objects.secure(folder, [blob.sha256])
    assert raised.value.code == "store"
    assert is_of_the_machine(raised.value)


def test_another_store_is_refused_while_octets_lie_in_the_first(folder: Path) -> None:
    with pytest.raises(PermanentFault, match="bring it over"):
        objects.use_store(folder, "s3://other/place")
    with pytest.raises(PermanentFault, match="bring it over"):
        objects.use_store(folder, "")


def test_every_stored_blob_is_listed_and_can_be_hashed_there(
    folder: Path, server: ObjectServer
) -> None:
    many = [a_blob(folder, bytes([number]) * (number + 1)) for number in range(3)]
    objects.secure(folder, (one.sha256 for one in many))
    store = objects.store_of(folder)
    assert store is not None
    assert dict(store.walk()) == {one.sha256: one.size for one in many}
    assert store.hash_of(many[0].sha256) == many[0].sha256
    server.directly("PUT", many[0].sha256, b"rot")
    assert store.hash_of(many[0].sha256) == hashlib.sha256(b"rot").hexdigest()
    store.delete(many[1].sha256)
    store.delete(many[1].sha256)
    assert store.hash_of(many[1].sha256) == ""


def test_who_is_forgotten_is_forgotten_in_the_store_too(
    folder: Path, server: ObjectServer, tmp_path: Path
) -> None:
    """And where the store cannot be reached nothing is: what was forgotten here alone could never
    be named there again."""
    (tmp_path / "mail").mkdir()
    photos = {"金水区": make_photo(800, 600, 1), "二七区": make_photo(800, 600, 2)}
    for number, (unit, octets) in enumerate(photos.items(), 1):
        path = tmp_path / "mail" / f"{number}.eml"
        sender = f"clerk{number}@example.com"
        path.write_bytes(a_mail(f"{unit}报送", sender=sender, files={"照片.jpg": octets}))
        os.utime(path, (1499050000 + number, 1499050000 + number))
    with SmtpSink() as sink:
        (tmp_path / "mailbot.toml").write_text(
            "[maildir]\npath = 'mail'\n[outbox]\nmode = 'live'\nsettle_seconds = 0\n"
            f"[smtp]\nhost = '127.0.0.1'\nport = {sink.port}\nsecurity = 'none'\n"
            f"from_address = '{OUR_ADDRESS}'\n[limits]\nworkers = 1\n"
            f"[paths]\ndata = '.'\nfiles = '{server.address}'\nfiles_cache_bytes = 1\n"
        )
        assert mailbot("tick", cwd=tmp_path).returncode == 0
    names = [hashlib.sha256(octets).hexdigest() for octets in photos.values()]
    assert all(server.directly("GET", name) for name in names)
    asked = ("forget", "clerk1@example.com", "--reason", "本人申请", "--yes")
    server.faults.extend([("DELETE", 503)] * 4)
    refused = mailbot(*asked, cwd=tmp_path)
    assert refused.returncode == 3, refused.stderr
    server.faults.clear()
    again = mailbot(*asked, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert server.directly("GET", names[0]) is None
    assert server.directly("GET", names[1]) == photos["二七区"]
    assert not list(tmp_path.rglob(names[0]))
    assert mailbot("verify", cwd=tmp_path).returncode == 0
    assert mailbot("audit", "verify", cwd=tmp_path).returncode == 0
