"""A table to fill in, as types: its fields, repeating rows, and the checks between them."""

from typing import Annotated, Literal

from mailbot.campaign.rules import Data, RuleBase
from mailbot.model import Severity
from mailbot.record import Proof, proved

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

    key: str = proved(pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$")
    path: tuple[str, ...] = proved(min_length=1)
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
    Proof(discriminator="test"),
]


class RowField(Data):
    """One column of repeating rows; `path` is the heading it stands under."""

    key: str = proved(pattern=r"^[a-z_][a-z0-9_]*$")
    path: tuple[str, ...] = proved(min_length=1, max_length=1)
    type: FieldType
    choices: tuple[str, ...] = ()
    required: bool = False
    severity: Severity = Severity.ERROR


class FormRows(Data):
    """One record a filled row below a heading, until an empty row or the footer (签到表)."""

    key: str = proved(pattern=r"^[a-z_][a-z0-9_]*$")
    heading: tuple[str, ...] = proved(min_length=1)
    fields: tuple[RowField, ...] = proved(min_length=1)
    minimum: int = proved(default=0, ge=0, le=5000)


class FormSpec(Data):
    """The statistics table as data."""

    title: str
    recognised_by: tuple[str, ...]  # any of these in title or name: it is the form
    confirmed: bool = False  # False: the layout is inferred and the office must confirm it
    labels: dict[str, tuple[str, ...]]  # canonical label → every other way it is written
    fields: tuple[FormField, ...]
    rows: FormRows | None = None
    checks: tuple[FormCheck, ...] = ()
    confidence_bound: float = proved(default=0.9, ge=0, le=1)
    source: str = ""


# The form of a campaign that asks for none.
NO_FORM = FormSpec.model_construct(title="-", recognised_by=(), labels={}, fields=())
