"""Archives cut into volumes: which files of a mail belong together, and reading them as one.

Libraries join volumes that lie beside one another under the right names; ours lie in a blob store
under their hashes, and may have come with several mails.
"""

import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

_PART_RAR = re.compile(r"^(?P<stem>.+)\.part(?P<number>\d{1,4})\.rar$", re.IGNORECASE)
_OLD_RAR = re.compile(r"^(?P<stem>.+)\.(?:rar|(?P<letter>[r-z])(?P<number>\d\d))$", re.IGNORECASE)
_CUT = re.compile(r"^(?P<stem>.+\.(?:zip|7z|rar|tar))\.(?P<number>\d{2,4})$", re.IGNORECASE)
_SPLIT_ZIP = re.compile(r"^(?P<stem>.+)\.(?:zip|z(?P<number>\d{2,3}))$", re.IGNORECASE)


@dataclass(frozen=True)
class Volumes:
    """The volumes of one archive in order; `missing` names those that are not in the mail."""

    paths: tuple[Path, ...]
    position: int = 0  # which of them was asked for
    missing: tuple[str, ...] = ()
    scheme: str = "single"  # single, part, old, cut, split
    following: str = ""  # what the volume after the last one would be called
    leads: bool | None = None  # set where volumes of other mails complete the set

    @property
    def is_lead(self) -> bool:
        """Whether the one asked for is where the archive is told of: the others stay silent."""
        if self.leads is not None:
            return self.leads
        if self.scheme == "split":
            return self.position == len(self.paths) - 1
        return self.position == 0

    @property
    def tells_what_is_missing(self) -> bool:
        """Whether the one asked for is the first that is here: one finding is enough."""
        return self.position == 0


def volume_format(name: str, beside: Iterable[str]) -> str:
    """The format of the archive that a file is a volume of, going by names; "" for none.

    Only the first volume has the archive's magic number (of a split zip, not even the .zip).
    """
    if cut := _CUT.match(name):
        return cut["stem"].rpartition(".")[2].lower()
    if _PART_RAR.match(name):
        return "rar"
    if not _OLD_RAR.match(name) and not _SPLIT_ZIP.match(name):
        return ""
    others = [other.lower() for other in beside if other != name]
    stem = name.lower().rpartition(".")[0]
    old = _OLD_RAR.match(name)
    if old and old["letter"] and (old["letter"] in "rR" or f"{stem}.rar" in others):
        return "rar"
    split = _SPLIT_ZIP.match(name)
    if split and (split["number"] or _numbered(_SPLIT_ZIP, stem, others)):
        return "zip"
    return "rar" if old and not old["letter"] and _numbered(_OLD_RAR, stem, others) else ""


def volumes_beside(name: str, beside: Iterable[str]) -> tuple[str, ...]:
    """The names of the set a file is a volume of, itself among them; () for a whole file."""
    names = list(beside)
    format = volume_format(name, names)
    for pattern in _patterns(format) if format else ():
        if match := pattern.match(name):
            stem = match["stem"]
            same = tuple(each for each in names if _number(pattern, each, stem) is not None)
            if len(same) > 1 or _says_more(pattern, match):
                return same
    return ()


class Beside:
    """Files that lie together, by name; tells of one which may be volumes of its archive, without
    looking at all the others: a mail may bring a thousand."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._sets: dict[tuple[str, str], list[str]] = {}
        for name in files:
            for key in _sets_by_name(name):
                self._sets.setdefault(key, []).append(name)

    def near(self, name: str) -> dict[str, Path]:
        """All that `volumes_beside` or `find_volumes` would find among all of them, and itself."""
        found = (each for key in _sets_by_name(name) for each in self._sets.get(key, ()))
        return {each: self._files[each] for each in found}


def _sets_by_name(name: str) -> Iterator[tuple[str, str]]:
    for pattern in (_PART_RAR, _OLD_RAR, _CUT, _SPLIT_ZIP):
        if match := pattern.match(name):
            yield pattern.pattern, match["stem"].lower()


def _numbered(pattern: re.Pattern[str], stem: str, names: Iterable[str]) -> bool:
    matches = (pattern.match(name) for name in names)
    return any(match and match["number"] and match["stem"] == stem for match in matches)


def _patterns(format: str) -> tuple[re.Pattern[str], ...]:
    return (_CUT, *{"rar": (_PART_RAR, _OLD_RAR), "zip": (_SPLIT_ZIP,)}.get(format, ()))


def find_volumes(path: Path, format: str, siblings: Mapping[str, Path]) -> Volumes:
    """The volumes `path` belongs to, going by the names in `siblings` (itself among them)."""
    name = next((name for name, other in siblings.items() if other == path), "")
    for pattern in _patterns(format):
        match = pattern.match(name)
        if match is None:
            continue
        found = {
            number: other
            for other_name, other in siblings.items()
            if (number := _number(pattern, other_name, match["stem"])) is not None
        }
        own = _number(pattern, name, match["stem"])
        if own is not None:  # `a.zip` and `a.ZIP` beside `a.z01`: each leads its own set
            found[own] = path
        if len(found) > 1 or _says_more(pattern, match):
            return _ordered(pattern, found, path, match["stem"])
    return Volumes((path,))


def _says_more(pattern: re.Pattern[str], match: re.Match[str]) -> bool:
    """The name alone says that this is one of several: `.part2.rar`, `.r00`, `.7z.001`."""
    return match["number"] is not None and not (pattern is _SPLIT_ZIP and not match["number"])


def _number(pattern: re.Pattern[str], name: str, stem: str) -> int | None:
    match = pattern.match(name)
    if match is None or match["stem"].lower() != stem.lower():
        return None
    if pattern is _OLD_RAR:
        if match["letter"] is None:
            return 0
        return (ord(match["letter"].lower()) - ord("r")) * 100 + int(match["number"]) + 1
    if pattern is _SPLIT_ZIP:
        return int(match["number"]) if match["number"] else 10_000  # .zip comes last
    return int(match["number"])


def _ordered(pattern: re.Pattern[str], found: dict[int, Path], path: Path, stem: str) -> Volumes:
    first = 0 if pattern is _OLD_RAR else 1
    numbers = sorted(found)
    last = max((number for number in numbers if number < 10_000), default=first)
    missing = [number for number in range(first, last + 1) if number not in found]
    if pattern is _SPLIT_ZIP and 10_000 not in found:
        missing.append(10_000)
    paths = tuple(found[number] for number in numbers)
    scheme = {_PART_RAR: "part", _OLD_RAR: "old", _CUT: "cut", _SPLIT_ZIP: "split"}[pattern]
    names = tuple(_volume_name(scheme, stem, number) for number in missing)
    following = _volume_name(scheme, stem, last + 1)
    return Volumes(paths, paths.index(path), names, scheme, following)


def _volume_name(scheme: str, stem: str, number: int) -> str:
    if scheme == "part":
        return f"{stem}.part{number}.rar"
    if scheme == "old":
        letter, rest = divmod(number - 1, 100)
        return f"{stem}.rar" if number == 0 else f"{stem}.{chr(ord('r') + letter)}{rest:02}"
    if scheme == "split":
        return f"{stem}.zip" if number == 10_000 else f"{stem}.z{number:02}"
    return f"{stem}.{number:03}"


def open_volumes(paths: tuple[Path, ...]) -> BinaryIO:
    """The volumes as one file to read from, without copying them."""
    if len(paths) == 1:
        return paths[0].open("rb")
    return io.BufferedReader(_JoinedFile(paths))


def volume_starts(paths: tuple[Path, ...]) -> list[int]:
    """Where each volume begins in the joined file, and where the last one ends."""
    starts = [0]
    for path in paths:
        starts.append(starts[-1] + path.stat().st_size)
    return starts


class _JoinedFile(io.RawIOBase):
    def __init__(self, paths: tuple[Path, ...]) -> None:
        super().__init__()
        self._starts = volume_starts(paths)
        self._files = [path.open("rb") for path in paths]
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._starts[-1]}
        if base[whence] + offset < 0:
            raise OSError("a position before the start")
        self._position = base[whence] + offset
        return self._position

    def readinto(self, buffer: "Buffer") -> int:
        """Octets of one volume; short at its end, which BufferedReader evens out."""
        view = memoryview(buffer).cast("B")
        index = bisect_right(self._starts, self._position) - 1
        if index >= len(self._files):
            return 0
        file = self._files[index]
        file.seek(self._position - self._starts[index])
        piece = file.read(min(len(view), self._starts[index + 1] - self._position))
        view[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()
