"""What a file is, by its octets; its name only where the octets leave the question open.

Order matters: exact magic numbers first, then containers that must be looked into (zip, OLE,
ISO-BMFF, EBML), then text, whose kinds differ by their first words only.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from mailbot.formats.archives.zip_directory import ends_as_zip
from mailbot.inspection.identify.containers import bmff_format, ole_format, zip_format
from mailbot.inspection.identify.textkind import text_format
from mailbot.model import Family

HEAD = 64 * 1024  # octets looked at, except in zip and OLE, whose directories lie elsewhere

_DOCUMENTS = (
    "docx doc wps odt fodt rtf pdf txt html mht xlsx xlsb xls et ods csv pptx ppt dps odp odg ofd "
    "xps spreadsheetml wordml works"
)
_FAMILIES: dict[Family, str] = {
    Family.PHOTO: "jpeg png psd psb heic avif tiff bmp webp gif jp2 jxl raw",
    Family.VIDEO: "mp4 mov 3gp mpg2 mpg1 avi mts mkv webm wmv flv rmvb ogv mxf dav hik dv "
    "h264 h265",
    Family.DOCUMENT: _DOCUMENTS,
    Family.ARCHIVE: "zip rar 7z tar gz bz2 xz zst Z cab lha",
    Family.MAIL: "eml tnef msg p7m",
    Family.OTHER: "ics vcf p7s pgp svg emf wmf ico appledouble lock empty",
}
FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names.split()}

# (offset, octets, format); the first that fits wins.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"8BPS\x00\x01", "psd"),
    (0, b"8BPS\x00\x02", "psb"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (8, b"CR\x02\x00", "raw"),  # Canon .cr2, a TIFF by its first octets
    (0, b"FUJIFILMCCD-RAW", "raw"),
    (0, b"IIU\x00", "raw"),  # Panasonic
    (0, b"IIR", "raw"),  # Olympus: IIRO, IIRS
    (0, b"MMOR", "raw"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"II+\x00", "tiff"),  # BigTIFF
    (0, b"MM\x00+", "tiff"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (0, b"\xffO\xffQ", "jp2"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jxl"),
    (8, b"WEBPVP8", "webp"),
    (8, b"AVI LIST", "avi"),
    (8, b"AVI ", "avi"),
    (8, b"CDXA", "mpg1"),  # .dat of a Video CD
    (8, b"WAVE", "wav"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wmv"),  # ASF header object
    (0, b"FLV\x01", "flv"),
    (0, b".RMF\x00", "rmvb"),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "mxf"),
    (0, b"DHAV", "dav"),  # Dahua recorders
    (0, b"IMKH", "hik"),  # Hikvision recorders, often named .mp4
    (0, b"\x00\x00\x00\x01\x67", "h264"),
    (0, b"\x00\x00\x00\x01\x40\x01", "h265"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b\x08", "gz"),
    (4, b"\x31\x41\x59\x26\x53\x59", "bz2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zst"),
    (0, b"\x1f\x9d", "Z"),
    (0, b"MSCF\x00\x00\x00\x00", "cab"),
    (257, b"ustar", "tar"),
    (0, b"\x78\x9f\x3e\x22", "tnef"),
    (0, b"\x00\x05\x16\x07", "appledouble"),  # what a Mac's Finder knows of a file (RFC 1740)
    (40, b" EMF", "emf"),
    (0, b"\xd7\xcd\xc6\x9a", "wmf"),
    (0, b"\x00\x00\x01\x00\x01\x00", "ico"),
    (0, b"\xdb\xa5\x2d\x00", "doc"),  # Word 2.0
    (0, b"\x09\x08\x10\x00\x00\x06\x05\x00", "xls"),  # BIFF8 without its OLE coat
    (0, b"\x09\x08\x08\x00\x00\x05", "xls"),  # BIFF5
    (0, b"\x09\x04\x06\x00", "xls"),
    (0, b"ID3\x02", "mp3"),
    (0, b"ID3\x03", "mp3"),
    (0, b"ID3\x04", "mp3"),
    (0, b"#!AMR", "amr"),
    (0, b"fLaC", "flac"),
    (0, b"\x7fELF", "exe"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "lnk"),  # [MS-SHLLINK] 2.1
    (32769, b"CD001", "iso"),  # ISO 9660 6.3, ECMA-167 volume recognition
    (32769, b"BEA01", "iso"),
)


# Cameras' own formats are TIFF inside; what they show first is a thumbnail.
_RAW_SUFFIXES = frozenset(
    ".dng .cr2 .nef .nrw .arw .sr2 .srf .pef .srw .erf .3fr .iiq .kdc .dcr".split()
)
_LOCK_OCTETS = 512  # what Office leaves beside an open document: its user's name
_DIB_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # lengths of the header behind BITMAPFILEHEADER


def probe_type(path: Path, name: str = "", declared_type: str = "") -> tuple[Family, str]:
    """The family and the short format name (see `model.Inspected`) of the file at `path`.

    Octets decide. `name` (the sender's) breaks ties that octets cannot: .wps and .et hold the
    same OLE octets as .doc and .xls; csv, txt and a bare .eml are all just text. `declared_type`
    is the MIME type, asked last. Raises OSError when the file cannot be read, nothing else.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    format_ = _format(path, head, name or path.name, declared_type.lower())
    return FAMILY_OF.get(format_, Family.UNKNOWN), format_


def _format(path: Path, head: bytes, name: str, declared_type: str) -> str:
    suffix = PurePosixPath(name.lower()).suffix
    if not head:
        return "empty"
    if PurePosixPath(name).name.startswith("~$") and len(head) <= _LOCK_OCTETS:
        return "lock"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ole_format(path, suffix)
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08") or head[:8] == b"PK00PK\x03\x04":
        return zip_format(path, head)
    if head.startswith(b"\x1aE\xdf\xa3"):  # EBML; DocType stands in the first element
        return "webm" if b"webm" in head[:64] else "mkv"
    if head.startswith(b"OggS"):
        return "ogv" if b"theora" in head[:4096] else "ogg"
    for offset, octets, format_ in _MAGIC:
        if head.startswith(octets, offset):
            return "raw" if format_ == "tiff" and suffix in _RAW_SUFFIXES else format_
    told = (
        _binary_format(head, suffix)
        or bmff_format(head)
        or text_format(head, suffix, declared_type)
        or "unknown"
    )
    return _archive_behind(path, head) or told if told in _MAY_HIDE_AN_ARCHIVE else told


# Before the first header of an archive: a program that unpacks it, a line break, anything.
_MAY_HIDE_AN_ARCHIVE = ("exe", "unknown", "txt")


def _archive_behind(path: Path, head: bytes) -> str:
    """zip (or an office format in one) where the file ends as one, whatever it begins with; rar
    and 7z behind a program (their own readers look for them in the first megabyte)."""
    with path.open("rb") as file:
        if ends_as_zip(file):
            return zip_format(path, head)
        if head.startswith(b"MZ"):
            file.seek(0)
            stub = file.read(1 << 20)
            return "rar" if b"Rar!\x1a\x07" in stub else ""
    return ""


def _binary_format(head: bytes, suffix: str) -> str:
    """Formats whose magic is too short to trust without a second look; "" for none."""
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:1024] and b"\x00" not in head[:32]):
        return "pdf"  # PDF 1.7 annex H: the header may stand anywhere in the first 1024 octets
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _DIB_HEADERS:
        return "bmp"
    if head.startswith(b"\xff\xd8") and suffix in (".jpg", ".jpeg", ".jpe"):
        return "jpeg"  # damaged behind its first marker, yet meant as nothing else
    if head.startswith(b"\x00\x00\x01\xba"):
        # ISO/IEC 13818-1 pack header: '01' in the upper bits; MPEG-1 has '0010'.
        return "mpg2" if len(head) > 4 and head[4] >> 6 == 1 else "mpg1"
    if head.startswith(b"\x00\x00\x01\xb3"):  # elementary stream; an extension makes it MPEG-2
        return "mpg2" if b"\x00\x00\x01\xb5" in head[:512] else "mpg1"
    if _is_transport_stream(head):
        return "mts"
    if head[:3] == b"\x1f\x07\x00" and head[80:83] == b"\x3f\x07\x00":
        return "dv"  # camcorder tape, IEC 61834: DIF blocks of 80 octets, header and subcode
    if head[:1] == b"\x30" and b"\x2a\x86\x48\x86\xf7\x0d\x01\x07" in head[:32]:  # PKCS #7
        signed = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" in head[:32]
        return "p7s" if signed and not _holds_what_it_signs(head) else "p7m"
    if head.startswith(b"MZ") and b"\x00" in head[:64]:
        return "exe"
    if head[2:5] in (b"-lh", b"-lz") and head[6:7] == b"-":
        return "lha"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "mp3"
    return ""


def _holds_what_it_signs(head: bytes) -> bool:
    """EncapsulatedContentInfo (RFC 5652 5.2): the type id-data, then perhaps the content, [0].

    [0] also begins the certificates behind it, so an element of the type's length is empty.
    """
    data_type = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
    before, found, after = head.partition(data_type)
    return bool(found) and after.startswith(b"\xa0") and not before.endswith(b"\x30\x0b")


def _is_transport_stream(head: bytes) -> bool:
    """Sync bytes of MPEG-TS: packets of 188 octets, with BDAV's 4-octet time code, or with FEC."""
    for start, step in ((0, 188), (4, 192), (0, 204)):
        places = range(start, len(head), step)[:5]
        if len(places) >= 2 and all(head[place] == 0x47 for place in places):
            return True
    return False
