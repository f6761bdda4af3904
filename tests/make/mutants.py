"""Damage as transport, disks and hostile senders do it: one mutant a (seed, number), repeatable."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence

_INTERESTING = (b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0\0\0", b"\xff\xff\xff\xff",
                b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x01", b"\x01\0\0\0")  # fmt: skip
_WORDS = (
    b"../../../../evil", b"\r\n", b"\r\n\r\n", b"--", b"\0", b"%s%n", b"=?gb2312?B?", b"?=",
    b"Content-Type: multipart/mixed; boundary=", b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"filename*0*=gb18030''%ff", b"begin 644 a\r\n",
    b"99999999999999999999", b"-1", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\xef\xbb\xbf", b"\xff\xfe",
    "２０１７年１３月４５日".encode("gbk"), "共计一二三四五六七八九十亿万".encode(),
    b"<td colspan=99999>",
)  # fmt: skip
# Where a file of this sort is naturally cut; others fall into pieces of 512 octets.
_PIECES: tuple[tuple[bytes, bytes], ...] = (
    (b"\xff\xd8", rb"(?=\xff[\xc0-\xfe])"),
    (b"\x89PNG", rb"(?s)(?=.{4}(?:IHDR|PLTE|IDAT|IEND|tEXt|eXIf|iCCP))"),
    (b"PK", rb"(?=PK[\x01\x03\x05][\x02\x04\x06])"),
    (b"RIFF", rb"(?=LIST|JUNK|movi|idx1|strl|VP8|00dc)"),
    (b"\0\0\1\xba", rb"(?=\x00\x00\x01)"),
    (b"%PDF", rb"(?=\d+ 0 obj|endobj|stream|xref|trailer|/)"),
    (b"{\\rtf", rb"(?=[\\{}])"),
    (b"<", rb"(?=<)"),
)
_BOXES = rb"(?s)(?=.{4}(?:ftyp|moov|mdat|trak|mdia|minf|stbl|stsd|stco|moof|meta|iprp|iloc|free))"
_BOUNDARY = re.compile(rb"\r\n--[^\r\n]{1,70}")
# Seen as a zip that is opened, changed inside and packed anew.
_PACKAGES = ("docx", "xlsx", "pptx", "ods", "odt", "zip")

Mutation = Callable[[random.Random, bytes], bytes]


def mutant(name: str, number: int, seeds: Mapping[str, bytes]) -> tuple[str, bytes]:
    """The number-th mutant of a seed: the name it is sent under, and its octets.

    It depends on nothing but its arguments, so a failure is repeated by its two numbers.
    """
    chance = random.Random(f"{name}/{number}")
    octets = seeds[name]
    extension = name.rpartition(".")[2]
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        if extension in _PACKAGES and chance.random() < 0.5:
            octets = _inside(chance, octets)
        elif extension == "eml" and chance.random() < 0.3:
            octets = chance.choice(_OF_MAIL)(chance, octets)
        elif chance.random() < 0.06:
            octets = _grafted(chance, octets, seeds[chance.choice(sorted(seeds))])
        else:
            octets = chance.choice(_GENERIC)(chance, octets)
    if chance.random() < 0.1:
        name = f"{name}.{chance.choice(sorted(seeds)).rpartition('.')[2]}"
    return name, octets


def _flip(chance: random.Random, octets: bytes) -> bytes:
    damaged = bytearray(octets)
    for _ in range(chance.randint(1, 8) if damaged else 0):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def _flip_head(chance: random.Random, octets: bytes) -> bytes:
    return _flip(chance, octets[:128]) + octets[128:]


def _truncate(chance: random.Random, octets: bytes) -> bytes:
    return octets[: chance.randrange(len(octets) + 1)]


def _overwrite(chance: random.Random, octets: bytes) -> bytes:
    at, word = chance.randrange(len(octets) + 1), chance.choice(_INTERESTING)
    return octets[:at] + word + octets[at + len(word) :]


def _insert(chance: random.Random, octets: bytes) -> bytes:
    at = chance.randrange(len(octets) + 1)
    word = chance.choice((*_WORDS, *_INTERESTING, chance.randbytes(chance.randint(1, 40))))
    return octets[:at] + word * chance.choice((1, 1, 1, 50)) + octets[at:]


def _delete(chance: random.Random, octets: bytes) -> bytes:
    at = chance.randrange(len(octets) + 1)
    return octets[:at] + octets[at + chance.randint(1, 64) :]


def _rearrange(chance: random.Random, octets: bytes) -> bytes:
    pieces = _cut(octets)
    one, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    what = chance.randrange(4)
    if what == 0:
        pieces[one], pieces[other] = pieces[other], pieces[one]
    elif what == 1:
        pieces.insert(one, pieces[other])
    elif what == 2:
        del pieces[one]
    else:
        pieces[one:one] = [pieces[other]] * chance.randint(2, 30)
    return b"".join(pieces)


def _cut(octets: bytes) -> list[bytes]:
    pattern = next((cut for magic, cut in _PIECES if octets.startswith(magic)), b"")
    if octets[4:8] in (b"ftyp", b"moov", b"mdat"):
        pattern = _BOXES
    if pattern:
        return re.split(pattern, octets)
    if octets[:4000].isascii() and b"\n" in octets[:2000]:
        return octets.splitlines(keepends=True)
    return [octets[at : at + 512] for at in range(0, len(octets), 512)] or [b""]


def _grafted(chance: random.Random, octets: bytes, other: bytes) -> bytes:
    """The head of one file on the body of another: swapped headers."""
    head = chance.choice((8, 16, 64, 512, len(other) // 2))
    return other[:head] + octets[chance.choice((0, head)) :]


def _inside(chance: random.Random, octets: bytes) -> bytes:
    """One part of a package damaged, and packed again with right checksums."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as package:
            parts = {each.filename: package.read(each) for each in package.infolist()}
    except Exception:  # noqa: BLE001 - zipfile lets through whatever its codecs raise
        return _flip(chance, octets)
    if not parts:
        return octets
    name = chance.choice(sorted(parts))
    what = chance.random()
    if what < 0.1:
        del parts[name]
    elif what < 0.2:
        parts[chance.choice((f"../{name}", f"/{name}", f"{name}/x", "C:\\a"))] = parts.pop(name)
    else:
        parts[name] = chance.choice(_GENERIC)(chance, parts[name])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for path, data in parts.items():
            package.writestr(zipfile.ZipInfo(path), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _boundaries(chance: random.Random, mail: bytes) -> bytes:
    """A boundary line lost, doubled, closed too early, or longer than it was announced."""
    found = list(_BOUNDARY.finditer(mail))
    if not found:
        return _rearrange(chance, mail)
    at = chance.choice(found)
    line = at[0].removesuffix(b"--")
    new = chance.choice((b"", at[0] * 2, line + b"--", line + b"x", line[:-1], line.upper(), b"\n"))
    return mail[: at.start()] + new + mail[at.end() :]


def _header_lines(chance: random.Random, mail: bytes) -> bytes:
    """Header lines of the whole mail shuffled, lost, doubled or exchanged."""
    head, blank, body = mail.partition(b"\r\n\r\n")
    lines = re.split(rb"\r\n(?![ \t])", head)
    what = chance.randrange(4)
    if what == 0:
        chance.shuffle(lines)
    elif what == 1:
        lines.append(_insert(chance, chance.choice(lines)))
    elif what == 2:
        del lines[chance.randrange(len(lines))]
    else:
        one, other = chance.choice(lines), chance.choice(lines)
        lines.append(one.partition(b":")[0] + b":" + other.partition(b":")[2])
    return b"\r\n".join(lines) + blank + body


def _nested(chance: random.Random, mail: bytes) -> bytes:
    """The mail attached to itself, some levels deep."""
    for _ in range(chance.choice((1, 3, 60))):
        if len(mail) > 60_000:
            break
        mail = b"Subject: x\r\nContent-Type: message/rfc822\r\n\r\n" + mail
    return mail


def _line_ends(chance: random.Random, mail: bytes) -> bytes:
    return mail.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n", b"\n\r")))


_GENERIC: Sequence[Mutation] = (
    _flip, _flip_head, _truncate, _overwrite, _insert, _delete, _rearrange, _rearrange,
)  # fmt: skip
_OF_MAIL: Sequence[Mutation] = (_boundaries, _boundaries, _header_lines, _nested, _line_ends)
