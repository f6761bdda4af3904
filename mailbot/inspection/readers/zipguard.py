"""Office packages (OOXML, OpenDocument) measured before any library parses them.

The bounds caught every bomb tried: XML parts of 100 MB together, everything 1 GiB, 2,000
entries, ratio 200 for parts over 10 MB, no part with a document type declaration (entity
expansion, external entities). What counts is what comes out, not what the header declares.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element

from mailbot.inspection.identify.containers import part_names
from mailbot.inspection.readers.compound import SIGNATURE, Compound
from mailbot.inspection.readers.content import Unreadable
from mailbot.inspection.readers.xmlparts import as_utf8, parse_xml

MAX_ENTRIES = 2_000
MAX_XML_BYTES = 100 * 1024 * 1024
MAX_ALL_BYTES = 1024 * 1024 * 1024
MAX_RATIO = 200
RATIO_COUNTS_FROM = 10 * 1024 * 1024
_CHUNK = 1 << 20
_HEAD = 4096

# LibreOffice's macros declare a document type in good faith; nobody here reads them.
_MACROS = ("Basic/", "Dialogs/")
_XML_NAME = re.compile(r"(\.(xml|rels|vml)|(^|/)mimetype)$", re.IGNORECASE)

# What zipfile raises on packages that are broken or use a method it has no decoder for.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


class Package:
    """A package within bounds; `xml` holds its XML parts, decompressed, as UTF-8, by name.

    Raises `Unreadable` (bomb, encrypted, truncated, corrupt) when it is not. Media stay packed
    until asked for.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            if self._file.read(len(SIGNATURE)) == SIGNATURE:
                Compound(path).close()  # which raises if it is a package behind a password
            self._archive = _open_archive(self._file)
            self._entries = _entries_within_bounds(self._archive)
            self.xml = dict(self._read_xml())
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._archive.close()
        self._file.close()

    def names(self, pattern: str) -> list[str]:
        """Parts whose whole name matches, in natural order (image2 before image10)."""
        wanted = re.compile(pattern, re.IGNORECASE)
        return sorted(filter(wanted.fullmatch, self._entries), key=_natural)

    def read(self, name: str) -> bytes:
        """One part, decompressed; `Unreadable` if it is broken."""
        return _read_entry(self._archive, self._entries[name], MAX_ALL_BYTES)

    def head(self, name: str) -> bytes:
        """The first octets of a part; b"" where there is none, or none that can be read."""
        if name not in self._entries:
            return b""
        try:
            with self._archive.open(self._entries[name]) as part:
                return part.read(_HEAD)
        except _BROKEN:
            return b""

    def tree(self, name: str) -> Element | None:
        """An XML part, parsed; None where there is none or it is not well formed."""
        return parse_xml(self.xml[name]) if name in self.xml else None

    def slim(self, replaced: Mapping[str, bytes] | None = None) -> bytes:
        """The same package, stored, of its XML parts alone, some of them replaced.

        A parser that is given this never meets a media part, a macro or a lying header.
        """
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
            for name, data in {**self.xml, **(replaced or {})}.items():
                archive.writestr(zipfile.ZipInfo(name), data)
        return target.getvalue()

    def _read_xml(self) -> Iterator[tuple[str, bytes]]:
        left = MAX_XML_BYTES
        for name, info in self._entries.items():
            if not _XML_NAME.search(name) or name.startswith(_MACROS):
                continue
            data = as_utf8(_read_entry(self._archive, info, left))
            left -= len(data)
            if b"<!DOCTYPE" in data:
                raise Unreadable("bomb", f"{name}: document type declaration")
            # ODF 1.2 part 3, 4.4: each encrypted part is listed with its key derivation.
            if name == "META-INF/manifest.xml" and b"encryption-data" in data:
                raise Unreadable("encrypted", "password-protected document")
            yield name, data


def _open_archive(file: IO[bytes]) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _BROKEN as error:
        file.seek(0)
        data_follows_header = file.read(4) == b"PK\x03\x04"
        # The directory of a zip stands at its end: without it, the end is what is missing.
        code = "truncated" if data_follows_header and not _has_end_record(file) else "corrupt"
        raise Unreadable(code, f"zip: {error}") from error


def _has_end_record(file: IO[bytes]) -> bool:
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_557))  # a comment of 65,535 and the record of 22 octets
    return b"PK\x05\x06" in file.read()


def _entries_within_bounds(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise Unreadable("bomb", f"{len(infos)} entries")
    total = xml = 0
    entries: dict[str, zipfile.ZipInfo] = {}
    parts = {entry: name for name, entry in part_names([info.filename for info in infos]).items()}
    for info in infos:
        name = parts.get(info.filename, info.filename)
        total += info.file_size
        xml += info.file_size if _XML_NAME.search(name) else 0
        ratio = info.file_size / max(1, info.compress_size)
        if info.file_size > RATIO_COUNTS_FROM and ratio > MAX_RATIO:
            raise Unreadable("bomb", f"{name}: {info.file_size} bytes, ratio {ratio:.0f}")
        if info.flag_bits & 1:
            raise Unreadable("encrypted", name)
        entries[name] = info
    if total > MAX_ALL_BYTES or xml > MAX_XML_BYTES:
        raise Unreadable("bomb", f"{total} bytes unpacked, {xml} of them XML")
    return entries


def _read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    chunks, size = [], 0
    try:
        with archive.open(info) as part:
            while chunk := part.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise Unreadable("bomb", f"{info.filename}: more than {limit} bytes")
                chunks.append(chunk)
    except _BROKEN as error:
        raise Unreadable("corrupt", f"{info.filename}: {error}") from error
    return b"".join(chunks)


def _natural(name: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)
    ]
