"""What a rules folder says, as types: no I/O, no dates read from the machine.

`folder.load_campaign` reads and validates a folder into these. Every rule carries the words a
unit reads (`text`, `fix`) and the sentence it comes from (`source`), so a reply can quote it.
"""

from datetime import date, datetime
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


class SizeRule(RuleBase):
    """Long side against `width`, short side against `height`, as displayed."""

    test: Literal["size"]
    applies_to: Literal["photo", "video"]
    operator: Literal[">", ">="]
    width: int = Field(gt=0)
    height: int = Field(gt=0)


class FormatRule(RuleBase):
    """The content's format (not the name's extension) is one of `allowed`."""

    test: Literal["format"]
    applies_to: Literal["photo", "video", "document"]
    allowed: tuple[str, ...]
    fixes: dict[str, str] = Field(default_factory=dict)  # per format met: how to convert


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
    applies_to: Literal["plan", "summary"]
    name: str  # the content in the office's words: 问题与不足
    words: tuple[str, ...]
    other_words: tuple[str, ...] = ()
    stated: tuple[Literal["time", "place", "people"], ...] = ()


class ShareRule(RuleBase):
    """At least this share of the kind's keyword groups is met, else it is no such document."""

    test: Literal["share"]
    applies_to: Literal["plan", "summary"]
    minimum: float = Field(ge=0, le=1)


class UnfilledRule(RuleBase):
    """The document is not a template sent back empty."""

    test: Literal["unfilled"]
    applies_to: Literal["plan", "summary", "form"]


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
    | ExtensionRule
    | FaultRule
    | KeywordRule
    | ShareRule
    | UnfilledRule
    | CircumstanceRule,
    Field(discriminator="test"),
]


class Material(Data):
    """A required material: one slot of every dossier."""

    slot: Literal["form", "plan", "summary", "video", "photo", "text"]
    label: str
    minimum: int = Field(default=1, ge=1)
    accumulates: bool = False  # photos and videos add up; of the others the newest counts
    how: str  # one line for the unit that has not sent it
    source: str
    basis: Literal["notice", "standard", "office"] = "notice"


class DocumentKind(Data):
    """How a document is recognised: title words in its first lines, then in its name."""

    kind: Literal["form", "plan", "summary", "text"]
    titles: tuple[str, ...]  # any of these words
    unlike: tuple[str, ...] = ()  # none of these (应急预案 is not a plan of a drill)


class TextRule(Data):
    """When a body or document counts as 文字信息."""

    minimum_chinese_characters: int = Field(default=50, ge=1)


class Contact(Data):
    """Whom a unit may call."""

    name: str
    phone: str


class FormField(Data):
    """One field of the table; `path` is its chain of labels, outermost first."""

    key: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$")
    path: tuple[str, ...] = Field(min_length=1)
    type: Literal["unit", "person", "phone", "date", "count", "money_wan", "text"]
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


class FormSpec(Data):
    """The statistics table as data."""

    title: str
    recognised_by: tuple[str, ...]  # any of these in title or name: it is the form
    confirmed: bool = False  # False: the layout is inferred and the office must confirm it
    labels: dict[str, tuple[str, ...]]  # canonical label → every other way it is written
    fields: tuple[FormField, ...]
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
    materials: tuple[Material, ...]
    documents: tuple[DocumentKind, ...]
    text: TextRule = TextRule()
    rules: tuple[Rule, ...]
    identity: IdentityWords = IdentityWords()
    reminders: tuple[Reminder, ...] = ()  # none: nobody is reminded
    retention_days: int = Field(default=1095, ge=0)  # after the deadline: kept at least so long
    form: FormSpec
    units: tuple[Unit, ...]
    version: str  # SHA-256 over the folder's files, first 12 hex digits
    templates: dict[str, str] = Field(default_factory=dict)  # overriding templates by file name

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone."""
        return ZoneInfo(self.timezone)

    def unit_named(self, name: str) -> Unit | None:
        """The unit with exactly this name in units.csv."""
        return next((unit for unit in self.units if unit.unit == name), None)
