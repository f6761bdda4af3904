"""What lies in a container: zip, OLE compound file, ISO base media file, told by its inside."""

from __future__ import annotations

import mmap
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from mailbot.formats.archives.zip_directory import open_zip

_ODF = {
    "text": "odt",
    "text-template": "odt",
    "spreadsheet": "ods",
    "spreadsheet-template": "ods",
    "presentation": "odp",
    "graphics": "odg",
}
_MAIN_PARTS = ("word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml")
_FIRST_OF_OOXML = ("[Content_Types].xml", "_rels/.rels", "docProps/", "word/", "xl/", "ppt/")


def part_names(names: Sequence[str]) -> dict[str, str]:
    """The entries of an office package by the names of the parts they are.

    Some .NET writers part the folders with backslashes or begin with a slash; who unpacks a
    document and packs it again packs the folder with it. A lone zip is left as it is.
    """
    parts = {name.replace("\\", "/").removeprefix("./").lstrip("/"): name for name in names}
    roots = {name.partition("/")[0] for name in parts}
    if len(roots) == 1 and (root := roots.pop()) not in parts:
        inner = {name.removeprefix(f"{root}/"): entry for name, entry in parts.items()}
        if any(name in inner for name in _MAIN_PARTS):
            return inner
    return parts


def zip_format(path: Path, head: bytes) -> str:
    """docx xlsx xlsb pptx odt ods odp odg ofd xps, or plain zip."""
    try:
        with path.open("rb") as file, open_zip(file) as archive:
            names = archive.namelist()
            mimetype = _read_mimetype(archive) if "mimetype" in names else b""
            first = min((info.header_offset for info in archive.infolist()), default=0)
        if names and first != head.find(b"PK\x03\x04"):
            # The directory found is that of an uncompressed docx inside a zip cut short.
            names, mimetype = _leading_names(head), head[:256]
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        OSError,
        ValueError,
        RuntimeError,
        EOFError,
    ):
        names = _leading_names(head)  # cut short or damaged: its first members still tell
        mimetype = head[:256]
    return _office_format(names, mimetype)


def _read_mimetype(archive: zipfile.ZipFile) -> bytes:
    with archive.open("mimetype") as member:
        return member.read(256)


def _leading_names(head: bytes) -> list[str]:
    """Names in the local headers of `head` (APPNOTE 4.3.7), if its first is one of an office file.

    The first must be, since a plain zip may hold an uncompressed docx with headers of its own.
    """
    names = [
        head[found.end() : found.end() + int.from_bytes(found[1], "little")].decode("latin-1")
        for found in re.finditer(rb"PK\x03\x04.{22}(..)..", head, re.DOTALL)
    ]
    if names and (names[0] == "mimetype" or names[0].startswith(_FIRST_OF_OOXML)):
        return names
    return []


def _office_format(names: list[str], mimetype: bytes) -> str:
    present = set(part_names(names))
    found = re.search(rb"application/vnd\.oasis\.opendocument\.([a-z-]+)", mimetype)
    if found:
        return _ODF.get(found[1].decode(), "zip")
    if "OFD.xml" in present:
        return "ofd"
    if "FixedDocSeq.fdseq" in present or "FixedDocumentSequence.fdseq" in present:
        return "xps"
    packaged = "[Content_Types].xml" in present or "_rels/.rels" in present
    if not packaged and present.isdisjoint(_MAIN_PARTS):
        return "zip"
    if "xl/workbook.bin" in present:
        return "xlsb"
    for folder, format_ in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
        if any(name.startswith(folder) for name in present):
            return format_
    return "zip"


# Streams in the root of a compound file ([MS-CFB]), most telling first.
_OLE_STREAMS = (
    ("EncryptedPackage", ""),  # [MS-OFFCRYPTO]: an OOXML file behind a password
    ("__properties_version1.0", "msg"),  # [MS-OXMSG]
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    # Microsoft Works, whose .wps has nothing but its name in common with WPS Office's.
    ("CONTENTS", "works"),
    ("MatOST", "works"),
)
_OLE_SUFFIXES = ("doc", "xls", "ppt", "msg", "wps", "et", "dps")
_OLE_TWINS = {("doc", ".wps"): "wps", ("xls", ".et"): "et", ("ppt", ".dps"): "dps"}
_OOXML_SUFFIXES = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xltx"), "xlsx"),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), "pptx"),
    ".xlsb": "xlsb",
}


def ole_format(path: Path, suffix: str) -> str:
    """doc xls ppt msg works, WPS Office's twins by name, docx/xlsx/pptx if encrypted, or ole.

    Where no stream tells (cut off before its directory), the name does.
    """
    root = _ole_root(path)
    for stream, format_ in _OLE_STREAMS:
        if stream in root:
            if not format_:
                return _OOXML_SUFFIXES.get(suffix, "docx")
            return _OLE_TWINS.get((format_, suffix), format_)
    return suffix[1:] if suffix[1:] in _OLE_SUFFIXES else "ole"


def _ole_root(path: Path) -> set[str]:
    import olefile  # not for photographs

    try:
        with olefile.OleFileIO(path) as compound:
            return {entry[0] for entry in compound.listdir(storages=False)}
    except Exception:  # noqa: BLE001 - olefile raises at will on damaged files
        return _ole_names(path)


def _ole_names(path: Path) -> set[str]:
    """Stream names found anywhere in a compound file whose directory cannot be followed."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        return {
            stream
            for stream, _ in _OLE_STREAMS
            if octets.find(stream.encode("utf-16-le") + b"\x00\x00") >= 0
        }


_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_FIRST_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


def bmff_format(head: bytes) -> str:
    """mp4 mov 3gp heic avif raw m4a, or "" if `head` is no ISO base media file (14496-12)."""
    box = head[4:8]
    if box in _FIRST_BOXES and (box == b"mdat" or head[0] < 32):  # not the words "Tax free"
        return "mov"  # QuickTime before brands; an MP4 always starts with ftyp
    if box != b"ftyp":
        return ""
    length = int.from_bytes(head[:4], "big")
    major = head[8:12]
    brands = {head[at : at + 4] for at in range(16, min(length, len(head), 256), 4)} | {major}
    if major in (b"avif", b"avis") or (major in (b"mif1", b"msf1") and b"avif" in brands):
        return "avif"
    if major in _HEIC_BRANDS or major in (b"mif1", b"msf1"):
        return "heic"
    if major == b"qt  ":
        return "mov"
    if major[:3] in (b"3gp", b"3g2", b"3ge", b"3gs", b"3gr"):
        return "3gp"
    if major in (b"M4A ", b"M4B ", b"M4P "):
        return "m4a"
    return "raw" if major == b"crx " else "mp4"  # crx: Canon .cr3, a photograph
