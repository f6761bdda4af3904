"""The rules a file is judged by, as types: what is asked, how much it weighs, and in what words.

Every rule carries the words a unit reads (`text`, `fix`) and the sentence it comes from (`source`),
so a reply can quote it.
"""

from datetime import date
from typing import Annotated, Literal

from mailbot.model import Severity
from mailbot.record import Proof, Record, proved


class Data(Record):
    """Base of all rule types: frozen, and an unknown key is an error, never ignored."""


class RuleBase(Data):
    """What every rule has, whatever it tests."""

    code: str = proved(pattern=r"^[A-Z][A-Z0-9_]+$")
    severity: Severity
    text: str  # what is wanted, in the office's words
    fix: str  # how the unit mends it
    source: str = (
        ""  # the sentence of the notice (or standard) it comes from; the office's has none
    )
    basis: Literal["notice", "standard", "office"] = "notice"
    reason: str = ""  # why the office decided so, where the notice leaves it open


# A slot, or a kind of file. A rule for the slot goes before one of the same test for its kind.
Target = Annotated[str, Proof(pattern=r"^[a-z][a-z0-9_]*$")]


class SizeTest(Data):
    """Long side against `width`, short side against `height`, as displayed."""

    test: Literal["size"]
    operator: Literal[">", ">="]
    width: int = proved(gt=0, le=1_000_000)
    height: int = proved(gt=0, le=1_000_000)


class FormatTest(Data):
    """The content's format (not the name's extension) is one of `allowed`."""

    test: Literal["format"]
    allowed: tuple[str, ...]
    fixes: dict[str, str] = proved(default_factory=dict)  # per format met: how to convert


class FileSizeTest(Data):
    """The file's octets; 1 MB is 1,000,000 of them. The bounds themselves are allowed."""

    test: Literal["file_size"]
    minimum_mb: float | None = proved(default=None, gt=0, le=10**9)
    maximum_mb: float | None = proved(default=None, gt=0, le=10**9)


class DurationTest(Data):
    """The length of a video in seconds; the bounds themselves are allowed."""

    test: Literal["duration"]
    minimum_s: float | None = proved(default=None, gt=0, le=10**9)
    maximum_s: float | None = proved(default=None, gt=0, le=10**9)


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
    from_: date = proved(alias="from")
    to: date
    when_absent: Severity | None = None  # the finding's severity where the file has no date


class PageCountTest(Data):
    """Pages as the document says of itself; a format without pages is not asked."""

    test: Literal["page_count"]
    minimum: int | None = proved(default=None, ge=1, le=100_000)
    maximum: int | None = proved(default=None, ge=1, le=100_000)


class WordCountTest(Data):
    """A document's length in words: a Chinese character is one, so is a word of letters."""

    test: Literal["word_count"]
    minimum: int | None = proved(default=None, ge=1, le=1_000_000)
    maximum: int | None = proved(default=None, ge=1, le=1_000_000)


PlainTest = Annotated[
    SizeTest
    | FormatTest
    | FileSizeTest
    | DurationTest
    | FileNameTest
    | TakenBetweenTest
    | PageCountTest
    | WordCountTest,
    Proof(discriminator="test"),
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


class WordCountRule(RuleBase, WordCountTest):
    """How long a document is."""

    applies_to: Target


class AnyOfRule(RuleBase):
    """At least one of the inner tests is met; where none can be asked, it is not asked."""

    test: Literal["any_of"]
    applies_to: Target
    rules: tuple[PlainTest, ...] = proved(min_length=2)


class AllOfRule(RuleBase):
    """Every inner test that can be asked is met, told as one finding."""

    test: Literal["all_of"]
    applies_to: Target
    rules: tuple[PlainTest, ...] = proved(min_length=2)


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
    minimum: float = proved(ge=0, le=1)


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
    | WordCountRule
    | AnyOfRule
    | AllOfRule
    | ExtensionRule
    | FaultRule
    | KeywordRule
    | ShareRule
    | UnfilledRule
    | CircumstanceRule,
    Proof(discriminator="test"),
]
