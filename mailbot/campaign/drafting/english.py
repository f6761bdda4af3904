"""A notice in English read into what a rules folder needs, as `notice` does for Chinese ones."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.campaign.drafting.contacts import plain_addresses
from mailbot.campaign.drafting.english_items import DAY, EnglishItem, items_in, moment_of

_HOUR = re.compile(r"(\d{1,2})(?:[.:](\d\d))?\s*(?:([ap])\.?m\.?|hours|o'clock)", re.IGNORECASE)
_UNTIL = re.compile(
    r"\b(?:by|before|no later than|not later than|until|at the latest|deadline|due|closing date)\b"
    r"[^.;]{0,60}$",
    re.IGNORECASE,
)
_SENDS = re.compile(
    r"\b(?:send|sent|submit|submitted|return|returned|reach|received?|papers?|reports?|materials?|"
    r"deadline|due|accepted|entries|have until|has until)\b",
    re.IGNORECASE,
)
_HOLDS = re.compile(r"\b(?:hold|held|conduct|carry out|organi[sz]e|take place|run)\b", re.I)
_GRANTED = re.compile(r"\bext(?:ension|ended)\b", re.IGNORECASE)
_WHO = re.compile(
    r"^(?:(?:All|Each|Every|The)\s+)?"
    r"([A-Z]?[A-Za-z][a-z]+(?: (?!must|should|shall|ha|will|may|also|are)[a-z]+)?)"
    r"(?:, which [^,]*,)?\s+"
    r"(?:must|should|shall|have until|has until|are to|will|also|may|sends?|submits?|returns?)\b"
)
_NOBODY = re.compile(
    r"^(?:papers?|materials?|reports?|they|we|you|everything|files?|photos?|mails?|summar(?:y|ies)|"
    r"plans?|entries|please|questions|a clinic)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class EnglishNotice:
    """Everything that was found; "" and () where the notice does not say it."""

    title: str
    number: str
    issuer: str
    contact: str
    phone: str
    mailboxes: tuple[str, ...]
    issued: datetime | None
    year: int
    deadlines: tuple[tuple[str, datetime, str, bool], ...]  # who, when, sentence, only if granted
    items: tuple[EnglishItem, ...]
    fields: tuple[str, ...]  # what its form asks for, where it says so


def is_english(text: str) -> bool:
    """Whether a notice is written in English."""
    chinese = len(re.findall("[\u4e00-\u9fff]", text))
    return len(re.findall("[A-Za-z]{2,}", text)) > 40 + 2 * chinese


def read_english(text: str, this_year: int) -> EnglishNotice:
    """What the notice says."""
    lines = [line.strip() for line in text.replace("\r", "").split("\n") if line.strip()]
    sentences = list(_sentences(lines))
    issued = next((day for line in reversed(lines) if (day := _whole_day(line))), None)
    written = [int(found[5]) for found in DAY.finditer(text) if found[5]]
    year = issued.year if issued else max(written, key=written.count, default=this_year)
    place = next((at for at, line in enumerate(lines) if _whole_day(line) == issued), 0)
    number = re.search(
        r"(?:^|\n)\s*(?:Ref(?:erence)?\.?|Circular No\.?|No\.)\s*:?\s*([A-Z][^\n]{2,30}\d[^\n]*)",
        text,
    )
    bracketed = re.search(r"(?:^|\n)\s*([A-Z]{2,6} \[20\d\d\] \d+)\s*(?:\n|$)", text)
    phone = re.search(r"(?:tel(?:ephone)?|phone)\.?:?\s*(\+?\d[\d ()-]{6,}\d)", text, re.I)
    contact = re.search(
        r"(?:Questions|Contact|Enquiries|Inquiries)[^:.\n]{0,30}:\s*(?:the )?([^,;.\n(]{3,40})",
        text,
    )
    mails = re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", plain_addresses(text))
    return EnglishNotice(
        title=_title(lines),
        number=(number[1] if number else bracketed[1] if bracketed else "").strip(),
        issuer=lines[place - 1] if issued and place > 0 else "",
        contact=contact[1].strip() if contact else "",
        phone=phone[1].strip() if phone else "",
        mailboxes=tuple(dict.fromkeys(mails)),
        issued=issued,
        year=year,
        deadlines=tuple(_deadlines(sentences, year)),
        items=tuple(items_in(sentences)),
        fields=tuple(_fields(sentences)),
    )


def _sentences(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        # Neither behind a list's own number nor behind p.m. is there an end.
        numbered = re.match(r"(?:\(?\d{1,2}[.)]|\(?[a-z][.)]|[ivx]+[.)])\s+", line)
        begins = numbered.end() if numbered else 0
        parts = re.split(r"(?<=[\w)\"”%][.;:])(?<![ap]\.m\.)\s+(?=[A-Z(])", line[begins:])
        for part in [line[:begins] + parts[0], *parts[1:]]:
            if part.strip():
                yield part.strip()


def _whole_day(line: str) -> datetime | None:
    found = DAY.fullmatch(line.strip(" ."))
    return moment_of(found, 0) if found and found[5] else None


def _title(lines: Sequence[str]) -> str:
    for line in lines[:15]:
        if found := re.match(r"(?:Subject|Re):\s*(.+)", line, re.IGNORECASE):
            return found[1]
        if re.match(r"(?:Notice (?:on|of|regarding)|Call for|Circular on)\b", line, re.IGNORECASE):
            return line
    head = []
    for line in lines[:15]:
        if line.endswith(".") or len(line) > 120:
            break
        if not re.match(r"(?:Ref|No\.|To:|From:|Date)", line) and not DAY.fullmatch(line):
            head.append(line)
    return head[-1] if head else lines[0] if lines else ""


def _deadlines(sentences: Sequence[str], year: int) -> Iterator[tuple[str, datetime, str, bool]]:
    for source in sentences:
        sentence = re.sub(r"\b([ap])\.\s?m\.", r"\1m", source)
        for found in DAY.finditer(sentence):
            ahead = sentence[: found.start()]
            moment = moment_of(found, year)
            clause = re.split(r"[;]|\band to\b|, and ", ahead)[-1]
            granted = bool(_GRANTED.search(ahead))
            if moment is None or not (_UNTIL.search(clause) or granted):
                continue
            if not _SENDS.search(ahead) and not granted:
                continue
            if _HOLDS.search(clause) and not _SENDS.search(clause):
                continue
            if re.search(r"\b(?:12 )?(?:noon|midday)\b", clause[-40:]):
                moment = moment.replace(hour=12, minute=0, second=0)
            elif hour := _HOUR.search(clause[-40:]):
                clock = int(hour[1]) % 24
                clock += 12 if (hour[3] or "").lower() == "p" and clock < 12 else 0
                moment = moment.replace(hour=clock, minute=int(hour[2] or 0), second=0)
            who = re.search(r"(?:^|, |and )(?:the |all )?([a-z]+(?: [a-z]+)?) by $", ahead)
            who = who or _WHO.match(sentence)
            named = who[1] if who and not _NOBODY.match(who[1]) else ""
            yield named.lower(), moment, source, granted


def _fields(sentences: Sequence[str]) -> Iterator[str]:
    """Annex A asks for: name of clinic, date of exercise, …"""
    for place, sentence in enumerate(sentences):
        found = re.search(
            r"(?:Annex|Form|form|table)[^:.]{0,20}(?:asks for|states|contains):\s*(.*)$", sentence
        )
        if found:
            rest = found[1] or (sentences[place + 1] if place + 1 < len(sentences) else "")
            for part in re.split(r",\s*(?![^(]*\))", rest.rstrip(".")):
                yield re.sub(r"^(?:and|the)\s+", "", part.strip())
            return
