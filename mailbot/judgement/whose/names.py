"""Units by the names people write, matched against units.csv.

A name in a field (填报单位) has to be a unit's name as a whole; in free text names are found
where they stand. Longest name first, so that 新郑市公安局 is a part of 新郑市 and not 市公安局.
"""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from mailbot.campaign.types import Campaign

_SEAL_WORDS = re.compile(r"[(（\[]?(?:加盖公章|盖章|公章|签章)[)）\]]?")
_BETWEEN_NAMES = re.compile(r"[()（）\[\]、,，;；/]+")
_EDGES = " :：。.-—_\t\r\n"
# Text that contains one of these is a clause that mentions an office, not the name of an office.
_CLAUSE = re.compile(r"开展|组织|举行|举办|演练|报送|上报|应急|事故|活动|关于|[各和及与的在等将现]")
_LONG_NAME = 5
_WINDOW = 40  # how many characters around a name are looked at for words that change its meaning
_CHINESE_RUN = r"[一-鿿]{1,10}?"
# 委 alone is short for a committee; in 委托, 委派, 委任 and 委员 it is part of another word.
_NO_COMMITTEE = r"委(?![托派员任])"


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A unit's name met in text: whose it is, and whether it is a part of that unit only."""

    unit: str | None  # name in units.csv; None where it is ambiguous
    matched: str  # the words met
    sub_unit: bool = False  # 二七区城管局: belongs to 二七区 and is not the district's own
    ambiguous: bool = False  # several units answer to it
    start: int = 0  # offset in `plain(text)`


def plain(text: str) -> str:
    """Text as names are compared: full-width forms folded, one case, blanks within a line
    removed."""
    return re.sub(r"[^\S\n]+", "", unicodedata.normalize("NFKC", text)).lower()


def _without_seal(name: str) -> str:
    """What a field names, without the words beside a seal and what stands at its edges."""
    return _SEAL_WORDS.sub("", plain(name)).replace("\n", "").strip(_EDGES)


class UnitNames:
    """Everything units.csv and the campaign's words say about names; built once a campaign.
    The patterns are compiled for the first text: a photograph alone has none."""

    def __init__(self, campaign: Campaign) -> None:
        words = campaign.identity
        owners: dict[str, set[str]] = defaultdict(set)
        for unit in campaign.units:
            for name in (unit.unit, *unit.aliases):
                for written in self._ways(plain(name), tuple(map(plain, words.strip_prefixes))):
                    owners[written].add(unit.unit)
        self._owners = owners
        self._prefixes = _longest_first(tuple(map(plain, words.strip_prefixes)))
        self._suffixes = _longest_first(tuple(map(plain, words.strip_suffixes)))
        self._other_places = tuple(plain(place) for place in words.other_places)
        self._not_followed_by = tuple(plain(word) for word in words.not_followed_by)
        self._recipients = frozenset(plain(name) for name in words.recipients)
        self._organisation_words = tuple(words.sub_unit_words)

    @cached_property
    def _any_name(self) -> re.Pattern[str]:
        return _alternatives({*self._owners, *self._recipients})

    @cached_property
    def _part_in_text(self) -> re.Pattern[str]:
        # In running text a single 处, 所, 队 … is more often part of another word (处置).
        clear = [word for word in self._organisation_words if len(word) > 1 or word in "局镇乡"]
        return re.compile(f"{_CHINESE_RUN}(?:{_NO_COMMITTEE}|{_alternatives(clear).pattern})")

    @staticmethod
    def _ways(name: str, prefixes: tuple[str, ...]) -> set[str]:
        """市教育局 is also written 郑州市教育局, and the other way round."""
        ways = {name}
        for prefix in prefixes:
            if prefix.endswith("市") and name.startswith("市"):
                ways.add(prefix + name[1:])
            if prefix.endswith("市") and name.startswith(prefix):
                ways.add("市" + name.removeprefix(prefix))
        return ways

    def find(self, text: str) -> tuple[NameMatch, ...]:
        """Every naming of a unit in free text, in order; our own names are passed over."""
        line = plain(text)
        found: list[NameMatch] = []
        end = -1
        for match in self._any_name.finditer(line):
            name = match[0]
            # Windows, not the whole text: a body may hold a name ten thousand times.
            before = line[max(0, match.start() - _WINDOW) : match.start()]
            after = line[match.end() : match.end() + _WINDOW]
            if name in self._recipients or self._is_elsewhere(name, before):
                continue
            if after.startswith(self._not_followed_by):
                continue
            if match.start() == end:  # 荥阳市高新区, 市公安局二七区分局: a part of the one before
                if not found[-1].sub_unit:
                    found[-1] = replace(found[-1], sub_unit=True, matched=found[-1].matched + name)
                continue
            end = match.end()
            own = after[: len(after) - len(self._strip_suffixes(after))]
            part = "" if own else self._part_at(after)
            lead = ""
            while prefix := next((p for p in self._prefixes if before.endswith(p)), ""):
                before, lead = before.removesuffix(prefix), prefix + lead
            start = match.start() - len(lead)
            found.append(self._match(name, lead + name + own + part, bool(part), start))
        return tuple(found)

    def match_name(self, name: str) -> NameMatch | None:
        """The unit a field names as a whole; None where it names none that is known."""
        whole = _without_seal(name)
        if (match := self._match_whole(whole)) is not None:
            return match
        parts = [part for part in _BETWEEN_NAMES.split(whole) if part]
        matches = [match for part in parts if (match := self._match_whole(part)) is not None]
        if len({match.unit for match in matches}) > 1:
            return NameMatch(None, whole, ambiguous=True)
        return next((match for match in matches if not match.sub_unit), None) or next(
            iter(matches), None
        )

    def likeness(self, name: str) -> float:
        """1 where a text is to the letter a name or alias, 0.5 where one character is missing,
        added or another, else 0. Short names (东湖区) are like too many things: 0."""
        whole = _without_seal(name)
        if len(whole) < _LONG_NAME:
            return 0
        if whole in self._owners:
            return 1
        return 0.5 if any(_is_one_off(whole, known) for known in self._owners) else 0

    def is_known(self, name: str) -> bool:
        """Whether a text names one unit of the list and no part of it."""
        match = self.match_name(name)
        return match is not None and not match.ambiguous and not match.sub_unit

    def stands_apart(self, name: str) -> bool:
        """Whether a text is to the letter a name or alias that no misread letter makes of another
        unit's: 金水区, but not 新密市 (新郑市)."""
        whole = _without_seal(name)
        owners = self._owners.get(whole, set())
        return len(owners) == 1 and not any(
            _is_one_off(whole, known) and others != owners for known, others in self._owners.items()
        )

    def is_organisation(self, name: str) -> bool:
        """Whether a name ends like an organisation's, known or not."""
        return _without_seal(name).endswith(self._organisation_words)

    def _match_whole(self, name: str) -> NameMatch | None:
        rest = name
        while True:
            if rest in self._owners:
                return self._match(rest, name)
            found = self._any_name.match(rest)
            if found and found[0] in self._owners:
                tail = rest[found.end() :]
                if tail.startswith(self._not_followed_by):
                    return None
                if _BETWEEN_NAMES.search(tail):
                    return None  # several names: `match_name` takes them one by one
                return self._match(found[0], name, sub_unit=bool(self._strip_suffixes(tail)))
            prefix = next((p for p in self._prefixes if rest.startswith(p)), None)
            if prefix is None:
                return None
            rest = rest.removeprefix(prefix)

    def _match(self, alias: str, matched: str, sub_unit: bool = False, start: int = 0) -> NameMatch:
        owners = self._owners[alias]
        if len(owners) > 1:
            return NameMatch(None, matched, sub_unit, ambiguous=True, start=start)
        return NameMatch(next(iter(owners)), matched, sub_unit, start=start)

    def _strip_suffixes(self, text: str) -> str:
        """Text without the bodies that speak for the unit itself: 人民政府, 安委会办公室 …"""
        while suffix := next((s for s in self._suffixes if text.startswith(s)), ""):
            text = text.removeprefix(suffix)
        return text

    def _part_at(self, text: str) -> str:
        match = self._part_in_text.match(text)
        return match[0] if match and not _CLAUSE.search(match[0]) else ""

    def _is_elsewhere(self, name: str, before: str) -> bool:
        """洛阳高新区 and 洛阳市公安局 are another city's; 郑州市高新区 and 我市… are not."""
        before = before.removesuffix("市") if not name.startswith("市") else before
        return before.endswith(self._other_places)


def _is_one_off(one: str, other: str) -> bool:
    """Whether two texts differ in one character."""
    if abs(len(one) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return (
        one[same + 1 :] == other[same + 1 :]
        or one[same:] == other[same + 1 :]
        or (one[same + 1 :] == other[same:])
    )


def _longest_first(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted((plain(word) for word in words), key=len, reverse=True))


def _alternatives(words: "set[str] | list[str]") -> re.Pattern[str]:
    """A pattern that takes the longest of the words that stands at a place."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(word) for word in ordered) or r"(?!)")
