"""The lines above and below an annexed table: 填报单位（盖章）：  填报日期：  年  月  日.

Each label with a blank behind it is a field of header or footer; what stands behind the blank
(次, 人, 万元, 年月日) tells its type. Where a line goes on with 其中, what follows adds up to the
label before it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailbot.campaign.drafting.form import Field, Sum, Table, is_proven, type_of
from mailbot.campaign.drafting.lines import as_compared, squeezed

_LABEL = re.compile(
    r"([\u4e00-\u9fff][\u4e00-\u9fff（()）、/%％ ]{1,24}?)\s*[:：]\s*([^:：]*?)"
    r"(?=\s[\u4e00-\u9fff]|[\u4e00-\u9fff]{2,}(?:[(（][^)）]*[)）])?[:：]|$)"
)
_REMARK = re.compile(r"^\s*(?:备?\s*注|说\s*明|填[表报写]说明|附\s*件|来源)")
_ANNEX = re.compile(
    r"^\s*附\s*(?:件|表)?\s*[0-9一二三四五六七八九十]*\s*[:：.、]?\s*$|^\s*附件\s*\d"
)
_BLANK = re.compile(r"[\s_＿—\-□☐○]|年|月|日|时|分")
_UNITS: tuple[tuple[str, str], ...] = (
    ("万元|元", "money_wan"),
    ("[%％]", "percent"),
    (
        "(?:人次|场次|次|人|个|场|家|台|份|名|起|处|所|项|件|篇|辆|户|期|间|条|套|块|批|组|宗)",
        "count",
    ),
    ("秒|分钟|小时|米|公里|平方米|亩|吨|公斤|千克|公顷", "number"),
)


def with_lines(table: Table, title: str, text: str) -> Table:
    """The table with the fields of the lines around it."""
    above, below = _around(text, title, table)
    known = {re.sub(r"\s", "", label) for field in table.fields for label in field.path}
    keys = {field.key for field in table.fields}
    fields, sums = list(table.fields), list(table.sums)
    heads: list[Field] = []
    sealed = table.sealed
    for lines, place in ((above, "header"), (below, "footer")):
        for line in lines:
            sealed = sealed or bool(re.search("盖章|公章|签章", line))
            found = [
                (replace(field, place=place), among)
                for field, among in _fields_of(line)
                if field.path[0] not in known
            ]
            named: list[tuple[Field, bool]] = []
            fields = _freed(fields, [field for field, _ in found])
            keys = {field.key for field in (*fields, *heads)}
            for field, among in found:
                key = field.key if field.key and field.key not in keys else ""
                key = key or f"line_{len(keys) + 1}"
                keys.add(key)
                known.add(field.path[0])
                named.append((replace(field, key=key), among))
            (heads if place == "header" else fields).extend(field for field, _ in named)
            sums += _sum_of(named, line)
    return replace(table, fields=(*heads, *fields), sums=tuple(sums), sealed=sealed)


def _freed(fields: Sequence[Field], found: Sequence[Field]) -> list[Field]:
    """填报时间 is the form's own date; 演练时间, which had its key, is a field like others."""
    if any(
        one.type == "date" and re.search("[填呈上]报|报[送出]|制表", one.path[0]) for one in found
    ):
        return [
            replace(one, key="date") if one.key == "reported_on" and one.place == "table" else one
            for one in fields
        ]
    return list(fields)


def annexes_in_lines(text: str, known: Sequence[str]) -> Iterator[tuple[str, Table]]:
    """Annexed tables that stand as lines under their title alone."""
    lines = [line.strip() for line in text.split("\n")]
    for place, line in enumerate(lines):
        if not _ANNEX.match(line):
            continue
        for further in lines[place + 1 : place + 4]:
            title = re.sub(r"\s", "", further)
            if title in known or not re.search("[表单册账](?:[(（][^()（）]*[)）])?$", title):
                continue
            table = with_lines(Table(), title, text)
            if table.fields:
                yield title, table
            break


def _around(text: str, title: str, table: Table) -> tuple[list[str], list[str]]:
    """The lines between the title and the table, and those after it up to the next annex."""
    lines = text.split("\n")
    wanted = re.sub(r"\s", "", title)
    begins = [n for n, line in enumerate(lines) if re.sub(r"\s", "", line) == wanted]
    if not wanted or not begins:
        return [], []
    words = table.heading or tuple(label for field in table.fields for label in field.path)
    above: list[str] = []
    below: list[str] = []
    met = not words
    for line in lines[begins[-1] + 1 :]:
        if _ANNEX.match(line):
            break
        bare = re.sub(r"\s", "", line)
        if words and any(bare.startswith(word) or word == bare for word in words[:2]):
            met = True
        if (
            line.count("\t") > 2
            or "|" in line
            or not re.search("[:：]", line)
            or _REMARK.match(line)
        ):
            continue
        (below if met and words else above).append(line)
    return above, below


def _fields_of(line: str) -> Iterator[tuple[Field, bool]]:
    """Each label of a line that has a blank behind it, and whether 其中 went before."""
    plain = as_compared(line)
    taken = [(match[1], match[2].strip()) for match in _LABEL.finditer(plain)]
    among = False
    for written, value in taken:
        label = re.sub(r"\s", "", written)
        rest = _BLANK.sub("", value)
        if label.startswith("其中"):
            among = True
            label = re.sub(r"^其中[:：]?", "", label)
        if label.startswith("联系") and rest:
            continue  # whom to call, not a blank
        if len(rest) > 4 or len(label) < 2 or len(label) > 20:
            continue
        type, choices, reason = type_of(label)
        for pattern, other in _UNITS:
            if rest and re.fullmatch(pattern, rest):
                type, choices, reason = other, (), f"由其后的“{rest}”推定"
                break
        else:
            if re.search("年.*月", value):
                type, choices, reason = "date", (), "由其后的“年 月 日”推定"
        label = re.sub(r"[(（](?:盖章|公章|签章|签字|签名)[)）]$", "", label)
        proven = is_proven(label, type) or reason.startswith("由其后的")
        yield Field(_KEYS.get(type, ""), (label,), type, choices, reason, proven), among


_KEYS = {"unit": "unit", "date": "reported_on", "person": "filled_by", "phone": "phone"}


def _sum_of(fields: Sequence[tuple[Field, bool]], line: str) -> Iterator[Sum]:
    parts = [field for field, among in fields if among]
    totals = [field for field, among in fields if not among]
    if not parts or not totals:
        return
    total = totals[-1]
    parts = [field for field in parts if field.type == total.type]
    if len(parts) > 1 and total.type in ("count", "money_wan", "number"):
        yield Sum(total.key, tuple(field.key for field in parts), squeezed(line))
