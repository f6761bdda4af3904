"""Proving a rules folder: what the types refuse, and what every file allows and the whole does not.

Each problem is a line with file, line and key, what is allowed, and the nearest word that is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast, get_args

import re2
import yaml
from pydantic import ValidationError

from mailbot.campaign import forms, rules, types
from mailbot.campaign.forms import (
    AtLeastCheck,
    DateCheck,
    FormField,
    FormSpec,
    RatioCheck,
    RowField,
    SumCheck,
    ZeroCheck,
)
from mailbot.campaign.rules import (
    AllOfRule,
    AnyOfRule,
    Data,
    FileNameTest,
    PageCountTest,
    TakenBetweenTest,
)
from mailbot.campaign.types import SHIPPED_SLOTS, Campaign, Material, SlotKind

_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_LONGEST_TOLD = 60  # characters of what was written
_KINDS = (*get_args(SlotKind), "archive", "mail")


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean maximum?`, or "" where nothing is near."""
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


# ---- what the types refuse ---------------------------------------------------------------------


def explain(error: ValidationError, path: Path, root: yaml.Node) -> list[str]:
    """Each refusal of the types as a line for the person who edits the file."""
    return [
        f"{place(path, root, problem['loc'])}: {_said(cast(Mapping[str, Any], problem))}"
        for problem in error.errors()
    ]


def _said(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "extra_forbidden":
        key = str(problem["loc"][-1])
        return f"the key {key!r} is not known here{nearest(key, _all_keys())}"
    if problem["type"] == "union_tag_invalid":
        given = str(problem["ctx"].get("tag"))
        tags = re.findall(r"'([^']+)'", str(problem["ctx"].get("expected_tags")))
        return f"{given!r} is no test; there are: {', '.join(tags)}{nearest(given, tags)}"
    if problem["type"] in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']+)'", str(problem["ctx"].get("expected")))
        given = str(problem.get("input"))[:_LONGEST_TOLD]
        return f"{problem['msg']}, not {given!r}{nearest(given, allowed)}"
    return str(problem["msg"])


def _all_keys() -> set[str]:
    models = [
        one
        for module in (types, rules, forms)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Data) and one is not Data
    ]
    return {
        field.alias or name for model in models for name, field in model.model_fields.items()
    } - {"version", "units", "forms"}


def place(path: Path, root: yaml.Node, location: Sequence[str | int]) -> str:
    """`campaign.yaml:14: timezone`."""
    key = ".".join(str(part) for part in location)
    return f"{path}:{line_of(root, location)}: {key}"


def line_of(root: yaml.Node, location: Sequence[str | int]) -> int:
    """The line of the deepest node that the error's location leads to.

    Steps that name no node are passed over: pydantic puts a union's tag into the location.
    """
    node = root
    line = node.start_mark.line
    for step in location:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    node, line = value, key.start_mark.line
                    break
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            node = node.value[step]
            line = node.start_mark.line
    return line + 1


# ---- what the folder as a whole refuses --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sources:
    """Where what was read stands, for the clerk who must find it: file, line, key."""

    folder: Path
    campaign: yaml.Node
    forms: Mapping[str, tuple[Path, yaml.Node]]  # by slot
    unit_lines: Sequence[int]
    written: Mapping[str, Any]  # campaign.yaml as it stands

    def rules_at(self, *location: str | int) -> str:
        """A place of campaign.yaml."""
        return place(self.folder / "campaign.yaml", self.campaign, location)

    def form_at(self, slot: str, *location: str | int) -> str:
        """A place of the slot's form file."""
        path, node = self.forms[slot]
        return place(path, node, location)

    def unit_at(self, number: int) -> str:
        """A line of units.csv."""
        return f"{self.folder / 'units.csv'}:{self.unit_lines[number]}"


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
        yield from _form(spec, slot, sources)
    yield from _codes(campaign, sources)
    yield from _units(campaign, sources)
    yield from _quotes(campaign, sources)


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
    for number, slot in _twins(slots):
        yield f"{at('materials', number, 'slot')}: the slot {slot} stands twice"
    if not campaign.materials:
        yield f"{at('materials')}: at least one is needed"
    groups = {unit.group for unit in campaign.units if unit.group}
    for number, material in enumerate(campaign.materials):
        if material.kind is None and material.slot not in SHIPPED_SLOTS:
            yield (
                f"{at('materials', number, 'slot')}: {material.slot} is a slot of this folder's"
                f" own and needs a kind: {', '.join(get_args(SlotKind))}"
                f"{nearest(material.slot, SHIPPED_SLOTS)}"
            )
        if material.maximum is not None and material.maximum < material.minimum:
            yield f"{at('materials', number, 'maximum')}: is below the minimum"
        if material.form and material.holds != "form":
            yield f"{at('materials', number, 'form')}: {material.slot} is no slot of kind form"
        for group in material.only_groups:
            if group not in groups and campaign.units:
                yield (
                    f"{at('materials', number, 'only_groups')}: no unit has the group {group!r};"
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
        if document.kind not in written | set(slots):
            yield (
                f"{at('documents', number, 'kind')}: no slot {document.kind};"
                f" there are: {', '.join(sorted(written))}{nearest(document.kind, written)}"
            )


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
    for number, code in _twins([code for code, _ in placed]):
        yield f"{placed[number][1]}: the code {code} stands twice"


def _form(form: FormSpec, slot: str, sources: Sources) -> Iterator[str]:
    keys = [field.key for field in form.fields]
    for number, key in _twins(keys):
        yield f"{sources.form_at(slot, 'fields', number, 'key')}: the key {key} stands twice"
    for number, field in enumerate(form.fields):
        for label in field.path:
            if label not in form.labels:
                where = sources.form_at(slot, "fields", number, "path")
                yield (
                    f"{where}: {field.key}: the label {label!r} is not under labels"
                    f"{nearest(label, form.labels)}"
                )
    if form.rows is not None:
        for number, column in enumerate(form.rows.fields):
            if column.path[0] not in form.rows.heading:
                where = sources.form_at(slot, "rows", "fields", number, "path")
                yield (
                    f"{where}: {column.path[0]!r} is no word of the heading"
                    f" ({'、'.join(form.rows.heading)})"
                )
            yield from _choices(column, sources.form_at(slot, "rows", "fields", number))
    for number, field in enumerate(form.fields):
        yield from _choices(field, sources.form_at(slot, "fields", number))
    for number, check in enumerate(form.checks):
        used: tuple[tuple[str, str], ...] = ()
        if isinstance(check, SumCheck):
            used = (("total", check.total), *(("parts", part) for part in check.parts))
        elif isinstance(check, ZeroCheck):
            used = (("field", check.field), ("other", check.other))
        elif isinstance(check, RatioCheck):
            used = (("field", check.field), ("per", check.per))
        elif isinstance(check, AtLeastCheck | DateCheck):
            used = (("field", check.field),)
        for name, key in used:
            if key not in keys:
                where = sources.form_at(slot, "checks", number, name)
                yield f"{where}: {check.code}: no field has the key {key}{nearest(key, keys)}"


def _choices(one: FormField | RowField, where: str) -> Iterator[str]:
    if (one.type == "choice") != bool(one.choices):
        yield f"{where}: {one.key}: `choices` go with the type choice, and only with it"


def _units(campaign: Campaign, sources: Sources) -> Iterator[str]:
    units = list(enumerate(campaign.units))
    for number, name in _twins([unit.unit for _, unit in units]):
        yield f"{sources.unit_at(number)}: unit: {name} stands twice"
    written = [
        (at, alias) for at, unit in units for alias in dict.fromkeys((unit.unit, *unit.aliases))
    ]
    for number, alias in _twins([alias for _, alias in written]):
        yield f"{sources.unit_at(written[number][0])}: aliases: two units are written {alias}"
    from_here = [(at, address) for at, unit in units for address in unit.addresses]
    for number, address in _twins([address for _, address in from_here]):
        yield f"{sources.unit_at(from_here[number][0])}: addresses: two units have {address}"


def _twins(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every name that stood before, with the place where it stands again."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield number, name
        seen.add(name)


# ---- the notice's own words --------------------------------------------------------------------


def _quotes(campaign: Campaign, sources: Sources) -> Iterator[str]:
    """Every sentence that is said to be the notice's stands in notice.txt, where there is one.

    A rule that is copied from another folder brings the sentence of another notice with it.
    """
    for where, quoting in _quoting(campaign, sources):
        if quoting.basis != "office" and not quoting.source:
            yield (
                f"{where}: the sentence it comes from is wanted; or `basis: office` where it is the"
                " office's own"
            )
    path = sources.folder / "notice.txt"
    if not path.is_file():
        return
    notice = _squeezed(path.read_text(encoding="utf-8-sig", errors="replace"))
    told: set[str] = set()
    for where, quoting in _quoting(campaign, sources):
        source = quoting.source
        if quoting.basis != "notice" or not source or source in told:
            continue
        # … stands for what was left out; a full stop at the end may be the quoter's own.
        parts = [_squeezed(part).rstrip("。.") for part in re.split("…+", source)]
        if not all(part in notice for part in parts):
            told.add(source)
            yield f"{where}: notice.txt has no such sentence: {source!r}"


def _quoting(campaign: Campaign, sources: Sources) -> Iterator[tuple[str, Any]]:
    for number, material in enumerate(campaign.materials):
        yield sources.rules_at("materials", number, "source"), material
    for number, rule in enumerate(campaign.rules):
        yield sources.rules_at("rules", number, "source"), rule
    for slot in sources.forms:
        spec = campaign.form if slot == "form" else campaign.forms[slot]
        for number, check in enumerate(spec.checks):
            yield sources.form_at(slot, "checks", number, "source"), check


def _squeezed(text: str) -> str:
    """Text as it is compared: white space and full-width forms apart."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
