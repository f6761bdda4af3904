"""A file for each material of any rules folder, good by the folder's own rules as far as made files
can be: sizes, formats, lengths, days, names, the words that documents are asked for."""

import struct
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import product
from typing import TypeVar

import re2

from mailbot.campaign.rules import (
    AllOfRule,
    AnyOfRule,
    DurationTest,
    FileNameTest,
    FileSizeTest,
    FormatTest,
    KeywordRule,
    SizeTest,
    TakenBetweenTest,
    WordCountTest,
)
from mailbot.campaign.types import Campaign, Material, Unit
from mailbot.demo.documents import write_docx
from mailbot.demo.filled import filled_form
from mailbot.demo.photos import make_photo, make_psd, make_scan
from mailbot.judgement.writing import count_words
from mailbot.language import say
from mailbot.wording.phrases import activity_of

_VIDEOS = {  # what the formats are called, and a film of one second in each
    "mp4": ("video_1080.mp4", "mp4"),
    "mpg2": ("video_1080.mpg", "mpg"),
    "avi": ("video_1080.avi", "avi"),
    "mts": ("video_1080.mts", "mts"),
}
_LONG_TEXT = 80  # characters of what is said again until a text is long enough


_Test = TypeVar("_Test")


def files_of(
    campaign: Campaign, material: Material, unit: Unit, day: date, *, seed: int = 0
) -> dict[str, bytes]:
    """As many files as fill the slot, by name; empty for a text, which stands in the mail."""
    kind = material.holds
    made: dict[str, bytes] = {}
    if kind == "text":
        return made
    for number in range(1, material.minimum + 1):
        match kind:
            case "form":
                word = form_as_word(campaign, material)
                content = _form(campaign, material, unit, day, as_word=word)
                ending = "docx" if word else "xlsx"
            case "photo":
                content, ending = _photo(campaign, material, day, 100 * seed + number)
            case "video":
                content, ending = _video(campaign, material, number)
            case _:
                content, ending = _paper(campaign, material, unit, day, 100 * seed + number)
        mark = str(number) if material.minimum > 1 else ""
        made[_name(campaign, material, unit, day, mark) + "." + ending] = content
    return made


def too_small(campaign: Campaign, material: Material) -> bool:
    """Whether a small photo breaks a rule of the folder for this material."""
    return material.holds == "photo" and any(True for _ in _tests(campaign, material, SizeTest))


def text_of(campaign: Campaign, unit: Unit) -> str:
    """The text of a mail; long enough to be material where texts are asked for."""
    line = say("现将{unit}的材料报上，请查收。", unit=unit.unit)
    if any(one.holds == "text" for one in campaign.materials):
        told = (
            say(
                "6月16日上午，{unit}组织开展了{activity}，共120人参加。",
                unit=unit.unit,
                activity=activity_of(campaign),
            ),
            say("活动检验了预案，锻炼了队伍，提高了各部门协同处置突发事件的能力。"),
            say("活动后召开了讲评会，对发现的问题逐项明确了责任人和整改时限。"),
        )
        wanted = campaign.text.minimum_words or campaign.text.minimum_chinese_characters
        line += "".join(told) * (1 + wanted // _LONG_TEXT)
    return line


def form_as_word(campaign: Campaign, material: Material) -> bool:
    """Whether the folder takes this form as .docx and not as .xlsx."""
    allowed = next((one.allowed for one in _tests(campaign, material, FormatTest)), ("xlsx",))
    return "docx" in allowed and "xlsx" not in allowed


def _form(campaign: Campaign, material: Material, unit: Unit, day: date, *, as_word: bool) -> bytes:
    spec = campaign.of_form(material.slot).form
    return filled_form(spec, unit.unit, day, as_word=as_word)


def _paper(
    campaign: Campaign, material: Material, unit: Unit, day: date, seed: int
) -> tuple[bytes, str]:
    """A document in a format that the rules take: Word's, else a picture, a film (短视频或课件), a
    scan of one page."""
    allowed = next((one.allowed for one in _tests(campaign, material, FormatTest)), ("docx",))
    words = next((one for one in campaign.documents if one.kind == material.slot), None)
    if words is not None and words.formats:
        allowed = words.formats
    if "docx" not in allowed and "mp4" in allowed:
        return _video(campaign, material, seed)
    if "docx" in allowed or not {"pdf", "jpeg"} & {*allowed}:
        return _document(campaign, material, unit, seed), "docx"
    if "jpeg" in allowed:
        return _photo(campaign, material, day, seed)
    return make_scan(seed), "pdf"


def _rules(campaign: Campaign, material: Material) -> Iterator[object]:
    """The rules for a slot, its own before its kind's, and the inner tests of either-or."""
    wide = ("any", material.holds, material.slot)
    own = [rule for rule in campaign.rules if getattr(rule, "applies_to", "") == material.slot]
    for rule in own:
        yield rule
        if isinstance(rule, AnyOfRule | AllOfRule):
            yield from rule.rules
    for rule in campaign.rules:
        if getattr(rule, "applies_to", "any") not in wide or rule in own:
            continue
        yield rule
        if isinstance(rule, AnyOfRule | AllOfRule):
            yield from rule.rules


def _tests(campaign: Campaign, material: Material, kind: type[_Test]) -> Iterator[_Test]:
    return (one for one in _rules(campaign, material) if isinstance(one, kind))


def _photo(campaign: Campaign, material: Material, day: date, seed: int) -> tuple[bytes, str]:
    width, height = 1920, 1080
    for size in _tests(campaign, material, SizeTest):
        more = 16 if size.operator == ">" else 0
        width, height = max(width, size.width + more), max(height, size.height + more)
    for taken in _tests(campaign, material, TakenBetweenTest):
        day = max(taken.from_, min(day, taken.to))
    allowed = next((one.allowed for one in _tests(campaign, material, FormatTest)), ("jpeg",))
    if "jpeg" not in allowed and "png" in allowed:
        return make_photo(width, height, seed, "PNG", taken=day), "png"
    if "jpeg" not in allowed and "psd" in allowed:
        return make_psd(width, height), "psd"
    octets = make_photo(width, height, seed, taken=day)
    least = max(
        (one.minimum_mb or 0 for one in _tests(campaign, material, FileSizeTest)), default=0
    )
    return _padded(octets, round(least * 1_000_000)), "jpg"


def _padded(jpeg: bytes, octets: int) -> bytes:
    """With comments (ITU-T T.81, B.2.4.5) behind its first marker, so that it is as large."""
    comments = b""
    while len(jpeg) + len(comments) < octets:
        comments += b"\xff\xfe\xff\xff" + bytes(65533)
    return jpeg[:2] + comments + jpeg[2:]


def _video(campaign: Campaign, material: Material, number: int) -> tuple[bytes, str]:
    allowed = next((one.allowed for one in _tests(campaign, material, FormatTest)), ("mp4",))
    name, ending = _VIDEOS[next((one for one in _VIDEOS if one in allowed), "mp4")]
    octets = (files("mailbot.demo") / "media" / name).read_bytes()
    least = max((one.minimum_s or 0 for one in _tests(campaign, material, DurationTest)), default=0)
    if ending == "mp4":
        octets = _slowed(octets, max(1, 1.2 * least))
        # A film of its own for each: a `free` box (ISO/IEC 14496-12, 8.1.2) says nothing.
        octets += struct.pack(">I4sI", 12, b"free", number)
    return octets, ending


def _slowed(mp4: bytes, seconds: float) -> bytes:
    """The film of about one second shown so slowly that it lasts longer: its clocks (timescales
    of ISO/IEC 14496-12, 8.2.2 and 8.4.2) tick that much less often."""
    if seconds <= 1:
        return mp4
    slowed = bytearray(mp4)
    for box in (b"mvhd", b"mdhd"):
        place = mp4.find(box)
        while place >= 0:
            at = place + (16 if mp4[place + 4] == 0 else 24)
            (ticks,) = struct.unpack_from(">I", mp4, at)
            struct.pack_into(">I", slowed, at, max(1, round(ticks / seconds)))
            place = mp4.find(box, place + 4)
    return bytes(slowed)


def _document(campaign: Campaign, material: Material, unit: Unit, seed: int) -> bytes:
    """Titled by the folder's own words, with a line for each group of words asked for; another
    one for each seed, since the same octets twice are one file."""
    title = _title_of(campaign, material)
    groups = [one for one in _rules(campaign, material) if isinstance(one, KeywordRule)]
    lines = [
        say(
            "{number}、{name}：{words}等内容，已按要求落实。",
            number=n,
            name=one.name,
            words=one.words[0],
        )
        for n, one in enumerate(groups, 1)
    ]
    lines += [say("以上情况属实，有关资料已归档备查。")] * max(1, 8 - len(lines))
    least = max((one.minimum or 0 for one in _tests(campaign, material, WordCountTest)), default=0)
    while count_words("".join(lines)) < least:
        lines.append(lines[-1])
    return write_docx([say("{unit}{title}", unit=unit.unit, title=title), *lines, f"No. {seed}"])


def _title_of(campaign: Campaign, material: Material) -> str:
    for document in campaign.documents:
        if document.kind == material.slot and document.titles:
            return min(document.titles, key=lambda word: word.count("…")).replace("…", "")
    return material.label


def _name(campaign: Campaign, material: Material, unit: Unit, day: date, mark: str) -> str:
    """A name that says unit, material and day; written as the folder's pattern wants it where
    one of the usual ways does."""
    label = _title_of(campaign, material) if material.holds == "any" else material.label
    days: tuple[str, ...] = (f"{day:%Y%m%d}", f"{day:%Y-%m-%d}", f"{day:%m%d}")
    if campaign.language == "zh":
        days = (f"{day.month}月{day.day}日", *days)
    ways = [
        sign.join(part for part in parts if part) + mark
        for sign, when in product(("", "-", "_", " ", "+"), days)
        for parts in (
            (unit.unit, label),
            (unit.unit, label, when),
            (when, unit.unit, label),
            (unit.code, unit.unit, label),
            (unit.unit, when, label),
            (unit.code, label, when),
        )
    ]
    names = list(_tests(campaign, material, FileNameTest))
    if not names:
        return ways[0]
    wants_day = any("date" in one.contains for one in names)
    for way in ways:
        if all(not one.pattern or re2.search(one.pattern, way) for one in names) and (
            not wants_day or any(char.isdigit() for char in way.removesuffix(mark))
        ):
            return way
    return ways[1]
