"""The summary information of compound files ([MS-OLEPS]): title, author, program, pages.

Not by olefile: a vector that claims four thousand million entries keeps it busy for hours.
"""

import struct

from mailbot.inspection.readers.content import printable
from mailbot.model import Json

# Property identifiers of the summary information set ([MS-OLEPS] 2.25.1).
_CODEPAGE, _PAGES = 1, 14
_TEXTS = {2: "title", 4: "author", 8: "last_modified_by", 18: "program"}
_I2, _I4, _LPSTR, _LPWSTR = 2, 3, 30, 31  # property types (2.15)
_CODECS = {936: "gb18030", 1200: "utf-16-le", 65001: "utf-8"}
_MAX_PROPERTIES, _MAX_TEXT = 100, 200


def parse_summary(stream: bytes) -> dict[str, Json]:
    """The facts a \\x05SummaryInformation stream states; what is broken is left out."""
    facts: dict[str, Json] = {}
    try:
        start = struct.unpack_from("<I", stream, 44)[0]
        count = min(struct.unpack_from("<I", stream, start + 4)[0], _MAX_PROPERTIES)
        pairs = struct.unpack_from(f"<{2 * count}I", stream, start + 8)
        places = {key: start + offset for key, offset in zip(pairs[::2], pairs[1::2], strict=True)}
        codec = _codec(stream, places.get(_CODEPAGE))
        for key, fact in _TEXTS.items():
            text = _text(stream, places[key], codec) if key in places else ""
            if text:
                facts[fact] = text
        if _PAGES in places:
            kind, pages = struct.unpack_from("<Ii", stream, places[_PAGES])
            if kind == _I4 and pages > 0:
                facts["pages"] = pages
    except struct.error:
        pass  # cut short: what was read so far stands
    return facts


def _codec(stream: bytes, place: int | None) -> str:
    if place is None:
        return "gb18030"
    kind, page = struct.unpack_from("<IH", stream, place)
    return _CODECS.get(page, f"cp{page}") if kind == _I2 else "gb18030"


def _text(stream: bytes, place: int, codec: str) -> str:
    kind, length = struct.unpack_from("<II", stream, place)
    if kind == _LPWSTR:
        codec, length = "utf-16-le", 2 * length
    elif kind != _LPSTR:
        return ""
    data = stream[place + 8 : place + 8 + min(length, 4 * _MAX_TEXT)]
    try:
        text = data.decode(codec, "replace")
    except LookupError:
        return ""
    return printable(text.partition("\0")[0]).strip()[:_MAX_TEXT]
