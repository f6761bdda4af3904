"""The octets in an object store that several machines see, beside the local folder of blobs.

The local folder stays what it is; where it has a store (`use_store`), every blob that the ledger
names is in the store first (`secure`), and one that is not here any more is brought back when it
is wanted (`at_hand`). Names are those of the folder: `<prefix>/<sha256[:2]>/<sha256>`. Any
address that fsspec knows will do; `s3://` needs the extra `mailbot[s3]`, which takes keys and
endpoint from the environment as every AWS program does (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL …).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailbot.errors import MissingExtraError, PermanentFault, TemporaryFault

MARK = ".store"  # in a folder of blobs: the address of its store
_AT_ONCE = 8  # transfers beside each other
_CHUNK = 1 << 20
_NAMED_BY_HASH = re.compile(r"[0-9a-f]{64}")


class ObjectStore:
    """Blobs under an fsspec address. Safe for threads.

    Every method raises TemporaryFault "store" where the store does not do what it was asked,
    whatever it says (a driver of fsspec raises what its client does): unknown means temporary.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._fs, self._prefix = _opened(self.address)

    def size(self, sha256: str) -> int | None:
        """How many octets the store has of it; None where it has none."""
        try:
            return int(self._fs.info(self._key(sha256))["size"])
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._fault("asked for", sha256, error) from error

    def put(self, path: Path, *, anew: bool = False) -> None:
        """Store a file under its hash, which is its name. Nothing is sent that is there already,
        unless it is to be written `anew`; a half-written object is."""
        octets = path.stat().st_size
        if not anew and self.size(path.name) == octets:
            return
        try:
            self._fs.put_file(str(path), self._key(path.name))
        except Exception as error:
            raise self._fault("stored", path.name, error) from error
        if (there := self.size(path.name)) != octets:
            raise TemporaryFault(
                "store", f"{self.address}: {path.name} has {there} octets of {octets}"
            )

    def get(self, sha256: str, target: Path) -> None:
        """Bring a blob to `target`, whole and right or not at all.

        PermanentFault "octets_lost" where the store does not have it."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            self._fs.get_file(self._key(sha256), name)
            is_right = _holds(part, sha256)
            if is_right:
                part.replace(target)
        except FileNotFoundError:
            text = f"{sha256} is neither here nor in {self.address}"
            raise PermanentFault("octets_lost", text) from None
        except Exception as error:
            raise self._fault("brought", sha256, error) from error
        finally:
            part.unlink(missing_ok=True)
        if not is_right:
            text = f"{self.address}: what is stored as {sha256} is something else"
            raise TemporaryFault("store", text)

    def delete(self, sha256: str) -> None:
        """Remove a blob; one that is not there is no fault."""
        try:
            self._fs.rm_file(self._key(sha256))
        except FileNotFoundError:
            pass
        except Exception as error:
            raise self._fault("removed", sha256, error) from error

    def walk(self) -> Iterator[tuple[str, int]]:
        """Every blob that is stored: its hash and its size."""
        try:
            found = self._fs.find(self._prefix, detail=True)
        except FileNotFoundError:
            return
        except Exception as error:
            raise TemporaryFault("store", f"{self.address}: cannot be listed: {error}") from error
        for key, about in sorted(found.items()):
            name = key.rpartition("/")[2]
            if _NAMED_BY_HASH.fullmatch(name):
                yield name, int(about["size"])

    def hash_of(self, sha256: str) -> str:
        """The SHA-256 of what is stored under that name, "" where nothing is."""
        digest = hashlib.sha256()
        try:
            with self._fs.open(self._key(sha256), "rb", cache_type="none") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except FileNotFoundError:
            return ""
        except Exception as error:
            raise self._fault("read", sha256, error) from error
        return digest.hexdigest()

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}/{sha256[:2]}/{sha256}"

    def _fault(self, done: str, sha256: str, error: Exception) -> TemporaryFault:
        words = " ".join(str(error).split())[:200] or type(error).__name__
        return TemporaryFault("store", f"{self.address}: {sha256} was not {done}: {words}")


def _opened(address: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError:
        raise MissingExtraError(
            f"{address}: an object store needs fsspec: pip install 'mailbot[s3]'"
        ) from None
    # An instance of our own: fsspec's cached ones keep the endpoint of their first use.
    options: dict[str, Any] = {"use_listings_cache": False, "skip_instance_cache": True}
    if address.partition("://")[0] in ("s3", "s3a"):  # s3fs tries five times by itself
        patience = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 1}}
        options["config_kwargs"] = patience
    try:
        fs, prefix = fsspec.core.url_to_fs(address, **options)
    except ImportError as error:
        raise MissingExtraError(f"{address}: {error}: pip install 'mailbot[s3]'") from None
    except ValueError as error:
        raise PermanentFault("settings", f"paths.files = {address}: {error}") from None
    return fs, str(prefix).rstrip("/")


@lru_cache(maxsize=256)
def _store_at(address: str) -> ObjectStore:
    return ObjectStore(address)


def use_store(folder: Path, address: str) -> None:
    """From now on the folder's blobs are in this store too; "" leaves the folder alone with what
    it has. PermanentFault where its octets lie in another store: they would not be found."""
    mark = folder / MARK
    before = mark.read_text(encoding="utf-8").strip() if mark.exists() else ""
    if before and before != address.rstrip("/"):
        raise PermanentFault(
            "settings",
            f"paths.files is {address or 'the data folder'}, but what came is in {before};"
            f" bring it over, then remove {mark}",
        )
    if address and not before:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = mark.with_name(f"{MARK}.new")
        new.write_text(address.rstrip("/"), encoding="utf-8")
        new.replace(mark)


def store_of(folder: Path) -> ObjectStore | None:
    """The store of a folder of blobs, if it has one."""
    try:
        address = (folder / MARK).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return _store_at(address)


def at_hand(path: Path) -> Path:
    """The path of a blob, with the blob there: brought from the folder's store if need be.

    A blob that no store has is simply not there, as without a store."""
    if path.exists():
        return path
    store = store_of(path.parent.parent)
    if store is not None:
        try:
            store.get(path.name, path)
        except PermanentFault:
            return path
    return path


def secure(folder: Path, names: Iterable[str]) -> None:
    """See to it that the folder's store has these blobs before anything relies on them.

    Nothing is done for a folder without one. TemporaryFault "store" where one could not be
    stored, or is neither here nor there.
    """
    store = store_of(folder)
    if store is None:
        return

    def bring_up(sha256: str) -> None:
        path = folder / sha256[:2] / sha256
        if path.exists():
            store.put(path)
        elif store.size(sha256) is None:
            raise TemporaryFault("store", f"{sha256} is neither here nor in {store.address}")

    wanted = list(dict.fromkeys(names))
    if len(wanted) == 1:
        bring_up(wanted[0])
        return
    with ThreadPoolExecutor(min(_AT_ONCE, max(1, len(wanted)))) as threads:
        for done in [threads.submit(bring_up, name) for name in wanted]:
            done.result()


def forget(folder: Path, sha256: str) -> None:
    """Remove a blob from the folder's store, if it has one."""
    store = store_of(folder)
    if store is not None:
        store.delete(sha256)


def make_room(folder: Path, keep_bytes: int) -> int:
    """Remove local copies of what the folder's store has, the longest unused first, until the
    folder holds no more than that; how many were removed. Without a store nothing is."""
    store = store_of(folder)
    if store is None:
        return 0
    held = []
    for path in folder.glob("[0-9a-f][0-9a-f]/*"):
        if _NAMED_BY_HASH.fullmatch(path.name):
            stat = path.stat()
            held.append((max(stat.st_atime, stat.st_mtime), stat.st_size, path))
    over = sum(size for _, size, _ in held) - keep_bytes
    removed = 0
    for _, size, path in sorted(held):
        if over <= 0:
            break
        if store.size(path.name) == size:
            path.unlink(missing_ok=True)
            over -= size
            removed += 1
    return removed


def _holds(path: Path, sha256: str) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
