"""rar 4 and 5 through the UnRAR library (unrar2-cffi): solid, encrypted, volumes.

Only its test mode is used, in which it hands out the octets and writes no file.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mailbot.formats.archives.members import LimitReached, MemberWriter, Unpacking, clean_path
from mailbot.formats.archives.names import guess_codec
from mailbot.formats.archives.volumes import Volumes

try:
    from unrar.cffi import unrarlib
    from unrar.cffi._unrarlib import ffi
except ImportError:  # the extra is not installed
    unrarlib = None

# dll.hpp of UnRAR
_SUCCESS, _END, _BAD_DATA, _OPEN_FAILED, _NO_PASSWORD, _WRONG_PASSWORD = 0, 10, 12, 15, 22, 24
_SIZE_UNKNOWN = 0x7FFFFFFF
_CHANGE_VOLUME, _DATA, _CHANGE_VOLUME_W, _PASSWORD_W = 0, 1, 3, 4
_GO_ON, _STOP = 1, -1
_SKIP, _TEST = 0, 1
_SPLIT_BEFORE, _ENCRYPTED, _DIRECTORY = 0x01, 0x04, 0x20
_FILE_COPY = 5  # FSREDIR_FILECOPY; the other redirections are links
_LONGEST_NAME = 2048
# In a rar 3 name of which UnRAR could not decode all octets (unicode.cpp, MapArea).
_MAPPED_MARK = "\ufffe"
_PASSWORD_CODES = (_NO_PASSWORD, _WRONG_PASSWORD)


class _Encrypted(Exception):
    """Headers or the first file that needs a password: nothing can be read without it."""


def can_read_rar() -> bool:
    """Whether the UnRAR library is there."""
    return unrarlib is not None


def unpack_rar(volumes: Volumes, passwords: Sequence[str], unpacking: Unpacking) -> None:
    """Every file of a rar archive; faults go to `unpacking`."""
    with tempfile.TemporaryDirectory() as folder:
        first = _linked(volumes, Path(folder))
        for password in (*passwords, None):
            try:
                with _opened(first) as handle:
                    _Session(handle, password, unpacking, volumes.following).run()
            except _Encrypted:
                if password is None:
                    unpacking.problem("encrypted", "整个压缩包")
            else:
                return


def _linked(volumes: Volumes, folder: Path) -> Path:
    """UnRAR finds volumes by their names: these are ours, in a folder of ours."""
    for number, path in enumerate(volumes.paths):
        name = "archive.rar" if number == 0 else f"archive.r{number - 1:02}"
        if volumes.scheme in ("part", "cut"):
            name = f"archive.part{number + 1}.rar"
        (folder / name).symlink_to(path.absolute())
        if number == 0:
            first = folder / name
    return first


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    data = unrarlib.RAROpenArchiveDataEx(path, unrarlib.C_RAR_OM_EXTRACT)
    handle = unrarlib.RAROpenArchiveEx(data.value)
    result = data.value.OpenResult
    if result in _PASSWORD_CODES:
        raise _Encrypted
    if result != _SUCCESS:
        raise ValueError(f"UnRAR {result}")
    try:
        yield handle
    finally:
        unrarlib.RARCloseArchive(handle)


class _Session:
    """One reading of an archive with one password, or none."""

    def __init__(
        self, handle: Any, password: str | None, unpacking: Unpacking, following: str
    ) -> None:
        self._handle = handle
        self._password = password
        self._unpacking = unpacking
        self._writer: MemberWriter | None = None
        self._error: Exception | None = None
        self._missing_volume = False
        self._following = following or "下一卷"  # the volume UnRAR will miss

    def run(self) -> None:
        """Take every member in."""
        own = ffi.new_handle(self._called)  # must live as long as the callback may be called
        unrarlib.RARSetCallbackPtr(self._handle, unrarlib.PyUNRARCALLBACKStub, own)
        header = unrarlib.RARHeaderDataEx()
        redirected = ffi.new("wchar_t[]", _LONGEST_NAME)
        header.RedirName, header.RedirNameSize = redirected, _LONGEST_NAME
        while (result := unrarlib.RARReadHeaderEx(self._handle, header)) == _SUCCESS:
            self._member(header)
            if self._missing_volume:
                break
        if result in _PASSWORD_CODES:
            self._refused("整个压缩包")
        elif self._missing_volume or result == _OPEN_FAILED:
            self._unpacking.problem("missing_volume", self._following)
        elif result not in (_SUCCESS, _END):
            self._unpacking.problem("corrupt", f"UnRAR {result}")

    def _member(self, header: Any) -> None:
        name = _name(header)
        shown = clean_path(name)[0]
        if header.Flags & _DIRECTORY:
            self._process(_SKIP)
            return
        if header.Flags & _SPLIT_BEFORE:  # its beginning lies in a volume that is not here
            if not self._unpacking.has("missing_volume"):
                self._unpacking.problem("truncated", shown)
            self._process(_SKIP)
            return
        if header.RedirType == _FILE_COPY:  # rar -oi: what was packed once already
            self._process(_SKIP)
            if not self._unpacking.repeat(name, _joined(ffi.string(header.RedirName))):
                self._unpacking.problem("corrupt", f"{shown}（原文件未能解出）")
            return
        if header.RedirType or _is_link(header):
            self._unpacking.skip(shown)
            self._process(_SKIP)
            return
        packed = header.PackSize | header.PackSizeHigh << 32
        self._writer = self._unpacking.open(name, None if header.Flags & 0x10 else packed)
        try:
            result = self._process(_SKIP if self._writer is None else _TEST)
            if result == _SUCCESS and self._writer is not None:
                stated = header.UnpSize | header.UnpSizeHigh << 32
                if self._writer.size != stated and header.UnpSizeHigh != _SIZE_UNKNOWN:
                    result = _BAD_DATA  # UnRAR lets some malformed files pass as empty
                else:
                    self._writer.commit()
        finally:
            if self._writer is not None:
                self._writer.abort()
        if result in _PASSWORD_CODES or (result and header.Flags & _ENCRYPTED):
            self._refused(shown)
        elif self._missing_volume or result == _OPEN_FAILED:
            self._missing_volume = True
        elif result != _SUCCESS:
            self._unpacking.problem("corrupt", f"{shown}（UnRAR {result}）")

    def _refused(self, shown: str) -> None:
        """Try the next password while nothing came out yet, else say which file it is."""
        if self._password is not None and not self._unpacking.taken:
            raise _Encrypted
        self._unpacking.problem("encrypted", shown)

    def _process(self, operation: int) -> int:
        result = int(unrarlib.RARProcessFileW(self._handle, operation, ffi.NULL, ffi.NULL))
        if self._error is not None:
            raise self._error
        return result

    def _called(self, message: int, first: int, second: int) -> int:
        """UnRAR calls: octets, a password asked for, the next volume. Nothing may raise here."""
        if message == _DATA:
            return self._data(bytes(ffi.buffer(ffi.cast("char *", first), second)))
        if message == _PASSWORD_W and self._password:
            room = ffi.cast("wchar_t *", first)
            for position, character in enumerate((self._password + "\0")[: second - 1]):
                room[position] = character
            return _GO_ON
        if message in (_CHANGE_VOLUME, _CHANGE_VOLUME_W):
            if second:  # only told; 0 asks for one that is not there
                return _GO_ON
            self._missing_volume = True
        return _STOP

    def _data(self, octets: bytes) -> int:
        try:
            if self._writer is not None:
                self._writer.write(octets)
        except (LimitReached, OSError) as error:
            self._error = error
            return _STOP
        return _GO_ON


def _name(header: Any) -> str:
    """A member's name; of rar 3 without Unicode names in the code that fits its octets."""
    name = ffi.string(header.FileNameW)
    if _MAPPED_MARK in name:  # the narrow form has the octets themselves
        raw = bytes(ffi.string(header.FileName))
        return raw.decode(guess_codec([raw]), "replace")
    return _joined(name)


def _joined(name: str) -> str:
    """Surrogate pairs of rar 3's 16-bit names as the characters they are."""
    return name.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_link(header: Any) -> bool:
    """A symbolic link of rar 4, which has no redirection field; HostOS 3 is Unix."""
    return bool(header.HostOS == 3 and header.FileAttr & 0o170000 == 0o120000)
