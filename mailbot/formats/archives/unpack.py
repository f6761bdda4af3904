"""Archives as units send them: their files out, into the blob store, one level deep.

What lies inside (an archive in an archive) is the caller's next call, with `remaining` limits.
zip, 7z, tar, gz, bz2, xz and zst are read by what pip installs; rar needs the UnRAR library or
libarchive, and a fault says so.
"""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from mailbot.files import BlobStore
from mailbot.formats.archives.codecs import UnsupportedMethod
from mailbot.formats.archives.members import (
    ArchiveLimits,
    LimitReached,
    Unpacked,
    UnpackedMember,
    Unpacking,
)
from mailbot.formats.archives.native import can_read_native, unpack_native
from mailbot.formats.archives.passwords import find_passwords
from mailbot.formats.archives.rar import can_read_rar, unpack_rar
from mailbot.formats.archives.sevenzip import is_whole_7z, unpack_7z
from mailbot.formats.archives.tar import unpack_stream, unpack_tar
from mailbot.formats.archives.volumes import Volumes, find_volumes, open_volumes, volume_starts
from mailbot.formats.archives.zip import is_slow_to_decrypt, unpack_zip

__all__ = ["ArchiveLimits", "Unpacked", "UnpackedMember", "find_passwords", "unpack"]

_RAR_NEEDS = (
    "读取rar需要安装：pip install 'mailbot[rar]'"
    "（或 pip install libarchive-c 并 apt install libarchive13）"
)
_NATIVE_NEEDS = "读取{}需要安装：pip install 'mailbot[rar]' 并 apt install libarchive13"
_STREAM_ENDINGS = {".tgz": ".tar", ".tbz2": ".tar", ".tbz": ".tar", ".txz": ".tar", ".tzst": ".tar"}
_NATIVE = frozenset({"cab", "lzh", "lha", "iso", "cpio", "ar", "xar", "arj"})
_NO_SIBLINGS: Mapping[str, Path] = MappingProxyType({})


def unpack(
    path: Path,
    format: str,
    blobs: BlobStore,
    limits: ArchiveLimits,
    passwords: Sequence[str] = (),
    siblings: Mapping[str, Path] = _NO_SIBLINGS,
    earlier: Mapping[str, Path] = _NO_SIBLINGS,
) -> Unpacked:
    """The files of an archive, stored; what is wrong with it stands in `faults`. Never raises
    on any archive (only where the blob store cannot be written).

    `format` is the content's name as `Inspected` has it; `siblings` are all files of the mail
    by name, this one among them: they give it its name, and the other volumes of a set. The
    members of a set come with its first volume (of a split zip: the .zip); the other volumes
    give none, without a fault. `earlier` are volumes from other mails: where they complete the
    set, its members come with the first volume of this mail. `depth` counts this archive: 0
    unpacks nothing.
    """
    volumes = _completed(path, format, siblings, earlier)
    packed = sum(volume.stat().st_size for volume in volumes.paths)
    unpacking = Unpacking(blobs, limits, packed)
    if limits.depth < 1:
        unpacking.problem("limit", "压缩包嵌套过深")
        return unpacking.unpacked()
    if volumes.missing and volumes.tells_what_is_missing:
        _tell_missing(unpacking, *volumes.missing)
    if volumes.is_lead and (not volumes.missing or _readable_without(volumes)):
        name = next((name for name, other in siblings.items() if other == path), "")
        try:
            _unpack(volumes, format, name, passwords, unpacking)
        except LimitReached:
            if not unpacking.unpacked().faults:
                unpacking.problem("bomb", "")
        except MemoryError:
            unpacking.problem("bomb", "内存")
        except zipfile.BadZipFile as error:
            unpacking.problem("corrupt", str(error))
        except Exception as error:  # noqa: BLE001 - the sender's octets, a dozen libraries
            unpacking.problem("corrupt", f"{type(error).__name__}: {error}"[:200])
        if not unpacking.taken and not unpacking.unpacked().faults:
            unpacking.problem("empty", "")
    return unpacking.unpacked()


def _completed(
    path: Path, format: str, siblings: Mapping[str, Path], earlier: Mapping[str, Path]
) -> Volumes:
    volumes = find_volumes(path, format, siblings)
    if volumes.scheme == "single" or not earlier:
        return volumes
    together = find_volumes(path, format, {**earlier, **siblings})
    here = [place for place, each in enumerate(together.paths) if each in volumes.paths]
    if together.missing or len(together.paths) == len(volumes.paths):
        return volumes
    return replace(together, leads=together.position == here[0])


def _tell_missing(unpacking: Unpacking, *names: str) -> None:
    for name in names:
        unpacking.problem("missing_volume", name)


def _readable_without(volumes: Volumes) -> bool:
    """rar tells of what it has; the others are unreadable with a volume missing."""
    return volumes.scheme in ("part", "old") and volumes.is_lead


def _unpack(
    volumes: Volumes,
    format: str,
    name: str,
    passwords: Sequence[str],
    unpacking: Unpacking,
) -> None:
    if format == "rar":
        return _unpack_rar(volumes, passwords, unpacking)
    with open_volumes(volumes.paths) as file:
        if volumes.scheme == "cut" and format == "7z" and not is_whole_7z(file):
            _tell_missing(unpacking, volumes.following)
            return None
        if format == "zip":
            _unpack_zip(file, volumes, passwords, unpacking)
        elif format == "7z":
            _unpack_7z(file, passwords, unpacking)
        elif format == "tar":
            unpack_tar(file, unpacking)
        elif format in ("gz", "bz2", "xz", "zst"):
            unpack_stream(file, format, _unpacked_name(name, format), unpacking)
        elif format in _NATIVE and can_read_native():
            unpack_native(file, "all", passwords, unpacking)
        elif format in _NATIVE:
            unpacking.problem("missing_extra", _NATIVE_NEEDS.format(format))
        else:
            unpacking.problem("unsupported", format)
    return None


def _unpack_zip(
    file: BinaryIO, volumes: Volumes, passwords: Sequence[str], unpacking: Unpacking
) -> None:
    split = volumes.scheme == "split"
    try:
        if passwords and can_read_native() and not split and is_slow_to_decrypt(file):
            unpack_native(file, "zip", passwords, unpacking)
        else:
            starts = volume_starts(volumes.paths) if split else (0, 0)
            unpack_zip(file, starts, passwords, unpacking)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError):
        if not can_read_native() or unpacking.taken:
            raise
        # Its directory at the end is lost: go by the headers of the files.
        unpacking.problem("truncated", "压缩包不完整")
        unpack_native(file, "zip", passwords, unpacking)


def _unpack_7z(file: BinaryIO, passwords: Sequence[str], unpacking: Unpacking) -> None:
    try:
        unpack_7z(file, passwords, unpacking)
    except UnsupportedMethod as error:
        if unpacking.taken:
            unpacking.problem("unsupported", str(error))
        elif can_read_native():  # BCJ2, which 7-Zip uses where programs are in
            unpack_native(file, "7zip", passwords, unpacking, damage="unsupported")
        else:
            unpacking.problem("missing_extra", _NATIVE_NEEDS.format(f"7z（{error}）"))


def _unpack_rar(volumes: Volumes, passwords: Sequence[str], unpacking: Unpacking) -> None:
    if can_read_rar():
        unpack_rar(volumes, passwords, unpacking)
    elif can_read_native():
        with open_volumes(volumes.paths) as file:
            modern = file.read(8).endswith(b"\1\0")
            unpack_native(file, "rar5" if modern else "rar", passwords, unpacking)
        if unpacking.has("unsupported") or (passwords and unpacking.has("encrypted")):
            unpacking.problem("missing_extra", _RAR_NEEDS)  # UnRAR reads what libarchive does not
    else:
        unpacking.problem("missing_extra", _RAR_NEEDS)


def _unpacked_name(name: str, format: str) -> str:
    """What a single compressed file is called without its last extension."""
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem:
        return f"{name or '文件'}.{format}解压"
    return stem + _STREAM_ENDINGS.get("." + ending.lower(), "")
