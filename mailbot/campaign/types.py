"""What a rules folder says, as types: no I/O, no dates read from the machine.

`folder.load_campaign` reads and validates a folder into these. Every rule carries the words a
unit reads (`text`, `fix`) and the sentence it comes from (`source`), so a reply can quote it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from mailbot.model import Severity


class Data(BaseModel):
    """Base of all rule types: frozen, and an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class RuleBase(Data):
    """What every rule has, whatever it tests."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9_]+$")
    severity: Severity
    text: str  # what is wanted, in the office's words
    fix: str  # how the unit mends it
    source: str  # the sentence of the notice (or standard) it comes from
    basis: Literal["notice", "standard", "office"] = "notice"
    reason: str = ""  # why the office decided so, where the notice leaves it open


# A slot, or a kind of file. A rule for the slot goes before one of the same test for its kind.
Target = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class SizeTest(Data):
    """Long side against `width`, short side against `height`, as displayed."""

    test: Literal["size"]
    operator: Literal[">", ">="]
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class FormatTest(Data):
    """The content's format (not the name's extension) is one of `allowed`."""

    test: Literal["format"]
    allowed: tuple[str, ...]
    fixes: dict[str, str] = Field(default_factory=dict)  # per format met: how to convert


class FileSizeTest(Data):
    """The file's octets; 1 MB is 1,000,000 of them. The bounds themselves are allowed."""

    test: Literal["file_size"]
    minimum_mb: float | None = Field(default=None, gt=0)
    maximum_mb: float | None = Field(default=None, gt=0)


class DurationTest(Data):
    """The length of a video in seconds; the bounds themselves are allowed."""

    test: Literal["duration"]
    minimum_s: float | None = Field(default=None, gt=0)
    maximum_s: float | None = Field(default=None, gt=0)


class FileNameTest(Data):
    """The name without its extension holds all that `contains` says, and meets `pattern`.

    `unit`: a unit of units.csv by a name it is known by; `date`: a date with month and day.
    `pattern`: a regular expression in RE2's syntax, found anywhere; RE2 takes time in
    proportion to the name, whatever the expression.
    """

    test: Literal["file_name"]
    contains: tuple[Literal["unit", "date"], ...] = ()
    pattern: str = ""


class TakenBetweenTest(Data):
    """The day of EXIF's DateTimeOriginal, or of a video's container; both days are allowed."""

    test: Literal["taken_between"]
    from_: date = Field(alias="from")
    to: date
    when_absent: Severity | None = None  # the finding's severity where the file has no date


class PageCountTest(Data):
    """Pages as the document says of itself; a format without pages is not asked."""

    test: Literal["page_count"]
    minimum: int | None = Field(default=None, ge=1)
    maximum: int | None = Field(default=None, ge=1)


PlainTest = Annotated[
    SizeTest
    | FormatTest
    | FileSizeTest
    | DurationTest
    | FileNameTest
    | TakenBetweenTest
    | PageCountTest,
    Field(discriminator="test"),
]


class SizeRule(RuleBase, SizeTest):
    """Pixels of a photo or video."""

    applies_to: Target


class FormatRule(RuleBase, FormatTest):
    """Which formats are taken."""

    applies_to: Target


class FileSizeRule(RuleBase, FileSizeTest):
    """How large a file may be."""

    applies_to: Target


class DurationRule(RuleBase, DurationTest):
    """How long a video may last."""

    applies_to: Target


class FileNameRule(RuleBase, FileNameTest):
    """What a file's name says."""

    applies_to: Target


class TakenBetweenRule(RuleBase, TakenBetweenTest):
    """When a photo or video was taken."""

    applies_to: Target


class PageCountRule(RuleBase, PageCountTest):
    """How many pages a document has."""

    applies_to: Target


class AnyOfRule(RuleBase):
    """At least one of the inner tests is met; where none can be asked, it is not asked."""

    test: Literal["any_of"]
    applies_to: Target
    rules: tuple[PlainTest, ...] = Field(min_length=2)


class AllOfRule(RuleBase):
    """Every inner test that can be asked is met, told as one finding."""

    test: Literal["all_of"]
    applies_to: Target
    rules: tuple[PlainTest, ...] = Field(min_length=2)


class ExtensionRule(RuleBase):
    """The name's extension agrees with the content."""

    test: Literal["extension"]
    applies_to: Literal["photo", "video", "document", "archive", "any"]


class FaultRule(RuleBase):
    """A fault met while measuring becomes this finding; `hold` asks a person instead."""

    test: Literal["fault"]
    applies_to: Literal["photo", "video", "document", "archive", "mail", "any"]
    faults: tuple[str, ...]  # model.Fault codes
    hold: bool = False


class KeywordRule(RuleBase):
    """A document of this kind contains at least one word of the group, or says it otherwise.

    `words` also tell what kind of document it is; `other_words` and `stated` (a date, a place,
    people, stated as such) only that the content is there, since a piece of news has them too.
    """

    test: Literal["keywords"]
    applies_to: Target  # a document slot
    name: str  # the content in the office's words: 问题与不足
    words: tuple[str, ...]
    other_words: tuple[str, ...] = ()
    stated: tuple[Literal["time", "place", "people"], ...] = ()


class ShareRule(RuleBase):
    """At least this share of the kind's keyword groups is met, else it is no such document."""

    test: Literal["share"]
    applies_to: Target
    minimum: float = Field(ge=0, le=1)


class UnfilledRule(RuleBase):
    """The document is not a template sent back empty."""

    test: Literal["unfilled"]
    applies_to: Target


class CircumstanceRule(RuleBase):
    """Words for a circumstance the program notices by itself; `hold` asks a person.

    `no_material`: a document that is none of the materials · `look_alike`: one that is named
    like a material and is not (应急预案) · `scan`: pages without text · `form_picture`: the form
    as a picture · `short_text`: a 文字信息 below the minimum · `unknown_file`: no format known.
    """

    test: Literal["circumstance"]
    when: Literal["no_material", "look_alike", "scan", "form_picture", "short_text", "unknown_file"]
    hold: bool = False


Rule = Annotated[
    SizeRule
    | FormatRule
    | FileSizeRule
    | DurationRule
    | FileNameRule
    | TakenBetweenRule
    | PageCountRule
    | AnyOfRule
    | AllOfRule
    | ExtensionRule
    | FaultRule
    | KeywordRule
    | ShareRule
    | UnfilledRule
    | CircumstanceRule,
    Field(discriminator="test"),
]


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
    minimum: int = Field(default=1, ge=1)
    maximum: int | None = Field(default=None, ge=1)  # above it a warning
    accumulates: bool = False  # photos and videos add up; of the others the newest counts
    required: bool = True  # False: welcome, never asked for, no part of `complete`
    only_groups: tuple[str, ...] = ()  # of units.csv; none: all units
    deadline: datetime | None = None  # this material's own
    form: str = ""  # the form file of a slot of kind form; "" is form.yaml for the slot `form`
    how: str  # one line for the unit that has not sent it
    source: str
    basis: Literal["notice", "standard", "office"] = "notice"

    @property
    def holds(self) -> SlotKind:
        """What kind of file fills the slot."""
        return self.kind or SHIPPED_SLOTS.get(self.slot, "any")

    def is_asked_of(self, group: str) -> bool:
        """Whether units of this group have the slot at all."""
        return not self.only_groups or group in self.only_groups


class DocumentKind(Data):
    """How a document is recognised: title words in its first lines, then in its name."""

    kind: Target  # a slot that holds documents
    titles: tuple[str, ...]  # any of these words
    unlike: tuple[str, ...] = ()  # none of these (应急预案 is not a plan of a drill)


class TextRule(Data):
    """When a body or document counts as 文字信息."""

    minimum_chinese_characters: int = Field(default=50, ge=1)


class Contact(Data):
    """Whom a unit may call."""

    name: str
    phone: str


FieldType = Literal[
    "unit",
    "person",
    "phone",
    "date",
    "count",
    "money_wan",
    "text",
    "percent",
    "choice",
    "number",
    "id_number",
]


class FormField(Data):
    """One field of the table; `path` is its chain of labels, outermost first."""

    key: str = Field(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$")
    path: tuple[str, ...] = Field(min_length=1)
    type: FieldType
    choices: tuple[str, ...] = ()  # of type choice: what may stand there
    place: Literal["header", "table", "footer"] = "table"
    required: bool = False
    unit: str = ""  # 场, 人次, 万元: printed on the blank form, accepted in a cell
    severity: Severity = Severity.ERROR  # of "empty", "not readable" and "negative"
    text: str = ""  # what is wanted; "" lets the program say it from label and type
    fix: str = ""
    source: str = ""


class CheckBase(RuleBase):
    """A rule between fields of the table."""


class SumCheck(CheckBase):
    """The parts add up to the total; asked when the total and some of the parts are stated.

    `when_less`: the severity where all parts are stated and come to less than the total. (More
    than the total they may be, where one drill counts in two parts.)
    """

    test: Literal["sum"]
    total: str
    parts: tuple[str, ...]
    when_less: Severity | None = None


class AtLeastCheck(CheckBase):
    """`field` ≥ `bound` when stated; `when_absent` is the severity when it is not."""

    test: Literal["at_least"]
    field: str
    bound: float
    when_absent: Severity | None = None


class ZeroCheck(CheckBase):
    """When `field` is 0, `other` is 0 too (no people without a drill)."""

    test: Literal["zero_implies_zero"]
    field: str
    other: str


class RatioCheck(CheckBase):
    """`field` / `per` is at most `bound` (元 typed for 万元)."""

    test: Literal["ratio_at_most"]
    field: str
    per: str
    bound: float


class DateCheck(CheckBase):
    """The date in `field` is not after the day the mail arrived."""

    test: Literal["not_after_arrival"]
    field: str


class SealCheck(CheckBase):
    """A seal is on the form; `when_unknown` where the format cannot show one."""

    test: Literal["seal"]
    when_unknown: Severity | None = None


FormCheck = Annotated[
    SumCheck | AtLeastCheck | ZeroCheck | RatioCheck | DateCheck | SealCheck,
    Field(discriminator="test"),
]


class RowField(Data):
    """One column of repeating rows; `path` is the heading it stands under."""

    key: str = Field(pattern=r"^[a-z_][a-z0-9_]*$")
    path: tuple[str, ...] = Field(min_length=1, max_length=1)
    type: FieldType
    choices: tuple[str, ...] = ()
    required: bool = False
    severity: Severity = Severity.ERROR


class FormRows(Data):
    """One record a filled row below a heading, until an empty row or the footer (签到表)."""

    key: str = Field(pattern=r"^[a-z_][a-z0-9_]*$")
    heading: tuple[str, ...] = Field(min_length=1)
    fields: tuple[RowField, ...] = Field(min_length=1)
    minimum: int = Field(default=0, ge=0)


class FormSpec(Data):
    """The statistics table as data."""

    title: str
    recognised_by: tuple[str, ...]  # any of these in title or name: it is the form
    confirmed: bool = False  # False: the layout is inferred and the office must confirm it
    labels: dict[str, tuple[str, ...]]  # canonical label → every other way it is written
    fields: tuple[FormField, ...]
    rows: FormRows | None = None
    checks: tuple[FormCheck, ...] = ()
    confidence_bound: float = Field(default=0.9, ge=0, le=1)
    source: str = ""


class Unit(Data):
    """One row of units.csv."""

    unit: str
    code: str = ""
    group: str = ""
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    expected: bool = True
    deadline: datetime | None = None  # the unit's own


class Group(Data):
    """What holds for all units of a group."""

    deadline: datetime | None = None


class Reminder(Data):
    """A mail to every expected unit that still owes something and whose address is known."""

    day: int = Field(ge=-60, le=60)  # days after the deadline's day: -5 is five days before it
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
    year: int
    timezone: str = "Asia/Shanghai"
    opening: date  # mail that arrived before this day (local time) is left alone
    deadline: datetime  # aware; the last moment that counts as on time
    grace_days: int = Field(default=0, ge=0, le=366)  # after whatever deadline holds
    language: Literal["zh"] = "zh"  # of all that units and the office read; en is not there yet
    groups: dict[str, Group] = Field(default_factory=dict)  # by the group's name in units.csv
    materials: tuple[Material, ...]
    documents: tuple[DocumentKind, ...]
    text: TextRule = TextRule()
    rules: tuple[Rule, ...]
    identity: IdentityWords = IdentityWords()
    reminders: tuple[Reminder, ...] = ()  # none: nobody is reminded
    retention_days: int = Field(default=1095, ge=0)  # after the deadline: kept at least so long
    form: FormSpec  # of the slot `form`; one without fields where the folder has no such slot
    forms: dict[str, FormSpec] = Field(default_factory=dict)  # of the folder's other form slots
    units: tuple[Unit, ...]
    version: str  # SHA-256 over the folder's files, first 12 hex digits
    templates: dict[str, str] = Field(default_factory=dict)  # overriding templates by file name

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

    def of_form(self, slot: str) -> "Campaign":
        """The campaign as it is for another form slot: that slot's form is the form."""
        return self if slot == "form" else self.model_copy(update={"form": self.forms[slot]})

    def group_of(self, name: str) -> str:
        """The group of the unit with this name, "" where there is none."""
        unit = self.unit_named(name)
        return unit.group if unit else ""

    def materials_of(self, name: str) -> tuple[Material, ...]:
        """The materials that this unit's dossier has slots for, welcome ones among them."""
        group = self.group_of(name)
        return tuple(one for one in self.materials if one.is_asked_of(group))

    def deadline_of(self, name: str, material: Material | None = None) -> datetime:
        """The deadline as announced: the material's own, the unit's, its group's, the notice's."""
        unit = self.unit_named(name)
        group = self.groups.get(unit.group) if unit else None
        return (
            (material.deadline if material else None)
            or (unit.deadline if unit else None)
            or (group.deadline if group else None)
            or self.deadline
        )

    def is_late(self, moment: datetime, deadline: datetime) -> bool:
        """Whether a moment is after a deadline and the days of grace; the last second of the
        last day counts to its end (24:00)."""
        return moment >= deadline + timedelta(days=self.grace_days, seconds=1)
