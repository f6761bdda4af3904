"""What every file of a rules folder allows and the folder as a whole does not.

Each problem is a line with file, line and key, what is allowed, and the nearest word that is.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, get_args

import re2

from mailbot.campaign.formats import CALLED, KNOWN_FORMATS
from mailbot.campaign.proving.of_forms import wrong_in_form
from mailbot.campaign.proving.places import Sources, nearest, twins
from mailbot.campaign.proving.quotes import misquoted
from mailbot.campaign.rules import (
    AllOfRule,
    AnyOfRule,
    ExtensionRule,
    FaultRule,
    FileNameTest,
    FormatTest,
    PageCountTest,
    TakenBetweenTest,
    WordCountTest,
)
from mailbot.campaign.types import SHIPPED_SLOTS, Campaign, Material, SlotKind

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_KINDS = (*get_args(SlotKind), "archive", "mail")


def contradictions(campaign: Campaign, sources: Sources) -> Iterator[str]:
    """What every file allows and the folder as a whole does not."""
    at = sources.rules_at
    try:
        campaign.zone  # noqa: B018 - reading it proves the name
    except (KeyError, ValueError, OSError):
        yield f"{at('timezone')}: {campaign.timezone!r} is not known"
    if not _ADDRESS.fullmatch(campaign.mailbox):
        yield f"{at('mailbox')}: {campaign.mailbox!r} is no address"
    yield from _deadlines(campaign, sources)
    yield from _materials(campaign, sources)
    yield from _rules(campaign, sources)
    for slot in sources.forms:
        spec = campaign.form if slot == "form" else campaign.forms[slot]
        yield from wrong_in_form(spec, slot, sources)
    yield from _codes(campaign, sources)
    yield from _units(campaign, sources)
    yield from misquoted(campaign, sources)


def _deadlines(campaign: Campaign, sources: Sources) -> Iterator[str]:
    """Every deadline has a zone and lies behind the opening."""
    named: list[tuple[str, datetime | None]] = [(sources.rules_at("deadline"), campaign.deadline)]
    named += [
        (sources.rules_at("groups", name, "deadline"), group.deadline)
        for name, group in campaign.groups.items()
    ]
    named += [
        (sources.rules_at("materials", number, "deadline"), material.deadline)
        for number, material in enumerate(campaign.materials)
    ]
    named += [
        (f"{sources.unit_at(number)}: deadline", unit.deadline)
        for number, unit in enumerate(campaign.units)
    ]
    for where, moment in named:
        if moment is not None and not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            yield f"{where}: the year {moment.year} is not between {_FIRST_YEAR} and {_LAST_YEAR}"
        elif moment is not None and moment.tzinfo is None:
            yield f"{where}: needs a time zone, e.g. 2017-07-05T23:59:59+08:00"
        elif moment is campaign.deadline and campaign.opening > moment.date():
            yield f"{sources.rules_at('opening')}: is after the deadline"
        elif moment is not None and campaign.opening > moment.date():
            yield f"{where}: is before the opening ({campaign.opening})"


def _materials(campaign: Campaign, sources: Sources) -> Iterator[str]:
    at = sources.rules_at
    slots = [material.slot for material in campaign.materials]
    for number, slot in twins(slots):
        yield f"{at('materials', number, 'slot')}: the slot {slot} stands twice"
    if not campaign.materials:
        yield f"{at('materials')}: at least one is needed"
    groups = {group for unit in campaign.units for group in unit.groups}
    for number, material in enumerate(campaign.materials):
        if material.kind is None and material.slot not in SHIPPED_SLOTS:
            yield (
                f"{at('materials', number, 'slot')}: {material.slot} is a slot of this folder's"
                f" own and needs a kind: {', '.join(get_args(SlotKind))}"
                f"{nearest(material.slot, SHIPPED_SLOTS)}"
            )
        if ruled := _ruled_as_kind(campaign, material.slot):
            yield (
                f"{at('materials', number, 'slot')}: {material.slot} is the name of a kind too, so"
                f" the rule {ruled} would hold for every file of that kind; name the slot otherwise"
            )
        if material.maximum is not None and material.maximum < material.minimum:
            yield f"{at('materials', number, 'maximum')}: is below the minimum"
        if material.form and material.holds != "form":
            yield f"{at('materials', number, 'form')}: {material.slot} is no slot of kind form"
        for key in ("only_groups", "except_groups"):
            for group in getattr(material, key):
                if group not in groups and campaign.units:
                    yield (
                        f"{at('materials', number, key)}: no unit has the group {group!r};"
                        f" there are: {'、'.join(sorted(groups))}{nearest(group, groups)}"
                    )
    for group in campaign.groups:
        if group not in groups and campaign.units:
            yield (
                f"{at('groups', group)}: no unit has the group {group!r};"
                f" there are: {'、'.join(sorted(groups))}{nearest(group, groups)}"
            )
    written = {
        slot
        for slot in (*slots, *SHIPPED_SLOTS)
        if slot not in slots or _of(campaign, slot).holds not in ("photo", "video")
    }
    for number, document in enumerate(campaign.documents):
        yield from _joined(document.titles, at("documents", number, "titles"))
        for name in document.formats:
            if name not in KNOWN_FORMATS:
                instead = ", ".join(CALLED.get(name.lower(), ()))
                told = f"; write {instead}" if instead else nearest(name, KNOWN_FORMATS)
                yield f"{at('documents', number, 'formats')}: {name!r} is no format{told}"
        if document.kind not in written | set(slots):
            yield (
                f"{at('documents', number, 'kind')}: no slot {document.kind};"
                f" there are: {', '.join(sorted(written))}{nearest(document.kind, written)}"
            )


def _ruled_as_kind(campaign: Campaign, slot: str) -> str:
    """The code of the first rule for a slot that is named as a kind, though it is none of the
    six; "" where there is none. What goes by the file itself (whether it opens, its extension)
    is of the kind anyway."""
    if slot in SHIPPED_SLOTS or slot not in _KINDS:
        return ""
    of_files = (ExtensionRule, FaultRule)
    return next(
        (
            rule.code
            for rule in campaign.rules
            if getattr(rule, "applies_to", None) == slot and not isinstance(rule, of_files)
        ),
        "",
    )


def _joined(words: Sequence[str], where: str) -> Iterator[str]:
    """[教案，课件] is one word to YAML: its comma is a Chinese one."""
    for word in words:
        if "，" in word:
            parts = ", ".join(word.split("，"))
            yield f"{where}: {word!r} is one word; with English commas it is several: [{parts}]"


def _of(campaign: Campaign, slot: str) -> Material:
    return next(one for one in campaign.materials if one.slot == slot)


def _rules(campaign: Campaign, sources: Sources) -> Iterator[str]:
    slots = {material.slot for material in campaign.materials}
    known = {*_KINDS, *SHIPPED_SLOTS, *slots}
    for number, rule in enumerate(campaign.rules):
        target = getattr(rule, "applies_to", None)
        if target is not None and target not in known:
            yield (
                f"{sources.rules_at('rules', number, 'applies_to')}: {target!r} is no slot and"
                f" no kind; there are: {', '.join(sorted(known))}{nearest(target, known)}"
            )
        inner: Sequence[tuple[tuple[str | int, ...], object]] = [(("rules", number), rule)]
        if isinstance(rule, AnyOfRule | AllOfRule):
            inner = [
                (("rules", number, "rules", place), test) for place, test in enumerate(rule.rules)
            ]
        yield from _joined(getattr(rule, "words", ()), sources.rules_at("rules", number, "words"))
        for location, test in inner:
            for key, said in _bounds(test):
                yield f"{sources.rules_at(*location, *((key,) if key else ()))}: {said}"


def _bounds(test: object) -> Iterator[tuple[str, str]]:
    """A test whose bounds nothing could meet, or that asks nothing."""
    for low, high in (("minimum_mb", "maximum_mb"), ("minimum_s", "maximum_s")):
        if hasattr(test, low):
            yield from _pair(getattr(test, low), getattr(test, high), low, high)
    if isinstance(test, PageCountTest):
        yield from _pair(test.minimum, test.maximum, "minimum", "maximum")
    if isinstance(test, WordCountTest):
        yield from _pair(test.minimum, test.maximum, "minimum", "maximum")
    if isinstance(test, FormatTest):
        for name in test.allowed:
            if name not in KNOWN_FORMATS:
                instead = CALLED.get(name.lower())
                told = f"; write {', '.join(instead)}" if instead else nearest(name, KNOWN_FORMATS)
                yield "allowed", f"{name!r} is the name of no format{told}"
    if isinstance(test, TakenBetweenTest) and test.from_ > test.to:
        yield "to", "is before `from`"
    if isinstance(test, FileNameTest):
        if not (test.contains or test.pattern):
            yield "", "needs `contains` or `pattern`"
        try:
            compile_: Any = re2.compile
            compile_(test.pattern)
        except re2.error as error:
            detail = error.args[0] if error.args else error
            text = detail.decode() if isinstance(detail, bytes) else str(detail)
            yield "pattern", f"no regular expression in RE2's syntax: {text}"


def _pair(
    low: float | None, high: float | None, low_name: str, high_name: str
) -> Iterator[tuple[str, str]]:
    if low is None and high is None:
        yield "", f"needs {low_name} or {high_name}"
    elif low is not None and high is not None and low > high:
        yield high_name, f"is below {low_name}"


def _codes(campaign: Campaign, sources: Sources) -> Iterator[str]:
    """A finding's code names one rule."""
    placed = [
        (rule.code, sources.rules_at("rules", number, "code"))
        for number, rule in enumerate(campaign.rules)
    ]
    for slot in sources.forms:
        spec = campaign.form if slot == "form" else campaign.forms[slot]
        placed += [
            (check.code, sources.form_at(slot, "checks", number, "code"))
            for number, check in enumerate(spec.checks)
        ]
    for number, code in twins([code for code, _ in placed]):
        yield f"{placed[number][1]}: the code {code} stands twice"


def _units(campaign: Campaign, sources: Sources) -> Iterator[str]:
    units = list(enumerate(campaign.units))
    for number, name in twins([unit.unit for _, unit in units]):
        yield f"{sources.unit_at(number)}: unit: {name} stands twice"
    written = [
        (at, alias) for at, unit in units for alias in dict.fromkeys((unit.unit, *unit.aliases))
    ]
    for number, alias in twins([alias for _, alias in written]):
        yield f"{sources.unit_at(written[number][0])}: aliases: two units are written {alias}"
    from_here = [(at, address) for at, unit in units for address in unit.addresses]
    for number, address in twins([address for _, address in from_here]):
        yield f"{sources.unit_at(from_here[number][0])}: addresses: two units have {address}"
