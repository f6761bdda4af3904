"""The nouns that cross a border between stages: frozen, plain data, nothing else.

Facts (`Inspected` and what it holds) are measured and know no rule. Verdicts (`Judged`) are
made of facts and a `Campaign`. All times are aware datetimes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, TypeAlias

# Stands for ink of which nothing could be read: never taken for empty.
ILLEGIBLE = "□"
# Fields by which it is told whose mail it is.
TRACE_FIELDS = frozenset({"received", "authentication-results", "x-cm-transid"})
BODY_NAME = "正文"  # under this name a mail's own text stands among its files

# Plain JSON data: what `facts` may hold. A worker knows these nouns and reads no JSON: it is not
# made to import pydantic for an alias.
if TYPE_CHECKING:
    from pydantic import JsonValue

    Json: TypeAlias = JsonValue
else:
    Json = Any


class Family(StrEnum):
    """What a file is by its content, before any rule is asked."""

    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"  # anything with text or cells: docx xlsx pdf txt html csv …
    ARCHIVE = "archive"
    MAIL = "mail"
    OTHER = "other"  # calendar entries, vCards, S/MIME signatures, empty parts
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a file is to the campaign (CONTRACT: JSON of `check`)."""

    PHOTO = "photo"
    VIDEO = "video"
    FORM = "form"
    PLAN = "plan"
    SUMMARY = "summary"
    TEXT = "text"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    MAIL = "mail"
    LINK = "link"
    OTHER = "other"


class Severity(StrEnum):
    """How much a finding weighs: only an error rejects a file."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Verdict(StrEnum):
    """The judgement of a file."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"


class SlotVerdict(StrEnum):
    """The judgement of one required material of a dossier."""

    MISSING = "missing"
    ANNOUNCED = "announced"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Blob:
    """Octets at rest: a file that is never changed, and the SHA-256 of what it holds."""

    sha256: str
    size: int
    path: PurePath


@dataclass(frozen=True, slots=True)
class Attachment:
    """A leaf of the MIME tree that is not the body text, decoded and stored."""

    name: str  # decoded, safe as a single file name, never empty
    blob: Blob
    part: str  # position in the MIME tree, "1.2"
    declared_type: str  # "image/jpeg", lower case; what the sender says, not what it is
    disposition: str = ""  # "attachment", "inline" or ""
    content_id: str = ""  # without angle brackets
    referenced: bool = False  # the HTML body shows it by its Content-ID
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A display name and an addr-spec (RFC 5322 3.4.1); the address is lower case."""

    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class CloudLink:
    """A 超大附件 or net-disk link in a body: announced, not received."""

    provider: str  # "netease", "qq", "aliyun", "baidu" …
    url: str
    name: str | None = None
    size: int | None = None  # octets, as far as the printed size says
    expires: str | None = None  # as printed: "2017年8月2日"; "" where it never expires
    password: str | None = None  # 提取码


@dataclass(frozen=True, slots=True)
class Message:
    """One parsed mail. No field raises on any input; what was wrong stands in `defects`."""

    message_id: str = ""  # with angle brackets; "" when there is none
    subject: str = ""
    sender: MailAddress = MailAddress()  # From
    reply_to: MailAddress | None = None
    return_path: str | None = None  # None: no header; "": the null path
    recipients: tuple[str, ...] = ()  # To, Cc, Resent-*, Delivered-To; lower case
    date: datetime | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()  # all, in order, unfolded, decoded
    # What servers write on the way (TRACE_FIELDS), in order, as it came: folds kept, nothing
    # decoded (an encoded word may hold a whole result), octets beyond ASCII as U+FFFD.
    trace: tuple[tuple[str, str], ...] = ()
    text: str = ""  # the body as plain text (rendered from HTML where only that exists)
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    links: tuple[CloudLink, ...] = ()
    defects: tuple[str, ...] = ()

    def header_values(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order; the name is case-insensitive."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    def trace_values(self, name: str) -> tuple[str, ...]:
        """Every value of a trace field, in order, as it came."""
        wanted = name.lower()
        return tuple(value for key, value in self.trace if key.lower() == wanted)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why a mail must not be answered; `code` is stable and stored with the arrival."""

    code: str
    evidence: str  # the header or words that say so
    material: bool = True  # False: file it, it is no submission (bounce, our own mail)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid. Rows and columns count from 0; a merged cell stands once, with spans."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    confidence: float = 1.0  # below 1 only where the text was guessed (OCR)
    # What the file keeps behind the text: the number under a format that shows another one, or
    # the formula whose result was never saved; "" where it is what is shown, up to rounding.
    stored: str = ""
    # Why a person may see something else in this cell: codes of judgement/form/doubted_cells.
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, or the paragraphs around it (one column, `is_table` False), in reading order.

    `names` maps hidden field names of our own blank form to (row, column); `caption` has the last
    paragraphs between this table and what stands before it.
    """

    title: str  # "表1", or the sheet's name
    cells: tuple[Cell, ...]
    is_table: bool = True
    names: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    caption: tuple[str, ...] = ()
    # Rows and columns between the cells that are hidden: on the screen there are none such.
    unseen_rows: tuple[int, ...] = ()
    unseen_columns: tuple[int, ...] = ()

    def where(self, cell: Cell) -> str:
        """The cell's address for a person: `表1 C5`; a paragraph's: `正文 第3段`."""
        if not self.is_table:
            return f"{self.title} 第{cell.row + 1}段"
        letters, number = "", cell.column + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{self.title} {letters}{cell.row + 1}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something objectively wrong with a file, met while measuring it (not yet a finding).

    Codes in use: truncated corrupt bomb encrypted empty too_large no_video_track unfinished
    crashed timeout unsupported missing_extra missing_volume unsafe_member limit quota
    """

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inspected:
    """Everything measured of one file, and of what it contains. Plain data, JSON-able.

    `format` is the content's own short name: jpeg mpo png psd psb heic tiff bmp webp gif ·
    mp4 mov 3gp mpg2 mpg1 avi mts mkv wmv flv rmvb · xlsx xls et ods csv docx doc wps odt rtf
    pdf txt html pptx · zip rar 7z tar gz … · eml tnef msg · ics vcf p7s · empty unknown.
    """

    name: str
    sha256: str
    size: int
    family: Family
    format: str
    facts: Mapping[str, Json] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    text: str = ""  # documents: the text in reading order, tables included
    grids: tuple[Grid, ...] = ()
    members: tuple["Inspected", ...] = ()
    source: str = ""  # where inside its parent it lay, e.g. "word/media/image1.jpeg"
    mail: Message | None = None  # family mail
    is_body: bool = False  # the text of a mail itself, named 正文
    referenced: bool = False  # shown by the HTML body through its Content-ID
    blob_path: PurePath | None = None  # where the octets rest, if they were kept

    def walk(self) -> Iterator["Inspected"]:
        """This file and everything inside it, parents first."""
        yield self
        for member in self.members:
            yield from member.walk()


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not met, in words for the unit (Chinese)."""

    code: str
    severity: Severity
    actual: str
    expected: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One field of the statistics table as read: typed value, raw text and its cell."""

    value: Json  # int or float for numbers, ISO date string, text; None when unreadable
    raw: str
    where: str
    confidence: float = 1.0
    stored: str = ""  # as Cell.stored
    doubts: tuple[str, ...] = ()  # those of its cells that stand; as Cell.doubts
    corrected: str | None = None  # what was read there before a person corrected it


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one file (R of the JSON of `check`), with what it contains."""

    name: str
    sha256: str
    size: int
    kind: Kind
    format: str
    verdict: Verdict
    facts: Mapping[str, Json]
    findings: tuple[Finding, ...] = ()
    members: tuple["Judged", ...] = ()
    slots: tuple[str, ...] = ()  # the slots this very file can fill (not its members')
    fields: Mapping[str, FieldValue] = field(default_factory=dict)  # kind form
    source: str = ""

    def walk(self) -> Iterator["Judged"]:
        """This file and everything inside it, parents first."""
        yield self
        for member in self.members:
            yield from member.walk()


@dataclass(frozen=True, slots=True)
class DossierFile:
    """One file of a dossier, with the arrival that brought it."""

    judged: Judged
    arrival: int  # ledger id
    arrived_at: datetime
    counts: bool  # it is one of those that fill the slot (accepted and in force)
    superseded: bool = False  # a later accepted file took its place
    shown_only: bool = False  # from an address that may not replace what was accepted
    decided_by_address: str = ""  # the address it came from
    decided: str = ""  # "accepted" or "rejected" where a person decided over the verdict


@dataclass(frozen=True, slots=True)
class DossierLink:
    """An announced link and the arrival it stood in."""

    link: CloudLink
    arrival: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """One required material of a unit and all that arrived for it, newest last."""

    slot: str
    label: str
    verdict: SlotVerdict
    minimum: int
    files: tuple[DossierFile, ...] = ()
    links: tuple[DossierLink, ...] = ()
    waived: bool = False  # a person decided that it is not asked of this unit
    required: bool = True  # False: welcome, never asked for
    maximum: int | None = None  # more than this many accepted files are told to the unit
    deadline: datetime | None = None  # where the material has one of its own
    filled_at: datetime | None = None  # when what fills it had arrived
    findings: tuple[Finding, ...] = ()  # of the slot as a whole: more files than were asked for

    @property
    def accepted_count(self) -> int:
        """How many files count towards the minimum."""
        return sum(file.counts for file in self.files)


class DossierState(StrEnum):
    """Whether a unit has done all the notice asks."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    NOTHING = "nothing"


class Punctuality(StrEnum):
    """Facts of timing, never points (CONTRACT: JSON of `status`)."""

    ON_TIME = "on_time"
    LATE = "late"
    SUPPLEMENTED_LATE = "supplemented_late"
    PARTIAL = "partial"
    NONE = "none"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a unit sent, judged against the campaign's materials."""

    unit: str
    expected: bool
    state: DossierState
    punctuality: Punctuality
    slots: Mapping[str, Slot]  # in the campaign's order
    first_arrival: datetime | None = None
    last_arrival: datetime | None = None
    completed_at: datetime | None = None
    deadline: datetime | None = None  # the unit's, as announced (without days of grace)


class ReplyKind(StrEnum):
    """What an answer is (CONTRACT: Replies)."""

    RECEIPT = "receipt"
    CORRECTION = "correction"
    ACKNOWLEDGEMENT = "acknowledgement"


@dataclass(frozen=True, slots=True)
class ArrivalSummary:
    """What a reply or the digest says of one mail that came in."""

    id: int
    arrived_at: datetime
    subject: str
    message_id: str
    references: tuple[str, ...]
    sender: MailAddress
    files: tuple[Judged, ...]  # top-level members, archives with theirs
    links: tuple[CloudLink, ...] = ()
    defects: tuple[str, ...] = ()  # e.g. "truncated"
    held_reasons: tuple[str, ...] = ()  # codes: unknown_unit unit_conflict sub_unit …
    unit: str | None = None
    no_answer_reason: str | None = None
    enquiry: bool = False  # it asks where the unit stands and brings nothing
