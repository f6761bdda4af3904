"""Which words of a cell are labels of the table, by form.yaml's labels and their other writings.

A label is met with line breaks, full-width letters, numbering, 其中, a unit or 盖章 in brackets;
several may stand in one cell (`政府及部门举办次数`), and so may a label with its value
(`填表人：张三  联系电话：67182119`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from mailbot.campaign.forms import FormSpec
from mailbot.judgement.form.phones import plain

# One label cell: the labels it may stand for, one set a word it is made of.
Labels = tuple[frozenset[str], ...]

_LONGEST_LABEL = 40
_NUMBERING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.,:]|第[一二三四五六七八九十]+[、.,部项]"
    r"|\d{1,2}[、.,)](?!\d)|\([一二三四五六七八九十\d]{1,3}\))+"
)
_AMONG = re.compile(r"^其中[:,、]?(?=.)")
_PUNCTUATION = re.compile(r"[:;,.、。·•_*/\\\-—…“”\"'《》<>|]+")
_UNIT_WORD = re.compile(r"(?:单位[为是]?)?(?:亿元|万元|千元|元|人次|场次|人|场|次|个)$")
# Words between labels of one cell that change nothing: 企业开展的应急演练次数.
_FILLER = re.compile(
    r"(?:的|组织|开展|举办|应急|演练|活动|安全生产|本单位|本地区|[:、,/·\-—()]|(?<=[)、,:])其中)"
)
_OF_NO_MATTER = re.compile(
    r"\((?:盖章|公章|签章|签字|签名|全称|亿元|万元|千元|元|人次|场次|人|场|次|个|%)\)$"
)
_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_EMPTY_VALUE = re.compile(r":[-/\\_]+$")  # 观摩人数：— is a label with its value
_PIECES = re.compile(r"[;；\n。]|(?<!\d)[,，]|[,，](?!\d)|\s{2,}|\t")
_NUMBER_AFTER = re.compile(r"(\D{2,}?)\s*[-−－负]?(\d.*)", re.DOTALL)

_REMARK = re.compile(
    r"\s*[（(【\[]?(?:备\s*注|附\s*注|注|(?:填[表写报])?说\s*明|填[表写报]要求)\s*[:：\d]"
)

# Some other label ends a value: 填表人：甲 审核人：乙.
_UNKNOWN_LABEL = re.compile(r"\s[^\s:：\d]{2,8}[:：]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and its value in one cell."""

    labels: Labels
    label_text: str
    value: str


class Vocabulary:
    """All labels of one FormSpec."""

    def __init__(self, spec: FormSpec) -> None:
        self._writings: dict[str, set[str]] = {}
        self.paths = {field.key: field.path for field in spec.fields}
        self._titles = tuple(plain(title) for title in (spec.title, *spec.recognised_by))
        in_use = {label for path in self.paths.values() for label in path}
        for label in in_use:
            for writing in (label, *spec.labels.get(label, ())):
                self._writings.setdefault(_bare(writing), set()).add(label)
        self._add_as_compared(spec, in_use)
        self._longest = max((len(writing) for writing in self._writings), default=0)
        outside = {field.path[-1] for field in spec.fields if field.place != "table"}
        self.outside = frozenset(outside)  # labels of header and footer
        self._outside = _outside_pattern(
            _with_short({w for one in outside for w in (one, *spec.labels.get(one, ()))}),
            _with_short(outside),
        )
        self._unsaid = _only_measures(self.paths)
        self._siblings = _siblings([one.path for one in spec.fields if one.place == "table"])
        self._known: dict[str, Labels | None] = {}
        self._of_one_path: dict[Labels, bool] = {}

    def _add_as_compared(self, spec: FormSpec, in_use: set[str]) -> None:
        """A writing of the folder's that has 其中, a unit or 盖章 of its own is met too after a
        cell's were taken off; what is written out for another label stays that one's."""
        short: dict[str, set[str]] = {}
        for label in in_use:
            for writing in (label, *spec.labels.get(label, ())):
                folded = _AMONG.sub("", plain(writing))
                for way in (folded, _OF_NO_MATTER.sub("", folded)):
                    short.setdefault(_bare(way), set()).add(label)
        for writing, labels in short.items():
            if writing and len(labels) == 1:
                self._writings.setdefault(writing, labels)

    def is_title(self, text: str) -> bool:
        """Whether the text is (or holds) a title of the form."""
        return any(title in plain(text) for title in self._titles)

    def may_be_unsaid(self, key: str) -> frozenset[str]:
        """The innermost label of a field where its heading has no other: under 现场 stands a
        number, and nobody prints 举办次数 over it."""
        return self._unsaid.get(key, frozenset())

    def are_siblings(self, labels: Labels, others: Labels) -> bool:
        """Whether one of the labels takes another's place: 企业 and 其他 under one heading."""
        return any(
            (one, other) in self._siblings
            for group in labels
            for one in group
            for rest in others
            for other in rest
        )

    def match(self, text: str) -> Labels | None:
        """The labels a cell consists of, None when there is anything else in it."""
        if text not in self._known:
            self._known[text] = self._match(text)
        return self._known[text]

    def _match(self, text: str) -> Labels | None:
        folded = plain(text)
        if not folded or len(folded) > _LONGEST_LABEL or _EMPTY_VALUE.search(folded):
            return None
        folded = _AMONG.sub("", _NUMBERING.sub("", _AMONG.sub("", folded)))
        without_remarks = _BRACKETED.sub(self._remark, folded)
        for writing in (folded, without_remarks, _UNIT_WORD.sub("", without_remarks)):
            if labels := self._writings.get(_bare(writing)):
                return (frozenset(labels),)
        for writing in (without_remarks, _UNIT_WORD.sub("", without_remarks)):
            if composed := self._compose(writing.strip(":")):
                return composed
        return None

    def _remark(self, match: re.Match[str]) -> str:
        """Brackets are dropped unless a label stands in them: 综合演练（现场） is not 综合演练."""
        inside = next((group for group in match.groups() if group is not None), "")
        if _UNIT_WORD.fullmatch(inside):
            return ""
        return f"({inside})" if self._compose(inside) else ""

    def _compose(self, text: str) -> Labels | None:
        """A text made of labels of one path, longest first; None when anything is left over."""
        found: list[frozenset[str]] = []
        position = 0
        while position < len(text):
            for end in range(min(len(text), position + self._longest), position, -1):
                if labels := self._writings.get(text[position:end]):
                    found.append(frozenset(labels))
                    position = end
                    break
            else:
                filler = _FILLER.match(text, position)
                if filler is None:
                    return None
                position = filler.end()
        return tuple(found) if found and self.is_of_one_path(tuple(found)) else None

    def pairs(self, text: str) -> tuple[Pair, ...]:
        """Every `label：value` of a cell or paragraph, in order; labels of header and footer
        may also be parted from their value by spaces or underlines only."""
        if _REMARK.match(text):
            return ()  # 注：……联系电话：67182119 is the office's number, not the unit's
        marks = list(self._outside.finditer(text))
        found: list[Pair] = []
        for mark, following in zip_longest(marks, marks[1:]):
            edge = following.start() if following else len(text)
            if labels := self.match(mark["label"] or mark["glued"]):
                value = _UNKNOWN_LABEL.split(text[mark.end() : edge])[0]
                found.append(Pair(labels, mark.group(), value.strip(" \t\r\n　_＿,，;；。")))
        rest = text[: marks[0].start()] if marks else text
        return (*self._table_pairs(rest), *found)

    def _table_pairs(self, text: str) -> Iterator[Pair]:
        lines = text.split("\n")
        apart = sum(
            self._table_pair(line) is not None for line in lines
        )  # 举办次数：5⏎参演人数：30
        if len(lines) > 1 and apart < 2 and (whole := self._table_pair("".join(lines))):
            yield whole  # 多部门联动综合⏎演练次数：2场 is broken where the cell is too narrow
            return
        group: Labels = ()  # 市级部门：演练场次53场，参演人数1091人次 is of 市级部门 to its end
        for piece in _PIECES.split(text):
            head, _, rest = piece.replace("：", ":").partition(":")
            inner = self._table_pair(rest.strip())
            labels = self.match(head) if inner else None
            if labels:
                group, piece = labels, rest.strip()
            pair = self._table_pair(piece)
            if pair is None:
                continue
            composed = (*group, *pair.labels)
            yield replace(pair, labels=composed) if self.is_of_one_path(composed) else pair

    def _table_pair(self, piece: str) -> Pair | None:
        """A label with its value after a colon, or a number right after it."""
        label, _, value = piece.replace("：", ":").rpartition(":")
        labels = self.match(label)
        if labels is None and (match := _NUMBER_AFTER.fullmatch(piece.strip())):
            label, value = match[1], piece.strip()[len(match[1]) :]
            labels = self.match(label)
        if labels and not self.match(piece):
            return Pair(labels, label, value.strip())
        return None

    def is_of_one_path(self, labels: Labels) -> bool:
        """Whether all the labels stand over one and the same field."""
        if labels not in self._of_one_path:
            paths = map(frozenset, self.paths.values())
            self._of_one_path[labels] = any(all(group & path for group in labels) for path in paths)
        return self._of_one_path[labels]


@lru_cache(4096)  # a thousand files of one mail ask the same few hundred labels
def _bare(text: str) -> str:
    """A writing without brackets and punctuation, in one case."""
    return re.sub(r"[()\[\]【】]", "", _PUNCTUATION.sub("", plain(text))).lower()


def _with_short(writings: set[str]) -> set[str]:
    """And without the 盖章 or unit that stands in brackets behind them."""
    return writings | {short for one in writings if (short := _OF_NO_MATTER.sub("", plain(one)))}


def _outside_pattern(writings: set[str], canonical: set[str]) -> re.Pattern[str]:
    """Finds labels of header and footer inside a line, longest writing first.

    Glued to the word before it (spaces lost: `XX局报出时间：`) only the form's own label counts;
    another writing may be the tail of some other word.
    """

    def spaced(words: set[str]) -> str:
        ordered = sorted(words, key=len, reverse=True)
        return "|".join(r"\s*".join(re.escape(char) for char in word) for word in ordered)

    if not writings:
        return re.compile(r"(?!)(?P<label>)(?P<glued>)")
    number = r"(?:(?:其中[:：,，、]?|[一二三四五六]、|\d[.．、]|[（(][一二三四五六\d][)）])\s*)?"
    remark = r"(?:\s*[（(][^（()）]{0,8}[）)])?"
    return re.compile(
        rf"(?<!\w){number}(?P<label>{spaced(writings)}){remark}\s*(?:[:：]|(?=[\s_＿])|$)"
        rf"|{number}(?P<glued>{spaced(canonical)}){remark}\s*[:：]"
    )


def _only_measures(paths: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    fellows = Counter(path[:-1] for path in paths.values())
    return {
        key: frozenset(path[-1:])
        for key, path in paths.items()
        if len(path) > 2 and fellows[path[:-1]] == 1
    }


def _siblings(paths: list[tuple[str, ...]]) -> frozenset[tuple[str, str]]:
    """Pairs of labels that stand for each other at one place: 企业 and 其他 under one section."""
    children: dict[tuple[str, ...], set[str]] = {}
    for path in paths:
        for depth, label in enumerate(path):
            children.setdefault(path[:depth], set()).add(label)
    return frozenset(
        (one, other) for group in children.values() for one in group for other in group - {one}
    )
