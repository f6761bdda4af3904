"""What the story is made of: letters with their pieces, and the office's deeds."""

from dataclasses import dataclass, field
from datetime import datetime

SLOTS = ("form", "plan", "summary", "video", "photo", "text")
OFFICE = "duty@office.example"


@dataclass(frozen=True)
class Piece:
    """One file of a letter, good or with one known fault.

    grade: good; bad (the unit must mend it); held (only a person can say). odd: sums (the parts
    of the table contradict the whole), season (taken a year before), twin (`serial` is another's).
    """

    slot: str  # form plan summary video photo, link (to a video), other
    grade: str
    name: str
    unit: str  # whose name stands in it
    serial: int
    figures: tuple[int, int, float] = (0, 0, 0.0)  # drills, people, 万元
    odd: str = ""


@dataclass(frozen=True)
class Letter:
    """One mail to the office's mailbox.

    sort: material, enquiry, automatic, bounce (of mail to `of`), twin (the octets of the letter
    with tag `of`), bcc (not addressed to us), codes (a stranger's attempt to decide).
    """

    tag: str
    at: datetime
    sender: str
    subject: str = "应急演练材料"
    names: str = ""  # the unit it says it is from
    pieces: tuple[Piece, ...] = ()
    reports: bool = False  # the body is long enough for the 文字信息
    sort: str = "material"
    of: str = ""
    body: str = ""


@dataclass(frozen=True)
class Deed:
    """One decision of the office. `letter` is a tag, `file` a piece's name."""

    at: datetime
    action: str
    unit: str = ""
    slot: str = ""
    file: str = ""
    letter: str = ""
    address: str = ""
    text: str = ""  # reason, alias, group
    by_mail: bool = False
    refused: str = ""  # by mail, in vain: auth, reused, expired, forged


@dataclass
class Story:
    """Everything that happens; the units with their addresses of units.csv."""

    opening: datetime
    deadline: datetime  # its last second
    units: list[str]
    groups: dict[str, str]
    listed: dict[str, str]  # unit → address
    letters: list[Letter] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)  # names of files that crash the reader
    refusing: dict[str, tuple[int, str]] = field(default_factory=dict)  # address → its refusal
    silent_days: set[int] = field(default_factory=set)  # the program is down all day
    late_starts: dict[int, int] = field(default_factory=dict)  # day → hour at which it comes up
