"""What an English notice asks for, item by item, with all that is said of each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mailbot.campaign.drafting.deadlines import end_of_day
from mailbot.campaign.drafting.figures import FORMATS

_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name: number for number, name in enumerate(_MONTHS.split(), start=1)}
_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
}
_NAME = "|".join(name.title() for name in _MONTH)
DAY = re.compile(
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+({_NAME})|({_NAME})\s+(\d{{1,2}})(?:st|nd|rd|th)?)"
    r"(?:,?\s+(20\d\d))?"
)
_AMOUNT = r"(\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten)"
_LEAST = r"(?:at least|no fewer than|not fewer than|n(?:o|ot) less than|(?:a )?minimum(?: of)?)"
_MOST = (
    r"(?:at most|no more than|not more than|up to|not exceed(?:ing)?|no longer than|"
    r"no(?:ne|t)? larger than|(?:a )?maximum(?: of)?|under|below)"
)
_ORDINAL = re.compile(
    r"^\s*(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|finally|lastly)(?:ly)?,\s+"
    r"|^\s*(?:\d{1,2}[.)]|\([a-z\d]{1,2}\)|[-•*])\s+",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:please )?(?:send|submit|return|attach|include|enclose)(?: us)?(?: the following)?:?\s+"
    r"((?:a|an|the|their|at least|your)\b.+?)(?:\s+to (?:this|the|us)\b.*)?[.;]?$",
    re.IGNORECASE,
)
_SLOTS: tuple[tuple[str, str, str], ...] = (
    (
        r"\b(?:attendance|sign-in|participants?)\b.*\b(?:sheet|list|register)"
        r"|\b(?:sheet|list|register) of (?:the )?(?:participants|people|persons|names|attend)",
        "signin",
        "form",
    ),
    (r"\bphoto(?:graph)?s?\b", "photo", ""),
    (r"\b(?:forms?|return|table|questionnaire)\b", "form", ""),
    (r"\bplan\b", "plan", ""),
    (r"\b(?:summary|review|after-action report|report)\b", "summary", ""),
    (r"\b(?:video|film|recording)\b", "video", ""),
    (r"\bpress\b", "press", "document"),
)
_WORD_FORMATS = {"WORD": "WORD", "EXCEL": "EXCEL", "POWERPOINT": "PPT", "SLIDES": ""} | {
    name: name for name in FORMATS
}
_FORMAT = re.compile(rf"\b({'|'.join(sorted(_WORD_FORMATS, key=len, reverse=True))})\b", re.I)


@dataclass(frozen=True, slots=True)
class EnglishItem:
    """A material with all that is said of it."""

    slot: str
    kind: str
    label: str
    source: str
    groups: tuple[str, ...] = ()
    required: bool = True
    minimum: int = 0
    maximum: int = 0
    formats: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()  # the formats that tell it from the other copy of the same table
    limits: dict[str, Any] = field(default_factory=dict)  # test → its keys


def moment_of(found: re.Match[str], year: int) -> datetime | None:
    """The end of a day that was found; `year` where it names none."""
    day, month = int(found[1] or found[4]), _MONTH[(found[2] or found[3]).lower()]
    return end_of_day(int(found[5] or year), month, day)


def items_in(sentences: Sequence[str]) -> Iterator[EnglishItem]:
    """Each material once, in order."""
    taken: dict[str, int] = {}
    for source, text, groups, required in _asked(sentences):
        label = _label(text)
        if not 3 <= len(label) <= 60:
            continue
        slot, kind = next(
            ((slot, kind) for pattern, slot, kind in _SLOTS if re.search(pattern, label, re.I)),
            (f"material_{len(taken) + 1}", "document"),
        )
        titles: tuple[str, ...] = ()
        if either := re.match(
            r"either (?:an? )?(.+?)(?: \(.*?\))? or (?:the |an? )?([\w -]+)", text
        ):
            label = f"{_label(either[1])} or {_label(either[2])}"
            slot, kind, titles = f"material_{len(taken) + 1}", "any", tuple(label.split(" or "))
        if slot in taken:
            continue
        taken[slot] = 1
        item = EnglishItem(
            slot,
            kind,
            label,
            source,
            groups=groups,
            required=required,
            titles=titles or (re.sub(r"s$", "", label) if kind else label,),
            formats=_formats(text),
            **_limits(text, slot),
        )
        sealed = re.search(r"\b(?:both\b.*\beditable|stamp|seal|signed)", text, re.IGNORECASE)
        if sealed and {"WORD", "PDF"} <= {*item.formats} and slot == "form":
            editable = replace(item, label=f"{label} (editable)", formats=("WORD",), limits={})
            yield editable
            yield _copy(item, f"{slot}_sealed", "any", f"{label} (stamped copy)", ("pdf",))
        else:
            yield item


def _copy(
    item: EnglishItem, slot: str, kind: str, label: str, twins: tuple[str, ...]
) -> EnglishItem:
    return EnglishItem(slot, kind, label, item.source, item.groups, titles=item.titles, twins=twins)


def _asked(sentences: Sequence[str]) -> Iterator[tuple[str, str, tuple[str, ...], bool]]:
    """What is asked: its sentence, the words that name it, of whom, and whether it must be."""
    listed = [one for one in sentences if _ORDINAL.match(one)]
    for place, sentence in enumerate(sentences):
        if _ORDINAL.match(sentence):
            text = _ORDINAL.sub("", sentence, count=1)
            following = sentences[place + 1] if place + 1 < len(sentences) else ""
            if sentence.endswith(";") and not _ORDINAL.match(following):
                text += " " + following
            yield sentence, text, (), not re.search(r"\b(?:optional|welcome)\b", text)
        elif welcome := re.match(r"(.+?) (?:is|are) (?:also )?welcome\b", sentence):
            for part in [welcome[1]] if listed else re.split(r",? and |, ", welcome[1]):
                most = re.search(_MOST + rf" {_AMOUNT} files", sentence)
                yield sentence, part + (f" up to {most[1]} files" if most else ""), (), False
        elif also := re.match(
            r"([A-Z][\w ]+?) (?:should |must |shall )?also (?:attach|send|submit|include) (.+)",
            sentence,
        ):
            yield sentence, also[2], (also[1].lower(),), True
        elif not listed and (asked := _ASKED.search(sentence)):
            for part in re.split(r", (?:and )?|,? and (?=the |an? |at least )", asked[1]):
                if not DAY.search(part):
                    yield sentence, part, (), True


def _label(text: str) -> str:
    text = re.sub(r"^(?:please )?(?:send|submit|attach)\s+", "", text.strip(), flags=re.IGNORECASE)
    text = re.sub(rf"^(?:{_LEAST}|{_MOST}) {_AMOUNT} ", "", text, flags=re.IGNORECASE)
    text = re.sub(r"^(?:an?|the|their|your|one|a copy of(?: their| the)?)\s+", "", text, flags=re.I)
    text = re.sub(r"^(?:copy|copies) of (?:their|the|its)?\s*", "", text)
    text = re.split(
        r"[,;.(:]|\s+(?:is|are|of at least|of the exercise|of the drill|of the event|both|"
        r"in (?:Word|PDF)|"
        r"as an?|up to|used in|taken|of the people|listing)\b",
        text,
    )[0]
    return text.strip()


def _formats(text: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name
            for found in _FORMAT.finditer(text)
            if (name := _WORD_FORMATS[found[1].upper()])
            and not (found[1].islower() and found[1] in ("word", "slides"))
        )
    )


def _number(written: str) -> float:
    return float(_NUMBERS.get(written.lower(), 0) or written)


def _limits(text: str, slot: str) -> dict[str, Any]:
    """Counts and the keys of the tests that a sentence states."""
    found: dict[str, Any] = {"limits": {}}
    limits = found["limits"]
    if most := re.search(rf"{_MOST} {_AMOUNT} files", text, re.IGNORECASE):
        found["maximum"] = int(_number(most[1]))
    if slot in ("photo", "video") and (
        least := re.search(rf"{_LEAST} {_AMOUNT}\s+(?:photo|video|picture)", text, re.IGNORECASE)
    ):
        found["minimum"] = int(_number(least[1]))
    if size := re.search(rf"{_MOST} {_AMOUNT}\s*([KMG])B", text, re.IGNORECASE):
        scale = {"K": 0.001, "M": 1.0, "G": 1000.0}[size[2].upper()]
        limits["file_size"] = {"maximum_mb": _number(size[1]) * scale}
    if size := re.search(rf"{_LEAST} {_AMOUNT}\s*([KMG])B", text, re.IGNORECASE):
        scale = {"K": 0.001, "M": 1.0, "G": 1000.0}[size[2].upper()]
        limits.setdefault("file_size", {})["minimum_mb"] = _number(size[1]) * scale
    if length := re.search(rf"between {_AMOUNT} and {_AMOUNT} (minute|second)", text, re.I):
        unit = 60 if length[3].lower() == "minute" else 1
        bounds = [_number(length[1]) * unit, _number(length[2]) * unit]
        limits["duration"] = {"minimum_s": bounds[0], "maximum_s": bounds[1]}
    elif length := re.search(rf"{_MOST} {_AMOUNT} (minute|second)", text, re.IGNORECASE):
        unit = 60 if length[2].lower() == "minute" else 1
        limits["duration"] = {"maximum_s": _number(length[1]) * unit}
    if words := re.search(rf"{_LEAST} (\d+) words", text, re.IGNORECASE):
        limits["word_count"] = {"minimum": int(words[1])}
    if pixels := re.search(r"(\d{3,4})\s*[×x]\s*(\d{3,4})", text):
        sides = sorted((int(pixels[1]), int(pixels[2])), reverse=True)
        limits["size"] = {"operator": ">=", "width": sides[0], "height": sides[1]}
    stretch = re.search(rf"taken between ({DAY.pattern}) and ({DAY.pattern})", text)
    days = [DAY.search(stretch[1]), DAY.search(stretch[7])] if stretch else []
    if len(days) == 2 and days[0] and days[1] and days[1][5]:
        first, last = (moment_of(one, int(days[1][5])) for one in days if one)
        if first and last:
            limits["taken_between"] = {
                "from": f"{first:%Y-%m-%d}",
                "to": f"{last:%Y-%m-%d}",
                "when_absent": "notice",
            }
    return found
