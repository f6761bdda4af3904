"""In which code are the names of a zip written: most archivers of Windows do not say.

The names of one archive are in one code, so they are judged together. 0x5C is the second octet
of many GBK characters: decode first, look for separators then.
"""

import struct
import unicodedata
import zlib
from collections.abc import Iterable

_BY_CHANCE, _NEARLY_ALL = 0.65, 0.9
_UNICODE_PATH = 0x7075  # Info-ZIP: version, CRC-32 of the raw name, the name in UTF-8


def decode_names(raws: Iterable[bytes]) -> list[str]:
    """Names whose flag does not say that they are UTF-8, in the code that fits them all."""
    names = list(raws)
    own = {index: text for index, name in enumerate(names) if (text := _chinese_utf8(name))}
    rest = [name for index, name in enumerate(names) if index not in own and not name.isascii()]
    codec = guess_codec(rest)
    return [
        own[index] if index in own else name.decode(codec, "replace")
        for index, name in enumerate(names)
    ]


def _chinese_utf8(name: bytes) -> str:
    """The name if it is Chinese in UTF-8, which no other code is by chance: a second archiver may
    have added to what a first one wrote."""
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if sum("\u3400" <= character <= "\u9fff" for character in text) > 1 else ""


def guess_codec(names: list[bytes]) -> str:
    """utf-8, gb18030, cp950 (Big5), koi8-r, cp866 or cp437 for names that are not ASCII.

    The senders are Chinese: GB wins unless its reading is made of characters that nobody uses,
    or the names are words of another alphabet from end to end.
    """
    if _all_decode(names, "utf-8"):
        return "utf-8"
    common, rare, other = _chinese_characters(names)
    if names and _is_big5(names, common / (common + rare + other or 1)):
        return "cp950"
    if _all_decode(names, "gb18030") and common + rare >= other and common >= rare:
        return "koi8-r" if rare * 3 >= common and _words_of(names, "koi8-r") else "gb18030"
    for codec in ("cp866", "koi8-r"):
        if _words_of(names, codec):
            return codec
    if _all_decode(names, "gb18030") and common + rare > other:
        return "gb18030"
    return "cp437"


def unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in the Info-ZIP Unicode Path field, if it belongs to this very name."""
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, position)
        data = extra[position + 4 : position + 4 + length]
        if kind == _UNICODE_PATH and len(data) > 5 and data[0] == 1:
            (crc,) = struct.unpack_from("<I", data, 1)
            if crc == zlib.crc32(raw):
                return data[5:].decode("utf-8", "replace")
        position += 4 + length
    return None


def _all_decode(names: list[bytes], codec: str) -> bool:
    try:
        for name in names:
            name.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _chinese_characters(names: list[bytes]) -> tuple[int, int, int]:
    """Of the GB reading: characters of GB 2312 level 1 (everyday), of level 2, all others."""
    common = rare = other = 0
    for name in names:
        for character in name.decode("gb18030", "replace"):
            if character.isascii():
                continue
            # Not by the codec gb2312: text/charsets.py makes that name mean GB18030.
            octets = character.encode("gb18030", "replace")
            lead = octets[0] if len(octets) == 2 and octets[1] >= 0xA1 else 0
            if 0xA1 <= lead <= 0xA9 or 0xB0 <= lead <= 0xD7:
                common += 1
            elif 0xD8 <= lead <= 0xF7:
                rare += 1
            else:
                other += 1
    return common, rare, other


def _is_big5(names: list[bytes], common_in_gb: float) -> bool:
    """Whether nearly all characters are everyday ones in Big5 (its level 1, A440 to C67E) and
    far fewer of them are in GB: by chance about half of either are in the other."""
    if common_in_gb > _BY_CHANCE or not _all_decode(names, "cp950"):
        return False
    foreign = [
        character.encode("cp950", "replace")
        for name in names
        for character in name.decode("cp950")
        if not character.isascii()
    ]
    common = sum(b"\xa4\x40" <= character <= b"\xc6\x7e" for character in foreign)
    punctuation = sum(character < b"\xa4\x40" for character in foreign)
    return common > _NEARLY_ALL * (len(foreign) - punctuation) > 0


def _words_of(names: list[bytes], codec: str) -> bool:
    """Whether the names are words of that alphabet: letters only, capitals where they belong."""
    letters = 0
    for name in names:
        text = name.decode(codec)
        foreign = [character for character in text if not character.isascii()]
        if any(unicodedata.category(character) not in ("Lu", "Ll") for character in foreign):
            return False
        words = "".join(c if c.isalpha() else " " for c in text).split()
        if any(word not in (word.lower(), word.upper(), word.capitalize()) for word in words):
            return False
        letters += len(foreign)
    return letters >= 6
