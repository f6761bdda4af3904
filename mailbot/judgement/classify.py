"""What a document is, by the words of its title: content first, file name, mail subject.

In a Chinese title the thing itself stands last (演练方案评估报告 is an evaluation), so of the
words met in a line the one that ends last decides. Of two that end together an unbroken word
goes before one with a gap, the longer unbroken word before the shorter (风险评估报告 is no
评估报告), and the shorter gap before the longer.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from mailbot.campaign.types import Campaign, DocumentKind
from mailbot.judgement.writing import fold, is_numbered
from mailbot.model import Kind

_TITLE_LENGTH = 45  # longer lines are sentences
_FIRST_LINES = 8
_GAP = ".{0,20}"  # what "…" in a title word stands for
_SENTENCE_END = re.compile("[。；;！？]")
_SENTENCE = re.compile("[。；;，,]")
_TAIL = re.compile(r"[（(【\[].{0,20}[)）】\]]$|\d{1,4}$|(?:正文|终稿|定稿|最终版)$")


@dataclass(frozen=True, slots=True)
class Title:
    """A naming of a slot's kind of document; None where the words are those of a look-alike."""

    kind: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A run of lines under a title; lines count from 0."""

    kind: str | None
    first_line: int
    text: str
    look_alike: bool = False  # its title is that of something that only sounds like a material


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str | None
    pattern: re.Pattern[str]
    head: str  # its last part: what the thing is
    unbroken: bool


class Titles:
    """The campaign's title words, compiled."""

    def __init__(self, documents: tuple[DocumentKind, ...]) -> None:
        self._words: list[_Word] = []
        self._heads: dict[str, str] = {}
        for document in documents:
            kind = document.kind
            self._words += [_word(kind, word) for word in document.titles]
            self._words += [_word(None, word) for word in document.unlike]
            if kind not in (Kind.FORM, Kind.TEXT):
                self._heads |= {word.split("…")[-1]: kind for word in document.titles}

    def find(self, line: str) -> Title | None:
        """The naming that ends last in a line, or None."""
        folded = fold_title(line)
        met = [
            (_rank(word, match), Title(word.kind, match.start(1), match.end(1)))
            for word in self._words
            if word.head in folded  # spares most lines the patterns
            for match in word.pattern.finditer(folded)
        ]
        return max(met, key=lambda one: one[0])[1] if met else None

    def kinds(self, line: str) -> set[str]:
        """Every kind a line names: a subject may announce plan, summary and photos."""
        folded = fold_title(line)
        return {word.kind for word in self._words if word.kind and word.pattern.search(folded)}

    def hint(self, line: str) -> str | None:
        """The kind by the last word of a title alone: 方案.doc, 小结.doc. Only a hint."""
        folded = fold_title(line)
        met = [(folded.rfind(head), kind) for head, kind in self._heads.items() if head in folded]
        return max(met)[1] if met else None


def _rank(word: _Word, match: re.Match[str]) -> tuple[int, bool, int]:
    length = match.end(1) - match.start(1)
    return match.end(1), word.unbroken, length if word.unbroken else -length


def fold_title(line: str) -> str:
    """A title without blanks and quotation marks: 《演练方案》的通知."""
    return re.sub("[《》〈〉“”\"'‘’「」]", "", fold(line))


@lru_cache(4096)  # a thousand files of one mail ask the same words
def _word(kind: str | None, word: str) -> _Word:
    # In a lookahead, so that every place where the word can begin is tried.
    parts = [fold(part) for part in word.split("…")]
    pattern = _GAP.join(re.escape(part) for part in parts)
    return _Word(kind, re.compile(f"(?=({pattern}))"), parts[-1], len(parts) == 1)


def sections_of(text: str, titles: Titles) -> tuple[Section, ...]:
    """A document cut at its titles; the first section begins with the document.

    Within the first lines any short line that holds a title word is the title. Later, only a
    line that ends with a title word of another kind begins a section, and a numbered one only
    where numbered lines name several kinds: 八、演练评估与总结 is a heading of a plan, but
    一、演练方案 with 二、演练评估总结 are two documents in one.
    """
    lines = text.split("\n")
    standing = {
        number: title.kind
        for number, line in enumerate(lines)
        if (title := _standing_title(line, titles)) is not None and title.kind is not None
    }
    numbered = {number for number in standing if is_numbered(lines[number])}
    if len({standing[number] for number in numbered}) < 2:
        standing = {number: kind for number, kind in standing.items() if number not in numbered}
    opening = _opening_title(lines, titles)
    kind = opening.kind if opening else None
    after = opening.line if opening else -1
    sections = [(0, kind, opening.look_alike if opening else False)]
    for number, other in standing.items():
        if number > after and other is not kind:
            sections.append((number, other, False))
            kind = other
    ends = [start for start, _, _ in sections[1:]] + [len(lines)]
    return tuple(
        Section(kind, start, "\n".join(lines[start:end]), look_alike)
        for (start, kind, look_alike), end in zip(sections, ends, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Opening:
    line: int
    kind: str | None

    @property
    def look_alike(self) -> bool:
        return self.kind is None


def _opening_title(lines: list[str], titles: Titles) -> _Opening | None:
    filled = [(number, line.strip()) for number, line in enumerate(lines) if line.strip()]
    opening = [
        (number, line)
        for number, line in filled[:_FIRST_LINES]
        if len(fold(line)) <= _TITLE_LENGTH and not _SENTENCE.search(line)
    ]
    for number, line in opening:
        if (title := titles.find(line)) is not None:
            return _Opening(number, title.kind)
    # A title set over several lines.
    title = titles.find("".join(line for _, line in opening[:5]))
    return _Opening(opening[0][0], title.kind) if title else None


def _standing_title(line: str, titles: Titles) -> Title | None:
    if "\t" in line:
        return None  # a row of a table
    bare = fold_title(line[: 4 * _TITLE_LENGTH])
    while (shorter := _TAIL.sub("", bare)) != bare:
        bare = shorter
    if not 0 < len(bare) <= _TITLE_LENGTH or _SENTENCE.search(bare):
        return None
    title = titles.find(bare)
    return title if title is not None and title.end == len(bare) else None


def title_of_name(name: str, titles: Titles) -> Title | None:
    """What a file's name says it is."""
    return titles.find(PurePath(name).stem)


def names_the_form(name: str, campaign: Campaign) -> bool:
    """Whether a file's name says it is the statistics table."""
    title = title_of_name(name, Titles(campaign.documents))
    return title is not None and title.kind == Kind.FORM


def kind_hinted_by_name(name: str, titles: Titles) -> str | None:
    """What a file's name lets one think it is: 方案.doc."""
    return titles.hint(PurePath(name).stem)


def kind_by_title(text: str, titles: Titles) -> str | None:
    """What a document's first lines say it is; None also for a look-alike."""
    opening = _opening_title(text.split("\n"), titles)
    return opening.kind if opening else None


def tells_of_an_event(text: str, titles: Titles) -> bool:
    """Whether the first sentences report something, as a piece of news without a title does."""
    lines = [line for line in text.split("\n") if line.strip()][:3]
    # One by one: 四、组织机构。五、内容：应急演练 organises no drill.
    sentences = [each for line in lines for each in _SENTENCE_END.split(line[:200])]
    return any(Kind.TEXT in titles.kinds(sentence) for sentence in sentences)


def kind_by_subject(subject: str, titles: Titles) -> str | None:
    """The one kind a subject names; None where it names several or none."""
    kinds = titles.kinds(subject)
    return kinds.pop() if len(kinds) == 1 else None
