"""Octets to text, whatever their label says.

Importing this module makes every name of a GB character set mean GB18030, for the whole process:
Chinese mailers label GBK as gb2312, and Python's gb2312 codec then drops 镕, 喆 and their like
(mail-parser and the stdlib decode by these labels). GB18030 is a superset of both.
"""

import codecs
import encodings
import re
from encodings.aliases import aliases
from typing import Any

_GB_NAMES = (
    "gb2312 gb_2312 gb_2312_80 gb2312_80 gb2312_1980 csgb2312 csiso58gb231280 iso_ir_58 chinese "
    "euc_cn euccn eucgb2312_cn x_euc_cn gbk x_gbk cp936 ms936 936 windows_936 gb18030_2000 "
    "x_gb18030"
)
_OTHER_NAMES = {
    "ks_c_5601_1987": "cp949",
    "ksc5601": "cp949",
    "euc_kr": "cp949",
    "x_sjis": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "iso_8859_8_i": "iso8859_8",
    "x_big5": "cp950",
    "x_x_big5": "cp950",
    "unicode_1_1_utf_7": "utf_7",
}
# Labels that say nothing about high octets, or are put on everything by careless senders.
_UNTOLD = frozenset({"", "ascii", "unknown", "default", "8bit", "binary", "none"})
_NO_CHARSETS = frozenset(
    {"ascii", "undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape"}
)
_FOR_HOST_NAMES = frozenset({"idna", "punycode"})
_LONGEST_HOST_NAME = 1024  # RFC 1035 allows 255 octets
_LATIN = frozenset({"iso8859-1", "cp1252", "latin-1", "iso8859-15"})
_WIDE = frozenset({"gb18030", "cp950", "big5", "big5hkscs", "cp932", "cp949"})
# Ideographs, their punctuation, full-width forms, dashes and quotation marks.
_IN_CHINESE = re.compile(
    "[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef\u2010-\u203b\U00020000-\U0003ffff]"
)
_GB2312_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]+")
# Inside a word or at its end, where no second octet of a Chinese character can follow.
_LATIN_LETTER = re.compile(rb"(?<=[A-Za-z])[\xc0-\xff](?=[a-z]|[^@-~\x80-\xff]|\Z)")
# The share of damaged characters up to which a text is taken for what it says it is.
_BEARABLE = 0.3
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


# windows-874, ibm850, x-cp-1252, dos-866: a code page by its number, which the stdlib calls cpNNN.
_CODE_PAGE = re.compile(r"(?:x_)?(?:windows|win|ibm|cp|dos|ms|msdos|oem)_?0*(\d{3,5})")
_UNDER_OTHER_LABELS = {
    "utf8mb4": "utf_8",
    "utf8mb3": "utf_8",
    "unicode": "utf_16",
    "ucs_2": "utf_16",
    "iso_10646_ucs_2": "utf_16",
    "macintosh": "mac_roman",
    "euckr": "cp949",
    "tis_620": "cp874",
    "iso_8859_11": "cp874",
    "koi8": "koi8_r",
    "ansi_x3_110_1983": "latin_1",
    "csbig5": "cp950",
    "windows_31j": "cp932",
}


def _find_under_another_label(name: str) -> codecs.CodecInfo | None:
    """Codecs that the stdlib has and does not know by the name that mailers give them. Asked by
    the interpreter, after all others, for a name in lower case."""
    label = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    found = _CODE_PAGE.fullmatch(label)
    other = f"cp{found[1]}" if found else _UNDER_OTHER_LABELS.get(label)
    if other is None and label.startswith("x_"):
        other = label.removeprefix("x_").replace("mac_", "mac-")
        other = {"euc_tw": "cp950", "gbk": "gb18030"}.get(other, other)
    if other is None or other == name:
        return None
    try:
        return codecs.lookup(other)
    except LookupError:
        return None


def _find_bounded(name: str) -> codecs.CodecInfo | None:
    """The stdlib's codecs for host names, for no more than a host name: their time grows with the
    square of the length (80 s for 200 kB), and a mail may name them as its character set, which
    libraries that read mail then ask for."""
    if name not in _FOR_HOST_NAMES:
        return None
    known = encodings.search_function(name)
    assert known is not None

    def encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
        if len(text) > _LONGEST_HOST_NAME:
            if errors != "strict":
                return text.encode("ascii", errors), len(text)
            raise UnicodeEncodeError(name, text, 0, 1, "longer than a host name")
        return known.encode(text, errors)

    def decode(data: Any, errors: str = "strict") -> tuple[str, int]:
        if len(data) > _LONGEST_HOST_NAME:
            if errors != "strict":
                return bytes(data).decode("ascii", errors), len(data)
            raise UnicodeDecodeError(name, bytes(data), 0, 1, "longer than a host name")
        return known.decode(data, errors)

    return codecs.CodecInfo(
        encode,
        decode,
        streamreader=known.streamreader,
        streamwriter=known.streamwriter,
        incrementalencoder=known.incrementalencoder,
        incrementaldecoder=known.incrementaldecoder,
        name=known.name,
    )


def _register_aliases() -> None:
    aliases.update(dict.fromkeys(_GB_NAMES.split(), "gb18030"))
    aliases.update(_OTHER_NAMES)
    # A name that was looked up before keeps its codec in two caches: the package's own, and the
    # interpreter's, which only unregister() clears (Python 3.10+).
    cache: dict[str, object] = getattr(encodings, "_cache", {})
    cache.clear()
    search = encodings.search_function
    codecs.unregister(search)
    codecs.register(_find_bounded)
    codecs.register(search)
    codecs.register(_find_under_another_label)


_register_aliases()


def codec_name(label: str) -> str:
    """The codec's own name for a label; "" for a label that is unknown or says nothing."""
    name = label.strip().strip("\"'").lower()
    if name in _UNTOLD:
        return ""
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):  # ValueError: NUL in the name
        return ""
    # base64, rot13, zip … are codecs too, but no character sets.
    if not getattr(codec, "_is_text_encoding", True) or codec.name in _NO_CHARSETS:
        return ""
    return codec.name


def _strictly_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _from_jis(data: bytes, codec: str) -> str | None:
    """Text of octets with the escapes of ISO-2022-JP, labelled so or not at all; None for none."""
    if not data.isascii() or not _JIS_ESCAPE.search(data):
        return None
    text = _decode(data, codec or "iso2022_jp_3")
    return _decode_jis(data) if text is None or "\ufffd" in text else text


def _decode_jis(data: bytes) -> str:
    """ISO-2022-JP as Windows writes it, with NEC's row 13 (①, ㈱), which no codec of the stdlib
    knows in this form: each two-octet segment goes through cp932, which has it."""
    text, at, wide = "", 0, False
    for escape in _JIS_ESCAPE.finditer(data):
        text += _jis_segment(data[at : escape.start()], wide)
        at, wide = escape.end(), escape[0][1:2] == b"$"
    return text + _jis_segment(data[at:], wide)


_JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([BJI])")


def _jis_segment(octets: bytes, wide: bool) -> str:
    if not wide:
        return octets.decode("ascii", "replace")
    shifted = bytearray()
    for lead, trail in zip(octets[0::2], octets[1::2], strict=False):
        row = lead - 0x21  # JIS X 0208 to Shift_JIS (JIS X 0208:1997, annex 1)
        second = trail + (0x1F if trail < 0x60 else 0x20) if row % 2 == 0 else trail + 0x7E
        first = row // 2 + (0x81 if row < 62 else 0xC1)
        shifted += bytes((first & 0xFF, second & 0xFF))
    return shifted.decode("cp932", "replace")


def decode_unlabelled(data: bytes) -> str:
    """Text of octets nobody labelled: UTF-8 if it is that strictly, else GB18030."""
    return decode_text(data, "")


def decode_certain(data: bytes) -> str:
    """UTF-8, or the two-octet characters of GB2312, where it is one of them; else ""."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace") if _is_chinese_in_disguise(data) else ""


def decode_text(data: bytes, label: str) -> str:
    """Text of labelled octets; a wrong or missing label is seen through where that is certain.

    Never raises; octets that fit nothing become U+FFFD. A byte order mark is dropped.
    """
    codec = codec_name(label)
    if not codec or codec.startswith("iso2022_jp"):
        plain = _from_jis(data, codec)
        if plain is not None:
            return plain
    for mark, named in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _LONE_SURROGATE.sub("\ufffd", data[len(mark) :].decode(named, "replace"))
    if codec in ("", "utf-8") and (strict := _strictly_utf8(data)) is not None:
        return strict  # with U+FFFD in it, perhaps: what an earlier program could not read
    if codec in _LATIN and _is_chinese_in_disguise(data):
        codec = "gb18030"
    elif not codec and _HIGH.search(data) and not _HIGH.search(_LATIN_LETTER.sub(b"", data)):
        codec = "cp1252"  # single high octets inside words: Frösche, not Chinese
    if codec in _WIDE and _is_utf8_in_disguise(data):
        return data.decode("utf-8")
    # UTF-8 proves itself: other text read as UTF-8 is mostly damage, while UTF-8 read as GB18030
    # hardly is. One character torn by a gateway or cut off is no reason to doubt either.
    for candidate, bearable in (
        (codec, 0.0),
        ("utf-8", _BEARABLE),
        (codec, _BEARABLE),
        ("gb18030", 0.0),
    ):
        text = _decode(data, candidate) if candidate else None
        if text is not None and _damage(text) <= bearable:
            return text
    texts = [_decode(data, candidate) for candidate in (codec, "utf-8", "gb18030") if candidate]
    return min((text for text in texts if text is not None), key=_damage)


def _decode(data: bytes, codec: str) -> str | None:
    try:
        # Some codecs make lone surrogates, which no UTF-8 output (SQLite, JSON) takes.
        return _LONE_SURROGATE.sub("\ufffd", data.decode(codec, "replace"))
    except (UnicodeError, ValueError):  # some codecs raise in spite of "replace"
        return None


def _damage(text: str) -> float:
    """The share of what is not ASCII that could not be decoded; a cut last character is free."""
    body = text.rstrip("\ufffd")
    foreign = sum(not char.isascii() for char in body)
    return body.count("\ufffd") / foreign if foreign else float(body != text)


def _is_utf8_in_disguise(data: bytes) -> bool:
    """UTF-8 labelled GBK and its like: not one of its characters is rare, which is no accident.

    Two-octet sequences prove nothing: much of GBK is valid as Cyrillic or Arabic in UTF-8.
    """
    try:
        foreign = [char for char in data.decode("utf-8") if not char.isascii() and char != "\ufffd"]
    except UnicodeDecodeError:
        return False
    return len(foreign) >= 3 and all(map(_IN_CHINESE.match, foreign))


def _is_chinese_in_disguise(data: bytes) -> bool:
    """GB2312 labelled Latin-1: every run of high octets is whole pairs, which no French is."""
    runs = _HIGH.findall(data)
    return bool(runs) and all(len(run) % 2 == 0 and not _GB2312_PAIR.sub(b"", run) for run in runs)
