"""Header fields as senders really write them: raw octets, encoded words, parameters.

The stdlib splits a header block into fields; their values are read here, because its own
decoding loses raw 8-bit text, words split in mid-character and parameters that break the
grammar, which is what Chinese mailers and phones send (RFC 2045, 2047, 2183, 2231 and not).
"""

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from urllib.parse import unquote_to_bytes

from mailbot.formats.text.charsets import codec_name, decode_certain, decode_text, decode_unlabelled

_WORD = re.compile(r"=\?([^?\s*]*)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=", re.ASCII)
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]", re.ASCII)
_TYPE = re.compile(r"[^\s/;()<>@,\"]+/[^\s/;()<>@,\"]+")
_SECTION = re.compile(r"^(.+?)(?:\*(\d{1,4}))?(\*)?$", re.DOTALL)
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){2,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_CUT_WORD = re.compile(r"=\?([^?\s*]+)\?([bBqQ])\?([^?\s]+)\??$", re.ASCII)
_UNPARTED = re.compile(r"\s*([^\s,;=\"]+)[\s,]+([\w*-]+)\s*=\s*(.+)$", re.DOTALL)
_QUOTED_APART = re.compile(r"\?=\"\s*\"=\?")
_EXTENDED = re.compile(r"([\w-]{3,20})'[\w-]{0,10}'((?:[^%]|%[0-9A-Fa-f]{2})+)$", re.ASCII)
_FOLD = re.compile(r"(?:\r\n|\r|\n)(?=[ \t])")

# What the Content-Transfer-Encoding means, once its decorations are gone ("base64;", "7-bit").
_ENCODINGS = {
    "base64": "base64",
    "b": "base64",
    "quotedprintable": "quoted-printable",
    "qp": "quoted-printable",
    "q": "quoted-printable",
    "xuuencode": "uuencode",
    "uuencode": "uuencode",
    "uue": "uuencode",
    "xuue": "uuencode",
}

# Of one field: 1,500 recipients fit. The stdlib and mail-parser take quadratic time on longer.
MAX_VALUE = 64 << 10

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PartHeaders:
    """What a part's header block says of the part."""

    fields: Fields  # every field, in order; values raw, octets as surrogate escapes
    content_type: str  # "text/plain", lower case
    boundary: str  # of a multipart; "" where none is given
    charset: str
    encoding: str  # "base64", "quoted-printable", "uuencode" or "" (as it stands)
    disposition: str  # "attachment", "inline" or ""
    content_id: str
    names: tuple[str, ...]  # filename*, filename, name*, name: those there are, decoded

    @property
    def is_multipart(self) -> bool:
        return self.content_type.startswith("multipart/")


def parse_part_headers(block: bytes, default_type: str = "text/plain") -> PartHeaders:
    """Read one header block; nothing in it raises."""
    fields = parse_fields(block)
    kind, type_params = _content_type(fields)
    disposition, params = _value_with_params(_first(fields, "content-disposition"))
    # A field that stands twice: what only the second says counts too.
    for key, value in fields:
        if key.lower() == "content-disposition":
            params += _value_with_params(value)[1]
        elif key.lower() == "content-type":
            type_params = type_params + _value_with_params(value)[1]
    match = _TYPE.match(kind)
    content_type = match.group().lower() if match else ("text/plain" if kind else default_type)
    name, filename = _parameter(type_params, "name"), _parameter(params, "filename")
    # A few mailers put each name where the other belongs.
    swapped = _parameter(params, "name") or _parameter(type_params, "filename")
    disposition = disposition.strip().lower()
    return PartHeaders(
        fields=fields,
        content_type=content_type,
        boundary=_parameter(type_params, "boundary").rstrip(),
        charset=_parameter(type_params, "charset").strip(),
        encoding=_encoding(_first(fields, "content-transfer-encoding")),
        # RFC 2183 2.8: an unknown disposition is treated as attachment; one that is only broken
        # ("; filename=x") says nothing.
        disposition=disposition if disposition in ("", "inline", "attachment") else "attachment",
        content_id=decode_value(_first(fields, "content-id")).strip().strip("<>").strip(),
        names=tuple(text for text in (filename, name, swapped) if text.strip()),
    )


def parse_fields(block: bytes) -> Fields:
    """The fields of a header block, in order; values as they came, octets surrogate-escaped.

    Values are cut at `MAX_VALUE` characters.
    """
    parsed: Message = BytesHeaderParser(policy=compat32).parsebytes(block)
    return tuple((name, str(value)[:MAX_VALUE]) for name, value in parsed.raw_items())


def decode_value(raw: str) -> str:
    """An unstructured value as text: unfolded, octets and encoded words decoded."""
    return _CONTROL.sub("", decode_words(_unfold(_text_of(raw))))


def decode_words(text: str) -> str:
    """Replace encoded words (RFC 2047), tolerant of what breaks its grammar.

    Adjacent words of one character set are joined before they are decoded: Foxmail and others
    split in mid-character, some even in the middle of a base64 group.
    """
    pieces: list[str] = []
    run: list[re.Match[str]] = []
    position = 0
    for match in _WORD.finditer(text):
        between = text[position : match.start()]
        if run and (between.strip() or not _continues(run[-1], match)):
            pieces.append(_decode_run(run))
            run = []
        if between.strip() or (between and not pieces and not run and position == 0):
            pieces.append(between)
        run.append(match)
        position = match.end()
    if run:
        pieces.append(_decode_run(run))
    rest = text[position:]
    if cut := _CUT_WORD.search(rest):  # a value cut off at some length
        rest = rest[: cut.start()].rstrip() + _decode_run([cut])
    return "".join((*pieces, rest))


def _content_type(fields: Fields) -> tuple[str, list[tuple[str, str]]]:
    """The first Content-Type; of several, the one that has parts: gateways add a `text/plain`."""
    said = [_value_with_params(value) for key, value in fields if key.lower() == "content-type"]
    parted = (
        each
        for each in said
        if each[0].lower().startswith("multipart/") and _parameter(each[1], "boundary")
    )
    return next(parted, said[0] if said else ("", []))


def _first(fields: Fields, name: str) -> str:
    return next((value for key, value in fields if key.lower() == name), "")


def _text_of(raw: str) -> str:
    """Undo the stdlib's surrogate escapes: octets above 127 are text in some character set, and
    so are seven-bit ones behind an escape (a raw ISO-2022-JP name)."""
    if raw.isascii() and "\x1b" not in raw:
        return raw
    return decode_unlabelled(raw.encode("utf-8", "surrogateescape"))


def _unfold(text: str) -> str:
    return _FOLD.sub("", text).replace("\r", " ").replace("\n", " ")


def _encoding(raw: str) -> str:
    word = re.split(r"[;(,]", raw, maxsplit=1)[0]
    return _ENCODINGS.get(re.sub(r"[^a-z0-9]", "", word.lower()), "")


def _continues(before: re.Match[str], word: re.Match[str]) -> bool:
    same_set = codec_name(before[1]) == codec_name(word[1])
    return same_set and before[2].lower() == word[2].lower()


def _decode_run(run: list[re.Match[str]]) -> str:
    words = [match[3] for match in run]
    if run[0][2].lower() == "b":
        words = [_NOT_BASE64.sub("", word) for word in words]
        if any(len(word) % 4 for word in words[:-1]):
            words = ["".join(words)]  # the base64 itself was cut, not the octets
        data = b"".join(map(_base64, words))
    else:
        data = b"".join(_q_word(word, run[0][1]) for word in words)
    return decode_text(data, run[0][1])


def _base64(word: str) -> bytes:
    digits = word.replace("=", "")
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + "=" * (-len(digits) % 4))


def _q_word(word: str, label: str) -> bytes:
    try:  # raw octets inside an encoded word were decoded with the rest of the value
        octets = word.encode("ascii" if word.isascii() else codec_name(label) or "utf-8")
    except UnicodeError:
        octets = word.encode("utf-8", "replace")
    return binascii.a2b_qp(octets, header=True)


def _value_with_params(raw: str) -> tuple[str, list[tuple[str, str]]]:
    """`value; key=value; …` with quotes honoured; keys lower case, values unquoted."""
    # Decode octets first: in GBK the second octet of a character may be a backslash.
    head, *rest = _split_params(_unfold(_text_of(raw)))
    params = []
    for piece in rest:
        key, equals, value = piece.partition("=")
        if equals:
            params.append((key.strip().lower(), _unquote(value.strip())))
    if unparted := _UNPARTED.match(head):  # `image/jpeg, name=a.jpg`, `attachment filename=a.jpg`
        head = unparted[1]
        params.insert(0, (unparted[2].lower(), _unquote(unparted[3].strip())))
    elif "=" in head and "/" not in head.split("=")[0]:  # the value itself is missing
        key, _, value = head.partition("=")
        params.insert(0, (key.strip().lower(), _unquote(value.strip())))
        head = ""
    return head.strip(), params


def _split_params(text: str) -> list[str]:
    pieces, start, quoted, index = [], 0, False, 0
    while index < len(text):
        char = text[index]
        if char == "\\" and quoted:
            index += 1
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            pieces.append(text[start:index])
            start = index + 1
        index += 1
    pieces.append(text[start:])
    return pieces


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    end = value.rfind('"')
    inner = value[1:end] if end > 0 else value[1:]
    inner = _QUOTED_APART.sub("?= =?", inner)  # `"=?…?=" "=?…?="`
    # Not every backslash escapes: Windows mailers send whole paths (C:\docs\plan.doc).
    return inner.replace("\\\\", "\\").replace('\\"', '"')


def _parameter(params: Iterable[tuple[str, str]], wanted: str) -> str:
    """A parameter's text: `wanted*` (with its continuations) before plain `wanted`."""
    plain = ""
    sections: dict[int, tuple[str, bool]] = {}
    for key, value in params:
        match = _SECTION.match(key)
        if match is None or match[1].strip() != wanted:
            continue
        if match[2] is None and match[3] is None:
            plain = plain or value
        else:
            sections.setdefault(int(match[2] or 0), (value, match[3] is not None))
    extended = _extended([sections[number] for number in sorted(sections)])
    return extended or _plain(plain)


def _extended(sections: list[tuple[str, bool]]) -> str:
    """RFC 2231: the first section names the character set, starred sections are %-encoded."""
    if not sections:
        return ""
    charset = ""
    first, starred = sections[0]
    if starred and first.count("'") >= 2:
        charset, _, first = first.split("'", 2)
        sections = [(first, True), *sections[1:]]
    elif not any(starred for _, starred in sections) or "=?" in first:
        # Cut into sections without any encoding, often in the middle of an encoded word.
        return _plain("".join(value for value, _ in sections))
    data = b"".join(
        unquote_to_bytes(value) if starred else value.encode("utf-8", "surrogateescape")
        for value, starred in sections
    )
    # `name*=utf-8''=?utf-8?B?…?=`: encoded twice, by programs that do one and then the other.
    return decode_words(decode_text(data, charset))


def _plain(value: str) -> str:
    """A parameter without RFC 2231: encoded words (against RFC 2047 5) or a URL's %XX."""
    text = decode_words(value)
    if (extended := _EXTENDED.match(text)) and codec_name(extended[1]):
        return decode_text(unquote_to_bytes(extended[2]), extended[1])
    if text == value and _PERCENT.search(value):
        decoded = decode_certain(unquote_to_bytes(value))
        return decoded if decoded and not decoded.isascii() else text
    return text
