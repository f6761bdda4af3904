"""Octets to text, whatever their label says.

Importing this module makes every name of a GB character set mean GB18030, for the whole process:
Chinese mailers label GBK as gb2312, and Python's gb2312 codec then drops 镕, 喆 and their like
(mail-parser and the stdlib decode by these labels). GB18030 is a superset of both.
"""

import codecs
import encodings
import re
from encodings.aliases import aliases

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


def _register_aliases() -> None:
    aliases.update(dict.fromkeys(_GB_NAMES.split(), "gb18030"))
    aliases.update(_OTHER_NAMES)
    # A name that was looked up before keeps its codec in two caches: the package's own, and the
    # interpreter's, which only unregister() clears (Python 3.10+).
    cache: dict[str, object] = getattr(encodings, "_cache", {})
    cache.clear()
    search = encodings.search_function
    codecs.unregister(search)
    codecs.register(search)


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
    for mark, named in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _LONE_SURROGATE.sub("\ufffd", data[len(mark) :].decode(named, "replace"))
    if codec in _LATIN and _is_chinese_in_disguise(data):
        codec = "gb18030"
    elif not codec and _HIGH.search(data) and not _HIGH.search(_LATIN_LETTER.sub(b"", data)):
        codec = "cp1252"  # single high octets inside words: Frösche, not Chinese
    if codec in _WIDE and _is_utf8_in_disguise(data):
        codec = "utf-8"
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
        foreign = [char for char in data.decode("utf-8") if not char.isascii()]
    except UnicodeDecodeError:
        return False
    return len(foreign) >= 3 and all(map(_IN_CHINESE.match, foreign))


def _is_chinese_in_disguise(data: bytes) -> bool:
    """GB2312 labelled Latin-1: every run of high octets is whole pairs, which no French is."""
    runs = _HIGH.findall(data)
    return bool(runs) and all(len(run) % 2 == 0 and not _GB2312_PAIR.sub(b"", run) for run in runs)
