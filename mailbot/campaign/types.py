"""What a rules folder says, as types: no I/O, no dates read from the machine.

`folder.load_campaign` reads and validates a folder into these; `rules` and `forms` hold the types
of its rules and tables.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from mailbot.campaign.forms import CheckBase, FormSpec
from mailbot.campaign.rules import Data, Rule, Target
from mailbot.record import proved

SlotKind = Literal["photo", "video", "form", "document", "text", "any"]


# The kinds of the slots that every campaign may name without saying what they are.
SHIPPED_SLOTS: Mapping[str, SlotKind] = MappingProxyType(
    {
        "form": "form",
        "plan": "document",
        "summary": "document",
        "video": "video",
        "photo": "photo",
        "text": "text",
    }
)


class Material(Data):
    """A material of the campaign: one slot of every dossier it is asked of."""

    slot: Target
    kind: SlotKind | None = None  # None: as SHIPPED_SLOTS has it
    label: str
    minimum: int = proved(default=1, ge=1, le=100_000)
    maximum: int | None = proved(default=None, ge=1, le=100_000)  # above it a warning
    accumulates: bool = False  # photos and videos add up; of the others the newest counts
    required: bool = True  # False: welcome, never asked for, no part of `complete`
    only_groups: tuple[str, ...] = ()  # of units.csv; none: all units
    except_groups: tuple[str, ...] = ()  # that have no such slot, whatever else they are in
    deadline: datetime | None = None  # this material's own
    form: str = ""  # the form file of a slot of kind form; "" is form.yaml for the slot `form`
    how: str  # one line for the unit that has not sent it
    source: str = ""  # as of a rule
    basis: Literal["notice", "standard", "office"] = "notice"

    @property
    def holds(self) -> SlotKind:
        """What kind of file fills the slot."""
        return self.kind or SHIPPED_SLOTS.get(self.slot, "any")

    def is_asked_of(self, groups: Collection[str]) -> bool:
        """Whether units of these groups have the slot at all."""
        if any(group in self.except_groups for group in groups):
            return False
        return not self.only_groups or any(group in self.only_groups for group in groups)


class DocumentKind(Data):
    """How a document is recognised: title words in its first lines, then in its name."""

    kind: Target  # a slot that holds documents
    titles: tuple[str, ...]  # any of these words
    unlike: tuple[str, ...] = ()  # none of these (应急预案 is not a plan of a drill)
    formats: tuple[str, ...] = ()  # only of these: the table as .docx, its sealed copy as .pdf


class TextRule(Data):
    """When a body or document counts as 文字信息: in Chinese characters, or, where
    `minimum_words` is given, in words as a word processor counts them (a character is one)."""

    minimum_chinese_characters: int = proved(default=50, ge=1, le=100_000)
    minimum_words: int | None = proved(default=None, ge=1, le=100_000)


class Contact(Data):
    """Whom a unit may call."""

    name: str
    phone: str


class Unit(Data):
    """One row of units.csv."""

    unit: str
    code: str = ""
    group: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    expected: bool = True
    deadline: datetime | None = None  # the unit's own

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups it is in: 市直;寄宿 is two; also the cell as it stands."""
        parts = [part.strip() for part in re.split(r"[;；、|]", self.group)]
        return tuple(dict.fromkeys(part for part in (*parts, self.group) if part))


class Group(Data):
    """What holds for all units of a group."""

    deadline: datetime | None = None


class Reminder(Data):
    """A mail to every expected unit that still owes something and whose address is known."""

    day: int = proved(ge=-60, le=60)  # days after the deadline's day: -5 is five days before it
    text: str = ""  # the office's own opening sentence; "" lets the template say it


class IdentityWords(Data):
    """What is stripped from a unit's name before it is compared, and what marks a sub-unit."""

    strip_prefixes: tuple[str, ...] = ()
    strip_suffixes: tuple[str, ...] = ()
    sub_unit_words: tuple[str, ...] = ()  # 局 委 办 中心 街道 镇 乡 …: after a district's name
    recipients: tuple[str, ...] = ()  # our own names: they stand in mails and name no sender
    other_places: tuple[str, ...] = ()  # before an alias they make it another city's (洛阳高新区)
    not_followed_by: tuple[str, ...] = ()  # after an alias they make it another word (中原区域)


class Campaign(Data):
    """One notice: everything that is judged, asked and said is in here."""

    id: str
    title: str
    document_number: str
    issuer: str
    contact: Contact
    mailbox: str
    receipt_prefix: str = "YL"  # 收件编号：YL2017-0012
    year: int = proved(ge=1900, le=2200)
    timezone: str = "Asia/Shanghai"
    opening: date  # mail that arrived before this day (local time) is left alone
    deadline: datetime  # aware; the last moment that counts as on time
    grace_days: int = proved(default=0, ge=0, le=366)  # after whatever deadline holds
    language: Literal["zh", "en"] = "zh"  # of all that units and the office read
    groups: dict[str, Group] = proved(default_factory=dict)  # by the group's name in units.csv
    materials: tuple[Material, ...]
    documents: tuple[DocumentKind, ...]
    text: TextRule = TextRule()
    rules: tuple[Rule, ...]
    identity: IdentityWords = IdentityWords()
    reminders: tuple[Reminder, ...] = ()  # none: nobody is reminded
    retention_days: int = proved(default=1095, ge=0, le=36_500)  # after the deadline, at least
    form: FormSpec  # of the slot `form`; one without fields where the folder has no such slot
    forms: dict[str, FormSpec] = proved(default_factory=dict)  # of the folder's other form slots
    units: tuple[Unit, ...]
    version: str  # SHA-256 over the folder's files, first 12 hex digits
    templates: dict[str, str] = proved(default_factory=dict)  # overriding templates by file name

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone."""
        return ZoneInfo(self.timezone)

    def unit_named(self, name: str) -> Unit | None:
        """The unit with exactly this name in units.csv."""
        units, by_name = self._index
        if units is not self.units:  # a copy with other units brings the index of the first
            by_name = {unit.unit: unit for unit in self.units}
            self.__dict__["_index"] = (self.units, by_name)
        return by_name.get(name)

    @cached_property
    def _index(self) -> tuple[tuple[Unit, ...], dict[str, Unit]]:
        return self.units, {unit.unit: unit for unit in self.units}

    @property
    def form_checks(self) -> tuple[CheckBase, ...]:
        """The checks of all its forms."""
        specs = (self.form, *self.forms.values())
        return tuple(check for spec in specs for check in spec.checks)

    def label_of(self, slot: str) -> str:
        """The office's word for a slot."""
        return next((one.label for one in self.materials if one.slot == slot), slot)

    @property
    def form_slots(self) -> tuple[str, ...]:
        """The slots that forms fill, in the notice's order."""
        return tuple(one.slot for one in self.materials if one.holds == "form")

    def of_form(self, slot: str) -> "Campaign":
        """The campaign as it is for another form slot: that slot's form is the form."""
        return self if slot == "form" else self.model_copy(update={"form": self.forms[slot]})

    def group_of(self, name: str) -> str:
        """The group of the unit with this name, "" where there is none."""
        unit = self.unit_named(name)
        return unit.group if unit else ""

    def materials_of(self, name: str) -> tuple[Material, ...]:
        """The materials that this unit's dossier has slots for, welcome ones among them."""
        unit = self.unit_named(name)
        groups = unit.groups if unit else ()
        return tuple(one for one in self.materials if one.is_asked_of(groups))

    def deadline_of(self, name: str, material: Material | None = None) -> datetime:
        """The deadline as announced: the material's own, the unit's, its group's, the notice's."""
        unit = self.unit_named(name)
        of_groups = [
            own.deadline
            for group in (unit.groups if unit else ())
            if (own := self.groups.get(group)) is not None and own.deadline is not None
        ]
        return (
            (material.deadline if material else None)
            or (unit.deadline if unit else None)
            or (of_groups[0] if of_groups else None)
            or self.deadline
        )

    def is_late(self, moment: datetime, deadline: datetime) -> bool:
        """Whether a moment is after a deadline and the days of grace; the last second of the
        last day counts to its end (24:00)."""
        return moment >= deadline + timedelta(days=self.grace_days, seconds=1)
