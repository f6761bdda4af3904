"""Numbers as people write them: exact ones are read, vague ones are known for what they are.

Exact: `12`, `１，２００`, `1.2万`, `3.5w`, `3万5` (35 000), `两千三` (2 300), `廿五`, `两百零五`,
`12+2=14`. Vague: `约500`, `500余`, `近千`, `百余`, `1～3`, `三五百`, `各50`, and a sum nobody
worked out (`12+2` may be a total, or two figures in one cell). Nothing vague has a value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import inf

__all__ = ["DIGITS", "Number", "is_made_of_numbers", "is_vague", "read_number"]

DIGITS = {char: index for index, char in enumerate("零一二三四五六七八九")}
DIGITS |= {char: index for index, char in enumerate("〇壹贰叁肆伍陆柒捌玖")}
DIGITS |= {"○": 0, "貳": 2, "弍": 2, "两": 2, "兩": 2, "俩": 2, "叄": 3, "陸": 6, "幺": 1}
_ZEROS = frozenset("零〇○")
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000}
_HUNDREDS = frozenset(_SMALL) - {"十", "拾"}
_LARGE = {"万": 10**4, "萬": 10**4, "w": 10**4, "亿": 10**8, "億": 10**8}
_SCALES = _SMALL | _LARGE
_TENS = {"廿": "二十", "卄": "二十", "卅": "三十", "卌": "四十"}

_AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE]\+?\d{1,2})?")
_SCALED = re.compile(r"(?P<amount>.*?\d)(?P<scale>[百佰千仟万萬亿億]{0,2}|[kw])")
_MULTIPLIERS = {"": 1, "k": 10**3, "w": 10**4, "百": 100, "千": 1000, "万": 10**4}
_MULTIPLIERS |= {"百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}
_PIECE = re.compile(r"(\d+)|(.)")
_POINT = re.compile(f"(?P<whole>.+)点(?P<part>[{''.join(DIGITS)}]+)(?P<scale>[百千万亿]{{0,2}})")


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number and the words it was written with."""

    value: Decimal
    large: bool = False  # 万 or 亿 was written: it counts ones, whatever the heading counts
    small: bool = False  # 百 or 千 was written and no 万: under a heading in 万 it is ambiguous
    shortened: bool = False  # the last scale was left out (3万5): nothing may follow it


_BEYOND = 10**15


def read_number(text: str) -> Number | None:
    """The number that `text` (without white space and units) states exactly; None for all else,
    and from 10^15 on: no table of ours counts so many, and sums of such numbers are not exact any
    more (a float has 53 bits), or none at all."""
    text = re.sub(r"(?<=\d)[wWkK]", lambda found: found.group().lower(), text)
    if "=" in text:
        return _worked_out(text)
    negative = text.startswith(("-", "负"))
    text = text[1:] if text[:1] in ("-", "+", "负") else text
    if not text:
        return None
    found = _scaled(text) or _with_point(text) or _compound(text)
    if found is None or found.value >= _BEYOND:
        return None
    if not negative:
        return found
    return Number(-found.value, found.large, found.small, found.shortened)


def _worked_out(text: str) -> Number | None:
    """`12+2=14`, where it comes out."""
    sum_, _, total = text.partition("=")
    parts = [read_number(part) for part in sum_.split("+")]
    stated = read_number(total)
    known = [part.value for part in parts if part is not None]
    if stated is None or not 1 < len(parts) == len(known):
        return None
    return stated if sum(known) == stated.value else None


def _scaled(text: str) -> Number | None:
    """Digits, and at most one multiplier behind them: `1,200`, `1.2万`, `3千`, `2百万`."""
    match = _SCALED.fullmatch(text)
    if match is None or not _AMOUNT.fullmatch(match["amount"]):
        return None
    multiplier = _MULTIPLIERS.get(match["scale"].translate(_PLAIN_SCALES))
    try:
        amount = Decimal(match["amount"].replace(",", ""))
    except InvalidOperation:
        return None
    return None if multiplier is None else _number(amount * multiplier, match["scale"])


_PLAIN_SCALES = str.maketrans("佰仟萬億", "百千万亿")


def _with_point(text: str) -> Number | None:
    """`三点五万`, `十二点五`."""
    match = _POINT.fullmatch(text)
    if match is None:
        return None
    whole = _compound(match["whole"])
    if whole is None or whole.small or whole.large:
        return None
    multiplier = _MULTIPLIERS.get(match["scale"])
    digits = "".join(str(DIGITS[char]) for char in match["part"])
    if multiplier is None:
        return None
    return _number(Decimal(f"{whole.value}.{digits}") * multiplier, match["scale"])


def _number(value: Decimal, words: str, shortened: bool = False) -> Number:
    large = any(char in _LARGE for char in words)
    small = not large and any(char in _HUNDREDS for char in words)
    return Number(value, large, small, shortened)


def _compound(text: str) -> Number | None:
    """Numerals with scales between them: `一万二千`, `两百零五`, `3万5千`, `12万5000`, `3万5`."""
    for short, words in _TENS.items():
        text = text.replace(short, words)
    pieces = list(_pieces(text))
    if not any(piece in _SCALES for piece in text):
        return _digit_by_digit(text)
    reading = _Reading()
    for piece in pieces:
        if piece is None or not reading.take(*piece):
            return None
    value = reading.value()
    return None if value is None else _number(Decimal(value), text, reading.shortened)


def _pieces(text: str) -> Iterator[tuple[str, int] | None]:
    """Each numeral or scale with its value; None for anything else, and for what nobody writes
    with a scale behind it."""
    for digits, char in _PIECE.findall(text):
        if digits:
            yield (digits, int(digits)) if len(digits) <= 8 else None
        elif char in DIGITS:
            yield char, DIGITS[char]
        else:
            yield (char, _SCALES[char]) if char in _SCALES else None


def _digit_by_digit(text: str) -> Number | None:
    """`五`, `二〇`, `三零二`: of several digits only with a zero, since 一二 is "one or two"."""
    if any(char not in DIGITS for char in text) or (len(text) > 1 and not set(text) & _ZEROS):
        return None
    return Number(Decimal("".join(str(DIGITS[char]) for char in text)))


class _Reading:
    """A compound numeral, piece by piece: scales only go down, every digit has its place."""

    def __init__(self) -> None:
        self._total = self._section = 0
        self._pending: int | None = None
        self._digits = 0  # how many digits the pending number was written with
        self._gap = False  # a 零 was read: what follows is literal
        self._small = self._large = inf  # the scales that have been, which none may reach again
        self._last = 0  # the scale just before the pending number
        self.shortened = False

    def take(self, piece: str, value: int) -> bool:
        """Whether the piece may stand here."""
        if piece in _SCALES:
            return self._scale(value)
        if self._pending is not None or (self._gap and value == 0):
            return False
        if piece in _ZEROS:
            self._gap = True
        else:
            self._pending = value
            self._digits = len(piece)
        return True

    def _scale(self, scale: int) -> bool:
        if scale >= 10**4:
            section = self._section + (self._pending or 0)
            if scale >= self._large or section == 0 or (self._gap and self._pending is None):
                return False
            if self._pending is not None and self._tail(self._pending) != self._pending:
                return False  # 三百二万
            self._total += section * scale
            self._section, self._small, self._large = 0, inf, scale
        else:
            implied = scale == 10 and (self._gap or self._last in (0, 100))  # 十二, 一百十二
            many = int(implied) if self._pending is None else self._pending
            if scale >= self._small or not 0 < many < 10:
                return False
            self._section += many * scale
            self._small = scale
        self._pending, self._gap, self._last = None, False, scale
        return True

    def value(self) -> int | None:
        """The number, when nothing more comes."""
        if self._pending is None:
            return None if self._gap else self._total + self._section
        tail = self._tail(self._pending)
        if tail is None:
            return None
        self.shortened = tail != self._pending
        return self._total + self._section + tail

    def _tail(self, pending: int) -> int | None:
        """What the last numeral is worth behind the last scale; None where it is not certain."""
        if self._last == 0 or self._gap:
            return pending
        if self._last == 10:
            return pending if 0 < pending < 10 else None
        if self._digits > 1:  # 12万5000 and 3万500 are; 3万50 may be 30 050 or 35 000
            places = len(str(self._last)) - 1
            certain = self._digits == places or (self._last, self._digits) == (10**4, 3)
            return pending if certain else None
        return pending * self._last // 10 if pending else None


# ---- vague ------------------------------------------------------------------------------------

_VAGUE_WORDS = (
    "大约|约莫|约为|约|大概|大致|估计|预计|将近|接近|近|不足|不到|不少于|不低于|不超过|至少|最少|最多"
    "|超过|超出|超|逾|突破|上(?=[十百千万])|成(?=[百千万])|左右|上下|前后|以上|以下|以内|之内|余"
    "|多|许(?=人|名|次|场|元|$)|来(?=人|名|次|场|万|$)|若干|好?几(?=[十百千万亿]|人|名|次|场|元)"
    "|数(?=[十百千万亿]|人次|人|名|次|场|元)|平均|人均|均|各|每(?:次|场|人|个)?|[<>≥≤≈±~]|\\+$|\\+(?=人|次)"
)
_NUMERAL = rf"\d+(?:[,.]\d+)*|[{''.join(DIGITS)}{''.join(_SCALES)}{''.join(_TENS)}点]"
_UNIT = "场次|場次|人次|人员|万元|场|場|次|回|人|名|个|项|起|家|位|元|圆|圓|块钱|块|人民币"
_BETWEEN = r"[-~至到/、,或和+=]|\s"
_EXACTLY = "共计|共有|共|合计|总计|累计|计|为|有|达到|达|整|正|负"
_TOKENS = re.compile(
    rf"(?P<vague>{_VAGUE_WORDS})|(?P<numeral>{_NUMERAL})|(?:{_UNIT})|(?:{_BETWEEN})|(?:{_EXACTLY})",
    re.IGNORECASE,
)
_REMARK = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]")
_UNCERTAIN = re.compile(
    r"约|左右|上下|大概|估计|预计|不含零|待定|待核|不准|更正|应为|实为|改为|暂定|以上|余|多"
)


def is_made_of_numbers(text: str) -> bool:
    """Whether nothing but numerals, units and words about numbers stands in a text: somebody
    meant a number, whether or not it can be told which one."""
    return bool(_kinds(text))


def is_vague(text: str) -> bool:
    """Whether a text states about how many: `约500人`, `近千`, `500余`, `500人（左右）`."""
    return "vague" in _kinds(text) or has_vague_remark(text)


def has_vague_remark(text: str) -> bool:
    """Whether a remark in brackets takes a number back: `500（约）`, `12（应为10）`."""
    for remark in _REMARK.findall(text):
        correction = re.search("更正|应为|实为|改为|待定|待核", remark)
        if correction or (_UNCERTAIN.search(remark) and not re.search(r"\d", remark)):
            return True
    return False


def _kinds(text: str) -> set[str]:
    """Which kinds of words a text that is all about a number is made of; empty for any other."""
    bare = _REMARK.sub("", text).strip(" _;。,:.")
    kinds: set[str] = set()
    at = 0
    while at < len(bare):
        match = _TOKENS.match(bare, at)
        if match is None:
            return set()
        if match["vague"]:
            kinds.add("vague")
            if re.fullmatch("若干|多|好?几|数", match["vague"]):
                kinds.add("numeral")
        elif match["numeral"]:
            kinds.add("numeral")
        at = match.end()
    return kinds if "numeral" in kinds else set()
