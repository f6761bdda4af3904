"""How far a field that was read by machine is believed, from all that the form says.

The reader's confidence is that of one cell. The rest of the form knows more: sums that come out
right confirm a doubtful number, sums that do not cast doubt on the less certain ones, the list of
units confirms a name. What a machine can misread is never an error of the unit's: a text that is
no number, a minus, a contradiction are doubtful, and a person looks.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mailbot.campaign.forms import FormField, SumCheck
from mailbot.campaign.types import Campaign
from mailbot.judgement.form.phones import plain
from mailbot.judgement.form.values import is_blank, parse_count, parse_words
from mailbot.judgement.whose.names import UnitNames
from mailbot.model import ILLEGIBLE, FieldValue

# Confidences, from 0 to 1:
_CONFIRMED = 0.95  # a sum on the form, or the list of units, confirms the reading
_DOUBTFUL = 0.5
_AGREED = 0.8  # both readings said the same (under a seal they say no more than 0.85)
_CERTAIN = 0.99  # two readings agree and are sure: not lowered by a sum that does not come out

# On a scan a comma and a full stop differ by a pixel or two, so 3.654 is read as 3654 in a count.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+(?!\d)")

_Fields = dict[str, FieldValue]


def weigh_readings(fields: Mapping[str, FieldValue], campaign: Campaign) -> _Fields:
    """The fields with the confidence they deserve; `value` is None below the form's bound."""
    spec = campaign.form
    bound = spec.confidence_bound
    weighed = {one.key: _doubted(one, fields[one.key], bound) for one in spec.fields}
    names = UnitNames(campaign)
    for one in spec.fields:
        if one.type == "unit" and weighed[one.key].where:
            seen = fields[one.key].confidence
            weighed[one.key] = _named(weighed[one.key], seen, names, bound)
    for check in spec.checks:
        if isinstance(check, SumCheck):
            weighed |= _summed(check, weighed, campaign)
    return weighed


def _doubted(one: FormField, read: FieldValue, bound: float) -> FieldValue:
    if not read.where:
        # Not left out by the unit but missed by the machine: nobody may be told to fill it in.
        return replace(read, raw=ILLEGIBLE if one.required else "", confidence=0.0)
    if one.type == "count" and read.confidence >= bound and "；" not in read.where:
        read = replace(read, value=_count(read.raw))
    if is_blank(read.raw) and ILLEGIBLE not in read.raw:
        return read
    if "；" in read.where or not _is_plausible(one, read):
        place = read.where.replace("；", "、")  # by the unit's hand or the machine's eye?
        return replace(
            read, value=None, where=place, confidence=min(read.confidence, _DOUBTFUL, bound / 2)
        )
    return read


def _is_plausible(one: FormField, read: FieldValue) -> bool:
    value = read.value
    if value is None:
        return False
    if one.type == "count":
        return isinstance(value, int) and value >= 0
    if one.type == "money_wan":
        # 1.736 may be 1,736: of 万元 nobody writes three decimals.
        three = re.search(r"(?<![\d.,])\d{1,3}[.,]\d{3}(?!\d)", plain(read.raw))
        return isinstance(value, int | float) and value >= 0 and three is None
    return True


def _count(raw: str) -> int | float | None:
    """A count as it was read, its thousands parted by a comma or what was taken for a stop."""
    found = _THOUSANDS.match(plain(raw))
    if found is None:
        return parse_count(raw)
    return parse_count(re.sub(r"[.,]", "", found[0]) + plain(raw)[found.end() :])


def _named(read: FieldValue, seen: float, names: UnitNames, bound: float) -> FieldValue:
    """A unit's name: as sure as the list makes it. One letter off is a letter misread, and what
    the list does not know is no unit a machine may name (金水区 under a seal became 水区).
    `seen`: the reader's own confidence."""
    likeness = names.likeness(read.raw)
    agreed = seen >= _AGREED and names.stands_apart(read.raw)
    if (likeness == 1 or agreed) and read.confidence < _CONFIRMED:
        value = parse_words(read.raw) if bound <= _CONFIRMED else None
        return replace(read, value=value, confidence=_CONFIRMED)
    if 0 < likeness < 1 or not names.is_known(read.raw):
        return replace(read, value=None, confidence=min(read.confidence, _DOUBTFUL, bound / 2))
    return read


def _summed(
    check: SumCheck, fields: _Fields, campaign: Campaign
) -> Iterator[tuple[str, FieldValue]]:
    """The fields of a sum: confirmed where it comes out, doubted where it does not."""
    types = {one.key: one.type for one in campaign.form.fields}
    keys = (check.total, *check.parts)
    if any(types[key] != "count" for key in keys):
        return
    numbers = {key: _number(fields[key]) for key in keys}
    known = [number for number in numbers.values() if number is not None]
    if len(known) < len(keys):
        return
    bound = campaign.form.confidence_bound
    agrees = sum(known[1:]) == known[0] and known[0] > 0
    for key in keys:
        read = fields[key]
        if agrees and read.confidence < _CONFIRMED:
            value = numbers[key] if bound <= _CONFIRMED else None
            yield key, replace(read, value=value, confidence=_CONFIRMED)
        elif not agrees and read.confidence < _CERTAIN:
            yield key, replace(read, value=None, confidence=min(read.confidence, _DOUBTFUL))


def _number(read: FieldValue) -> int | None:
    """What a cell says, sure or not."""
    if isinstance(read.value, int):
        return read.value
    if "、" in read.where or not read.where:
        return None
    number = _count(read.raw)
    return number if isinstance(number, int) and number >= 0 else None
